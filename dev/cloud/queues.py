"""Feeds messages of SQS to the very handlers that app.py declares, as Lambda's pollers would, on the local clock.

A message that fails is given again, alone or with others, and in the end set aside as a dead letter. What is delayed waits
until the local clock says so. The handlers have a thread of their own: who is slow to take a message holds up no stream.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Condition, RLock, Thread
from typing import Any

from dev.cloud.context import LambdaContext
from dev.cloud.rights import rights
from dev.cloud.services import backend

log = logging.getLogger(__name__)

MAX_RECEIVES = 5
"""As infra/resources.yaml says it (maxReceiveCount)."""

LOOK_SECONDS = 0.5
"""How often it looks when nobody says that something was sent: for what waits until the clock says so."""

Take = Callable[[str], list[tuple[str, str, timedelta]]]


@dataclass
class Waiting:
    """A message; `at` is when it may be received."""

    id: str
    body: str
    at: datetime
    received: int = 0


@dataclass
class Worker:
    """One queue handler of app.py and its messages."""

    name: str
    queue: str
    handler: Callable[[dict[str, Any], Any], Any]
    batch_size: int
    waiting: list[Waiting] = field(default_factory=list)
    dead_letters: list[Waiting] = field(default_factory=list)


def taken(region: str) -> Take:
    """What moto was sent for the queue whose name ends in a word, taken out of it: id, body and delay of each."""

    def take(word: str) -> list[tuple[str, str, timedelta]]:
        found = []
        for queue in list(backend("sqs", region).queues.values()):
            if queue.name.endswith(f"-{word}"):
                messages = list(queue._messages)
                del queue._messages[: len(messages)]
                found += [(str(each.id), str(each.body), _delay(each)) for each in messages]
        return found

    return take


class Queues:
    """`step()` gives each handler one batch; `start()` lets a thread do it as messages come."""

    def __init__(self, app: Any, take: Take, now: Callable[[], datetime]) -> None:
        self._take = take
        self._now = now
        self._busy = RLock()
        self._wake = Condition()
        self._work = False
        self._thread: Thread | None = None
        self._stopping = False
        self.paused = False
        self.workers = _workers(app)

    def notify(self) -> None:
        """Something was sent."""
        if self._thread is not None:
            with self._wake:
                self._work = True
                self._wake.notify()

    def step(self) -> int:
        """One batch for each handler; the number of messages taken."""
        with self._busy:
            return sum(self._one_batch(worker) for worker in self.workers)

    def redrive(self) -> int:
        """Gives the handlers what they gave up on once more; how many messages."""
        with self._busy:
            count = 0
            for worker in self.workers:
                count += len(worker.dead_letters)
                worker.waiting[:0] = [Waiting(each.id, each.body, self._now()) for each in worker.dead_letters]
                worker.dead_letters.clear()
        self.notify()
        return count

    def reset(self) -> None:
        """Forgets every message."""
        with self._busy:
            for worker in self.workers:
                self._take(worker.queue)
                worker.waiting.clear()
                worker.dead_letters.clear()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nothing is delivered meanwhile."""
        with self._busy:
            yield

    def start(self) -> None:
        if self._thread is None and self.workers:
            self._stopping = False
            self._thread = Thread(target=self._run, name="queues", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            with self._wake:
                self._stopping = True
                self._wake.notify()
            thread.join(timeout=20)

    def _run(self) -> None:
        while not self._stopping:
            try:
                while self._step_of_the_thread():
                    pass
            except Exception:
                log.exception("The queues go on after this.")
            with self._wake:
                if not (self._work or self._stopping):
                    self._wake.wait(timeout=LOOK_SECONDS)
                self._work = False

    def _step_of_the_thread(self) -> int:
        with self._busy:
            return 0 if self._standing() else self.step()

    def _standing(self) -> bool:
        return self.paused or self._stopping

    def _one_batch(self, worker: Worker) -> int:
        now = self._now()
        worker.waiting += [Waiting(each, body, now + delay) for each, body, delay in self._take(worker.queue)]
        batch = [each for each in worker.waiting if each.at <= now][: worker.batch_size]
        if batch:
            failed = self._failed(worker, batch)
            # Whoever was reset meanwhile has forgotten these.
            worker.waiting = [each for each in worker.waiting if each not in batch or each.id in failed]
            for each in batch:
                each.received += 1
                if each.id in failed and each.received >= MAX_RECEIVES:
                    worker.waiting.remove(each)
                    worker.dead_letters.append(each)
                    log.error("%s gave up on message %s", worker.name, each.id)
        return len(batch)

    def _failed(self, worker: Worker, batch: list[Waiting]) -> set[str]:
        """The ids of the messages that come again; all of them when the handler raised, or named one that was not there."""
        ids = {each.id for each in batch}
        event = {"Records": [_record(worker, each) for each in batch]}
        try:
            with rights.running(worker.name):
                answer = worker.handler(event, LambdaContext(worker.name))
        except Exception:
            log.warning("%s failed with %d messages", worker.name, len(batch), exc_info=True)
            return ids
        failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
        named = {str(each.get("itemIdentifier")) for each in failures or ()}
        return ids if named - ids else named


def _workers(app: Any) -> list[Worker]:
    found = []
    for source in app.event_sources:
        arn = getattr(source, "queue_arn", None)
        if arn is not None:
            queue = str(arn).rpartition(":")[2]
            found.append(Worker(source.name, queue, app.handler_map[source.name], source.batch_size))
    return found


def _record(worker: Worker, message: Waiting) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": f"{message.id}/{message.received}",
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": str(message.received + 1)},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:{worker.queue}",
        "awsRegion": "us-east-1",
    }


def _delay(message: Any) -> timedelta:
    return timedelta(milliseconds=max(0, int(message.delayed_until) - int(message.sent_timestamp or 0)))
