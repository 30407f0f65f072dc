"""What is done with events: write them from the tables' streams, show owners their own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wallet_api.errors import FieldProblem, Invalid, NotFound, WalletError
from wallet_api.events.errors import RecordUnreadable
from wallet_api.events.model import Event, events_of_change, events_of_entry
from wallet_api.events.store import EVENTS_PER_WRITE, EventStore
from wallet_api.ids import is_id
from wallet_api.ledger.folding import JournalRecordUnreadable, journal_entry
from wallet_api.ledger.ledger import Ledger
from wallet_api.merchants.model import MerchantCaller
from wallet_api.merchants.use_cases import Merchants
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.pages import Page, PageRequest, page_of

WINDOW = 100
"""How many events a filtered page looks at: a request's work is bounded, and its cursor goes on from there."""

logger = logging.getLogger(__name__)
StreamRecord = Mapping[str, Any]


@dataclass(frozen=True)
class Events:
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

    def newest(self, caller: Customer | MerchantCaller, page: PageRequest, kind: str | None = None) -> Page[Event]:
        """The caller's own events, newest first; with a type, only those, and a page may hold fewer than asked for."""
        before = page.place()
        if before is not None and not is_id(before, "evt"):
            raise Invalid(FieldProblem("cursor", "cursor_not_ours"))
        limit = page.limit if kind is None else WINDOW
        with self.storage.trip() as trip:
            allowed = self._allowed(caller, trip)
            found = self.store.newest(caller.id, trip, before=before, limit=limit + 1)
        allowed()
        events = found()
        return page_of(
            events[:limit],
            page,
            place=lambda event: event.id,
            more=len(events) > limit,
            keep=lambda event: kind in (None, event.type),
        )

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
        failed: list[str] = []
        told: list[tuple[str, Event]] = []
        for record in records:
            sequence = str(record.get("dynamodb", {}).get("SequenceNumber", ""))
            try:
                told.extend((sequence, event) for event in read(record))
            except (RecordUnreadable, JournalRecordUnreadable):
                logger.exception("a stream record cannot be read", extra={"sequence": sequence})
                failed.append(sequence)
        for start in range(0, len(told), EVENTS_PER_WRITE):
            part = told[start : start + EVENTS_PER_WRITE]
            try:
                self.store.add([event for _, event in part])
            except (WalletError, StorageFault):
                logger.exception("events could not be written", extra={"sequence": part[0][0]})
                failed.extend(sequence for sequence, _ in part)
        return list(dict.fromkeys(failed))
