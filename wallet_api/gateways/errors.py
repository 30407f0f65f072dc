"""What can go wrong with an outside company whose answer moves no money."""

from __future__ import annotations

from wallet_api.errors import Unavailable


class MessageNotSent(Unavailable):
    """The SMS or mail company did not take the message; it may be asked for again."""

    code = "message_not_sent"
