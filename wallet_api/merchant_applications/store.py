"""The applications' items in the records table: pk = application id, sk = `merchant_application`.

Those that wait for an operator stand in the `by_due` index.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import asdict, replace
from pynamodb.attributes import BinaryAttribute, BooleanAttribute

from wallet_api.clock import rfc3339
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.merchant_applications.model import Application, SealedContact
from wallet_api.merchants.model import Profile
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.items import Document, Moment, UnicodeAttribute, WholeNumber

APPLICATION = "merchant_application"
WAITING = "merchant_application/pending"


class ApplicationItem(Item):
    """One application. The contact is sealed under the application's own data key."""

    table = "records"

    person_id = UnicodeAttribute()
    merchant_id = UnicodeAttribute()
    status = UnicodeAttribute()
    legal_name = UnicodeAttribute()
    registration_number = UnicodeAttribute()
    profile = Document()
    website = UnicodeAttribute(null=True)
    data_key = BinaryAttribute(legacy_encoding=False, null=True)
    contact_sealed = BinaryAttribute(legacy_encoding=False, null=True)
    phone_masked = UnicodeAttribute(null=True)
    email_masked = UnicodeAttribute(null=True)
    has_settlement_account = BooleanAttribute()
    created_at = Moment()
    decided_at = Moment(null=True)
    reason = UnicodeAttribute(null=True)
    revision = WholeNumber()
    owner_bucket = UnicodeAttribute()
    owner_order = UnicodeAttribute()
    due_bucket = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    def application(self) -> Application:
        """The item as the wallet speaks of it."""
        contact = None
        if self.phone_masked:
            contact = SealedContact(self.data_key, self.contact_sealed, self.phone_masked, self.email_masked)
        return self.as_record(Application, id=self.pk, profile=Profile(**self.profile), contact=contact)


class ApplicationStore(Struct, frozen=True):
    """Adds, finds and changes applications."""

    storage: Storage
    items: type[ApplicationItem]

    @staticmethod
    def open(storage: Storage) -> ApplicationStore:
        """Binds the items to their table."""
        return ApplicationStore(storage, storage.bind(ApplicationItem))

    def add(self, application: Application, write: AtomicWrite) -> None:
        """Adds a new application to a write."""
        write.put(self._item(application), StorageFault("a fresh id is taken"))

    def replace(self, application: Application, write: AtomicWrite) -> None:
        """Writes an application as it was read and changed since. Leaving the write's block may raise StaleAccount."""
        item = self._item(replace(application, revision=application.revision + 1))
        write.replace(item, (self.items.revision == application.revision, StaleAccount()))

    def find(self, application_id: str, trip: Trip) -> Read[Application | None]:
        """An application, or None."""
        found = trip.get(self.items, application_id, APPLICATION)
        return found.map(lambda item: None if item is None else item.application())

    def newest(self, person_id: str, before: str | None, limit: int, trip: Trip) -> Read[Sequence[Application]]:
        """A person's applications before an id, newest first; an index is behind by moments."""
        query = partial(self.storage.query_index, self.items, "by_owner", _owner_bucket(person_id))
        rows = trip.call(lambda: query(before=before, limit=limit, newest_first=True))
        return rows.map(lambda found: [self.items.from_raw_data(raw).application() for raw in found])

    def waiting(self, limit: int) -> Sequence[Application]:
        """Those that wait for an operator, the oldest first; the index knows only which."""
        rows = self.storage.query_index(self.items, "by_due", WAITING, limit=limit)
        with self.storage.trip() as trip:
            found = [self.find(row["pk"]["S"], trip) for row in rows]
        applications = (read() for read in found)
        return [each for each in applications if each is not None and each.status == "pending"]

    def _item(self, application: Application) -> ApplicationItem:
        contact, waits = application.contact, application.status == "pending"
        return self.items.of(
            application,
            pk=application.id,
            sk=APPLICATION,
            profile=asdict(application.profile),
            data_key=None if contact is None else contact.data_key,
            contact_sealed=None if contact is None else contact.sealed,
            phone_masked=None if contact is None else contact.phone_masked,
            email_masked=None if contact is None else contact.email_masked,
            owner_bucket=_owner_bucket(application.person_id),
            owner_order=application.id,
            due_bucket=WAITING if waits else None,
            due_at=rfc3339(application.created_at) if waits else None,
        )


def _owner_bucket(person_id: str) -> str:
    return f"{person_id}/merchant_applications"
