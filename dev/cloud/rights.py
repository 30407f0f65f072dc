"""Who asks AWS for what: every call of a function is held against what infra/functions.yaml lets its role do.

On AWS a function that lacks a right is told so on its first day in production; here it is told in the first test. What is asked
outside of any function (by a test, by an operator's command) is nobody's here and is let through.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec

from dev.functions import RIGHTS, UNTRIED
from dev.templates import table_names

log = logging.getLogger(__name__)

Asked = tuple[str, str, str]
"""Function, what it is asked of (`ledger`, `records/by_due`, `kms`), and the action as IAM names it."""

_SERVICES = {"secrets-manager": "secretsmanager", "sesv2": "ses", "email": "ses"}
_PARTS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_CONFIRMATIONS = "confirmations"
_running: ContextVar[str | None] = ContextVar("function", default=None)


@contextmanager
def as_nobody() -> Iterator[None]:
    """What the block asks of AWS is asked outside of any function: by a measurement, which looks where the function need not."""
    token = _running.set(None)
    try:
        yield
    finally:
        _running.reset(token)


class Rights:
    """What was asked while somebody listened, and what was refused."""

    def __init__(
        self, allowed: Mapping[str, Mapping[str, Sequence[str]]], untried: Mapping[Asked, str] | None = None
    ) -> None:
        self._allowed = {
            (function, resource, action)
            for function, resources in allowed.items()
            for resource, actions in resources.items()
            for action in actions
        }
        self._untried = untried or {}
        self._tables = {name: logical.removesuffix("Table").lower() for logical, name in table_names().items()}
        self.used: set[Asked] = set()
        self.refused: set[Asked] = set()

    @contextmanager
    def running(self, function: str) -> Iterator[None]:
        """All that the block asks of AWS is asked by this function, in whatever threads of the wallet's."""
        token = _running.set(function)
        try:
            yield
        finally:
            _running.reset(token)

    def unused(self) -> set[Asked]:
        """What is allowed and nobody asked for, but for what cannot be tried here."""
        return self._allowed - self.used - set(self._untried)

    def mistaken(self) -> set[Asked]:
        """What is said to be untried and is not: it was asked for, or is no right at all."""
        return set(self._untried) & self.used | set(self._untried) - self._allowed

    def refusal(self, event: str, body: bytes | str | None) -> tuple[int, dict[str, str], bytes] | None:
        """AWS's answer to a call that the running function may not make; None when it may. `event` is botocore's
        `before-send.SERVICE.OPERATION`.
        """
        function = _running.get()
        if function is None:
            return None
        _, service, operation = event.split(".")
        asked = {(function, resource, action) for resource, action in self._actions(service, operation, body)}
        self.used |= asked
        missing = asked - self._allowed
        if not missing or not self._allowed:
            return None
        self.refused |= missing
        told = ", ".join(f"{action} on {resource}" for _, resource, action in sorted(missing))
        log.error("infra/functions.yaml does not let %s do this: %s", function, told)
        answer = {"__type": "com.amazon.coral.service#AccessDeniedException", "Message": f"{function}: {told}"}
        return 400, {"content-type": "application/x-amz-json-1.0"}, json.dumps(answer).encode()

    def _actions(self, service: str, operation: str, body: bytes | str | None) -> Iterator[tuple[str, str]]:
        if service != "dynamodb":
            yield _part(_SERVICES.get(service, service), operation, body), operation.removesuffix("Batch")
            return
        asked: dict[str, Any] = msgspec.json.decode(body or b"{}")
        for part in asked.get("TransactItems", ()):
            for kind, item in part.items():
                yield self._table(item), _PARTS[kind]
        for table in asked.get("RequestItems", ()):
            yield self._tables.get(table, table), operation
        if "TableName" in asked:
            yield self._table(asked), operation

    def _table(self, asked: Mapping[str, Any]) -> str:
        name = self._tables.get(asked["TableName"], asked["TableName"])
        return f"{name}/{asked['IndexName']}" if "IndexName" in asked else name


def _part(service: str, operation: str, body: bytes | str | None) -> str:
    """Which part of a service: phones that are pushed to are not texts, and each queue has its own senders."""
    text = body.decode() if isinstance(body, bytes) else str(body)
    if service == "sns" and (operation != "Publish" or "TargetArn=" in text):
        return "sns/push"
    return "sqs/confirmations" if service == "sqs" and f"-{_CONFIRMATIONS}" in text else service


rights = Rights(RIGHTS, UNTRIED)
"""One per process, as botocore's interception is."""
