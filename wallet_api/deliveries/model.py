"""What a delivery is, when it is tried again, and how it is signed.

    pending ──▶ succeeded              the other side answered 2xx
            └─▶ retrying ──▶ succeeded
                         └─▶ failed    the plan is through, the endpoint is gone, or nothing is sent to it any more

A replay makes a delivery `pending` again, with the whole plan before it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.clock import epoch_seconds, rfc3339
from wallet_api.events.model import Event, wanted
from wallet_api.gateways.callbacks import Answered
from wallet_api.ids import made_id
from wallet_api.webhooks.model import TEST, Endpoint

KEPT_ATTEMPTS = 20
"""How many attempts of a delivery its log shows, the newest."""

PLAN = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""How long after the one before each attempt is made; together about three days."""
LONGEST_WAIT = timedelta(hours=24)
DISABLED_AFTER = timedelta(days=3)
"""An endpoint that took nothing for this long is disabled when a delivery's plan is through."""
LEASE = timedelta(seconds=60)
"""How long a worker has a delivery to itself, and how late the schedule looks after what a message should bring."""
A_MOMENT = timedelta(seconds=1)
"""Two clocks differ, and a message may be a little early."""

Status = Literal["pending", "retrying", "succeeded", "failed"]
STATUSES: tuple[Status, ...] = get_args(Status)
OPEN: tuple[Status, ...] = ("pending", "retrying")
GONE = 410
KEPT_FOR = timedelta(days=90)
"""How long a delivery is kept after its end, and a job after it was begun. Its event stays, and may be sent again: as a new delivery."""


class Attempt(Struct, frozen=True):
    """One try, as the log shows it: an HTTP status, or the problem that kept one from coming. Nothing that was answered."""

    at: datetime
    status: int | None
    problem: str | None
    milliseconds: int
    body_bytes: int


class Delivery(Struct, frozen=True):
    """One event on its way to one endpoint.

    `version` counts whoever took it in hand, `attempts` the tries, `step` those of the plan that began at `begun_at`.
    `problem` says why it failed without a try.
    """

    id: str
    endpoint_id: str
    merchant_id: str
    event_id: str
    event_type: str
    status: Status
    created_at: datetime
    begun_at: datetime
    version: int = 0
    attempts: int = 0
    step: int = 0
    log: tuple[Attempt, ...] = ()
    next_attempt_at: datetime | None = None
    ended_at: datetime | None = None
    problem: str | None = None

    @property
    def kept_until(self) -> datetime | None:
        """When it may be forgotten; never while it is open."""
        return None if self.ended_at is None else self.ended_at + KEPT_FOR

    def is_due(self, now: datetime) -> bool:
        """Whether an attempt is to be made. While one is under way, or has just been made, it is not."""
        return self.status in OPEN and self.next_attempt_at is not None and self.next_attempt_at <= now + A_MOMENT

    def claimed(self) -> Delivery:
        """In the hands of whoever makes the next attempt."""
        return replace(self, version=self.version + 1)

    def after(self, attempt: Attempt, wait: timedelta | None) -> Delivery:
        """After an attempt: it succeeded, is tried again after a while, or, without a while, failed."""
        tried = replace(self, version=self.version + 1, attempts=self.attempts + 1, log=(*self.log, attempt))
        if attempt.status is not None and 200 <= attempt.status < 300:
            return replace(tried, status="succeeded", next_attempt_at=None, ended_at=attempt.at)
        if wait is None:
            return replace(tried, status="failed", next_attempt_at=None, ended_at=attempt.at)
        return replace(tried, status="retrying", step=self.step + 1, next_attempt_at=attempt.at + wait)

    def given_up(self, problem: str, now: datetime) -> Delivery:
        """Failed without another attempt."""
        return replace(
            self, version=self.version + 1, status="failed", problem=problem, next_attempt_at=None, ended_at=now
        )

    def restarted(self, now: datetime) -> Delivery:
        """With the whole plan before it again."""
        return replace(
            self, version=self.version + 1, status="pending", step=0, begun_at=now, next_attempt_at=now, ended_at=None,
            problem=None,
        )  # fmt: skip


class Replay(Struct, frozen=True):
    """A job that sends an endpoint's past events again, from the newest to the oldest. `place` is the last event's id."""

    id: str
    merchant_id: str
    endpoint_id: str
    status: Literal["running", "done", "stopped"]
    event_types: tuple[str, ...]
    since: datetime
    until: datetime
    place: str
    replayed: int
    created_at: datetime

    def takes(self, event: Event) -> bool:
        """Whether an event is one of those that are sent again."""
        in_time = self.since <= event.created_at < self.until
        return in_time and event.type != TEST and wanted(event.type, self.event_types)


def new_delivery(event: Event, endpoint: Endpoint, now: datetime) -> Delivery:
    """The delivery of an event to an endpoint: there is one, whoever makes it, and its id says so."""
    entropy = hashlib.sha256(f"{event.id}\x00{endpoint.id}".encode()).digest()[:10]
    return Delivery(
        id=made_id("dlv", event.created_at, entropy),
        endpoint_id=endpoint.id,
        merchant_id=endpoint.merchant_id,
        event_id=event.id,
        event_type=event.type,
        status="pending",
        created_at=now,
        begun_at=now,
        next_attempt_at=now,
    )


def attempt_of(answered: Answered, at: datetime) -> Attempt:
    """What the log keeps of an answer."""
    return Attempt(at, answered.status, answered.problem, answered.milliseconds, answered.body_bytes)


def next_wait(delivery_id: str, step: int, retry_after: str | None, now: datetime) -> timedelta | None:
    """How long after attempt number `step` (from 0) the next is made; None when the plan is through.

    Up to a tenth is added, another for each delivery and step, so that what failed together does not come back together;
    the other side's wish to be left alone for longer is granted for up to a day.
    """
    if step + 1 >= len(PLAN):
        return None
    planned = PLAN[step + 1]
    share = int.from_bytes(hashlib.sha256(f"{delivery_id}/{step}".encode()).digest()[:2], "big")
    wait = planned + planned * share / 655_360
    return max(wait, min(_wished(retry_after, now), LONGEST_WAIT))


def payload(event: Event) -> bytes:
    """What is sent: the event as `GET /v1/events/{id}` shows it."""
    document: dict[str, Any] = {
        "id": event.id,
        "object": "event",
        "type": event.type,
        "sequence": event.sequence,
        "data": event.data,
        "created_at": rfc3339(event.created_at),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def signed_headers(event_id: str, body: bytes, secrets: Sequence[bytes], at: datetime) -> Mapping[str, str]:
    """The headers of one attempt: https://www.standardwebhooks.com. The id is the event's, in every attempt and replay;
    each valid secret signs, so that a receiver may know any of them.
    """
    stamp = str(epoch_seconds(at))
    signed = b".".join((event_id.encode(), stamp.encode(), body))
    signatures = (b64encode(hmac.digest(secret, signed, "sha256")).decode() for secret in secrets)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Wallet-Webhooks/1",
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }


def _wished(retry_after: str | None, now: datetime) -> timedelta:
    """RFC 9110 section 10.2.3: seconds, or a date. What is neither is no wish."""
    if retry_after is None:
        return timedelta()
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=min(int(retry_after[:9]), 10**9))
    try:
        date = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return timedelta()
    return max(timedelta(), (date if date.tzinfo else date.replace(tzinfo=UTC)) - now)
