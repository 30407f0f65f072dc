"""Events on their way to endpoints.

    an event's record in the stream → `dispatch`: a delivery for each endpoint that wants it, and a message for each
    a message of the queue          → `deliver`: claim, post, note what came of it, and when to try again
    the schedule                    → `send_due`: a message for whatever is due and no message brought

A delivery is claimed before it is posted and noted after, each under the condition that it is as it was seen; so messages
may come twice, late or never, and a worker may die anywhere: the schedule finds what is left.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.deliveries.errors import ClaimedElsewhere
from wallet_api.deliveries.model import (
    DISABLED_AFTER,
    GONE,
    LEASE,
    Delivery,
    Status,
    attempt_of,
    new_delivery,
    next_wait,
    payload,
    signed_headers,
)
from wallet_api.deliveries.store import DeliveryStore
from wallet_api.errors import WalletError
from wallet_api.events.model import Event
from wallet_api.events.use_cases import Events
from wallet_api.gateways.callbacks import Answered, Callback, Callbacks
from wallet_api.gateways.queue import LONGEST_DELAY, Message, MessageUnreadable, Queue, QueueMessage
from wallet_api.ids import is_id
from wallet_api.merchants.model import MerchantCaller
from wallet_api.metrics import Measure, Metrics
from wallet_api.storage import Storage
from wallet_api.storage.additions import Add, add_missing
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.pages import Page, PageRequest, page_of
from wallet_api.webhooks.model import Endpoint
from wallet_api.webhooks.use_cases import Webhooks

ADDED_AT_ONCE = 50
logger = logging.getLogger(__name__)


class _Ready(Struct, frozen=True):
    """A delivery in our hands, and what is posted for it."""

    message_id: str
    delivery: Delivery
    endpoint: Endpoint
    callback: Callback
    at: datetime


class Deliveries(Struct, frozen=True):
    """The deliveries of every merchant's events."""

    storage: Storage
    clock: Clock
    events: Events
    webhooks: Webhooks
    callbacks: Callbacks
    queue: Queue
    metrics: Metrics
    store: DeliveryStore

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        events: Events,
        webhooks: Webhooks,
        callbacks: Callbacks,
        queue: Queue,
        metrics: Metrics,
    ) -> Deliveries:
        """Binds the deliveries' items to their table."""
        return Deliveries(storage, clock, events, webhooks, callbacks, queue, metrics, DeliveryStore.open(storage))

    def dispatch(self, records: Sequence[Mapping[str, Any]]) -> list[str]:
        """Makes the deliveries of the new events in a batch. Returns the sequence numbers of the records that failed."""
        found, failed = self.events.told(records)
        told = [(sequence, event) for sequence, event in found if event.owner.startswith("mer_")]
        try:
            self._make(told)
        except (WalletError, StorageFault):
            logger.exception("deliveries could not be made")
            failed.extend(sequence for sequence, _ in told)
        return failed

    def deliver(self, messages: Sequence[QueueMessage]) -> list[str]:
        """Makes the attempts that messages ask for, all at the same time. Returns the ids of the messages that failed."""
        failed: list[str] = []
        ready: list[_Ready] = []
        for message in messages:
            try:
                prepared = self._prepared(message)
            except Exception:
                # One message that cannot be taken must not keep the others waiting.
                logger.exception("a message is given back", extra={"message_id": message.id})
                failed.append(message.id)
                self._put_off(message)
                continue
            if prepared is not None:
                ready.append(prepared)
        for each, answered in zip(ready, self.callbacks.post([each.callback for each in ready]), strict=True):
            try:
                self._note(each, answered)
            except Exception:
                logger.exception("an attempt could not be noted", extra={"delivery_id": each.delivery.id})
                failed.append(each.message_id)
                self.store.work.put_off(each.delivery.id, self.clock.now(), leased=LEASE)
        return failed

    def send_due(self) -> int:
        """Sends a message for each delivery that is due; how many. A delivery that has one already is attempted once."""
        due = list(self.store.work.by(self.clock.now()))
        self.metrics.tell(Measure("webhooks_due", len(due)))
        self.queue.send([_message(delivery_id) for delivery_id in due])
        return len(due)

    def newest(
        self, caller: MerchantCaller, endpoint_id: str, page: PageRequest, status: Status | None = None
    ) -> Page[Delivery]:
        """The deliveries to one of the merchant's endpoints, the newest events first. Raises NotFound."""
        before = page.place_of("dlv")
        self.webhooks.get(caller, endpoint_id)
        with self.storage.trip() as trip:
            found = self.store.newest(endpoint_id, status, trip, before=before, limit=page.limit + 1)
        rows = found()
        return page_of(rows[: page.limit], page, place=lambda each: each.id, more=len(rows) > page.limit)

    def restart(self, event: Event, endpoint: Endpoint) -> Delivery:
        """Sends an event to an endpoint, again if it was sent before: the same delivery, with the whole plan before it."""
        while True:
            fresh = new_delivery(event, endpoint, self.clock.now())
            with self.storage.trip() as trip:
                found = self.store.find(fresh.id, trip)
            seen, delivery = found(), fresh
            try:
                with self.storage.atomic_write() as write:
                    if seen is None:
                        self.store.add(fresh, write, ClaimedElsewhere())
                    else:
                        delivery = seen.restarted(fresh.created_at)
                        self.store.move(seen, delivery, fresh.created_at + LEASE, write)
            except ClaimedElsewhere:
                continue  # An attempt was noted meanwhile; each takes seconds, and this takes none.
            return delivery

    def send(self, deliveries: Sequence[Delivery]) -> None:
        """Sends the messages of deliveries that were just made."""
        self.queue.send([_message(each.id) for each in deliveries])

    def _make(self, told: Sequence[tuple[str, Event]]) -> None:
        owners = sorted({event.owner for _, event in told})
        with self.storage.trip() as trip:
            reads = {owner: self.webhooks.of_merchant(owner, trip) for owner in owners}
        endpoints, now = {owner: read() for owner, read in reads.items()}, self.clock.now()
        made = [
            new_delivery(event, endpoint, now)
            for _, event in told
            for endpoint in endpoints[event.owner]
            if endpoint.wants(event)
        ]
        for start in range(0, len(made), ADDED_AT_ONCE):
            part = made[start : start + ADDED_AT_ONCE]
            self._add(part)
            self.send(part)

    def _add(self, deliveries: Sequence[Delivery]) -> None:
        add_missing(self.storage, {each.id: self._addition(each) for each in deliveries})

    def _addition(self, delivery: Delivery) -> Add:
        return lambda write, known: self.store.add(delivery, write, known)

    def _prepared(self, message: QueueMessage) -> _Ready | None:
        """The delivery that a message names, claimed; None when there is nothing to do for it. Raises MessageUnreadable."""
        delivery_id = message.names().get("delivery", "")
        if not is_id(delivery_id, "dlv"):
            raise MessageUnreadable(message.id)
        with self.storage.trip() as trip:
            found = self.store.find(delivery_id, trip)
        delivery, now = found(), self.clock.now()
        if delivery is None or not delivery.is_due(now):
            return None
        with self.storage.trip() as trip:
            found_endpoint = self.webhooks.reading(delivery.merchant_id, delivery.endpoint_id, trip)
            found_event = self.events.reading(delivery.event_id, trip)
        endpoint, event = found_endpoint(), found_event()
        try:
            if endpoint is None or event is None or endpoint.status != "enabled":
                self._give_up(delivery, "endpoint_removed" if endpoint is None else "endpoint_disabled", now)
                return None
            secrets, body = self.webhooks.signing(endpoint, now), payload(event)
            with self.storage.atomic_write() as write:
                self.store.claim(delivery, now, write)
        except ClaimedElsewhere:
            return None
        callback = Callback(endpoint.url, body, signed_headers(event.id, body, secrets, now))
        return _Ready(message.id, delivery.claimed(), endpoint, callback, now)

    def _put_off(self, message: QueueMessage) -> None:
        """Has the schedule send a message for the same delivery later, and after that ever less often."""
        with suppress(MessageUnreadable):
            delivery_id = message.names().get("delivery", "")
            if is_id(delivery_id, "dlv"):
                self.store.work.put_off(delivery_id, self.clock.now(), leased=LEASE)

    def _give_up(self, delivery: Delivery, problem: str, now: datetime) -> None:
        with self.storage.atomic_write() as write:
            self.store.move(delivery, delivery.given_up(problem, now), None, write)

    def _note(self, ready: _Ready, answered: Answered) -> None:
        """Writes down what came of an attempt, and what follows for the delivery and for its endpoint."""
        delivery, endpoint, now = ready.delivery, ready.endpoint, self.clock.now()
        gone = answered.status == GONE
        wait = None if gone else next_wait(delivery.id, delivery.step, answered.retry_after, now)
        noted = delivery.after(attempt_of(answered, now), wait)
        soon = noted.next_attempt_at is not None and wait is not None and wait <= timedelta(seconds=LONGEST_DELAY)
        due_at = None if noted.next_attempt_at is None else noted.next_attempt_at + (LEASE if soon else timedelta())
        try:
            with self.storage.atomic_write() as write:
                self.store.move(delivery, noted, due_at, write)
        except ClaimedElsewhere:
            return  # It took so long that somebody else went on with it.
        if soon and wait is not None:
            self.queue.send([_message(delivery.id, math.ceil(wait.total_seconds()))])
        self._mind(endpoint, noted, gone=gone, now=now)

    def _mind(self, endpoint: Endpoint, noted: Delivery, *, gone: bool, now: datetime) -> None:
        """What an attempt says of its endpoint."""
        since = endpoint.failing_since
        if noted.status == "succeeded":
            if since is not None:
                self.webhooks.took(endpoint)
        elif gone:
            self.webhooks.disable(endpoint, "gone", now)
        elif since is None:
            self.webhooks.failed(endpoint, now)
        elif noted.status == "failed" and now - since >= DISABLED_AFTER:
            self.webhooks.disable(endpoint, "failing", now)


def _message(delivery_id: str, delay_seconds: int = 0) -> Message:
    return Message({"delivery": delivery_id}, delay_seconds)
