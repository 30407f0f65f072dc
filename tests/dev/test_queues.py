"""Queues of the local cloud: every message at least once, delayed by the local clock, given up on in the end."""

from datetime import UTC, datetime, timedelta
from typing import Any

from chalice.app import Chalice

from dev.cloud.queues import MAX_RECEIVES, Queues

START = datetime(2026, 11, 22, tzinfo=UTC)


class Place:
    """A handler that notes its batches, a queue that is filled by hand, and a clock."""

    def __init__(self) -> None:
        self.app = Chalice("tiny", configure_logs=False)
        self.sent: list[tuple[str, str, timedelta]] = []
        self.batches: list[list[str]] = []
        self.answer: Any = None
        self.now = START

        @self.app.on_sqs_message(queue_arn="arn:aws:sqs:us-east-1:000000000000:jobs", batch_size=3, name="work")
        def work(event: Any) -> Any:
            self.batches.append([each["body"] for each in event.to_dict()["Records"]])
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

        self.queues = Queues(self.app, self.take, lambda: self.now)

    def take(self, word: str) -> list[tuple[str, str, timedelta]]:
        assert word == "jobs"
        taken, self.sent = self.sent, []
        return taken

    def send(self, *bodies: str, delay: int = 0) -> None:
        self.sent += [(f"id-{body}", body, timedelta(seconds=delay)) for body in bodies]

    def drain(self) -> None:
        while self.queues.step():
            pass


def test_batches_are_no_larger_than_the_app_declares() -> None:
    place = Place()
    place.send(*"abcde")
    place.drain()
    assert place.batches == [["a", "b", "c"], ["d", "e"]]


def test_what_is_delayed_waits_for_the_clock() -> None:
    place = Place()
    place.send("later", delay=300)
    place.send("now")
    place.drain()
    assert place.batches == [["now"]]
    place.now += timedelta(seconds=301)
    place.drain()
    assert place.batches == [["now"], ["later"]]


def test_o1_the_message_that_fails_comes_again_and_in_the_end_no_more() -> None:
    """O1: the others are done once."""
    place = Place()
    place.answer = {"batchItemFailures": [{"itemIdentifier": "id-b"}]}
    place.send(*"abc")
    place.drain()
    assert place.batches == [["a", "b", "c"], *[["b"]] * (MAX_RECEIVES - 1)]
    (worker,) = place.queues.workers
    assert [each.body for each in worker.dead_letters] == ["b"]
    place.answer = None
    assert place.queues.redrive() == 1
    place.drain()
    assert place.batches[-1] == ["b"]
    assert worker.dead_letters == []


def test_o2_an_exception_or_an_unknown_name_brings_the_whole_batch_again() -> None:
    """O2."""
    for answer in (RuntimeError("x"), {"batchItemFailures": [{"itemIdentifier": "nobody"}]}):
        place = Place()
        place.answer = answer
        place.send("a", "b")
        place.queues.step()
        place.answer = None
        place.drain()
        assert place.batches == [["a", "b"], ["a", "b"]]


def test_a_reset_forgets_every_message() -> None:
    place = Place()
    place.send("a", delay=60)
    place.queues.step()
    place.send("b")
    place.queues.reset()
    place.now += timedelta(hours=1)
    place.drain()
    assert place.batches == []
