"""How signing in says no.

InvalidCredentials      unknown person, wrong password or locked account: never told apart
WrongSecondFactor       the second proof is wrong, used, or locked
MethodNotOffered        this sign-in was offered other methods
"""

from __future__ import annotations

from wallet_api.errors import Invalid, Unauthenticated


class InvalidCredentials(Unauthenticated):
    """The person or the password is wrong, or the account is locked for a while: the answer does not tell which."""

    code = "invalid_credentials"


class WrongSecondFactor(Unauthenticated):
    """The code is wrong or was used before, or too many were tried for now."""

    code = "wrong_second_factor"


class MethodNotOffered(Invalid):
    """This sign-in was offered other methods than the one that was chosen."""

    code = "method_not_offered"
