"""The people's items: a person, and one item for each phone and e-mail that a person holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, BooleanAttribute

from wallet_api.people.model import Mark, Person
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
    totp_enabled_at = Moment(null=True)
    recovered_at = Moment(null=True)
    recovered_over = UnicodeAttribute(null=True)
    frozen_since = Moment(null=True)
    agreed_to = Document(null=True)

    def person(self) -> Person:
        """The item as the wallet speaks of it."""
        return self.as_record(Person, id=self.pk, consents=tuple(self.consents))


class ClaimItem(Item):
    """pk = `phone/{key version}/{keyed hash}` or `email/…`, sk = `claim`: whose contact this is. At most one can
    exist.
    """

    table = "people"

    person_id = UnicodeAttribute()


def marking(items: type[PersonItem], mark: Mark, now: datetime) -> list[Any]:
    """What a mark changes of a person."""
    changes: dict[Mark, list[Any]] = {
        "totp_enabled": [items.totp_enabled.set(True), items.totp_enabled_at.set(now)],
        "totp_removed": [items.totp_enabled.set(False), items.totp_enabled_at.remove()],
        "recovered_over_sms": [items.recovered_at.set(now), items.recovered_over.set("sms")],
        "recovered_over_email": [items.recovered_at.set(now), items.recovered_over.set("email")],
        "proven": [items.recovered_at.remove(), items.recovered_over.remove()],
        "frozen": [items.frozen_since.set(now)],
        "thawed": [items.frozen_since.remove()],
    }
    return changes[mark]


def permitting(items: type[PersonItem], mark: Mark, begun_at: datetime | None) -> Any:
    """What has to hold of a person for a mark: a thaw is for the freeze that it was begun in, and no other."""
    if mark == "thawed":
        return items.frozen_since < begun_at
    return items.frozen_since.does_not_exist() if mark in ("totp_enabled", "totp_removed") else items.pk.exists()
