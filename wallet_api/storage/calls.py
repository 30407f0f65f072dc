"""Calls of a trip: each is sent at once and answered later, and made again while the tables are busy or do not answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Any, Generic, NamedTuple, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBConnectionError

from wallet_api.clock import Clock
from wallet_api.storage import budgets
from wallet_api.storage.connection import WalletConnection
from wallet_api.storage.errors import BUSY_CODES, SURELY_NOT_APPLIED, StorageBusy, StorageFault, code_of
from wallet_api.storage.pauses import pause_after

T = TypeVar("T")

ATTEMPTS = 6
DEADLINE = timedelta(seconds=4)
"""After this long no further attempt begins; with the last call's own 4 s a trip takes 8 s at the worst."""


class First(NamedTuple, Generic[T]):
    """An attempt that was begun before: when, and what brings its answer."""

    begun_at: datetime
    bring: Callable[[], T]


def retrying(clock: Clock, make: Callable[[], T], *, resends: int = ATTEMPTS, first: First[T] | None = None) -> T:
    """Makes a call again while the tables are busy or do not answer.

    `resends` bounds how often it is made again after an attempt that may have been applied. Raises StorageBusy at the end,
    StorageFault for what is our mistake.
    """
    deadline, budget = (clock.now() if first is None else first.begun_at) + DEADLINE, budgets.current()
    tries = repeat(make) if first is None else chain((first.bring,), repeat(make))
    for attempt in range(1, ATTEMPTS + 1):
        attempted = next(tries)
        if attempted is make and budget.used_up:
            raise StorageBusy
        try:
            return budget.spend(attempted)
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
    raise StorageBusy


class Call:
    """One call. What is begun is on its way while its caller begins others."""

    def __init__(
        self,
        connection: WalletConnection,
        clock: Clock,
        operation: str,
        request: dict[str, Any],
        *,
        resends: int = ATTEMPTS,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._operation = operation
        self._request = request
        self._resends = resends
        self._first: First[Any] | None = None

    def begin(self) -> bool:
        """Sends it, if a connection is open; False when it is still to be made."""
        budget = budgets.current()
        if budget.used_up:
            return False
        begun_at = self._clock.now()
        try:
            begun = budget.spend(lambda: self._connection.begin(self._operation, self._request))
        except (BotoCoreError, ClientError):
            # Whoever makes it hears of it again.
            return False
        self._first = First(begun_at, lambda: self._told(begun.answer))
        return bool(begun.under_way)

    def arrive(self) -> bool:
        """Waits for the answer of what was begun; False when there was none, and it may have to be made again."""
        begun_at, bring = self._first or First(self._clock.now(), self._make)
        try:
            answer = budgets.current().spend(bring)
        except Exception as error:  # noqa: BLE001  it is raised when the call is made
            self._first = First(begun_at, _raising(error))
            return False
        self._first = First(begun_at, lambda: answer)
        return True

    def made(self) -> Any:
        """The answer, whatever attempts it takes; None for an update whose condition did not hold. Raises what `retrying` does."""
        return retrying(self._clock, self._make, resends=self._resends, first=self._first)

    def tried(self) -> None:
        """Makes it once, and does not tell what came of it."""
        with suppress(PynamoDBConnectionError):
            (self._first.bring if self._first else self._make)()

    def _make(self) -> Any:
        return self._told(lambda: self._connection.dispatch(self._operation, self._request))

    def _told(self, attempt: Callable[[], Any]) -> Any:
        try:
            return attempt()
        except (BotoCoreError, ClientError) as cause:
            error = PynamoDBConnectionError(cause=cause)
            if self._operation == "UpdateItem" and code_of(error) == "ConditionalCheckFailedException":
                return None
            raise error from cause


def _raising(error: Exception) -> Callable[[], Any]:
    def bring() -> Any:
        raise error

    return bring
