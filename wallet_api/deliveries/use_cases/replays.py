"""Events that are sent again because their merchant asks for it: one, those of a time, or a test."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.clock import Clock
from wallet_api.deliveries.errors import ClaimedElsewhere
from wallet_api.deliveries.model import LEASE, Delivery, Replay, new_delivery
from wallet_api.deliveries.store import DeliveryStore
from wallet_api.deliveries.use_cases.deliveries import Deliveries
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.events.model import made_event
from wallet_api.events.use_cases import Events
from wallet_api.gateways.queue import Message, MessageUnreadable, Queue, QueueMessage
from wallet_api.ids import first_id, is_id, new_id
from wallet_api.merchants.model import MerchantCaller
from wallet_api.storage import Storage
from wallet_api.webhooks.errors import WebhookEndpointDisabled
from wallet_api.webhooks.model import TEST, Endpoint, require_event_types
from wallet_api.webhooks.use_cases import Webhooks

A_PAGE = 50
"""How many events one turn of a job looks at."""
logger = logging.getLogger(__name__)


class Span(Struct, frozen=True):
    """Which events are sent again: since and until (excluded) when, of these types."""

    since: datetime
    until: datetime
    event_types: tuple[str, ...] = ("*",)


class Replays(Struct, frozen=True):
    """What merchants have sent again."""

    storage: Storage
    clock: Clock
    events: Events
    webhooks: Webhooks
    deliveries: Deliveries
    queue: Queue
    store: DeliveryStore

    @staticmethod
    def open(
        storage: Storage, clock: Clock, events: Events, webhooks: Webhooks, deliveries: Deliveries, queue: Queue
    ) -> Replays:
        """Shares the deliveries' items."""
        return Replays(storage, clock, events, webhooks, deliveries, queue, deliveries.store)

    def test(self, caller: MerchantCaller, endpoint_id: str) -> Delivery:
        """Sends a test event to one endpoint. Raises NotFound, WebhookEndpointDisabled."""
        endpoint, now = self._enabled(caller, endpoint_id), self.clock.now()
        data: dict[str, Any] = {"id": endpoint.id, "object": "webhook_endpoint", "status": endpoint.status}
        event = made_event(TEST, caller.id, data, now, new_id("tst", now))
        delivery = new_delivery(event, endpoint, now)
        with self.storage.atomic_write() as write:
            self.events.tell(event, write)
            self.store.add(delivery, write, ClaimedElsewhere())
        self.deliveries.send([delivery])
        return delivery

    def event(self, caller: MerchantCaller, event_id: str, endpoint_id: str | None = None) -> list[Delivery]:
        """Sends one event again, to one endpoint or to all that want its type. Raises NotFound, WebhookEndpointDisabled."""
        event = self.events.get(caller, event_id)
        if endpoint_id is not None:
            endpoints = [self._enabled(caller, endpoint_id)]
        else:
            endpoints = [each for each in self.webhooks.all(caller) if each.wants(event)]
        restarted = [self.deliveries.restart(event, each) for each in endpoints]
        self.deliveries.send(restarted)
        return restarted

    def begin(self, caller: MerchantCaller, endpoint_id: str, span: Span) -> Replay:
        """Begins to send an endpoint the events of a time again, whatever became of them before.

        Raises NotFound, WebhookEndpointDisabled, Invalid.
        """
        event_types = require_event_types(span.event_types)
        if span.since >= span.until:
            raise Invalid(FieldProblem("/to", "ends_before_it_begins"))
        endpoint, now = self._enabled(caller, endpoint_id), self.clock.now()
        until = min(span.until, now)
        job = Replay(
            new_id("rpl", now), caller.id, endpoint.id, "running", event_types, span.since, until,
            first_id("evt", until), 0, now,
        )  # fmt: skip
        with self.storage.atomic_write() as write:
            self.store.begin(job, now, write)
        self._send(job.id)
        return job

    def get(self, caller: MerchantCaller, endpoint_id: str, job_id: str) -> Replay:
        """How far a job is. Raises NotFound."""
        self.webhooks.get(caller, endpoint_id)
        with self.storage.trip() as trip:
            found = self.store.find_job(job_id, trip)
        job = found()
        if job is None or (job.merchant_id, job.endpoint_id) != (caller.id, endpoint_id):
            raise NotFound
        return job

    def take(self, messages: Sequence[QueueMessage]) -> list[str]:
        """What the queue's worker does with a batch: turns of jobs, and attempts. Returns the ids of those that failed."""
        failed: list[str] = []
        attempts: list[QueueMessage] = []
        for message in messages:
            try:
                if "replay" in message.names():
                    self.go_on(message)
                else:
                    attempts.append(message)
            except Exception:
                # One message that cannot be taken must not keep the others waiting.
                logger.exception("a message is given back", extra={"message_id": message.id})
                failed.append(message.id)
                self._put_off(message)
        return [*failed, *self.deliveries.deliver(attempts)]

    def go_on(self, message: QueueMessage) -> None:
        """One turn of a job: the next page of events. Raises MessageUnreadable.

        Its place moves after its events were sent on: a turn that dies is made again, and a merchant knows an event that
        comes twice by its id.
        """
        job_id = message.names().get("replay", "")
        if not is_id(job_id, "rpl"):
            raise MessageUnreadable(message.id)
        with self.storage.trip() as trip:
            found = self.store.find_job(job_id, trip)
        job = found()
        if job is None or job.status != "running":
            return
        with self.storage.trip() as trip:
            found_endpoint = self.webhooks.reading(job.merchant_id, job.endpoint_id, trip)
        endpoint = found_endpoint()
        if endpoint is None or endpoint.status != "enabled":
            self._moved(job, replace(job, status="stopped"))
            return
        events = self.events.before(job.merchant_id, job.place, A_PAGE)
        sent = [self.deliveries.restart(each, endpoint) for each in events if job.takes(each)]
        self.deliveries.send(sent)
        ends = len(events) < A_PAGE or events[-1].created_at < job.since
        place = events[-1].id if events else job.place
        if ends:
            self._moved(job, replace(job, status="done", place=place, replayed=job.replayed + len(sent)))
        elif self._moved(job, replace(job, place=place, replayed=job.replayed + len(sent))):
            self._send(job.id)

    def send_due(self) -> int:
        """Sends a message for each job that nobody goes on with; how many."""
        due = list(self.store.job_work.by(self.clock.now()))
        for job_id in due:
            self._send(job_id)
        return len(due)

    def _put_off(self, message: QueueMessage) -> None:
        """Has the schedule send a message for the same job later, and after that ever less often."""
        with suppress(MessageUnreadable):
            job_id = message.names().get("replay", "")
            if is_id(job_id, "rpl"):
                self.store.job_work.put_off(job_id, self.clock.now(), leased=LEASE)

    def _moved(self, job: Replay, new: Replay) -> bool:
        """Whether it was this turn that moved the job."""
        try:
            with self.storage.atomic_write() as write:
                self.store.go_on(job, new, self.clock.now(), write)
        except ClaimedElsewhere:
            return False
        return True

    def _send(self, job_id: str) -> None:
        self.queue.send([Message({"replay": job_id})])

    def _enabled(self, caller: MerchantCaller, endpoint_id: str) -> Endpoint:
        endpoint = self.webhooks.get(caller, endpoint_id)
        if endpoint.status != "enabled":
            raise WebhookEndpointDisabled
        return endpoint
