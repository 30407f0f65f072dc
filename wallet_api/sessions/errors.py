"""How sessions say no: they are over."""

from __future__ import annotations

from wallet_api.errors import Unauthenticated


class SessionEnded(Unauthenticated):
    """The session is over: the person left, it was ended, or its time ran out."""

    code = "session_ended"
