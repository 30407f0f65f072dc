"""Meters: how many storage calls a request or an invocation makes and what DynamoDB says they cost, for its line in the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


class Meter:
    """That of one request, or of one invocation. Calls of a trip are made side by side, so what they add is an append, which threads may do at once."""

    __slots__ = ("_units", "caller", "outcome")

    def __init__(self) -> None:
        self._units: list[float] = []
        self.caller = "anybody"
        self.outcome = ""

    @property
    def calls(self) -> int:
        """Every attempt counts."""
        return len(self._units)

    @property
    def units(self) -> float:
        """Read and write units together, as far as answers came."""
        return sum(self._units)

    def add(self, answer: Mapping[str, Any]) -> None:
        """One call. DynamoDB tells what one table or several consumed; a call that failed tells nothing."""
        told = answer.get("ConsumedCapacity") or ()
        each = (told,) if isinstance(told, Mapping) else told
        self._units.append(sum(one.get("CapacityUnits") or 0 for one in each))


_current: ContextVar[Meter | None] = ContextVar("meter", default=None)


def current() -> Meter | None:
    """The meter of the request or the invocation under way; none in an operator's command."""
    return _current.get()


@contextmanager
def of_request() -> Iterator[Meter]:
    """Counts all that the block asks of storage."""
    meter = Meter()
    token = _current.set(meter)
    try:
        yield meter
    finally:
        _current.reset(token)
