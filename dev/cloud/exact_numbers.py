"""DynamoDB's numbers over moto's: 38 digits, exact or refused, kept and shown in one form.

moto keeps the text that it was given, takes for a number what Python's `float` takes, and lets sums lose digits.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

import re
from collections.abc import Callable
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Any

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.dynamo_type import DynamoType

MAX_DIGITS = 38
MAX_EXPONENT, MIN_EXPONENT = 125, -130

_PLAIN = re.compile(r"0|-?[1-9][0-9]{0,37}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?")
# What does not fit is refused, never rounded.
_SUMS = Context(prec=MAX_DIGITS, traps=[Inexact, InvalidOperation, Overflow])

_NOT_NUMERIC = "The parameter cannot be converted to a numeric value: {}"
_TOO_MANY_DIGITS = "Attempting to store more than 38 significant digits in a Number"
_TOO_LARGE = "Number overflow. Attempting to store a number with magnitude larger than supported range"
_TOO_SMALL = "Number underflow. Attempting to store a number with magnitude smaller than supported range"


def canonical(text: object) -> str:
    """A number as DynamoDB shows it: no exponent, no idle zeros. Raises a validation error for what is none."""
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise MockValidationException(_NOT_NUMERIC.format(text))
    return text if _PLAIN.fullmatch(text) else shown(Decimal(text))


def shown(number: Decimal) -> str:
    """The canonical text of a number. Raises a validation error when it has too many digits or is out of range."""
    if not number:
        return "0"
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # neither infinite nor NaN: `_NUMBER` knows no such words
    coefficient = "".join(map(str, digits))
    if number.adjusted() > MAX_EXPONENT:
        raise MockValidationException(_TOO_LARGE)
    if number.adjusted() < MIN_EXPONENT:
        raise MockValidationException(_TOO_SMALL)
    significant = coefficient.rstrip("0")
    if len(significant) > MAX_DIGITS:
        raise MockValidationException(_TOO_MANY_DIGITS)
    exponent += len(coefficient) - len(significant)
    return format(Decimal((sign, tuple(map(int, significant)), exponent)), "f")


def attribute_value(found: dict[str, Any]) -> dict[str, Any]:
    """For `json.loads`: makes the numbers of a request canonical as it is read, and refuses sets that repeat themselves."""
    if len(found) != 1:
        return found
    ((kind, value),) = found.items()
    if kind == "N" and not isinstance(value, dict):
        return {"N": canonical(value)}
    if kind in ("NS", "SS", "BS") and isinstance(value, list):
        values = [canonical(each) for each in value] if kind == "NS" else value
        if len(set(map(str, values))) != len(values):
            raise MockValidationException("Input collection contains duplicates")
        return {kind: values}
    return found


def make_sums_exact() -> None:
    """Replaces moto's addition and subtraction of numbers for good; of anything else they stay what they are."""
    kind: Any = DynamoType
    if kind.__add__.__name__ == "exact":
        return
    kind.__add__ = _exact(kind.__add__, _SUMS.add)
    kind.__sub__ = _exact(kind.__sub__, _SUMS.subtract)


def _exact(
    motos: Callable[[Any, Any], Any], combine: Callable[[Decimal, Decimal], Decimal]
) -> Callable[[Any, Any], Any]:
    def exact(left: Any, right: Any) -> Any:
        if left.type != "N" or right.type != "N":
            return motos(left, right)
        try:
            return DynamoType({"N": shown(combine(Decimal(left.value), Decimal(right.value)))})
        except (Inexact, Overflow) as lost:
            raise MockValidationException(_TOO_MANY_DIGITS) from lost

    return exact
