"""moto's values, compared, copied, weighed and shown by their type: the same answers with a fraction of the questions.

moto asks of each value what it might be, kind after kind, at every comparison and every step through a tree; most are texts and
numbers, whose kind stands in their type.
"""

from decimal import Decimal
from typing import Any

from moto.dynamodb import responses
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict

_SCALARS = frozenset({"S", "N", "B", "BOOL", "NULL"})
_SAME_IF_EQUAL = frozenset({"S", "B", "BOOL"})
_SHOWN_AS_THEY_ARE = frozenset({"S", "N", "BOOL", "NULL"})
_PLAIN = (str, int, bool, float, type(None))
_motos_plain: Any = vars(responses)["dynamo_to_dict"]
_motos_cast: Any = vars(DynamoType)["cast_value"].fget


def speed_up_values() -> None:
    """Puts the quicker ways in moto's place, for good."""
    value, item, module = DynamoType, Item, vars(responses)
    changes: dict[Any, dict[str, Any]] = {
        value: {
            "__eq__": _equal,
            "__ne__": _unequal,
            "__hash__": _hash,
            "__deepcopy__": _copied,
            "cast_value": property(_cast),
            "size": weight,
        },
        item: {"size": _item_weight, "__deepcopy__": _copied_item, "__new__": unlisted},
    }
    for kind, methods in changes.items():
        for name, method in methods.items():
            setattr(kind, name, method)
    module["dynamo_to_dict"] = _plain


def unlisted(kind: Any, *_arguments: Any, **_named: Any) -> Any:
    """A new object of moto's that is not put on moto's list of all that were ever made: nobody reads it, and it keeps them for good."""
    return object.__new__(kind)


def _equal(one: Any, other: Any) -> bool:
    if one.type != other.type:
        return False
    if one.type in _SAME_IF_EQUAL:
        return bool(one.value == other.value)
    return bool(one.cast_value == other.cast_value)


def _unequal(one: Any, other: Any) -> bool:
    return not _equal(one, other)


def _hash(value: Any) -> int:
    return hash((value.type, value.value if value.type == "S" else value.cast_value))


def _cast(value: Any) -> Any:
    if value.type == "S":
        return value.value
    return Decimal(value.value) if value.type == "N" else _motos_cast(value)


def _copied(value: Any, _memo: Any = None) -> Any:
    copied = DynamoType.__new__(DynamoType)
    kind, held = value.type, value.value
    copied.type = kind
    if kind in _SCALARS:
        copied.value = held
    elif kind == "M":
        copied.value = {name: _copied(inner) for name, inner in held.items()}
    else:
        copied.value = list(map(_copied, held)) if kind == "L" else list(held)
    return copied


def _copied_item(item: Any, _memo: Any = None) -> Any:
    copied: Any = Item.__new__(Item)
    copied.hash_key, copied.range_key = _copied(item.hash_key), _copied(item.range_key)
    copied.attrs = LimitedSizeDict.__new__(LimitedSizeDict)
    copied.attrs.update((name, _copied(value)) for name, value in item.attrs.items())
    return copied


def weight(value: Any) -> int:
    """The bytes of an attribute's value, as moto counts them."""
    kind, held = value.type, value.value
    if kind in ("S", "N", "B"):
        return _bytes(held)
    if kind == "M":
        return sum(_bytes(name) + weight(inner) for name, inner in held.items())
    if kind == "L":
        return sum(map(weight, held))
    return 1 if isinstance(held, bool) else sum(map(_bytes, held))


def _item_weight(item: Any) -> int:
    size = 0
    for name, value in item.attrs.items():
        held = value.value
        text = value.type in ("S", "N") and held.isascii()
        size += len(name) if name.isascii() else len(name.encode())
        size += len(held) if text else weight(value)
    return size


def _bytes(text: Any) -> int:
    return len(text) if isinstance(text, bytes) or text.isascii() else len(text.encode())


def _plain(found: Any) -> Any:
    """A result without moto's own types, whose bytes the serializer encodes."""
    kind = found.__class__
    if kind is DynamoType:
        name, held = found.type, found.value
        if name in _SHOWN_AS_THEY_ARE:
            return {name: held}
        return {name: _plain(held)} if name in ("M", "L") else _motos_plain(found)
    if kind is dict or kind is LimitedSizeDict:
        return {name: _plain(inner) for name, inner in found.items()}
    if kind is list:
        return [_plain(inner) for inner in found]
    return found if kind in _PLAIN else _motos_plain(found)
