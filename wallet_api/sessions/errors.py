"""How sessions say no.

InvalidCredentials      unknown person, wrong password or locked account: never told apart
WrongSecondFactor       the second proof is wrong, used, or locked
SessionEnded            the token's session is over
SecondFactorNotOffered  this person has no such second factor
"""

from __future__ import annotations

from wallet_api.errors import Invalid, Unauthenticated


class InvalidCredentials(Unauthenticated):
    """The person or the password is wrong, or the account is locked for a while: the answer does not tell which."""

    code = "invalid_credentials"


class WrongSecondFactor(Unauthenticated):
    """The code is wrong or was used before, or too many were tried."""

    code = "wrong_second_factor"


class SessionEnded(Unauthenticated):
    """The session is over: the person left, it was ended, or its time ran out."""

    code = "session_ended"


class SecondFactorNotOffered(Invalid):
    """This sign-in was offered other methods than the one that was chosen."""

    code = "second_factor_not_offered"
