"""What is done with events: write them from the tables' streams, show owners their own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from wallet_api.errors import NotFound, WalletError
from wallet_api.events.errors import RecordUnreadable
from wallet_api.events.model import TYPES, Event, events_of_change, events_of_entry, wanted
from wallet_api.events.store import EVENTS_PER_WRITE, EventStore
from wallet_api.ids import first_id
from wallet_api.ledger.folding import JournalRecordUnreadable, journal_entry
from wallet_api.ledger.ledger import Ledger
from wallet_api.merchants.model import MerchantCaller
from wallet_api.merchants.use_cases import Merchants
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.pages import Page, PageRequest, page_of

WINDOW = 100
"""How many events a filtered page looks at: a request's work is bounded, and its cursor goes on from there."""

logger = logging.getLogger(__name__)
StreamRecord = Mapping[str, Any]
Told = tuple[str, Event]
"""An event with the sequence number of the record that told it."""


class Asked(Struct, frozen=True):
    """Which of somebody's events: of these types, about this object, since and until (excluded) when."""

    types: tuple[str, ...] = ()
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, event: Event) -> bool:
        """Whether an event is among them."""
        return (
            (not self.types or wanted(event.type, self.types))
            and self.subject in (None, event.data["id"])
            and (self.since is None or event.created_at >= self.since)
            and (self.until is None or event.created_at < self.until)
        )


ALL = Asked()


class Events(Struct, frozen=True):
    """The events of every merchant and person."""

    storage: Storage
    ledger: Ledger
    sessions: Sessions
    merchants: Merchants
    store: EventStore

    def project_ledger(self, records: Sequence[StreamRecord]) -> list[str]:
        """Writes the events of what moved money. Returns the sequence numbers of the records that failed."""
        return self._project(records, self._of_journal)

    def project_records(self, records: Sequence[StreamRecord]) -> list[str]:
        """The same for what changed without moving money; an event's own record tells nothing."""
        return self._project(records, self._of_record)

    def newest(self, caller: Customer | MerchantCaller, page: PageRequest, asked: Asked = ALL) -> Page[Event]:
        """The caller's own events, newest first; of what was asked for, a page may hold fewer rows than its limit."""
        before = page.place_of("evt")
        if asked.until is not None:
            before = min(before or "evt_~", first_id("evt", asked.until))
        limit = page.limit if asked == ALL else WINDOW
        with self.storage.trip() as trip:
            allowed = self._allowed(caller, trip)
            found = self.store.newest(caller.id, trip, before=before, limit=limit + 1)
        allowed()
        return page_within(found(), page, asked, limit)

    def before(self, owner: str, before: str, limit: int) -> list[Event]:
        """An owner's events before an event's id, newest first, for a job that goes through them."""
        with self.storage.trip() as trip:
            found = self.store.newest(owner, trip, before=before, limit=limit)
        return found()

    def reading(self, event_id: str, trip: Trip) -> Read[Event | None]:
        """An event as part of another capability's trip: whoever asks has to know that the caller may see it."""
        return self.store.find(event_id, trip)

    def told(self, records: Sequence[StreamRecord]) -> tuple[list[Told], list[str]]:
        """The new events in records of the stream, and the sequence numbers of the records that cannot be read."""

        def read(record: StreamRecord) -> Iterable[Event]:
            event = self.store.told(record)
            return () if event is None else (event,)

        return _read_all(records, read)

    def tell(self, event: Event, write: AtomicWrite) -> None:
        """Adds an event to the write that does what it tells of. Raises KeyError for a type that is not in the list."""
        TYPES[event.type]
        self.store.put(event, write)

    def get(self, caller: Customer | MerchantCaller, event_id: str) -> Event:
        """One of the caller's own events. Raises NotFound."""
        with self.storage.trip() as trip:
            allowed = self._allowed(caller, trip)
            found = self.store.find(event_id, trip)
        allowed()
        event = found()
        if event is None or event.owner != caller.id:
            raise NotFound
        return event

    def _allowed(self, caller: Customer | MerchantCaller, trip: Trip) -> Read[Any]:
        if isinstance(caller, Customer):
            return self.sessions.live(caller, trip)
        return self.merchants.authorized(caller, trip)

    def _of_journal(self, record: StreamRecord) -> Iterable[Event]:
        entry, _ = journal_entry(self.ledger, record)
        return () if entry is None else events_of_entry(entry)

    def _of_record(self, record: StreamRecord) -> Iterable[Event]:
        change = self.store.change(record)
        return () if change is None else events_of_change(change)

    def _project(self, records: Sequence[StreamRecord], read: Callable[[StreamRecord], Iterable[Event]]) -> list[str]:
        """A record that cannot be read fails alone; the events of all others are written first."""
        told, failed = _read_all(records, read)
        for start in range(0, len(told), EVENTS_PER_WRITE):
            part = told[start : start + EVENTS_PER_WRITE]
            try:
                self.store.add([event for _, event in part])
            except (WalletError, StorageFault):
                logger.exception("events could not be written", extra={"sequence": part[0][0]})
                failed.extend(sequence for sequence, _ in part)
        return list(dict.fromkeys(failed))


def _read_all(
    records: Sequence[StreamRecord], read: Callable[[StreamRecord], Iterable[Event]]
) -> tuple[list[Told], list[str]]:
    """What records tell, and the sequence numbers of those that cannot be read: they hold up nothing else."""
    told: list[Told] = []
    failed: list[str] = []
    for record in records:
        sequence = str(record.get("dynamodb", {}).get("SequenceNumber", ""))
        try:
            told.extend((sequence, event) for event in read(record))
        except (RecordUnreadable, JournalRecordUnreadable):
            logger.exception("a stream record cannot be read", extra={"sequence": sequence})
            failed.append(sequence)
    return told, failed


def page_within(events: Sequence[Event], page: PageRequest, asked: Asked, limit: int) -> Page[Event]:
    """A page of what was asked for among the newest events; below `since` the list ends."""
    more = len(events) > limit
    window = list(events[:limit])
    if asked.since is not None and window and window[-1].created_at < asked.since:
        more = False
        window = [event for event in window if event.created_at >= asked.since]
    return page_of(window, page, place=lambda event: event.id, more=more, keep=asked.takes)
