"""TransactWriteItems and TransactGetItems, isolated by the engine's lock.

Every action is decided before any is applied, so there is nothing to undo, however large the tables are.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from dev.cloud.dynamo import writes
from dev.cloud.dynamo.refusals import ConditionFailed, Invalid, Refusal
from dev.cloud.dynamo.table import ItemTable
from dev.cloud.dynamo.values import Item, item_weight

MAX_ACTIONS = 100
MAX_BYTES = 4 * 1024 * 1024
TOKEN_LIFE = timedelta(minutes=10)
_KINDS = ("ConditionCheck", "Put", "Delete", "Update")

Find = Callable[[str], ItemTable]


class Tokens:
    """Remembers each ClientRequestToken that succeeded, for ten minutes of the local clock."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._done: OrderedDict[str, tuple[str, datetime]] = OrderedDict()

    def clear(self) -> None:
        self._done.clear()

    def seen(self, token: str | None, fingerprint: str) -> bool:
        """Whether this very request has succeeded; a Refusal when the token belonged to another one."""
        if token is None:
            return False
        if not 1 <= len(token) <= 36:
            raise Invalid("1 validation error detected: Value at 'clientRequestToken' must have length 1 to 36")
        self._forget_old()
        if token not in self._done:
            return False
        if self._done[token][0] != fingerprint:
            raise Refusal(
                "IdempotentParameterMismatchException",
                "This token was first sent with other parameters, less than ten minutes ago",
            )
        return True

    def remember(self, token: str | None, fingerprint: str) -> None:
        if token is not None:
            self._done[token] = (fingerprint, self._now() + TOKEN_LIFE)

    def _forget_old(self) -> None:
        now = self._now()
        while self._done and next(iter(self._done.values()))[1] <= now:
            self._done.popitem(last=False)


def fingerprint(request: dict[str, Any]) -> str:
    """The same for two requests with the same parameters, whatever their order."""
    return hashlib.sha256(json.dumps(request["TransactItems"], sort_keys=True).encode()).hexdigest()


def write(actions: list[dict[str, Any]], find: Find) -> list[writes.Write]:
    """All of `actions` or none of them; the writes done, for their price."""
    if not 1 <= len(actions) <= MAX_ACTIONS:
        raise Invalid(
            "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: "
            f"Member must have length less than or equal to {MAX_ACTIONS}"
        )
    parsed: list[writes.Write] = []
    reasons: list[dict[str, Any]] = []
    for action in actions:
        if len(action) != 1 or next(iter(action)) not in _KINDS:
            raise Invalid("TransactItems can only contain one of Check, Put, Update or Delete")
        ((kind, parameters),) = action.items()
        parsed.append(writes.parsed(kind, parameters, find(parameters.get("TableName", ""))))
    if len({(write.table.name, write.pair) for write in parsed}) != len(parsed):
        raise Invalid("Transaction request cannot include multiple operations on one item")
    decided: list[Item | None] = []
    for write in parsed:
        new, reason = _decided(write)
        decided.append(new)
        reasons.append(reason)
    if any(reason["Code"] != "None" for reason in reasons):
        raise _canceled(reasons)
    _check_bytes(parsed, decided)
    for write, new in zip(parsed, decided, strict=True):
        write.apply(new)
    return parsed


def _decided(write: writes.Write) -> tuple[Item | None, dict[str, Any]]:
    try:
        return write.decide(), {"Code": "None"}
    except ConditionFailed as refusal:
        return None, {"Code": "ConditionalCheckFailed", "Message": refusal.message, **refusal.extra}
    except Invalid as refusal:
        # What depends on the stored item is a reason on AWS, not an error of the whole request (S43).
        return None, {"Code": "ValidationError", "Message": refusal.message}


def _canceled(reasons: list[dict[str, Any]]) -> Refusal:
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    # AWS spells this error's message with a capital; SDKs read either.
    return Refusal("TransactionCanceledException", message, {"Message": message, "CancellationReasons": reasons})


def _check_bytes(parsed: list[writes.Write], decided: list[Item | None]) -> None:
    total = sum(item_weight(new or write.key) for write, new in zip(parsed, decided, strict=True))
    if total > MAX_BYTES:
        raise Invalid("Transaction request size has exceeded the limit of 4 MB")
