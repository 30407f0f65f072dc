"""TransactWriteItems on moto's tables: every condition first, then every write; nothing is written when one condition fails.

moto's own checks each condition three times, writes while it checks, and undoes by copying tables. Its expressions, items and
errors are used as they are. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

import re
from functools import lru_cache
from typing import Any

from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import (
    ConditionalCheckFailed,
    MockValidationException,
    MultipleTransactionsException,
    TooManyTransactionsException,
    TransactionCanceledException,
    TransactWriteSingleOpException,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.responses import validate_put_has_empty_attrs, validate_put_has_empty_keys

MAX_ACTIONS = 100
Reason = tuple[str | None, str | None, Any]


def transact(backend: DynamoDBBackend, items: list[dict[str, Any]]) -> None:
    """Writes all or raises: TransactionCanceledException with a reason for each action in the request's order, or a validation error."""
    if len(items) > MAX_ACTIONS:
        raise TooManyTransactionsException
    seen: set[tuple[str, str, str]] = set()
    reasons: list[Reason] = []
    for action in items:
        if len(action) != 1:
            raise TransactWriteSingleOpException
        ((kind, request),) = action.items()
        if kind not in ("ConditionCheck", "Put", "Delete", "Update"):
            raise TransactWriteSingleOpException
        _require_sound(backend, request)
        hash_key, range_key = _key(backend, request)
        place = (request["TableName"], str(hash_key), str(range_key))
        if place in seen:
            raise MultipleTransactionsException
        seen.add(place)
        current = backend.get_table(request["TableName"]).get_item(hash_key, range_key)
        reasons.append(_reason(request, current))
    if any(code for code, _, _ in reasons):
        raise TransactionCanceledException(reasons)
    for index, action in enumerate(items):
        try:
            _apply(backend, action)
        except MockValidationException as refused:
            # AWS names an update that its item does not allow among the reasons; what was written before it is undone.
            reasons[index] = ("ValidationError", str(refused.message), None)
            raise TransactionCanceledException(reasons) from refused


def _require_sound(backend: DynamoDBBackend, request: dict[str, Any]) -> None:
    """What moto looks at in single writes only: placeholders that nobody uses, empty keys, empty sets."""
    written = request.get("ConditionExpression", "") + " " + request.get("UpdateExpression", "")
    used = _placeholders(written)
    for kind in ("Names", "Values"):
        given = request.get(f"ExpressionAttribute{kind}")
        idle = set(given or ()) - used
        if idle:
            keys = ", ".join(sorted(idle))
            raise MockValidationException(
                f"Value provided in ExpressionAttribute{kind} unused in expressions: keys: {{{keys}}}"
            )
        if given is not None and not given:
            raise MockValidationException(f"ExpressionAttribute{kind} must not be empty")
    table = backend.get_table(request["TableName"])
    validate_put_has_empty_keys(request.get("Key") or request["Item"], table)
    if "Item" in request:
        validate_put_has_empty_attrs(request["Item"], table)


@lru_cache(maxsize=2_000)
def _placeholders(expression: str) -> frozenset[str]:
    return frozenset(re.findall(r"[:#][A-Za-z0-9_\-]+", expression))


def _key(backend: DynamoDBBackend, request: dict[str, Any]) -> tuple[DynamoType, DynamoType]:
    table = backend.get_table(request["TableName"])
    attributes = request.get("Key") or request["Item"]
    names = (table.hash_key_attr, str(table.range_key_attr))
    if not all(name in attributes for name in names) or ("Key" in request and len(attributes) != len(names)):
        raise MockValidationException("The provided key element does not match the schema")
    return DynamoType(attributes[names[0]]), DynamoType(attributes[names[1]])


def _reason(request: dict[str, Any], current: Item | None) -> Reason:
    condition = get_filter_expression(
        request.get("ConditionExpression"),
        request.get("ExpressionAttributeNames"),
        request.get("ExpressionAttributeValues"),
    )
    if condition.expr(current):
        return None, None, None
    shown = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and current is not None
    old = current.to_json()["Attributes"] if shown and current is not None else None
    return "ConditionalCheckFailed", str(ConditionalCheckFailed().message), old


def _apply(backend: DynamoDBBackend, action: dict[str, Any]) -> None:
    ((kind, request),) = action.items()
    name = request["TableName"]
    if kind == "Put":
        backend.put_item(name, request["Item"], overwrite=True)
    elif kind == "Delete":
        backend.delete_item(name, request["Key"])
    elif kind == "Update":
        backend.update_item(
            name,
            request["Key"],
            update_expression=request["UpdateExpression"],
            expression_attribute_names=request.get("ExpressionAttributeNames", {}),
            expression_attribute_values=request.get("ExpressionAttributeValues", {}),
        )
