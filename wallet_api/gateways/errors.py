"""What can go wrong with an outside company whose answer moves no money.

MessageNotSent      the message was not taken
MessageUnsure       no answer came, so it may have been taken
AddressGone         the phone that a push is for wants none any more
PushTokenUnusable   what an app registered names nothing that can be pushed to
"""

from __future__ import annotations

from wallet_api.errors import Unavailable


class MessageNotSent(Unavailable):
    """The SMS, mail or push company did not take the message; it may be asked for again."""

    code = "message_not_sent"


class MessageUnsure(MessageNotSent):
    """No answer came: the company may have taken the message all the same. To who asks, it is a message that was not sent."""


class AddressGone(Exception):
    """The app that a push is for is on that phone no more, or wants no pushes."""


class PushTokenUnusable(Exception):
    """The push company says that no app of ours has such a token."""
