"""Feeds stream records and schedules to the very handlers that app.py declares, as Lambda's pollers would.

Each handler has its own place in its stream. A batch that fails is split in two; what fails alone is tried again and in
the end set aside as a dead letter, so that one bad record never blocks the rest. A partial answer
(`batchItemFailures`) is honoured: everything from the first named record on comes again.
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Condition, RLock, Thread
from typing import Any

from dev.cloud import resources
from dev.cloud.context import LambdaContext
from dev.cloud.queues import Queues, Take
from dev.cloud.reader import Records, StreamReader
from dev.cloud.rights import rights

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How often it looks when nobody says that something was written."""
GATHER_SECONDS = 0.05

Handler = Callable[[dict[str, Any], Any], Any]
_UNITS = {"minute": "minutes", "hour": "hours", "day": "days"}


@dataclass
class Consumer:
    """One stream handler of app.py and its place in its stream."""

    name: str
    table: str
    handler: Handler
    reader: StreamReader
    batch_size: int
    waiting: Records = field(default_factory=list)
    failures: int = 0
    dead_letters: Records = field(default_factory=list)


@dataclass
class Schedule:
    """One scheduled handler; `next_at` is on the local clock."""

    name: str
    handler: Handler
    every: timedelta
    next_at: datetime


class Pump:
    """`drain()` delivers everything there is, now; `start()` lets a thread do it as writes happen.

    `batch_size`, when set, overrides what app.py asks for; `attempts` is how often a single record is tried.
    """

    def __init__(
        self, app: Any, read: Callable[[str], StreamReader], now: Callable[[], datetime], take: Take = lambda _: []
    ) -> None:
        self._now = now
        self.batch_size: int | None = None
        self.attempts = 3
        self._busy = RLock()
        self._wake = Condition()
        self._work = False
        self._paused = False
        self._thread: Thread | None = None
        self._stopping = False
        self.consumers = _consumers(app, read)
        self.queues = Queues(app, take, now)
        self.schedules = _schedules(app, now())

    def notify(self) -> None:
        """Something was written; cheap, called by the engine."""
        if self._thread is not None:
            with self._wake:
                self._work = True
                self._wake.notify()

    def drain(self) -> int:
        """Delivers until every stream and queue is read to its end; the number of records and messages delivered."""
        delivered = 0
        while found := self.step() + self.queues.step():
            delivered += found
        return delivered

    def step(self) -> int:
        """One batch for each handler; the number of records taken."""
        with self._busy:
            return sum(self._one_batch(consumer) for consumer in self.consumers)

    def replay(self, name: str | None = None) -> None:
        """Sends one handler (or all) back to the oldest record, so that it sees everything again."""
        with self._busy:
            for consumer in self.consumers:
                if name in (None, consumer.name):
                    consumer.waiting.clear()
                    consumer.reader.rewind()
        self.notify()

    def redrive(self, name: str | None = None) -> int:
        """Sends one handler (or all) what it gave up on, once more, before what waits; how many records."""
        with self._busy:
            taken = 0
            for consumer in self.consumers:
                if name in (None, consumer.name):
                    taken += len(consumer.dead_letters)
                    consumer.waiting[:0] = consumer.dead_letters
                    consumer.dead_letters.clear()
        self.notify()
        return taken

    def reset(self) -> None:
        """Forgets what waits and what died; every handler goes on from here."""
        with self._busy:
            for consumer in self.consumers:
                consumer.waiting.clear()
                consumer.dead_letters.clear()
                consumer.failures = 0
                consumer.reader.skip()
            for schedule in self.schedules:
                schedule.next_at = self._now() + schedule.every
            self.queues.reset()

    def run_schedules(self, *, forgiving: bool = False) -> list[str]:
        """Runs what is due on the local clock, once each however far the clock was moved; the names of what ran.

        What a handler raises goes to the caller; `forgiving` logs it, as on AWS, and leaves its name out.
        """
        ran = []
        for schedule in self.schedules:
            now = self._now()
            if schedule.next_at > now:
                continue
            schedule.next_at = now + schedule.every
            try:
                with rights.running(schedule.name):
                    schedule.handler(_scheduled_event(schedule.name, now), LambdaContext(schedule.name))
                ran.append(schedule.name)
            except Exception:
                if not forgiving:
                    raise
                log.exception("%s failed", schedule.name)
        return ran

    def start(self) -> None:
        """Delivers in the background, woken by writes; schedules run when they fall due."""
        self.queues.start()
        if self._thread is None:
            self._stopping = False
            self._thread = Thread(target=self._run, name="pump", daemon=True)
            self._thread.start()
            self.notify()

    def stop(self) -> None:
        self.queues.stop()
        thread, self._thread = self._thread, None
        if thread is not None:
            with self._wake:
                self._stopping = True
                self._wake.notify()
            thread.join(timeout=10)

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nothing is delivered meanwhile."""
        with self.queues.still(), self._busy:
            yield

    def pause(self) -> None:
        """The background threads stand still (a lagging stream), what they have begun apart; `drain` still works."""
        self._paused = self.queues.paused = True
        with self.still():
            return

    def resume(self) -> None:
        self._paused = self.queues.paused = False
        self.notify()

    def _run(self) -> None:
        while not self._stopping:
            with self._wake:
                if not (self._work or self._stopping):
                    self._wake.wait(timeout=LOOK_SECONDS)
                self._work = False
            if self._standing():
                continue
            try:
                # As Lambda's batching window does: a batch of many folds for little more than a batch of one.
                time.sleep(GATHER_SECONDS)
                while self._step_of_the_thread():
                    time.sleep(GATHER_SECONDS)
                self.run_schedules(forgiving=True)
            except Exception:
                log.exception("The pump goes on after this.")

    def _step_of_the_thread(self) -> int:
        with self._busy:
            return 0 if self._standing() else self.step()

    def _standing(self) -> bool:
        return self._paused or self._stopping

    def _one_batch(self, consumer: Consumer) -> int:
        size = self.batch_size or consumer.batch_size
        if len(consumer.waiting) < size:
            consumer.waiting += consumer.reader.read(size - len(consumer.waiting))
        batch = consumer.waiting[:size]
        if batch:
            done = self._deliver(consumer, batch)
            del consumer.waiting[:done]
        return len(batch)

    def _deliver(self, consumer: Consumer, batch: Records) -> int:
        """How many records, from the first, are dealt with; halves the batch until some are, or one stands alone."""
        while True:
            try:
                with rights.running(consumer.name):
                    done = _accepted(consumer.handler({"Records": batch}, LambdaContext(consumer.name)), batch)
            except Exception:
                log.warning("%s failed with %d records", consumer.name, len(batch), exc_info=True)
                done = 0
            if done:
                consumer.failures = 0
                return done
            if len(batch) == 1:
                return self._failed_alone(consumer, batch[0])
            batch = batch[: len(batch) // 2]

    def _failed_alone(self, consumer: Consumer, record: dict[str, Any]) -> int:
        consumer.failures += 1
        if consumer.failures < self.attempts:
            return 0
        consumer.failures = 0
        consumer.dead_letters.append(record)
        log.error("%s gave up on record %s", consumer.name, record["dynamodb"]["SequenceNumber"])
        return 1


def _accepted(answer: Any, batch: Records) -> int:
    """The length of the batch's beginning that a handler's answer accepts."""
    failed = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    if not failed:
        return len(batch)
    named = {failure.get("itemIdentifier") for failure in failed}
    places = [place for place, record in enumerate(batch) if record["dynamodb"]["SequenceNumber"] in named]
    # An identifier that names no record fails the whole batch, as on AWS.
    return min(places) if len(places) == len(named) else 0


def _consumers(app: Any, read: Callable[[str], StreamReader]) -> list[Consumer]:
    names = resources.streamed_tables()
    found = []
    for source in app.event_sources:
        arn = getattr(source, "stream_arn", None)
        if arn is not None:
            table = resources.table_for_arn(arn, names)
            handler = app.handler_map[source.name]
            found.append(Consumer(source.name, table, handler, read(table), source.batch_size))
    return found


def _schedules(app: Any, now: datetime) -> list[Schedule]:
    found = []
    for source in app.event_sources:
        expression = getattr(source, "schedule_expression", None)
        if expression is not None:
            every = period(expression if isinstance(expression, str) else expression.to_string())
            found.append(Schedule(source.name, app.handler_map[source.name], every, now + every))
    return found


def period(expression: str) -> timedelta:
    """`rate(5 minutes)` as a timedelta; ValueError for anything else, cron among it."""
    count, _, unit = expression.removeprefix("rate(").removesuffix(")").strip().partition(" ")
    if not expression.startswith("rate(") or not count.isdigit() or unit.rstrip("s").lower() not in _UNITS:
        raise ValueError(f"The local cloud runs rate(…) schedules only, not {expression!r}.")
    return timedelta(**{_UNITS[unit.rstrip("s").lower()]: int(count)})


def _scheduled_event(name: str, now: datetime) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": [f"arn:aws:events:us-east-1:123456789012:rule/{name}"],
        "detail": {},
    }
