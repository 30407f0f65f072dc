"""The items of deliveries and of jobs, in the records table.

A delivery's place in the `by_owner` index names its status, so that those that failed are listed without reading the rest.
What has ended is removed by its time to live, some time within two days of it: until then it may be listed still.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Struct

from wallet_api.deliveries.errors import ClaimedElsewhere
from wallet_api.deliveries.model import KEPT_ATTEMPTS, KEPT_FOR, LEASE, STATUSES, Attempt, Delivery, Replay, Status
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.due import DueWork
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.items import Document, Expiry, Moment, UnicodeAttribute, WholeNumber

DELIVERY, REPLAY = "webhook_delivery", "webhook_replay"
SHARDS = 4
"""Over how many partitions of the index an endpoint's deliveries of one status are spread."""
DUE_BUCKETS = 8
DUE_AT_ONCE = 500
"""How many of each bucket one run of the schedule sends on their way."""


class DeliveryItem(Item):
    """pk = delivery id, sk = `webhook_delivery`; in the `by_due` index while something is still to be done."""

    table = "records"

    endpoint_id = UnicodeAttribute()
    merchant_id = UnicodeAttribute()
    event_id = UnicodeAttribute()
    event_type = UnicodeAttribute()
    status = UnicodeAttribute()
    created_at = Moment()
    begun_at = Moment()
    version = WholeNumber()
    attempts = WholeNumber()
    step = WholeNumber()
    log = Document()
    next_attempt_at = Moment(null=True)
    ended_at = Moment(null=True)
    problem = UnicodeAttribute(null=True)
    kept_until = Expiry(null=True)
    owner_bucket = UnicodeAttribute()
    owner_order = UnicodeAttribute()
    due_bucket = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    def delivery(self) -> Delivery:
        """The item as the wallet speaks of it."""
        return self.as_record(Delivery, id=self.pk, log=tuple(_attempt(each) for each in self.log))


class ReplayItem(Item):
    """pk = job id, sk = `webhook_replay`; in the `by_due` index while it runs."""

    table = "records"

    merchant_id = UnicodeAttribute()
    endpoint_id = UnicodeAttribute()
    status = UnicodeAttribute()
    event_types = Document()
    since = Moment()
    until = Moment()
    place = UnicodeAttribute()
    replayed = WholeNumber()
    created_at = Moment()
    kept_until = Expiry(null=True)
    due_bucket = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    def replay(self) -> Replay:
        """The item as the wallet speaks of it."""
        return self.as_record(Replay, id=self.pk, event_types=tuple(self.event_types))


class DeliveryStore(Struct, frozen=True):
    """Adds, finds and moves deliveries and jobs along."""

    storage: Storage
    items: type[DeliveryItem]
    jobs: type[ReplayItem]
    work: DueWork
    job_work: DueWork

    @staticmethod
    def open(storage: Storage) -> DeliveryStore:
        """Binds the items to their table."""
        work = DueWork.open(storage, DELIVERY, DUE_BUCKETS, limit=DUE_AT_ONCE)
        job_work = DueWork.open(storage, REPLAY, 0, limit=DUE_AT_ONCE)
        return DeliveryStore(storage, storage.bind(DeliveryItem), storage.bind(ReplayItem), work, job_work)

    def add(self, delivery: Delivery, write: AtomicWrite, known: Exception) -> None:
        """Adds a delivery, which the schedule finds if no message brings it; `known` when it is there already."""
        write.put(
            self.items.of(
                delivery,
                pk=delivery.id,
                sk=DELIVERY,
                log=[],
                owner_bucket=_bucket(delivery.endpoint_id, delivery.status, _shard(delivery.id)),
                owner_order=delivery.id,
                **self.work.place(delivery.id, delivery.begun_at + LEASE),
            ),
            known,
        )

    def find(self, delivery_id: str, trip: Trip) -> Read[Delivery | None]:
        """A delivery by its id, or None."""
        return trip.get(self.items, delivery_id, DELIVERY).map(lambda item: None if item is None else item.delivery())

    def claim(self, delivery: Delivery, now: datetime, write: AtomicWrite) -> None:
        """Takes a delivery in hand as it was seen; fails with ClaimedElsewhere when somebody else has."""
        items = self.items
        actions = [
            items.version.set(delivery.version + 1),
            items.next_attempt_at.set(now + LEASE),
            *self.work.leased(items, now + LEASE),
        ]
        write.update(items(delivery.id, DELIVERY), actions, self._as_seen(delivery))

    def move(self, seen: Delivery, new: Delivery, due_at: datetime | None, write: AtomicWrite) -> None:
        """Writes how a delivery stands now; fails with ClaimedElsewhere when it is not as it was seen."""
        items = self.items
        actions = [
            items.version.set(new.version),
            items.status.set(new.status),
            items.attempts.set(new.attempts),
            items.step.set(new.step),
            items.begun_at.set(new.begun_at),
            items.log.set([_attempt_document(each) for each in new.log[-KEPT_ATTEMPTS:]]),
            items.owner_bucket.set(_bucket(new.endpoint_id, new.status, _shard(new.id))),
            items.next_attempt_at.set(new.next_attempt_at) if new.next_attempt_at else items.next_attempt_at.remove(),
            items.ended_at.set(new.ended_at) if new.ended_at else items.ended_at.remove(),
            items.problem.set(new.problem) if new.problem else items.problem.remove(),
            items.kept_until.set(new.kept_until) if new.kept_until else items.kept_until.remove(),
        ]
        actions += self.work.moved(items, new.id, due_at)
        write.update(items(seen.id, DELIVERY), actions, self._as_seen(seen))

    def newest(
        self, endpoint_id: str, status: Status | None, trip: Trip, *, before: str | None, limit: int
    ) -> Read[list[Delivery]]:
        """An endpoint's deliveries of one status or of all, by their events, newest first. An index is behind by moments."""
        buckets = [
            _bucket(endpoint_id, each, shard) for each in STATUSES if status in (None, each) for shard in range(SHARDS)
        ]
        query = partial(self.storage.query_index, self.items, "by_owner", before=before, limit=limit, newest_first=True)
        reads = [trip.call(partial(query, bucket)) for bucket in buckets]

        def bring() -> list[Delivery]:
            # One that is just changing its status may stand in two places for a moment.
            found = {raw["pk"]["S"]: raw for read in reads for raw in read()}
            newest = sorted(found, reverse=True)[:limit]
            return [self.items.from_raw_data(found[each]).delivery() for each in newest]

        return Read(bring)

    def begin(self, job: Replay, now: datetime, write: AtomicWrite) -> None:
        """Adds a job."""
        place = self.job_work.place(job.id, now + LEASE)
        item = self.jobs.of(job, pk=job.id, sk=REPLAY, event_types=list(job.event_types), **place)
        write.put(item, StorageFault("a fresh id is taken"))

    def find_job(self, job_id: str, trip: Trip) -> Read[Replay | None]:
        """A job by its id, or None."""
        return trip.get(self.jobs, job_id, REPLAY).map(lambda item: None if item is None else item.replay())

    def go_on(self, seen: Replay, new: Replay, now: datetime, write: AtomicWrite) -> None:
        """Writes how far a job is; fails with ClaimedElsewhere when it is further already."""
        jobs = self.jobs
        actions = [jobs.status.set(new.status), jobs.place.set(new.place), jobs.replayed.set(new.replayed)]
        running = new.status == "running"
        actions += self.job_work.moved(jobs, seen.id, now + LEASE if running else None)
        actions += [] if running else [jobs.kept_until.set(new.created_at + KEPT_FOR)]
        as_seen = (jobs.place == seen.place) & (jobs.status == "running")
        write.update(jobs(seen.id, REPLAY), actions, (as_seen, ClaimedElsewhere()))

    def _as_seen(self, delivery: Delivery) -> tuple[Any, Exception]:
        return (self.items.version == delivery.version) & self.items.status.is_in(delivery.status), ClaimedElsewhere()


def _bucket(endpoint_id: str, status: Status, shard: int) -> str:
    return f"{endpoint_id}/deliveries/{status}/{shard}"


def _shard(delivery_id: str) -> int:
    return hashlib.sha256(delivery_id.encode()).digest()[0] % SHARDS


def _attempt_document(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": attempt.at.isoformat(),
        "status": attempt.status,
        "problem": attempt.problem,
        "milliseconds": attempt.milliseconds,
        "body_bytes": attempt.body_bytes,
    }


def _attempt(document: dict[str, Any]) -> Attempt:
    return Attempt(**{**document, "at": datetime.fromisoformat(document["at"])})
