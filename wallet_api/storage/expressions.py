"""Expressions: PynamoDB's conditions and actions, made and written with less ado.

Stores are written in PynamoDB's language (`items.count >= 5`, `items.count.set(…)`), and what DynamoDB is asked is what PynamoDB
would ask it. But PynamoDB makes a path of each attribute anew, finds out again what each value is, and searches each name
for what it is made of: a fifth of a payment's processor time. Here a path is made once for each attribute, the common
values are taken as they are, and an expression is written by what its parts are. Whatever else there is stays PynamoDB's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar

from pynamodb.attributes import Attribute
from pynamodb.constants import MAP, NUMBER, STRING
from pynamodb.expressions.condition import And, Comparison, Condition, Exists, NotExists, Or
from pynamodb.expressions.operand import Path, Value, _Decrement, _IfNotExists, _Increment, _Operand
from pynamodb.expressions.update import Action, RemoveAction, SetAction, Update
from pynamodb.expressions.util import substitute_names

T = TypeVar("T")
Names = dict[str, str]
Values = dict[str, Any]


class Place(Path):
    """A path, of an attribute or of an element in one, that knows how a value is compared with it."""

    def __init__(self, of: Attribute[Any] | list[str]) -> None:
        if isinstance(of, Attribute):
            super().__init__(of)
            return
        nothing: Any = None
        self.attribute = self.attr_type = nothing
        self.values = (of,)

    def _to_operand(self, value: Any) -> _Operand:
        if isinstance(value, _Operand):
            return value
        if isinstance(value, Quick):
            return value.place
        made = _plain(value, self.attribute)
        operand: _Operand = super()._to_operand(value) if made is None else made
        return operand

    def __getitem__(self, item: int | str) -> Path:
        if type(item) is str and self.attr_type == MAP:
            return Place([*self.path, item])
        return super().__getitem__(item)


def _plain(value: Any, attribute: Attribute[Any] | None) -> Value | None:
    """A text or a whole number as PynamoDB would take it; None for anything else."""
    kind = type(value)
    if kind is not int and kind is not str:
        return None
    made = Value.__new__(Value)
    if attribute is not None and attribute.attr_type in (NUMBER, STRING):
        made.attr_type = attribute.attr_type
        made.values = ({attribute.attr_type: attribute.serialize(value)},)
    elif attribute is None:
        made.attr_type = STRING if kind is str else NUMBER
        made.values = ({made.attr_type: str(value)},)
    else:
        return None
    return made


class Quick(Attribute[T]):
    """An attribute whose path is made once. Its name in the code is its name in the table, which layouts.py holds."""

    @cached_property
    def place(self) -> Place:
        """Its path. Nobody changes one."""
        return Place(self)


def _get(self: Quick[Any], instance: Any, _owner: Any) -> Any:
    return self if instance is None else instance.attribute_values.get(self.attr_path[-1])


def _on_place(name: str) -> Callable[..., Any]:
    def operate(self: Quick[Any], *values: Any) -> Any:
        return getattr(self.place, name)(*values)

    return operate


for _name in (
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__getitem__", "__or__"),
    *("__add__", "__radd__", "__sub__", "__rsub__", "is_in", "exists", "does_not_exist", "set", "remove"),
):
    setattr(Quick, _name, _on_place(_name))
# Set from outside, so that what PynamoDB says of its types holds here as well.
setattr(Quick, "__get__", _get)  # noqa: B010


def write_condition(condition: Condition, names: Names, values: Values) -> str:
    """The condition as text. What it names and compares with is added to `names` and `values`."""
    return _written(condition, names, values)


def write_actions(actions: Sequence[Action], names: Names, values: Values) -> str:
    """The actions as an update's text."""
    kinds = {type(action) for action in actions}
    if not kinds <= {SetAction, RemoveAction}:
        return Update(*actions).serialize(names, values) or ""
    sets, removes = (
        ", ".join([_written(action, names, values) for action in actions if type(action) is kind])
        for kind in (SetAction, RemoveAction)
    )
    return " ".join([f"{word} {clause}" for word, clause in (("SET", sets), ("REMOVE", removes)) if clause])


def _written(part: Any, names: Names, values: Values) -> str:
    write = _WRITERS.get(type(part))
    text: str = part.serialize(names, values) if write is None else write(part, names, values)
    return text


def _path(path: Path, names: Names, _values: Values) -> str:
    written = []
    for name in path.path:
        if "[" in name or "]" in name or not name:
            return substitute_names(path.path, names)
        written.append(names.get(name) or names.setdefault(name, f"#{len(names)}"))
    return ".".join(written)


def _value(value: Value, _names: Names, values: Values) -> str:
    placeholder = f":{len(values)}"
    values[placeholder] = value.values[0]
    return placeholder


def _between(sign: str) -> Callable[[Any, Names, Values], str]:
    def write(part: Any, names: Names, values: Values) -> str:
        left, right = part.values
        return f"{_written(left, names, values)} {sign} {_written(right, names, values)}"

    return write


def _comparison(part: Comparison, names: Names, values: Values) -> str:
    left, right = part.values
    return f"{_written(left, names, values)} {part.operator} {_written(right, names, values)}"


def _joined(part: And | Or, names: Names, values: Values) -> str:
    left, right = part.values
    return f"({_written(left, names, values)} {part.operator} {_written(right, names, values)})"


def _there(part: Exists | NotExists, names: Names, values: Values) -> str:
    return f"{part.operator} ({_written(part.values[0], names, values)})"


def _or_else(part: Any, names: Names, values: Values) -> str:
    path, value = part.values
    return f"if_not_exists ({_written(path, names, values)}, {_written(value, names, values)})"


_WRITERS: dict[type, Callable[[Any, Names, Values], str]] = {
    Place: _path,
    Path: _path,
    Value: _value,
    Comparison: _comparison,
    And: _joined,
    Or: _joined,
    Exists: _there,
    NotExists: _there,
    SetAction: _between("="),
    RemoveAction: lambda part, names, values: _written(part.values[0], names, values),
    _Increment: _between("+"),
    _Decrement: _between("-"),
    _IfNotExists: _or_else,
}
"""How each kind of part is written; what is not here, PynamoDB writes."""
