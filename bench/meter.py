"""Counts what a block asks of DynamoDB, where every call passes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from fractions import Fraction
from threading import Lock
from typing import Any
from unittest.mock import patch

from bench import capacity
from bench.capacity import Raw
from dev.cloud.calls import Real, intercepted, side_by_side
from dev.cloud.rights import as_nobody

SLOWER_BY = 0.03
"""Seconds added to each call, so that what waits for one that it need not wait for is seen to."""
_TRANSACTION = "TransactWriteItems"


@dataclass(frozen=True)
class Written:
    """One item of a write: where it is, what was asked of it, what it was and what it became."""

    table: str
    kind: str
    pk: str
    sk: str
    before: Raw | None
    after: Raw | None

    @property
    def units(self) -> int:
        """Write units outside a transaction."""
        return capacity.write_units(self.before, self.after)

    @property
    def index_units(self) -> int:
        return capacity.index_write_units(self.table, self.before, self.after)

    @property
    def size(self) -> int:
        return capacity.item_size(self.after)


@dataclass
class Handed:
    """A call that another thread makes: in flight from when it was handed over until its answer was asked for and had, however late
    either thread gets its turn. So calls are in flight at the same time because of who waits for whom, and not by chance.
    """

    begun: float
    had: float = 0.0
    last: Call | None = None

    def take(self) -> float | None:
        """When the first call of the thread was begun; its further ones begin when they begin."""
        return self.begun if self.last is None else None


@dataclass(frozen=True)
class Call:
    """One call: what was asked, the answer (None after an error), when it was made, and what it wrote."""

    operation: str
    parameters: dict[str, Any]
    answer: dict[str, Any] | None
    start: float
    end: float
    written: tuple[Written, ...]
    handed: Handed | None = None

    @property
    def over(self) -> float:
        """When its answer was there for whoever asked."""
        return max(self.end, self.handed.had) if self.handed is not None and self.handed.last is self else self.end

    @property
    def write_units(self) -> int:
        factor = capacity.TRANSACTION if self.operation == _TRANSACTION else 1
        return sum(factor * each.units for each in self.written)

    @property
    def index_units(self) -> int:
        return sum(each.index_units for each in self.written)

    @property
    def read_units(self) -> Fraction:
        answer, asked = self.answer or {}, self.parameters
        if self.operation == "GetItem":
            return _read(answer.get("Item"), asked)
        if self.operation == "Query":
            size = sum(capacity.item_size(item) for item in answer.get("Items", []))
            return capacity.read_units(size, consistent=bool(asked.get("ConsistentRead")))
        if self.operation == "BatchGetItem":
            return sum((_batch(table, each, answer) for table, each in asked["RequestItems"].items()), Fraction())
        return Fraction()

    @property
    def reported(self) -> Fraction | None:
        """The units that the engine says it would charge, where it says so."""
        told = (self.answer or {}).get("ConsumedCapacity")
        rows = told if isinstance(told, list) else [told] if told else []
        return sum((Fraction(str(row["CapacityUnits"])) for row in rows), Fraction()) if rows else None


def _read(item: Raw | None, asked: dict[str, Any]) -> Fraction:
    return capacity.read_units(capacity.item_size(item), consistent=bool(asked.get("ConsistentRead")))


def _batch(table: str, asked: dict[str, Any], answer: dict[str, Any]) -> Fraction:
    """Each key of a batch is rounded up for itself, and one without an item counts as well."""
    found = answer.get("Responses", {}).get(table, [])
    missing = [None] * (len(asked["Keys"]) - len(found))
    return sum((_read(item, asked) for item in [*found, *missing]), Fraction())


@dataclass
class Meter:
    """The DynamoDB calls of a block, in the order of their ends."""

    calls: list[Call] = field(default_factory=list)
    lock: Any = field(default_factory=Lock)

    @property
    def round_trips(self) -> int:
        """Calls in flight at the same time are one."""
        trips, ends = 0, float("-inf")
        for call in sorted(self.calls, key=lambda each: each.start):
            if call.start >= ends:
                trips += 1
            ends = max(ends, call.over)
        return trips

    @property
    def names(self) -> list[str]:
        return sorted(call.operation for call in self.calls)

    @property
    def transactions(self) -> list[tuple[Written, ...]]:
        return [call.written for call in self.calls if call.operation == _TRANSACTION]

    @property
    def items_in_transactions(self) -> int:
        return sum(len(items) for items in self.transactions)

    @property
    def read_units(self) -> Fraction:
        return sum((call.read_units for call in self.calls), Fraction())

    @property
    def write_units(self) -> int:
        return sum(call.write_units for call in self.calls)

    @property
    def index_units(self) -> int:
        return sum(call.index_units for call in self.calls)

    @property
    def dollars_per_million(self) -> Fraction:
        return capacity.dollars_per_million(self.read_units, self.write_units + self.index_units)


@contextmanager
def metered(slower_by: float = SLOWER_BY) -> Iterator[Meter]:
    """Meters what the block asks of DynamoDB. The items that a call writes are read before it and after it."""
    meter = Meter()

    def call(real: Real, client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        handed = _handed.get()
        start = handed.take() if handed else None
        places = list(_places(operation, parameters))
        before = [_image(real, client, *place) for place in places]
        start = start or time.monotonic()
        time.sleep(slower_by)
        answer = None
        try:
            answer = real(client, operation, {**parameters, "ReturnConsumedCapacity": "TOTAL"})
            return answer
        finally:
            end = time.monotonic()
            after = [_image(real, client, *place) for place in places]
            written = [
                Written(table, kind, key["pk"]["S"], key["sk"]["S"], old, new)
                for (table, kind, key), old, new in zip(places, before, after, strict=True)
            ]
            made = Call(operation, parameters, answer, start, end, tuple(written), handed)
            if handed is not None:
                handed.last = made
            with meter.lock:
                meter.calls.append(made)

    with intercepted(call, begin=_Begun), patch.object(ThreadPoolExecutor, "submit", _submitted):
        yield meter


_handed: ContextVar[Handed | None] = ContextVar("handed", default=None)
_submit = ThreadPoolExecutor.submit


class _Begun:
    """A call that was begun, as the wire's: a thread makes it meanwhile."""

    under_way = True

    def __init__(self, whole: Callable[[], Any]) -> None:
        self._handed = Handed(time.monotonic())
        self.answer = _had(self._handed, side_by_side(_by(self._handed, whole)).answer)


def _submitted(pool: ThreadPoolExecutor, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
    handed = Handed(time.monotonic())
    future: Any = _submit(pool, _by(handed, work), *arguments, **named)
    future.result, future.exception = _had(handed, future.result), _had(handed, future.exception)
    return future


def _by(handed: Handed, work: Callable[..., Any]) -> Callable[..., Any]:
    """The work, whose calls were handed over."""

    def worked(*arguments: Any, **named: Any) -> Any:
        token = _handed.set(handed)
        try:
            return work(*arguments, **named)
        finally:
            _handed.reset(token)

    return worked


def _had(handed: Handed, ask: Callable[..., Any]) -> Callable[..., Any]:
    """Asking for what came of it, which is noted once."""

    def asked(*arguments: Any, **named: Any) -> Any:
        try:
            return ask(*arguments, **named)
        finally:
            handed.had = handed.had or time.monotonic()

    return asked


Place = tuple[str, str, dict[str, Any]]


def _places(operation: str, parameters: dict[str, Any]) -> Iterator[Place]:
    """Each item that a call writes: its table, what is asked of it, its key."""
    if operation == _TRANSACTION:
        for action in parameters["TransactItems"]:
            ((kind, content),) = action.items()
            yield content["TableName"], kind, _key(content.get("Key") or content["Item"])
    elif operation in ("PutItem", "UpdateItem", "DeleteItem"):
        kind = operation.removesuffix("Item")
        yield parameters["TableName"], kind, _key(parameters.get("Key") or parameters["Item"])


def _key(item: dict[str, Any]) -> dict[str, Any]:
    return {"pk": item["pk"], "sk": item["sk"]}


def _image(real: Any, client: Any, table: str, _kind: str, key: dict[str, Any]) -> Raw | None:
    with as_nobody():
        item: Raw | None = real(client, "GetItem", {"TableName": table, "Key": key, "ConsistentRead": True}).get("Item")
    return item
