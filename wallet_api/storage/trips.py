"""Trips: reads, and updates that read, which are sent at the same time and so cost one round trip.

    with storage.trip() as trip:
        session = trip.get(SessionItem, pk, sk)
        wallet = trip.update(AccountItem(pk, sk), actions, condition)
    session()      # the item, or None

All the gets of a trip travel in one BatchGetItem with consistent reads; every update is a call of its own beside it. They are
sent one after the other before the first answer is read, in the thread of the request: handing a call to another thread costs more
processor time than the call. Threads make what has no open connection yet, what has to be made again, and other calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from types import TracebackType
from typing import Any, Generic, NamedTuple, Self, TypeVar

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from wallet_api.clock import Clock
from wallet_api.errors import OutcomeUnknown
from wallet_api.storage import budgets
from wallet_api.storage.calls import ATTEMPTS, Call
from wallet_api.storage.conditions import require_plain
from wallet_api.storage.connection import WalletConnection
from wallet_api.storage.errors import StorageBusy, StorageFault
from wallet_api.storage.items import Item, Raw
from wallet_api.storage.pauses import pause_after
from wallet_api.storage.requests import change_of

T = TypeVar("T")
U = TypeVar("U")
I = TypeVar("I", bound=Item)  # noqa: E741

MAX_KEYS = 100


class Read(Generic[T]):
    """What a trip will bring; call it after the trip's block. It is made of the answer once, however often it is asked for."""

    __slots__ = ("_bring", "_brought")

    def __init__(self, bring: Callable[[], T]) -> None:
        self._bring = bring

    def __call__(self) -> T:
        """The value. Raises LookupError inside the trip's block, where nothing has been read yet."""
        try:
            return self._brought
        except AttributeError:
            pass
        self._brought: T = self._bring()
        return self._brought

    def map(self, change: Callable[[T], U]) -> Read[U]:
        """The value changed, when it is asked for."""
        return Read(lambda: change(self()))


def known(value: T) -> Read[T]:
    """What needs no trip."""
    return Read(lambda: value)


class _Step(NamedTuple):
    """A part of a trip: the call that may be begun beforehand, and what ends it."""

    call: Call | None
    end: Callable[[], object]


class Trip:
    """One round trip. Use it as a context manager; the calls are made when the block is left."""

    def __init__(self, connection: WalletConnection, pool: Executor, clock: Clock) -> None:
        self._connection = connection
        self._pool = pool
        self._clock = clock
        self._keys: dict[str, dict[tuple[str, str], None]] = {}
        self._found: dict[tuple[str, str, str], Raw] | None = None
        self._steps: list[_Step] = []
        self._tells_outcome = False

    def get(self, item_type: type[I], pk: str, sk: str) -> Read[I | None]:
        """One item by its key, read consistently; None when there is none."""
        table_name = item_type.Meta.table_name
        self._keys.setdefault(table_name, {})[pk, sk] = None

        def bring() -> I | None:
            if self._found is None:
                raise LookupError("the trip has not been made")
            raw = self._found.get((table_name, pk, sk))
            return None if raw is None else item_type.from_raw_data(raw)

        return Read(bring)

    def update(self, item: I, actions: Sequence[Action], condition: Condition) -> Read[I | None]:
        """Changes an item and reads what it is afterwards; None when the condition does not hold, and nothing changed.

        A call that is sent again (once) after a lost answer may be applied twice: use it only for counters that may
        over-count.
        """
        require_plain(condition)
        request = {**change_of(item, condition, actions), "ReturnValues": "ALL_NEW"}
        # Once more after no answer, which a connection that went stale needs; oftener would use up a person's attempts.
        call = Call(self._connection, self._clock, "UpdateItem", request, resends=1)

        def take() -> I | None:
            answer = call.made()
            return None if answer is None else type(item).from_raw_data(answer["Attributes"])

        return self._add(take, call)

    def note(self, item: Item, actions: Sequence[Action], condition: Condition) -> None:
        """Changes an item if it can be done at once. Nothing that anybody relies on is written this way: it is tried once, and
        whether it was done is not told.
        """
        require_plain(condition)
        call = Call(self._connection, self._clock, "UpdateItem", change_of(item, condition, actions))
        self._add(call.tried, call)

    def call(self, action: Callable[[], T]) -> Read[T]:
        """Any other call that may be made at the same time, in a thread of its own."""
        return self._add(action, None)

    def _add(self, take: Callable[[], T], call: Call | None) -> Read[T]:
        box: list[T] = []
        self._steps.append(_Step(call, lambda: box.append(take())))

        def bring() -> T:
            if not box:
                raise LookupError("the trip has not been made")
            return box[0]

        return Read(bring)

    def tells_outcome(self) -> None:
        """Says that this trip reads how a request ended. When it brings nothing, the request may have ended before, with
        whatever effect: leaving the block then raises OutcomeUnknown in place of StorageBusy.
        """
        self._tells_outcome = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        try:
            self._make()
        except StorageBusy as busy:
            if self._tells_outcome:
                raise OutcomeUnknown from busy
            raise

    def _make(self) -> None:
        steps = [*self._steps, self._get_all()] if self._keys else self._steps
        under_way, others = [], steps
        if len(steps) > 1:
            under_way = [step for step in steps if step.call is not None and step.call.begin()]
            others = [step for step in steps if step not in under_way]
        ends = [step.end for step in others]
        self._side_by_side([*ends, lambda: self._arrive(under_way)] if under_way else ends)

    def _arrive(self, under_way: list[_Step]) -> None:
        """Every answer is read before any is acted upon, so that none is left behind on a connection."""
        arrived = [step.call is not None and step.call.arrive() for step in under_way]
        for step, here in zip(under_way, arrived, strict=True):
            if here:
                step.end()
        self._side_by_side([step.end for step, here in zip(under_way, arrived, strict=True) if not here])

    def _side_by_side(self, given: Sequence[Callable[[], object]]) -> None:
        if len(given) < 2:
            for call in given:
                call()
            return
        calls, settle = budgets.side_by_side(given)
        futures = [self._pool.submit(call) for call in calls[:-1]]
        try:
            calls[-1]()
        finally:
            # Every call of the trip ends before one that failed is reported, or it would go on behind the request's back.
            for future in futures:
                future.exception()
            settle()
        for future in futures:
            future.result()

    def _get_all(self) -> _Step:
        """Every item that exists of those asked for. DynamoDB takes 100 keys a call and may leave some over."""
        if sum(len(keys) for keys in self._keys.values()) > MAX_KEYS:
            raise StorageFault(f"a trip reads at most {MAX_KEYS} items")
        call = self._batch_get(
            {
                table_name: {"Keys": [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys], "ConsistentRead": True}
                for table_name, keys in self._keys.items()
            }
        )
        return _Step(call, lambda: self._take_all(call))

    def _batch_get(self, asked: dict[str, Any]) -> Call:
        return Call(self._connection, self._clock, "BatchGetItem", {"RequestItems": asked})

    def _take_all(self, call: Call) -> None:
        found: dict[tuple[str, str, str], Raw] = {}
        for attempt in range(1, ATTEMPTS + 1):
            answer = call.made()
            for name, raws in answer["Responses"].items():
                found.update(((name, raw["pk"]["S"], raw["sk"]["S"]), raw) for raw in raws)
            left_over = answer.get("UnprocessedKeys")
            if not left_over:
                self._found = found
                return
            pause = pause_after(attempt).total_seconds()
            if not budgets.current().take(pause):
                raise StorageBusy
            self._clock.sleep(pause)
            call = self._batch_get(left_over)
        raise StorageBusy
