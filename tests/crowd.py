"""Many clients at once, each with a connection of its own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import count
from threading import Barrier, BrokenBarrierError, get_ident
from typing import Any, TypeVar
from unittest.mock import patch

from dev.client import Answer, Api
from dev.cloud.clock import MovableClock
from wallet_api.storage.atomic import AtomicWrite

T = TypeVar("T")

THREADS = 16


def at_once(api: Api, call: Callable[[Api, T], Answer], cases: Sequence[T]) -> list[Answer]:
    """One answer for each case, in their order; up to 16 clients begin in the same moment."""
    crowd = min(THREADS, len(cases))
    gate = Barrier(crowd)

    def work(mine: Sequence[tuple[int, T]]) -> list[tuple[int, Answer]]:
        client = api.fresh()
        try:
            gate.wait()
            return [(place, call(client, case)) for place, case in mine]
        finally:
            client.close()

    numbered = list(enumerate(cases))
    with ThreadPoolExecutor(crowd) as pool:
        parts = list(pool.map(work, [numbered[start::crowd] for start in range(crowd)]))
    return [answer for _, answer in sorted((each for part in parts for each in part), key=lambda each: each[0])]


@contextmanager
def writing_together(crowd: int) -> Iterator[None]:
    """Nobody writes before so many have read what they decide on: the race that chance would bring once in a thousand.

    Whoever comes to no write keeps the others waiting for half a second, and no longer.
    """
    gate, original = Barrier(crowd), AtomicWrite.__exit__

    def held(self: AtomicWrite, kind: type[BaseException] | None, *error: Any) -> None:
        if kind is None:
            with suppress(BrokenBarrierError):
                gate.wait(0.5)
        original(self, kind, *error)

    with patch.object(AtomicWrite, "__exit__", held):
        yield


@contextmanager
def disagreeing(clock: MovableClock) -> Iterator[None]:
    """Each thread that serves is an instance with a clock of its own, up to four seconds ahead."""
    moment, ahead, turns = clock.now(), dict[int, int](), count()

    def now() -> datetime:
        return moment + timedelta(seconds=ahead.setdefault(get_ident(), next(turns) % 5))

    with patch.object(clock, "now", now):
        yield
