"""Layouts: how the attributes of an item class are written and read, looked up once for each class.

PynamoDB finds this out again for each value of each item. What an attribute means stays with the attribute: its type's name, its
`serialize` and `deserialize`, its default, whether it may be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from pynamodb.attributes import Attribute
from pynamodb.constants import NULL
from pynamodb.exceptions import AttributeDeserializationError, AttributeNullError

Change = Callable[[Any], Any]


class Slot(NamedTuple):
    """One attribute. A change is None where a value is written, or read, as it is."""

    name: str
    kind: str
    write: Change | None
    read: Change | None
    may_miss: bool


class Layout(NamedTuple):
    """The attributes of an item class, and the values that an item of it begins with."""

    slots: tuple[Slot, ...]
    by_name: Mapping[str, Slot]
    names: frozenset[str]
    defaults: Mapping[str, Any]

    def begun(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """An item's values. Raises ValueError for one that the class has no attribute for."""
        if not self.names.issuperset(given):
            raise ValueError(f"no attribute is called {sorted(set(given) - self.names)}")
        return {**self.defaults, **given}

    def read(self, raw: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """The values of a raw item. Raises AttributeDeserializationError for one of another type."""
        values, slots = dict(self.defaults), self.by_name
        for name, found in raw.items():
            slot = slots.get(name)
            if slot is None or not found:
                continue
            _, kind, _, read, _ = slot
            if kind in found:
                value = found[kind]
                values[name] = value if read is None else read(value)
            elif NULL not in found:
                raise AttributeDeserializationError(name, kind)
        return values

    def write(self, values: Mapping[str, Any], *, null_check: bool = True) -> dict[str, dict[str, Any]]:
        """The raw item. Raises AttributeNullError for a value that is missing and may not be."""
        raw: dict[str, dict[str, Any]] = {}
        for name, kind, write, _, may_miss in self.slots:
            value = values.get(name)
            if value is not None:
                raw[name] = {kind: value if write is None else write(value)}
            elif null_check and not may_miss:
                raise AttributeNullError(name)
        return raw


@cache
def layout_of(item_type: Any) -> Layout:
    """The layout of an item class. Raises TypeError for an attribute that needs PynamoDB's longer way."""
    attributes: dict[str, Attribute[Any]] = item_type.get_attributes()
    for name, attribute in attributes.items():
        if attribute.attr_name != name or callable(attribute.default) or attribute.default_for_new is not None:
            raise TypeError(f"{item_type.__name__}.{name} is renamed, or has a default that is made anew")
    slots = tuple(
        Slot(
            name,
            attribute.attr_type,
            _own(attribute, "serialize"),
            _own(attribute, "deserialize"),
            bool(attribute.null),
        )
        for name, attribute in attributes.items()
    )
    defaults = {name: each.default for name, each in attributes.items() if each.default is not None}
    return Layout(slots, {slot.name: slot for slot in slots}, frozenset(attributes), defaults)


def _own(attribute: Attribute[Any], change: str) -> Change | None:
    as_it_is = getattr(type(attribute), change) is getattr(Attribute, change)
    return None if as_it_is else getattr(attribute, change)
