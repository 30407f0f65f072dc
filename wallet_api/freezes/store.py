"""The unfreezes' items."""

from __future__ import annotations

from wallet_api.freezes.model import Unfreeze
from wallet_api.storage.items import Expiry, Item, Moment, UnicodeAttribute

UNFREEZE = "unfreeze"


class UnfreezeItem(Item):
    """pk = unfreeze id, sk = `unfreeze`."""

    table = "ephemeral"

    person_id = UnicodeAttribute()
    sms_code_id = UnicodeAttribute()
    email_code_id = UnicodeAttribute()
    created_at = Moment()
    valid_until = Moment()
    expires_at = Expiry()

    def unfreeze(self) -> Unfreeze:
        """The item as the wallet speaks of it."""
        return self.as_record(Unfreeze, id=self.pk)


def unfreeze_item(items: type[UnfreezeItem], unfreeze: Unfreeze) -> UnfreezeItem:
    """The item of a new unfreeze."""
    return items.of(unfreeze, pk=unfreeze.id, sk=UNFREEZE, expires_at=unfreeze.valid_until)
