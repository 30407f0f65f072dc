"""The contact changes' items."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, BooleanAttribute

from wallet_api.contact_changes.model import ContactChange
from wallet_api.storage.items import Expiry, Item, Moment, UnicodeAttribute

CHANGE = "contact_change"


class ContactChangeItem(Item):
    """pk = contact change id, sk = `contact_change`. The new contact is sealed under its person's data key."""

    table = "ephemeral"

    person_id = UnicodeAttribute()
    channel = UnicodeAttribute()
    contact_sealed = BinaryAttribute(legacy_encoding=False, null=True)
    taken = BooleanAttribute()
    code_id = UnicodeAttribute()
    proof_code_id = UnicodeAttribute()
    created_at = Moment()
    valid_until = Moment()
    expires_at = Expiry()

    def change(self) -> ContactChange:
        """The item as the wallet speaks of it."""
        return self.as_record(ContactChange, id=self.pk)


def change_item(items: type[ContactChangeItem], change: ContactChange) -> ContactChangeItem:
    """The item of a new contact change."""
    return items.of(change, pk=change.id, sk=CHANGE, expires_at=change.valid_until)
