"""Events on their way to people: read from the stream, kept for who wants to be told, and handed to a worker.

Nothing is sent here. Who has nothing but the inbox costs one read; who is told elsewhere one small record more, which is written
once however often the stream brings the event, and which the schedule finds when its message is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.confirmations.model import TOLD, Preferences, wanted
from wallet_api.confirmations.store import ConfirmationStore, PreferencesItem, PreferenceStore
from wallet_api.errors import WalletError
from wallet_api.events.model import Event
from wallet_api.events.use_cases import Events
from wallet_api.gateways.queue import Message, Queue
from wallet_api.metrics import Measure, Metrics
from wallet_api.money import Money
from wallet_api.storage import Storage
from wallet_api.storage.errors import StorageFault

ADDED_AT_ONCE = 50
logger = logging.getLogger(__name__)


class Dispatching(Struct, frozen=True):
    """From the stream of events to the queue of confirmations."""

    storage: Storage
    clock: Clock
    events: Events
    queue: Queue
    metrics: Metrics
    preferences: PreferenceStore
    store: ConfirmationStore

    @staticmethod
    def open(storage: Storage, clock: Clock, events: Events, queue: Queue, metrics: Metrics) -> Dispatching:
        """Binds the items to their tables."""
        preferences = PreferenceStore(storage.bind(PreferencesItem))
        store = ConfirmationStore.open(storage)
        return Dispatching(storage, clock, events, queue, metrics, preferences, store)

    def dispatch(self, records: Sequence[Mapping[str, Any]]) -> list[str]:
        """Keeps the confirmations of the new events in a batch. Returns the sequence numbers of the records that failed."""
        found, failed = self.events.told(records)
        told = [(sequence, event) for sequence, event in found if event.owner.startswith("usr_") and event.type in TOLD]
        try:
            self._keep([event for _, event in told])
        except (WalletError, StorageFault):
            logger.exception("confirmations could not be kept")
            failed.extend(sequence for sequence, _ in told)
        return failed

    def send_due(self) -> int:
        """Sends a message for each confirmation that is due; how many. One that has a message already is sent once."""
        due = list(self.store.work.by(self.clock.now()))
        self.metrics.tell(Measure("confirmations_due", len(due)))
        self._send(due)
        return len(due)

    def _keep(self, events: Sequence[Event]) -> None:
        if not events:
            return
        with self.storage.trip() as trip:
            reads = {owner: self.preferences.find(owner, trip) for owner in {event.owner for event in events}}
        chosen = {owner: read() for owner, read in reads.items()}
        kept = [event for event in events if _goes_out(event, chosen[event.owner])]
        for start in range(0, len(kept), ADDED_AT_ONCE):
            part = kept[start : start + ADDED_AT_ONCE]
            self.store.add(part, self.clock.now())
            self._send([event.id for event in part])

    def _send(self, event_ids: Sequence[str]) -> None:
        self.queue.send([Message({"confirmation": event_id}) for event_id in event_ids])


def _goes_out(event: Event, preferences: Preferences | None) -> bool:
    """Whether anything beside the inbox is to be told of it."""
    if preferences is None or preferences.since is None or event.created_at < preferences.since:
        return False
    amount = event.data.get("amount")
    money = None if amount is None else Money(amount["amount"], amount["currency"])
    return bool(wanted(TOLD[event.type], money, preferences))
