"""Budgets: how long all the storage calls of one request may take together, pauses and further attempts included.

A trip and an atomic write each end by a deadline of their own; but a request may make several, and gives back a PIN's attempt
when they fail. So every call takes its time out of the request's one budget, and none begins once that is used up: the answer
goes out before the function is stopped in the middle, and says truly what is known. What is counted is time spent in calls and
pauses, by the machine's steady clock, so that a jump of the wall clock ends no request.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from math import inf
from typing import TypeVar

T = TypeVar("T")

REQUEST_SECONDS = 20.0
"""With the last call's own 4 s below the function's timeout of 28 s, which is below API Gateway's 29 s."""


class Budget:
    """What is left, in seconds."""

    __slots__ = ("left",)

    def __init__(self, left: float) -> None:
        self.left = left

    @property
    def used_up(self) -> bool:
        """Whether no further call may begin."""
        return self.left <= 0

    def spend(self, call: Callable[[], T]) -> T:
        """Makes a call and takes what it took."""
        began = time.monotonic()
        try:
            return call()
        finally:
            self.left -= time.monotonic() - began

    def take(self, seconds: float) -> bool:
        """Takes a pause out of what is left; False, taking nothing, when that is not enough."""
        if seconds >= self.left:
            return False
        self.left -= seconds
        return True


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


def current() -> Budget:
    """The budget of the request under way; without one (a stream's reader, a schedule) there is no bound but each call's own."""
    return _current.get() or Budget(inf)


@contextmanager
def of_request(seconds: float = REQUEST_SECONDS) -> Iterator[None]:
    """One budget for all that the block asks of storage."""
    token = _current.set(Budget(seconds))
    try:
        yield
    finally:
        _current.reset(token)


def side_by_side(calls: Sequence[Callable[[], object]]) -> tuple[list[Callable[[], None]], Callable[[], None]]:
    """The calls, to be made at the same time in whatever threads, and what settles the budget afterwards: the longest counts."""
    whole = current()
    parts = [Budget(whole.left) for _ in calls]

    def settle() -> None:
        whole.left = min(part.left for part in parts)

    return [_within(part, call) for part, call in zip(parts, calls, strict=True)], settle


def _within(part: Budget, call: Callable[[], object]) -> Callable[[], None]:
    context = copy_context()

    def run() -> None:
        _current.set(part)
        call()

    return lambda: context.run(run)
