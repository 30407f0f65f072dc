"""The codes' items, which expire by themselves."""

from __future__ import annotations

from wallet_api.storage.items import Expiry, Item, Moment, UnicodeAttribute, WholeNumber

CODE = "code"


class CodeItem(Item):
    """pk = code id, sk = `code`. Holds a keyed hash of the code, never the code, nor where it was sent."""

    table = "ephemeral"

    meant_for = UnicodeAttribute()
    channel = UnicodeAttribute()
    code_hash = UnicodeAttribute()
    valid_until = Moment()
    resend_at = Moment()
    sends = WholeNumber()
    attempts = WholeNumber()
    spent_at = Moment(null=True)
    expires_at = Expiry()

    @property
    def is_spent(self) -> bool:
        """Whether it was right and used."""
        return self.attribute_values.get("spent_at") is not None
