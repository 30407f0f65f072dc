"""How far a person has read, in the records table."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.items import UnicodeAttribute

READ = "read"


class ReadFurther(Exception):
    """The person has read further already."""


class ReadItem(Item):
    """pk = `{person id}/inbox`, sk = `read`: the newest event that was read."""

    table = "records"

    up_to = UnicodeAttribute()


class InboxStore(Struct, frozen=True):
    """Reads and moves the mark."""

    storage: Storage
    items: type[ReadItem]

    @staticmethod
    def open(storage: Storage) -> InboxStore:
        """Binds the mark to its table."""
        return InboxStore(storage, storage.bind(ReadItem))

    def read_up_to(self, person_id: str, trip: Trip) -> Read[str | None]:
        """The newest event's id that was read, or None."""
        return trip.get(self.items, f"{person_id}/inbox", READ).map(lambda item: None if item is None else item.up_to)

    def move(self, person_id: str, event_id: str, write: AtomicWrite) -> None:
        """Moves the mark forward; fails with ReadFurther when it is there or further."""
        items = self.items
        forward = items.up_to.does_not_exist() | (items.up_to < event_id)
        write.update(items(f"{person_id}/inbox", READ), [items.up_to.set(event_id)], (forward, ReadFurther()))
