"""Attribute values in their wire form, `{"N": "12"}`: checked, normalised, compared and weighed.

Stored values are never changed in place, so they may be shared between the table, its stream and an answer.
Numbers are kept as DynamoDB returns them (`1.0` becomes `1`), so two equal values are equal dictionaries, sets apart.
Limits: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

import base64
import binascii
import re
from decimal import Context, Decimal
from typing import Any

from dev.cloud.dynamo.refusals import Invalid, malformed

Value = dict[str, Any]
Item = dict[str, Value]

MAX_DIGITS = 38
MAX_DEPTH = 32
MAX_ITEM_BYTES = 400 * 1024
_SETS = {"SS": "S", "NS": "N", "BS": "B"}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,6})?", re.ASCII)
# Wide enough that no sum of two legal numbers (exponents -130 to 125) is rounded before its digits are counted.
_EXACT = Context(prec=300, Emax=999_999, Emin=-999_999)


def number_text(number: Decimal) -> str:
    """As DynamoDB shows it: no exponent, no needless zeros; `Invalid` beyond 38 significant digits or its range."""
    sign, digits, exponent = number.as_tuple()
    if not any(digits):
        return "0"
    assert isinstance(exponent, int)
    while digits[-1] == 0:
        digits, exponent = digits[:-1], exponent + 1
    while digits[0] == 0:
        digits = digits[1:]
    if len(digits) > MAX_DIGITS:
        raise Invalid("Attempting to store more than 38 significant digits in a Number")
    magnitude = exponent + len(digits) - 1
    if magnitude > 125:
        raise Invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
    if magnitude < -130:
        raise Invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range")
    return format(Decimal((sign, digits, exponent)), "f")


def _normal_number(text: object) -> str:
    if not isinstance(text, str):
        raise malformed("NUMBER_VALUE cannot be converted to String")
    plain = text.removeprefix("-")
    if plain.isascii() and plain.isdigit() and len(plain) <= MAX_DIGITS and (plain[0] != "0" or text == "0"):
        return text
    if not _NUMBER.fullmatch(text):
        raise Invalid(f"The parameter cannot be converted to a numeric value: {text}")
    return number_text(Decimal(text))


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(text, validate=True)  # type: ignore[arg-type]
    except (TypeError, ValueError, binascii.Error) as error:
        raise malformed("Value is not valid base64") from error


def _stored_set(kind: str, content: object) -> Value:
    if not isinstance(content, list) or not content:
        named = {"SS": "string", "NS": "number", "BS": "binary"}[kind]
        raise Invalid(f"One or more parameter values were invalid: An {named} set  may not be empty")
    members = [next(iter(stored({_SETS[kind]: member}).values())) for member in content]
    if len(set(members)) != len(members):
        raise Invalid("One or more parameter values were invalid: Input collection contains duplicates.")
    return {kind: members}


def stored(value: object, depth: int = 1) -> Value:
    """`value` as the table keeps it; `Invalid` or a SerializationException when it is no attribute value."""
    if not isinstance(value, dict) or len(value) != 1:
        raise Invalid("Supplied AttributeValue must contain exactly one of the supported datatypes")
    ((kind, content),) = value.items()
    if depth > MAX_DEPTH:
        raise Invalid("Nesting Levels have exceeded supported limits")
    if kind == "S":
        if not isinstance(content, str):
            raise malformed("Start of structure or map found where not expected")
        return value
    if kind == "N":
        text = _normal_number(content)
        return value if text is content else {"N": text}
    if kind == "M" and isinstance(content, dict):
        return {"M": {name: stored(inner, depth + 1) for name, inner in content.items()}}
    if kind == "L" and isinstance(content, list):
        return {"L": [stored(inner, depth + 1) for inner in content]}
    return _stored_rare(kind, content, value)


def _stored_rare(kind: str, content: object, value: Value) -> Value:
    if kind in _SETS:
        return _stored_set(kind, content)
    if kind == "B":
        _bytes(content)
    elif kind == "NULL":
        if content is not True:
            raise Invalid(
                "One or more parameter values were invalid: Null attribute value types must have the value of true"
            )
    elif kind != "BOOL" or not isinstance(content, bool):
        raise malformed(f"Unexpected value type in payload: {kind}")
    return value


def stored_all(values: dict[str, Any]) -> Item:
    return {name: stored(value) for name, value in values.items()}


def sort_key(value: Value) -> Any:
    """What orders a key attribute: text by UTF-8 (as Python orders code points), numbers by size, bytes unsigned."""
    ((kind, content),) = value.items()
    if kind == "N":
        return Decimal(content)
    return _bytes(content) if kind == "B" else content


def _meaning(value: Value) -> Any:
    ((kind, content),) = value.items()
    if kind in _SETS:
        return kind, frozenset(content)
    if kind == "M":
        return kind, {name: _meaning(inner) for name, inner in content.items()}
    if kind == "L":
        return kind, [_meaning(inner) for inner in content]
    return kind, content


def same(one: Value | None, other: Value | None) -> bool:
    """Equality; sets have no order."""
    if one is None or other is None:
        return False
    return one == other or (one.keys() == other.keys() and _meaning(one) == _meaning(other))


def comes_before(one: Value | None, other: Value | None, or_equal: bool = False) -> bool:
    """`one < other` (or `<=`); false when either is missing, of another type, or of a type without an order."""
    if one is None or other is None or one.keys() != other.keys() or next(iter(one)) not in ("S", "N", "B"):
        return False
    left, right = sort_key(one), sort_key(other)
    return bool(left <= right if or_equal else left < right)


def added(one: Value, other: Value, sign: int) -> Value:
    """Both are numbers; the exact sum or difference."""
    left, right = one["N"], other["N"]
    if len(left) < MAX_DIGITS - 1 and len(right) < MAX_DIGITS - 1 and "." not in left and "." not in right:
        return {"N": str(int(left) + sign * int(right))}
    return {"N": number_text(_EXACT.add(Decimal(left), _EXACT.multiply(Decimal(sign), Decimal(right))))}


def weight(value: Value) -> int:
    """Bytes, as DynamoDB counts them: about a byte per two digits, three for a container and one per element."""
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content) if content.isascii() else len(content.encode())
    if kind == "N":
        return (len(content) + 1) // 2 + 1
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + weight(inner) for name, inner in content.items())
    if kind == "L":
        return 3 + sum(1 + weight(inner) for inner in content)
    if kind in _SETS:
        return sum(weight({_SETS[kind]: member}) for member in content)
    return len(_bytes(content)) if kind == "B" else 1


def item_weight(item: Item) -> int:
    return sum(len(name.encode()) + weight(value) for name, value in item.items())
