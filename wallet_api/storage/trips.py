"""Trips: reads, and updates that read, which are sent at the same time and so cost one round trip.

    with storage.trip() as trip:
        session = trip.get(SessionItem, pk, sk)
        wallet = trip.update(AccountItem(pk, sk), actions, condition)
    session()      # the item, or None

All the gets of a trip travel in one BatchGetItem with consistent reads; every update is a call of its own beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBConnectionError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from wallet_api.clock import Clock
from wallet_api.errors import OutcomeUnknown
from wallet_api.storage import budgets
from wallet_api.storage.conditions import require_plain
from wallet_api.storage.connection import WalletConnection
from wallet_api.storage.errors import BUSY_CODES, SURELY_NOT_APPLIED, StorageBusy, StorageFault, code_of
from wallet_api.storage.items import Item, Raw
from wallet_api.storage.pauses import pause_after
from wallet_api.storage.requests import change_of

T = TypeVar("T")
U = TypeVar("U")
I = TypeVar("I", bound=Item)  # noqa: E741

ATTEMPTS = 6
DEADLINE = timedelta(seconds=4)
"""After this long no further attempt begins; with the last call's own 4 s a trip takes 8 s at the worst."""


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


class Trip:
    """One round trip. Use it as a context manager; the calls are made when the block is left."""

    def __init__(self, connection: WalletConnection, pool: Executor, clock: Clock) -> None:
        self._connection = connection
        self._pool = pool
        self._clock = clock
        self._keys: dict[str, dict[tuple[str, str], None]] = {}
        self._found: dict[tuple[str, str, str], Raw] | None = None
        self._calls: list[Callable[[], None]] = []
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
        return self.call(lambda: _update(self._connection, self._clock, item, actions, condition))

    def note(self, item: Item, actions: Sequence[Action], condition: Condition) -> None:
        """Changes an item if it can be done at once. Nothing that anybody relies on is written this way: it is tried once, and
        whether it was done is not told.
        """
        require_plain(condition)
        self.call(lambda: _note(self._connection, item, actions, condition))

    def call(self, action: Callable[[], T]) -> Read[T]:
        """Any other call that may be made at the same time."""
        box: list[T] = []
        self._calls.append(lambda: box.append(action()))

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
        calls = list(self._calls)
        if self._keys:
            calls.append(self._get_all)
        if len(calls) > 1:
            self._make_all(calls)
        else:
            for call in calls:
                call()

    def _make_all(self, given: list[Callable[[], None]]) -> None:
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

    def _get_all(self) -> None:
        asked = {
            table_name: [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]
            for table_name, keys in self._keys.items()
        }
        rows = _batch_get(self._connection, self._clock, asked)
        self._found = {(table_name, raw["pk"]["S"], raw["sk"]["S"]): raw for table_name, raw in rows}


def retrying(clock: Clock, call: Callable[[], T], *, resends: int = ATTEMPTS) -> T:
    """Makes a call again while the tables are busy or do not answer.

    `resends` bounds how often it is made again after an attempt that may have been applied. Raises StorageBusy at the end,
    StorageFault for what is our mistake.
    """
    deadline, budget = clock.now() + DEADLINE, budgets.current()
    attempt = 0
    while True:
        attempt += 1
        if budget.used_up:
            raise StorageBusy
        try:
            return budget.spend(call)
        except PynamoDBConnectionError as error:
            code = code_of(error)
            if code is not None and code not in BUSY_CODES:
                raise StorageFault(f"DynamoDB refuses the call: {code}") from error
            pause = pause_after(attempt)
            if code not in SURELY_NOT_APPLIED:
                resends -= 1
            ended = resends < 0 or attempt == ATTEMPTS or clock.now() + pause > deadline
            if ended or not budget.take(pause.total_seconds()):
                raise StorageBusy from error
        clock.sleep(pause.total_seconds())


def _update(
    connection: WalletConnection, clock: Clock, item: I, actions: Sequence[Action], condition: Condition
) -> I | None:
    request = {**change_of(item, condition, actions), "ReturnValues": "ALL_NEW"}

    def call() -> Any:
        try:
            return _dispatch(connection, "UpdateItem", request)
        except PynamoDBConnectionError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return None
            raise

    # Once more after no answer, which a connection that went stale needs; oftener would use up a person's attempts.
    answer = retrying(clock, call, resends=1)
    return None if answer is None else type(item).from_raw_data(answer["Attributes"])


def _note(connection: WalletConnection, item: Item, actions: Sequence[Action], condition: Condition) -> None:
    with suppress(PynamoDBConnectionError):
        _dispatch(connection, "UpdateItem", change_of(item, condition, actions))


def _batch_get(
    connection: WalletConnection, clock: Clock, asked: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[tuple[str, dict[str, Any]]]:
    """Every item that exists of those asked for, with its table. DynamoDB takes 100 keys a call and may leave some over."""
    if sum(len(keys) for keys in asked.values()) > 100:
        raise StorageFault("a trip reads at most 100 items")
    rows: list[tuple[str, dict[str, Any]]] = []
    remaining: dict[str, Any] = {name: {"Keys": list(keys), "ConsistentRead": True} for name, keys in asked.items()}
    for attempt in range(1, ATTEMPTS + 1):
        request = {"RequestItems": remaining}
        answer = retrying(clock, lambda request=request: _dispatch(connection, "BatchGetItem", request))  # type: ignore[misc]
        rows.extend((name, raw) for name, raws in answer["Responses"].items() for raw in raws)
        remaining = answer.get("UnprocessedKeys") or {}
        if not remaining:
            return rows
        clock.sleep(pause_after(attempt).total_seconds())
    raise StorageBusy


def _dispatch(connection: WalletConnection, operation: str, request: dict[str, Any]) -> dict[str, Any]:
    try:
        return connection.dispatch(operation, request)
    except (BotoCoreError, ClientError) as error:
        raise PynamoDBConnectionError(cause=error) from error
