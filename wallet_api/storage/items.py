"""Items: what a PynamoDB model of this wallet looks like, and the attribute types that may hold a value.

Every table has the keys `pk` and `sk`. Numbers are whole: PynamoDB's own NumberAttribute lets floats through and refuses
Decimal, so the wallet has a number type of its own that knows integers only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, Self, TypeVar, cast

from pynamodb import attributes
from pynamodb.attributes import Attribute
from pynamodb.constants import MAP, NUMBER, STRING
from pynamodb.models import MetaModel, Model

from wallet_api.clock import epoch_milliseconds
from wallet_api.money import Money
from wallet_api.storage.expressions import Quick
from wallet_api.storage.layouts import layout_of

Raw = dict[str, dict[str, Any]]
"""An item as DynamoDB writes it: name → {type: value}."""

R = TypeVar("R")


class UnicodeAttribute(Quick[str], attributes.UnicodeAttribute):
    """Text, as it is."""


class WholeNumber(Quick[int]):
    """An integer, exact up to DynamoDB's 38 digits. Raises TypeError for a bool, a float or a Decimal."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        if type(value) is not int:
            raise TypeError(f"{self.attr_name} holds whole numbers, not {type(value).__name__}")
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class Moment(Quick[datetime]):
    """An aware time, kept as UTC text with microseconds, so that the order of texts is the order of times."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        if value.tzinfo is None:
            raise TypeError(f"{self.attr_name} holds aware times")
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"

    def deserialize(self, value: str) -> datetime:
        return datetime.fromisoformat(value)


class Expiry(Quick[datetime]):
    """When DynamoDB may delete an item: epoch seconds, as time-to-live wants. It deletes late, so code checks as well."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        return str(-(-epoch_milliseconds(value) // 1000))

    def deserialize(self, value: str) -> datetime:
        return datetime.fromtimestamp(int(value), UTC)


class MoneyAttribute(Quick[Money]):
    """An amount with its currency, as a map of the two."""

    attr_type = MAP

    def serialize(self, value: Money) -> Raw:
        return {"amount": {NUMBER: str(value.amount)}, "currency": {STRING: value.currency}}

    def deserialize(self, value: Raw) -> Money:
        return Money(int(value["amount"][NUMBER]), value["currency"][STRING])


class Document(Quick[Any]):
    """Plain JSON, compact, for what is read whole and never queried. Raises TypeError for a float anywhere in it."""

    attr_type = STRING

    def serialize(self, value: object) -> str:
        _refuse_floats(value)
        return _written(value)

    def deserialize(self, value: str) -> object:
        return _read(value)


class Counters(Quick[dict[str, int]]):
    """A map of whole numbers by name, such as a balance for each currency; one can be named in an expression."""

    attr_type = MAP

    def serialize(self, value: Mapping[str, int]) -> Raw:
        for name, number in value.items():
            if type(number) is not int:
                raise TypeError(f"{self.attr_name}.{name} holds whole numbers, not {type(number).__name__}")
        return {name: {NUMBER: str(number)} for name, number in value.items()}

    def deserialize(self, value: Raw) -> dict[str, int]:
        return {name: int(number[NUMBER]) for name, number in value.items()}


class _Kind(MetaModel):
    """What a class of items knows of itself: the attributes of Item and its own.

    PynamoDB looks through every member of every class for them, twice, and gives each class an exception of its own: an eighth of a
    millisecond for each of some seventy classes, at every cold start. An item has no index, no discriminator, and one name for each
    attribute; whoever asks for one that is missing is told None, by storage.
    """

    _attributes: dict[str, Attribute[Any]]
    _dynamo_to_python_attrs: dict[str, str]
    _indexes: dict[str, Any]
    _discriminator: str | None

    def __init__(self, name: str, bases: tuple[Any, ...], namespace: dict[str, Any]) -> None:
        if Model in bases:
            super().__init__(name, bases, namespace)
            return
        type.__init__(self, name, bases, namespace)
        own = {name: each for name, each in namespace.items() if isinstance(each, Attribute)}
        self._attributes = {**bases[0]._attributes, **own}
        self._dynamo_to_python_attrs, self._indexes, self._discriminator = {}, {}, None


class Item(Model, metaclass=_Kind):
    """One item of one table. `table` names the wallet's table; storage binds the class to DynamoDB's when it opens."""

    table: ClassVar[str]

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)

    def __init__(
        self, hash_key: str | None = None, range_key: str | None = None, _user_instantiated: bool = True, **values: Any
    ) -> None:
        """An item with these keys and values. Raises ValueError for a value that the class has no attribute for."""
        if hash_key is not None:
            values["pk"] = hash_key
        if range_key is not None:
            values["sk"] = range_key
        self.attribute_values = layout_of(type(self)).begun(values)

    @classmethod
    def from_raw_data(cls, data: Mapping[str, Mapping[str, Any]]) -> Self:
        """The item as DynamoDB gave it. Raises AttributeDeserializationError for a value of another type."""
        item = cls.__new__(cls)
        item.attribute_values = layout_of(cls).read(data)
        return item

    def serialize(self, null_check: bool = True) -> Raw:
        """The item as DynamoDB takes it. Raises AttributeNullError for a value that is missing and may not be."""
        return layout_of(type(self)).write(self.attribute_values, null_check=null_check)

    @classmethod
    def of(cls, record: object, *, pk: str, sk: str, **more: Any) -> Self:
        """An item with every field of a frozen record in the attribute of the same name."""
        kind: Any = type(record)
        values = {name: getattr(record, name) for name in _shared_names(cls, kind)}
        return cls(pk, sk, **{**values, **more})

    @classmethod
    def changes(cls, before: object, after: object, names: Iterable[str]) -> list[Any]:
        """The actions that bring the attributes of these names from one record's values to another's; None takes one away."""
        changed = ((name, getattr(after, name)) for name in names if getattr(after, name) != getattr(before, name))
        return [
            getattr(cls, name).remove() if value is None else getattr(cls, name).set(value) for name, value in changed
        ]

    def as_record(self, record: type[R], **more: Any) -> R:
        """The frozen record that this item was made of; `more` gives the fields that have no attribute."""
        values, kind = self.attribute_values, cast(Any, record)
        made: R = kind(**{name: values.get(name) for name in _shared_names(type(self), kind)} | more)
        return made


@cache
def _shared_names(item_type: Any, record: Any) -> tuple[str, ...]:
    """The fields of a record that an item has an attribute for."""
    names = item_type.get_attributes().keys()
    return tuple(name for name in record.__match_args__ if name in names)


def _money_document(value: object) -> object:
    if isinstance(value, Money):
        return {"amount": value.amount, "currency": value.currency}
    raise TypeError(f"a document does not hold {type(value).__name__}")


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a document does not hold fractions")
    if isinstance(value, str | int) or value is None:
        return
    if isinstance(value, dict | Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            _refuse_floats(each)


def _no_float(text: str) -> object:
    raise ValueError(f"a document does not hold the fraction {text}")


_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_money_document).encode
_read = json.JSONDecoder(parse_float=_no_float).decode

__all__ = [
    "Counters",
    "Document",
    "Expiry",
    "Item",
    "Moment",
    "MoneyAttribute",
    "Raw",
    "UnicodeAttribute",
    "WholeNumber",
]
