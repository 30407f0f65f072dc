"""How passwords say no.

WrongPassword     the password is wrong, or no try was left, or there is no such person
PasswordRefused   this cannot become a password; the field says why
"""

from __future__ import annotations

from wallet_api.errors import Invalid, Unauthenticated


class WrongPassword(Unauthenticated):
    """The password is not proven; whoever asks translates it into an answer that tells nothing more."""

    code = "wrong_password"


class PasswordRefused(Invalid):
    """The text cannot become a password."""

    code = "password_refused"
