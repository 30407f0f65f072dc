"""Conditions: which of them does an item not meet?

DynamoDB tells that a condition failed and shows the item; several contributions may have put theirs on one item, so the wallet
evaluates each again to name the error of the one that failed. Only operators that mean the same on a missing attribute
as they read are allowed: `<>` and `NOT` are true for what is not there, and would let money through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import eq, ge, gt, le, lt
from typing import Any

from pynamodb.expressions.condition import And, Comparison, Condition, Exists, In, NotExists, Or
from pynamodb.expressions.operand import Path, Value

_COMPARE = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}


class ConditionNotAllowed(Exception):
    """A condition uses an operator that is true, or unclear, for an attribute that is missing."""


def require_plain(condition: Condition) -> None:
    """Raises ConditionNotAllowed unless the condition is made of =, <, <=, >, >=, IN, exists, not exists, AND, OR, each between
    one attribute and values.
    """
    for part in _parts(condition):
        plain = isinstance(part, Exists | NotExists | In) or (
            isinstance(part, Comparison) and part.operator in _COMPARE
        )
        attribute, *values = part.values
        if not plain or not isinstance(attribute, Path) or not all(isinstance(value, Value) for value in values):
            raise ConditionNotAllowed(repr(part))


def holds(condition: Condition, item: Mapping[str, Any] | None) -> bool:
    """Whether an item, as DynamoDB writes it (None when there is none), meets the condition."""
    if isinstance(condition, And):
        return all(holds(part, item) for part in condition.values)
    if isinstance(condition, Or):
        return any(holds(part, item) for part in condition.values)
    found = _at(condition.values[0], item)
    if isinstance(condition, Exists):
        return found is not None
    if isinstance(condition, NotExists):
        return found is None
    if found is None:
        return False
    if isinstance(condition, In):
        return any(
            _same_type(found, value) and _plain(found) == _plain(_value(value)) for value in condition.values[1:]
        )
    if isinstance(condition, Comparison) and condition.operator in _COMPARE:
        right = condition.values[1]
        return _same_type(found, right) and bool(_COMPARE[condition.operator](_plain(found), _plain(_value(right))))
    raise ConditionNotAllowed(repr(condition))


def _parts(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, And | Or):
        for value in condition.values:
            yield from _parts(value)
    else:
        yield condition


def _at(path: Path, item: Mapping[str, Any] | None) -> dict[str, Any] | None:
    names = list(path.path)
    found: Any = {"M": item} if item is not None else None
    for name in names:
        if not isinstance(found, Mapping) or "M" not in found:
            return None
        found = found["M"].get(name)
    return found if isinstance(found, dict) else None


def _value(operand: Value) -> dict[str, Any]:
    (value,) = operand.values
    return dict(value)


def _same_type(found: dict[str, Any], operand: Value) -> bool:
    return set(found) == set(_value(operand))


def _plain(value: dict[str, Any]) -> Any:
    ((kind, content),) = value.items()
    return int(content) if kind == "N" else content
