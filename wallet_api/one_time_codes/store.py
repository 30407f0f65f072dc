"""The codes' items, and the counts of messages to one contact. All expire by themselves."""

from __future__ import annotations

from wallet_api.storage.items import Expiry, Item, Moment, UnicodeAttribute, WholeNumber

CODE = "code"


class CodeItem(Item):
    """pk = code id, sk = `code`. Holds a keyed hash of the code, never the code, nor where it was sent."""

    table = "ephemeral"

    channel = UnicodeAttribute()
    code_hash = UnicodeAttribute()
    valid_until = Moment()
    resend_at = Moment()
    sends = WholeNumber()
    attempts = WholeNumber()
    expires_at = Expiry()


class SentItem(Item):
    """pk = `sent/{group}/{keyed hash of the contact}`, sk = `{window}/{its start}`: messages sent in that window."""

    table = "ephemeral"

    messages = WholeNumber()
    expires_at = Expiry()
