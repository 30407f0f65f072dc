"""Breaks DynamoDB calls where every one of them passes, PynamoDB's as well."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from dev.cloud.calls import Real, intercepted

Apply = Callable[[], Any]


class ProcessDied(BaseException):
    """The process stops here: nothing of the wallet may catch it."""


def refused(code: str, operation: str, **more: Any) -> ClientError:
    status = 500 if code in ("InternalServerError", "ServiceUnavailable") else 400
    told: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}
    return ClientError(told, operation)


def cancelled(operation: str, *codes: str) -> ClientError:
    reasons = [{"Code": code} for code in codes]
    return refused("TransactionCanceledException", operation, CancellationReasons=reasons)


def timed_out() -> ReadTimeoutError:
    return ReadTimeoutError(endpoint_url="https://dynamodb")


def _apply_then(failure: Callable[[str], BaseException]) -> Callable[[str, dict[str, Any], Apply], Any]:
    def fault(operation: str, _parameters: dict[str, Any], apply: Apply) -> Any:
        apply()
        raise failure(operation)

    return fault


def _instead(failure: Callable[[str], BaseException]) -> Callable[[str, dict[str, Any], Apply], Any]:
    def fault(operation: str, _parameters: dict[str, Any], _apply: Apply) -> Any:
        raise failure(operation)

    return fault


def _reasons(last: str, others: str = "None") -> Callable[[str, dict[str, Any], Apply], Any]:
    """A cancellation with this reason for its last action, which is where balances are, and that for each of the others but
    the first, which is the operation's own. In calls that are no transaction it is the call's own error.
    """

    def fault(operation: str, parameters: dict[str, Any], _apply: Apply) -> Any:
        if "TransactItems" not in parameters:
            raise refused("TransactionConflictException", operation)
        before = ["None", *[others] * len(parameters["TransactItems"])]
        raise cancelled(operation, *before[: len(parameters["TransactItems"]) - 1], last)

    return fault


def _left_over(keep: int) -> Callable[[str, dict[str, Any], Apply], Any]:
    """A BatchGetItem that answers for the first `keep` keys of each table and leaves the others over."""

    def fault(_operation: str, parameters: dict[str, Any], apply: Apply) -> Any:
        asked = {name: dict(each) for name, each in parameters["RequestItems"].items()}
        over = {name: {**each, "Keys": each["Keys"][keep:]} for name, each in asked.items()}
        for name, each in asked.items():
            parameters["RequestItems"][name] = {**each, "Keys": each["Keys"][:keep]}
        answer = apply() if keep else {"Responses": {}}
        return {**answer, "UnprocessedKeys": over}

    return fault


DEATHS = ("died before", "died after")
OVERTAKEN = "overtaken"
"""Nothing is wrong with the call but that it takes long: what `Faults.meanwhile` does happens first."""
FOR_GETS = ("some left over", "all left over")
FOR_WRITES = ("conflict", "conflict and a failed condition")
FOR_TRANSACTIONS = ("cancelled without reasons", "in progress")

FAULTS: dict[str, Callable[[str, dict[str, Any], Apply], Any]] = {
    "no answer, not applied": _instead(lambda _: timed_out()),
    "applied, no answer": _apply_then(lambda _: timed_out()),
    "applied, no answer, then throttled": _apply_then(lambda _: timed_out()),
    "applied, 500": _apply_then(lambda operation: refused("InternalServerError", operation)),
    "not applied, 500": _instead(lambda operation: refused("InternalServerError", operation)),
    "conflict": _reasons("TransactionConflict"),
    "conflict and a failed condition": _reasons("TransactionConflict", "ConditionalCheckFailed"),
    "cancelled without reasons": _instead(cancelled),
    "in progress": _instead(lambda operation: refused("TransactionInProgressException", operation)),
    "throttled": _instead(lambda operation: refused("ThrottlingException", operation)),
    "denied": _instead(lambda operation: refused("AccessDeniedException", operation)),
    "some left over": _left_over(1),
    "all left over": _left_over(0),
    "died before": _instead(lambda _: ProcessDied()),
    "died after": _apply_then(lambda _: ProcessDied()),
}

THEN = {"applied, no answer, then throttled": "throttled"}
"""What the calls after the first meet, where a fault that lasts does not stay the same."""


def fits(fault: str, operation: str) -> bool:
    """Whether DynamoDB can answer a call of this operation in this way."""
    if fault in FOR_GETS:
        return operation == "BatchGetItem"
    if fault in FOR_WRITES:
        return operation in ("TransactWriteItems", "UpdateItem", "PutItem", "DeleteItem")
    return fault not in FOR_TRANSACTIONS or operation == "TransactWriteItems"


def _nothing() -> None:
    return None


@dataclass
class Faults:
    """`calls` are all DynamoDB calls so far; `hit` breaks the n-th of them from now on, once or for ever.

    After a death every call dies, until `clear` starts the process again: a dead one tidies nothing up.
    """

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    """The operations of the calls that were broken."""
    dead: bool = False
    meanwhile: Callable[[], object] = _nothing
    _planned: dict[int, str] = field(default_factory=dict)
    _always: tuple[str, str] | None = None
    _aimed: tuple[str, int, str, int] | None = None
    _lock: Any = field(default_factory=Lock)

    def clear(self) -> None:
        """Forgets the calls and the plans; what was dead lives."""
        self.calls.clear()
        self.struck.clear()
        self.dead = False
        self._planned.clear()
        self._always = self._aimed = None

    def hit(self, nth: int, fault: str, times: int = 1) -> None:
        """Breaks calls number `nth` (1 is the next one), and as many after it as `times` says."""
        first = len(self.calls) + nth
        self._plan(first, fault, times)

    def aim(self, operation: str, nth: int, fault: str, times: int = 1) -> None:
        """Breaks the n-th call of an operation from now on, and with `times` those that follow it and that the fault fits."""
        before = sum(name == operation for name, _ in self.calls)
        self._aimed = (operation, before + nth, fault, times)

    def always(self, operation: str, fault: str) -> None:
        """Breaks every call of an operation; `*` is any."""
        self._always = (operation, fault)

    def made(self, operation: str) -> list[dict[str, Any]]:
        """The parameters of every call of an operation."""
        return [parameters for name, parameters in self.calls if name == operation]

    def _plan(self, first: int, fault: str, times: int) -> None:
        self._planned[first] = fault
        self._planned.update(dict.fromkeys(range(first + 1, first + times), THEN.get(fault, fault)))

    def _of_aimed(self, operation: str) -> str | None:
        if self._aimed is None:
            return None
        aimed, nth, fault, times = self._aimed
        if operation == aimed and sum(name == operation for name, _ in self.calls) == nth:
            self._plan(len(self.calls), fault, times)
            del self._planned[len(self.calls)]
            self._aimed = None
            return fault
        return None

    def _answer(self, operation: str, parameters: dict[str, Any], apply: Apply) -> Any:
        with self._lock:
            if self.dead:
                raise ProcessDied
            self.calls.append((operation, parameters))
            fault = self._planned.pop(len(self.calls), None) or self._of_aimed(operation)
            if fault is None and self._always is not None and self._always[0] in (operation, "*"):
                fault = self._always[1]
            if fault is not None:
                self.struck.append(operation)
                self.dead = fault in DEATHS
        if fault == OVERTAKEN:
            self.meanwhile()
            return apply()
        return apply() if fault is None or not fits(fault, operation) else FAULTS[fault](operation, parameters, apply)


@contextmanager
def injecting() -> Iterator[Faults]:
    """Faults in every DynamoDB client of this process while the block lasts."""
    faults = Faults()

    def call(real: Real, client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        return faults._answer(operation, parameters, lambda: real(client, operation, parameters))

    with intercepted(call):
        yield faults
