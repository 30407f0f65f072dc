"""How one-time codes say no.

WrongCode         the code is another one
CodeExpired       it was sent too long ago
CodeUsedUp        it was used, or tried too often: begin anew
ResendTooSoon     the last one was sent a moment ago
TooManyMessages   this contact got its share of messages for now
"""

from __future__ import annotations

from wallet_api.errors import Forbidden, TooMany


class WrongCode(Forbidden):
    """The code is wrong; `attempts_left` says how many tries remain."""

    code = "wrong_code"


class CodeExpired(Forbidden):
    """The code was sent too long ago; another may be asked for."""

    code = "code_expired"


class CodeUsedUp(Forbidden):
    """The code was used already or tried too often. Nothing revives it: begin anew."""

    code = "code_used_up"


class ResendTooSoon(TooMany):
    """The last message is only a moment old; `retry_after_seconds` says when another may be asked for."""

    code = "resend_too_soon"


class TooManyMessages(TooMany):
    """The contact got its share of messages; `retry_after_seconds` says when the next may be asked for."""

    code = "too_many_messages"
