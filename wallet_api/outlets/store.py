"""The outlets' items in the records table: pk = outlet id, sk = `outlet`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.ledger.accounts import StaleAccount
from wallet_api.outlets.model import Outlet
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.items import Moment, UnicodeAttribute, WholeNumber

OUTLET = "outlet"


class OutletItem(Item):
    """One outlet; its merchant's standing is found from its id."""

    table = "records"

    merchant_id = UnicodeAttribute()
    status = UnicodeAttribute()
    name = UnicodeAttribute()
    label = UnicodeAttribute()
    address = UnicodeAttribute(null=True)
    created_at = Moment()
    revision = WholeNumber()
    owner_bucket = UnicodeAttribute()
    owner_order = UnicodeAttribute()

    def outlet(self) -> Outlet:
        """The item as the wallet speaks of it."""
        return self.as_record(Outlet, id=self.pk)


class OutletStore(Struct, frozen=True):
    """Adds, finds and changes outlets."""

    storage: Storage
    items: type[OutletItem]

    @staticmethod
    def open(storage: Storage) -> OutletStore:
        """Binds the items to their table."""
        return OutletStore(storage, storage.bind(OutletItem))

    def add(self, outlet: Outlet, write: AtomicWrite) -> None:
        """Adds a new outlet to a write."""
        write.put(self._item(outlet), StorageFault("a fresh id is taken"))

    def replace(self, outlet: Outlet, write: AtomicWrite) -> None:
        """Writes an outlet as it was read and changed since. Leaving the write's block may raise StaleAccount."""
        item = self._item(replace(outlet, revision=outlet.revision + 1))
        write.replace(item, (self.items.revision == outlet.revision, StaleAccount()))

    def find(self, outlet_id: str, trip: Trip) -> Read[Outlet | None]:
        """An outlet, or None."""
        return trip.get(self.items, outlet_id, OUTLET).map(lambda item: None if item is None else item.outlet())

    def newest(self, merchant_id: str, before: str | None, limit: int, trip: Trip) -> Read[Sequence[Outlet]]:
        """A merchant's outlets before an id, newest first; an index is behind by moments."""
        query = partial(self.storage.query_index, self.items, "by_owner", _owner_bucket(merchant_id))
        rows = trip.call(lambda: query(before=before, limit=limit, newest_first=True))
        return rows.map(lambda found: [self.items.from_raw_data(raw).outlet() for raw in found])

    def _item(self, outlet: Outlet) -> OutletItem:
        bucket = _owner_bucket(outlet.merchant_id)
        return self.items.of(outlet, pk=outlet.id, sk=OUTLET, owner_bucket=bucket, owner_order=outlet.id)


def _owner_bucket(merchant_id: str) -> str:
    return f"{merchant_id}/outlets"
