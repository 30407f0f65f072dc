"""Update expressions, compiled once per text: SET, REMOVE, ADD and DELETE on a copy of the item.

Every operand is read from the item as it was, so `SET a = b, b = a` swaps, as on AWS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dev.cloud.dynamo.grammar import Operand, Path, Words, found, paths_overlap
from dev.cloud.dynamo.refusals import Invalid
from dev.cloud.dynamo.values import Item, Value, added

_MISSING = "The provided expression refers to an attribute that does not exist in the item"
_BAD_PATH = "The document path provided in the update expression is invalid for update"
_WRONG_TYPE = "An operand in the update expression has an incorrect data type"

_WRONG_OPERAND = (
    "Invalid UpdateExpression: Incorrect operand type for operator or function; "
    "operator: {operator}, operand type: {kind}"
)

Change = Callable[[Item, Item], Value | None]
"""The value to put at the action's path, from the old item and the expression's values; None removes it."""


@dataclass(frozen=True)
class Update:
    """What one expression does: `(path, change)` for each action, REMOVE last."""

    actions: tuple[tuple[Path, Change], ...]
    names_used: frozenset[str]
    values_used: frozenset[str]

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(path for path, _ in self.actions)

    def applied(self, old: Item, values: Item) -> Item:
        """A new item; `old` and everything in it is left as it was."""
        planned = [(path, change(old, values)) for path, change in self.actions]
        new = dict(old)
        for path, value in planned:
            if len(path) > 1:
                new[str(path[0])] = _replaced(new.get(str(path[0])), path[1:], value)
            elif value is not None:
                new[str(path[0])] = value
            else:
                new.pop(str(path[0]), None)
        return new


def compiled(text: str, names: dict[str, str]) -> Update:
    return _compiled(text, tuple(sorted(names.items())))


@lru_cache(maxsize=4096)
def _compiled(text: str, names: tuple[tuple[str, str], ...]) -> Update:
    words = Words("UpdateExpression", text, dict(names))
    actions: list[tuple[Path, Change]] = []
    removals: list[tuple[Path, Change]] = []
    seen: set[str] = set()
    while words.peek() != "<EOF>":
        section = words.accept("SET", "REMOVE", "ADD", "DELETE")
        if section is None:
            words.fail()
        if section in seen:
            raise Invalid(
                f'Invalid UpdateExpression: The "{section}" section can only be used once in an update expression;'
            )
        seen.add(section)
        into = removals if section == "REMOVE" else actions
        into.append(_SECTIONS[section](words))
        while words.accept(","):
            into.append(_SECTIONS[section](words))
    # The last element goes first, so that removing one does not move another.
    removals.sort(key=lambda action: [str(part) if isinstance(part, str) else f"{part:09}" for part in action[0]])
    every = actions + removals[::-1]
    if paths_overlap([path for path, _ in every]):
        raise Invalid(
            "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one"
        )
    return Update(tuple(every), frozenset(words.names_used), frozenset(words.values_used))


def _set(words: Words) -> tuple[Path, Change]:
    path = words.path()
    words.expect("=")
    total = _term(words)
    while sign := words.accept("+", "-"):
        total = _sum(total, _term(words), 1 if sign == "+" else -1)

    def change(old: Item, values: Item) -> Value:
        value = total(old, values)
        if value is None:
            raise Invalid(_MISSING)
        return value

    return path, change


def _sum(left: Operand, right: Operand, sign: int) -> Operand:
    def operand(item: Item, values: Item) -> Value:
        one, other = left(item, values), right(item, values)
        if one is None or other is None:
            raise Invalid(_MISSING)
        if "N" not in one or "N" not in other:
            raise Invalid(_WRONG_TYPE)
        return added(one, other, sign)

    return operand


def _term(words: Words) -> Operand:
    if words.accept("("):
        inner = _term(words)
        while sign := words.accept("+", "-"):
            inner = _sum(inner, _term(words), 1 if sign == "+" else -1)
        words.expect(")")
        return inner
    if words.peek() in ("if_not_exists", "list_append") and words.peek(1) == "(":
        name = words.take()
        words.expect("(")
        first = _term(words)
        words.expect(",")
        second = _term(words)
        words.expect(")")
        return _if_not_exists(first, second) if name == "if_not_exists" else _list_append(first, second)
    return words.operand()


def _if_not_exists(first: Operand, second: Operand) -> Operand:
    def operand(item: Item, values: Item) -> Value | None:
        value = first(item, values)
        return second(item, values) if value is None else value

    return operand


def _list_append(first: Operand, second: Operand) -> Operand:
    def operand(item: Item, values: Item) -> Value:
        one, other = first(item, values), second(item, values)
        if one is None or other is None:
            raise Invalid(_MISSING)
        if "L" not in one or "L" not in other:
            raise Invalid(_WRONG_TYPE)
        return {"L": one["L"] + other["L"]}

    return operand


def _remove(words: Words) -> tuple[Path, Change]:
    return words.path(), lambda _old, _values: None


def _add(words: Words) -> tuple[Path, Change]:
    path, name = words.path(), words.value_name()

    def change(old: Item, values: Item) -> Value:
        current, value = found(old, path), values[name]
        ((kind, content),) = value.items()
        if kind not in ("N", "SS", "NS", "BS"):
            raise Invalid(_WRONG_OPERAND.format(operator="ADD", kind=kind))
        if current is None:
            return value
        if kind not in current:
            raise Invalid(_WRONG_TYPE)
        if kind == "N":
            return added(current, value, 1)
        return {kind: current[kind] + [member for member in content if member not in current[kind]]}

    return path, change


def _delete(words: Words) -> tuple[Path, Change]:
    path, name = words.path(), words.value_name()

    def change(old: Item, values: Item) -> Value | None:
        current, value = found(old, path), values[name]
        ((kind, content),) = value.items()
        if kind not in ("SS", "NS", "BS"):
            raise Invalid(_WRONG_OPERAND.format(operator="DELETE", kind=kind))
        if current is None:
            return None
        if kind not in current:
            raise Invalid(_WRONG_TYPE)
        left = [member for member in current[kind] if member not in content]
        return {kind: left} if left else None

    return path, change


_SECTIONS: dict[str, Callable[[Words], tuple[Path, Change]]] = {
    "SET": _set,
    "REMOVE": _remove,
    "ADD": _add,
    "DELETE": _delete,
}


def _replaced(container: Value | None, path: Path, value: Value | None) -> Value:
    """A copy of `container` with `value` at `path` inside it; only the containers on the way are copied."""
    part, rest = path[0], path[1:]
    if container is None:
        raise Invalid(_BAD_PATH)
    if isinstance(part, int):
        if "L" not in container:
            raise Invalid(_BAD_PATH)
        return {"L": _with_element(list(container["L"]), part, rest, value)}
    if "M" not in container:
        raise Invalid(_BAD_PATH)
    members: dict[str, Any] = dict(container["M"])
    if rest:
        members[part] = _replaced(members.get(part), rest, value)
    elif value is not None:
        members[part] = value
    else:
        members.pop(part, None)
    return {"M": members}


def _with_element(elements: list[Value], index: int, rest: Path, value: Value | None) -> list[Value]:
    inside = index < len(elements)
    if rest:
        if not inside:
            raise Invalid(_BAD_PATH)
        elements[index] = _replaced(elements[index], rest, value)
    elif value is None:
        del elements[index : index + 1]
    elif inside:
        elements[index] = value
    else:
        elements.append(value)
    return elements
