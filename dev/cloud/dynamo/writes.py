"""Puts, updates, deletes and checks: decided first, applied afterwards, so a refused one leaves nothing behind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dev.cloud.dynamo import conditions, updates
from dev.cloud.dynamo.grammar import projected
from dev.cloud.dynamo.refusals import ConditionFailed, Invalid
from dev.cloud.dynamo.table import ItemTable, Pair
from dev.cloud.dynamo.values import Item, stored_all

_RETURNS = {
    "Put": ("NONE", "ALL_OLD"),
    "Delete": ("NONE", "ALL_OLD"),
    "Update": ("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"),
}
_LEGACY = ("Expected", "AttributeUpdates", "ConditionalOperator")


@dataclass
class Write:
    """One write, checked for its form: which item, under which condition, and what becomes of it."""

    table: ItemTable
    pair: Pair
    key: Item
    condition: conditions.Condition | None
    values: Item
    make: Callable[[Item], Item | None]
    """From the old item (`{}` when there is none) to the new one, or None."""
    paths: tuple[Any, ...] = ()
    return_old: bool = False
    changes: bool = True

    @property
    def old(self) -> Item | None:
        return self.table.items.get(self.pair)

    def decide(self) -> Item | None:
        """The new item; `ConditionFailed` when the condition is false, `Invalid` when the item will not have it."""
        old = self.old
        if self.condition is not None and not self.condition.test(old or {}, self.values):
            raise ConditionFailed(old if self.return_old else None)
        if not self.changes:
            return old
        new = self.make(old or {})
        if new is not None:
            self.table.check_item(new)
        return new

    def apply(self, new: Item | None) -> None:
        if self.changes:
            self.table.replace(self.pair, new)


def parsed(kind: str, action: dict[str, Any], table: ItemTable) -> Write:
    """`kind` is Put, Update, Delete or ConditionCheck; `action` its parameters."""
    for name in _LEGACY:
        if name in action:
            raise Invalid(f"{name} is the legacy interface, which the local engine does not speak: use expressions")
    names = action.get("ExpressionAttributeNames") or {}
    raw_values = action.get("ExpressionAttributeValues")
    _check_placeholders(action, names, raw_values)
    values = stored_all(raw_values or {})
    text = action.get("ConditionExpression")
    condition = None if text is None else conditions.compiled("ConditionExpression", text, names)
    if kind == "ConditionCheck" and condition is None:
        raise Invalid("The expression can not be empty;")
    used_names = set() if condition is None else set(condition.names_used)
    used_values = set() if condition is None else set(condition.values_used)
    write = _shaped(kind, action, table, condition, values)
    if kind == "Update" and "UpdateExpression" in action:
        update = updates.compiled(action["UpdateExpression"], names)
        _check_paths(update, table)
        used_names |= update.names_used
        used_values |= update.values_used
        key = write.key
        write.make = lambda old: update.applied(old or dict(key), values)
        write.paths = update.paths
    _check_used(names, used_names, values, used_values)
    write.return_old = action.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    return write


def _shaped(
    kind: str, action: dict[str, Any], table: ItemTable, condition: conditions.Condition | None, values: Item
) -> Write:
    if kind == "Put":
        item = stored_all(_dictionary(action, "Item"))
        pair = table.check_item(item)
        return Write(table, pair, {name: item[name] for name in table.keys.names}, condition, values, lambda _old: item)
    key = stored_all(_dictionary(action, "Key"))
    pair = table.pair_of_key(key)
    if kind == "Delete":
        return Write(table, pair, key, condition, values, lambda _old: None)
    if kind == "ConditionCheck":
        return Write(table, pair, key, condition, values, lambda old: old, changes=False)
    return Write(table, pair, key, condition, values, lambda old: dict(old or key))


def _dictionary(action: dict[str, Any], name: str) -> dict[str, Any]:
    value = action.get(name)
    if not isinstance(value, dict):
        raise Invalid(f"1 validation error detected: Value at '{name.lower()}' must not be null")
    return value


def _check_placeholders(action: dict[str, Any], names: dict[str, str], values: dict[str, Any] | None) -> None:
    if not any(name in action for name in ("ConditionExpression", "UpdateExpression")):
        if names:
            raise Invalid("ExpressionAttributeNames can only be specified when using expressions")
        if values:
            raise Invalid("ExpressionAttributeValues can only be specified when using expressions")
    if values is not None and not values:
        raise Invalid("ExpressionAttributeValues must not be empty")


def _check_used(names: dict[str, str], used_names: set[str], values: Item, used_values: set[str]) -> None:
    for what, given, used in (("Names", set(names), used_names), ("Values", set(values), used_values)):
        if unused := sorted(given - used):
            raise Invalid(
                f"Value provided in ExpressionAttribute{what} unused in expressions: keys: {{{', '.join(unused)}}}"
            )
        if what == "Values" and (missing := sorted(used - given)):
            raise Invalid(
                f"An expression attribute value used in expression is not defined; attribute value: {missing[0]}"
            )


def _check_paths(update: updates.Update, table: ItemTable) -> None:
    for path in update.paths:
        if path[0] in table.keys.names:
            raise Invalid(
                f"One or more parameter values were invalid: Cannot update attribute {path[0]}. "
                "This attribute is part of the key"
            )


def single(kind: str, action: dict[str, Any], table: ItemTable) -> Item | None:
    """Runs one write by itself; what `ReturnValues` asks for, or None."""
    wanted = action.get("ReturnValues") or "NONE"
    if wanted not in _RETURNS[kind]:
        raise Invalid("Return values set to invalid value")
    write = parsed(kind, action, table)
    old = write.old
    new = write.decide()
    write.apply(new)
    if wanted == "ALL_OLD":
        return old
    if wanted == "ALL_NEW":
        return new
    if wanted in ("UPDATED_OLD", "UPDATED_NEW"):
        return projected((old if wanted == "UPDATED_OLD" else new) or {}, write.paths) or None
    return None
