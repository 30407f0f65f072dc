"""Requests: one item's part of a write, from PynamoDB's items, conditions and actions to what DynamoDB is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from wallet_api.storage.expressions import write_actions, write_condition
from wallet_api.storage.items import Item


def put_of(item: Item, condition: Condition | None) -> dict[str, Any]:
    """A Put of the whole item."""
    return _with_expressions({"TableName": type(item).Meta.table_name, "Item": item.serialize()}, condition)


def change_of(item: Item, condition: Condition | None, actions: Sequence[Action] = ()) -> dict[str, Any]:
    """An Update by these actions; without any, a Delete or a ConditionCheck. Only the item's keys are read."""
    key = {"pk": {"S": item.pk}, "sk": {"S": item.sk}}
    return _with_expressions({"TableName": type(item).Meta.table_name, "Key": key}, condition, actions)


def _with_expressions(
    request: dict[str, Any], condition: Condition | None, actions: Sequence[Action] = ()
) -> dict[str, Any]:
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    if condition is not None:
        request["ConditionExpression"] = write_condition(condition, names, values)
    if actions:
        request["UpdateExpression"] = write_actions(actions, names, values)
    if names:
        request["ExpressionAttributeNames"] = {placeholder: name for name, placeholder in names.items()}
    if values:
        request["ExpressionAttributeValues"] = values
    return request
