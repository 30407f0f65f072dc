"""The recoveries' items."""

from __future__ import annotations

from wallet_api.recoveries.model import Recovery
from wallet_api.storage.items import Expiry, Item, Moment, UnicodeAttribute

RECOVERY = "recovery"


class RecoveryItem(Item):
    """pk = recovery id, sk = `recovery`. Holds nothing that tells where the message went."""

    table = "ephemeral"

    kind = UnicodeAttribute()
    person_id = UnicodeAttribute(null=True)
    code_id = UnicodeAttribute()
    channel = UnicodeAttribute()
    created_at = Moment()
    valid_until = Moment()
    expires_at = Expiry()

    def recovery(self) -> Recovery:
        """The item as the wallet speaks of it."""
        return self.as_record(Recovery, id=self.pk)


def recovery_item(items: type[RecoveryItem], recovery: Recovery) -> RecoveryItem:
    """The item of a new recovery."""
    return items.of(recovery, pk=recovery.id, sk=RECOVERY, expires_at=recovery.valid_until)
