"""Many clients at once, each with a connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from dev.client import Answer, Api

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
