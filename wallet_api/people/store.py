"""The people's items: a person, and one item for each phone and e-mail that a person holds."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, BooleanAttribute

from wallet_api.people.model import Person
from wallet_api.storage.items import Document, Item, Moment, UnicodeAttribute

PERSON = "person"
CLAIM = "claim"


class PersonItem(Item):
    """pk = person id, sk = `person`. Personal fields are sealed."""

    table = "people"

    created_at = Moment()
    locale = UnicodeAttribute()
    consents = Document()
    data_key = BinaryAttribute(legacy_encoding=False)
    phone_sealed = BinaryAttribute(legacy_encoding=False, null=True)
    email_sealed = BinaryAttribute(legacy_encoding=False, null=True)
    display_name_sealed = BinaryAttribute(legacy_encoding=False, null=True)
    totp_enabled = BooleanAttribute(default=False)
    contact_changed_at = Moment(null=True)

    def person(self) -> Person:
        """The item as the wallet speaks of it."""
        return self.as_record(Person, id=self.pk, consents=tuple(self.consents))


class ClaimItem(Item):
    """pk = `phone/{key version}/{keyed hash}` or `email/…`, sk = `claim`: whose contact this is. At most one can
    exist.
    """

    table = "people"

    person_id = UnicodeAttribute()
