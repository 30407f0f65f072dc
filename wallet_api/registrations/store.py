"""The registrations' items."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute

from wallet_api.people.model import Person
from wallet_api.registrations.model import Registration
from wallet_api.storage.items import Document, Expiry, Item, Moment, UnicodeAttribute

REGISTRATION = "registration"


class RegistrationItem(Item):
    """pk = registration id, sk = `registration`. Contacts are sealed under the data key of the person to be."""

    table = "ephemeral"

    person_id = UnicodeAttribute()
    created_at = Moment()
    locale = UnicodeAttribute()
    consents = Document()
    agreed_to = Document(null=True)
    data_key = BinaryAttribute(legacy_encoding=False)
    phone_sealed = BinaryAttribute(legacy_encoding=False, null=True)
    email_sealed = BinaryAttribute(legacy_encoding=False, null=True)
    password_hash = UnicodeAttribute()
    taken = Document()
    code_id = UnicodeAttribute()
    session_id = UnicodeAttribute(null=True)
    valid_until = Moment()
    expires_at = Expiry()

    def registration(self) -> Registration:
        """The item as the wallet speaks of it."""
        person = self.as_record(Person, id=self.person_id, consents=tuple(self.consents))
        return self.as_record(Registration, id=self.pk, person=person, taken=tuple(self.taken))


def registration_item(items: type[RegistrationItem], registration: Registration) -> RegistrationItem:
    """The item of a new registration."""
    person = registration.person
    return items.of(
        registration,
        pk=registration.id,
        sk=REGISTRATION,
        person_id=person.id,
        created_at=person.created_at,
        locale=person.locale,
        consents=list(person.consents),
        agreed_to=person.agreed_to,
        data_key=person.data_key,
        phone_sealed=person.phone_sealed,
        email_sealed=person.email_sealed,
        taken=list(registration.taken),
        expires_at=registration.valid_until,
    )
