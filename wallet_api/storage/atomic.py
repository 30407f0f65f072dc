"""One request, one atomic write: everybody adds to it, leaving the block commits it once, all or nothing.

It owns what is easy to get wrong around `TransactWriteItems`:
- contributions to one item are merged, since DynamoDB refuses two actions on an item;
- cancellation reasons come in wire order (checks, deletes, puts, updates) and are mapped back to who asked;
- the first contribution, in the order of the lines, whose condition fails gives the error;
- one random token for the assembled bytes, kept through our own retries, so that a write that was applied but not answered
  is not applied twice; the operation record, not the token, makes a request happen once;
- conflicts and throttling are retried with jitter until the deadline and are never mistaken for a refusal.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import count
from types import TracebackType
from typing import Any, Self

from msgspec import Struct, field
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from wallet_api.clock import Clock
from wallet_api.errors import OutcomeUnknown
from wallet_api.storage import budgets
from wallet_api.storage.conditions import holds, require_plain
from wallet_api.storage.connection import WalletConnection
from wallet_api.storage.errors import BUSY_CODES, SURELY_NOT_APPLIED, StorageBusy, StorageFault, code_of
from wallet_api.storage.items import Item, Raw
from wallet_api.storage.pauses import pause_after
from wallet_api.storage.requests import change_of, put_of

DEADLINE = timedelta(seconds=10)
"""After this long no further attempt begins; with the last call's own 4 s a write stays below the function's timeout."""
ATTEMPTS = 12
MAX_ACTIONS = 100
_CONDITION_FAILED = "ConditionalCheckFailed"
_GROUPS = {"check": "condition_check", "delete": "delete", "put": "put", "update": "update"}
"""PynamoDB's names for the kinds of actions, in the order in which it sends them."""
_WIRE_ORDER = tuple(_GROUPS)

Refusal = Exception | Callable[[Raw | None], Exception]
"""What a failed condition means: an error, or a function from the item that was found to one."""
Requirement = tuple[Condition, Refusal]


class _Action(Struct):
    kind: str
    item: Item
    actions: list[Action] = field(default_factory=list)
    requirements: list[tuple[int, Condition, Refusal]] = field(default_factory=list)

    @property
    def condition(self) -> Condition | None:
        merged: Condition | None = None
        for _, condition, _ in self.requirements:
            merged = condition if merged is None else merged & condition
        return merged


class AtomicWrite:
    """The contributions of one write. Use it as a context manager; an exception inside means that nothing is sent."""

    def __init__(self, connection: WalletConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._by_key: dict[tuple[str, str, str], _Action] = {}
        self._order = 0
        self.refused: list[Exception] = []
        """Every refusal of the last commit in the order of precedence; the first of them is what was raised."""

    def put(self, item: Item, taken: Refusal, *requirements: Requirement) -> None:
        """Writes a new item. `taken` is the error when there is one already."""
        missing = type(item).pk.does_not_exist()
        self._add(_Action("put", item), (missing, taken), *requirements)

    def replace(self, item: Item, *requirements: Requirement) -> None:
        """Writes an item over the one that may be there. Nothing that counts money is written this way."""
        self._add(_Action("put", item), *requirements)

    def update(self, item: Item, actions: Sequence[Action], *requirements: Requirement) -> None:
        """Changes an item (only its keys are read from `item`); give the requirement that it exists yourself."""
        self._add(_Action("update", item, list(actions)), *requirements)

    def check(self, item: Item, *requirements: Requirement) -> None:
        """Requires something of an item that is not changed."""
        self._add(_Action("check", item), *requirements)

    def delete(self, item: Item, *requirements: Requirement) -> None:
        """Removes an item."""
        self._add(_Action("delete", item), *requirements)

    def _add(self, action: _Action, *requirements: Requirement) -> None:
        for condition, refusal in requirements:
            require_plain(condition)
            action.requirements.append((self._order, condition, refusal))
            self._order += 1
        key = (type(action.item).Meta.table_name, action.item.pk, action.item.sk)
        known = self._by_key.setdefault(key, action)
        if known is action:
            return
        if {known.kind, action.kind} - {"update", "check"}:
            raise StorageFault(f"two contributions want to {known.kind} and {action.kind} the item {key[1:]}")
        known.kind = "update" if "update" in (known.kind, action.kind) else "check"
        known.actions.extend(action.actions)
        known.requirements.extend(action.requirements)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._by_key:
            self._commit()

    def _commit(self) -> None:
        if len(self._by_key) > MAX_ACTIONS:
            raise StorageFault(f"{len(self._by_key)} items are more than a transaction takes")
        ordered = sorted(self._by_key.values(), key=lambda action: _WIRE_ORDER.index(action.kind))
        assembled = _assemble(ordered)
        deadline, budget = self._clock.now() + DEADLINE, budgets.current()
        perhaps_applied = False
        if budget.used_up:
            raise StorageBusy
        for attempt in count(1):
            try:
                budget.spend(lambda: self._connection.transact_write_items(**assembled))
                return
            except TransactWriteError as error:
                codes = _codes(error)
                if codes == {_CONDITION_FAILED}:
                    self.refused = _refusals(ordered, error)
                    raise self.refused[0] from None
                busy = codes - {_CONDITION_FAILED}
                if not busy <= BUSY_CODES:
                    raise StorageFault(f"DynamoDB refuses the write: {sorted(codes)}") from error
                perhaps_applied = perhaps_applied or not codes or not busy <= SURELY_NOT_APPLIED
                pause = pause_after(attempt)
                ended = attempt == ATTEMPTS or self._clock.now() + pause > deadline
                if ended or not budget.take(pause.total_seconds()):
                    raise (OutcomeUnknown() if perhaps_applied else StorageBusy()) from error
            self._clock.sleep(pause.total_seconds())


def _assemble(ordered: list[_Action]) -> dict[str, Any]:
    """The whole write, whose bytes stay the same in every attempt."""
    parts: dict[str, list[dict[str, Any]]] = {f"{kind}_items": [] for kind in _GROUPS.values()}
    for action in ordered:
        part = (
            put_of(action.item, action.condition)
            if action.kind == "put"
            else change_of(action.item, action.condition, action.actions)
        )
        # A part that failed has to be able to say why: by the item that was found.
        part["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        parts[f"{_GROUPS[action.kind]}_items"].append(part)
    return {**parts, "client_request_token": secrets.token_hex(16)}


def _codes(error: TransactWriteError) -> set[str]:
    """Every code the write failed with: the reasons of a cancellation, else the call's own.

    Empty when no answer came, or a cancellation without reasons, which says nothing about what was applied.
    """
    code = code_of(error)
    if code == "TransactionCanceledException":
        return {reason.code for reason in error.cancellation_reasons if reason is not None}
    return {code} if code else set()


def _refusals(ordered: list[_Action], error: TransactWriteError) -> list[Exception]:
    failed: list[tuple[int, Refusal, Raw | None]] = []
    for action, reason in zip(ordered, error.cancellation_reasons, strict=True):
        if reason is None:
            continue
        found: Any = reason.raw_item
        unmet = [
            (order, refusal, found) for order, condition, refusal in action.requirements if not holds(condition, found)
        ]
        if not unmet and action.requirements:
            order, _, refusal = action.requirements[0]
            unmet = [(order, refusal, found)]
        failed.extend(unmet)
    failed.sort(key=lambda each: each[0])
    return [refusal if isinstance(refusal, Exception) else refusal(found) for _, refusal, found in failed]
