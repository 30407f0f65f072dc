"""How passwords say no.

WrongPassword     the password is wrong, or no try was left, or there is no such person
WrongCurrentPassword   somebody who is signed in gave another password than theirs
PasswordRequired  signed in too long ago for this without the password
PasswordRefused   this cannot become a password; the field says why
"""

from __future__ import annotations

from wallet_api.errors import Forbidden, Invalid, Unauthenticated


class WrongPassword(Unauthenticated):
    """The password is not proven; whoever asks translates it into an answer that tells nothing more."""

    code = "wrong_password"


class WrongCurrentPassword(Forbidden):
    """The present password is wrong, or it was tried too often for now: the answer does not tell which."""

    code = "wrong_current_password"


class PasswordRefused(Invalid):
    """The text cannot become a password."""

    code = "password_refused"


class PasswordRequired(Forbidden):
    """The sign-in is too long ago for this: the password has to be given with the request."""

    code = "password_required"
