"""Condition, filter and key conditions, compiled once per text and asked many times.

A missing attribute makes every comparison false, except `<>`, which is true of it, as on AWS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from dev.cloud.dynamo.grammar import Operand, Words
from dev.cloud.dynamo.refusals import Invalid
from dev.cloud.dynamo.values import Item, Value, comes_before, same, sort_key

Test = Callable[[Item, Item], bool]
_KINDS = frozenset({"S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"})
_ELEMENT = {"SS": "S", "NS": "N", "BS": "B"}


@dataclass(frozen=True)
class Condition:
    """`test(item, values)`; an item that does not exist is `{}`."""

    test: Test
    names_used: frozenset[str]
    values_used: frozenset[str]


def compiled(kind: str, text: str, names: dict[str, str]) -> Condition:
    return _compiled(kind, text, tuple(sorted(names.items())))


@lru_cache(maxsize=4096)
def _compiled(kind: str, text: str, names: tuple[tuple[str, str], ...]) -> Condition:
    words = Words(kind, text, dict(names))
    test = _either(words)
    words.end()
    return Condition(test, frozenset(words.names_used), frozenset(words.values_used))


def _either(words: Words) -> Test:
    test = _both(words)
    while words.accept("OR"):
        test = _or(test, _both(words))
    return test


def _both(words: Words) -> Test:
    test = _negation(words)
    while words.accept("AND"):
        test = _and(test, _negation(words))
    return test


def _or(left: Test, right: Test) -> Test:
    return lambda item, values: left(item, values) or right(item, values)


def _and(left: Test, right: Test) -> Test:
    return lambda item, values: left(item, values) and right(item, values)


def _negation(words: Words) -> Test:
    if words.accept("NOT"):
        inner = _negation(words)
        return lambda item, values: not inner(item, values)
    if words.accept("("):
        inner = _either(words)
        words.expect(")")
        return inner
    if words.peek() in _FUNCTIONS and words.peek(1) == "(":
        name = words.take()
        words.expect("(")
        test = _FUNCTIONS[name](words)
        words.expect(")")
        return test
    return _comparison(words)


def _operand(words: Words) -> Operand:
    if words.peek() == "size" and words.peek(1) == "(":
        words.take()
        words.expect("(")
        inner = words.operand()
        words.expect(")")
        return lambda item, values: _size(inner(item, values))
    return words.operand()


def _size(value: Value | None) -> Value | None:
    if value is None:
        return None
    ((kind, content),) = value.items()
    if kind == "S":
        return {"N": str(len(content.encode()))}
    if kind == "B":
        return {"N": str(len(sort_key(value)))}
    return {"N": str(len(content))} if kind in ("SS", "NS", "BS", "L", "M") else None


def _comparison(words: Words) -> Test:
    left = _operand(words)
    if words.accept("BETWEEN"):
        low = _operand(words)
        words.expect("AND")
        high = _operand(words)
        return lambda item, values: (
            comes_before(low(item, values), found := left(item, values), True)
            and comes_before(found, high(item, values), True)
        )
    if words.accept("IN"):
        return _membership(words, left)
    sign = words.take()
    if sign not in _COMPARISONS:
        raise Invalid(f'Invalid {words.kind}: Syntax error; token: "{sign}"')
    return _COMPARISONS[sign](left, _operand(words))


def _membership(words: Words, left: Operand) -> Test:
    words.expect("(")
    choices = [_operand(words)]
    while words.accept(","):
        choices.append(_operand(words))
    words.expect(")")
    return lambda item, values: any(same(left(item, values), choice(item, values)) for choice in choices)


_COMPARISONS: dict[str, Callable[[Operand, Operand], Test]] = {
    "=": lambda a, b: lambda item, values: same(a(item, values), b(item, values)),
    "<>": lambda a, b: lambda item, values: not same(a(item, values), b(item, values)),
    "<": lambda a, b: lambda item, values: comes_before(a(item, values), b(item, values)),
    "<=": lambda a, b: lambda item, values: comes_before(a(item, values), b(item, values), True),
    ">": lambda a, b: lambda item, values: comes_before(b(item, values), a(item, values)),
    ">=": lambda a, b: lambda item, values: comes_before(b(item, values), a(item, values), True),
}


def _exists(words: Words) -> Test:
    found = words.operand()
    return lambda item, values: found(item, values) is not None


def _not_exists(words: Words) -> Test:
    found = words.operand()
    return lambda item, values: found(item, values) is None


def _two(words: Words) -> tuple[Operand, Operand]:
    first = words.operand()
    words.expect(",")
    return first, _operand(words)


def _has_type(words: Words) -> Test:
    found, kind = _two(words)

    def test(item: Item, values: Item) -> bool:
        wanted, value = kind(item, values), found(item, values)
        if wanted is None or wanted.get("S") not in _KINDS:
            raise Invalid("Invalid attribute type name found")
        return value is not None and wanted["S"] in value

    return test


def _begins_with(words: Words) -> Test:
    found, prefix = _two(words)

    def test(item: Item, values: Item) -> bool:
        value, start = found(item, values), prefix(item, values)
        if value is None or start is None or value.keys() != start.keys() or next(iter(value)) not in ("S", "B"):
            return False
        return bool(sort_key(value).startswith(sort_key(start)))

    return test


def _contains(words: Words) -> Test:
    found, part = _two(words)

    def test(item: Item, values: Item) -> bool:
        value, wanted = found(item, values), part(item, values)
        if value is None or wanted is None:
            return False
        ((kind, content),) = value.items()
        if kind == "L":
            return any(same(element, wanted) for element in content)
        if kind in _ELEMENT:
            return wanted.get(_ELEMENT[kind]) in content
        return kind in ("S", "B") and kind in wanted and sort_key(wanted) in sort_key(value)

    return test


_FUNCTIONS: dict[str, Callable[[Words], Test]] = {
    "attribute_exists": _exists,
    "attribute_not_exists": _not_exists,
    "attribute_type": _has_type,
    "begins_with": _begins_with,
    "contains": _contains,
}


@dataclass(frozen=True)
class KeyRange:
    """A key condition: the partition's `hash_value` name, and the sort key between two ends.

    `comparison` is None (the whole partition), `=`, `<`, `<=`, `>`, `>=`, `BETWEEN` or `begins_with`.
    """

    hash_attribute: str
    hash_value: str
    range_attribute: str | None
    comparison: str | None
    operands: tuple[str, ...]
    names_used: frozenset[str]
    values_used: frozenset[str]


@lru_cache(maxsize=2048)
def key_range(text: str, names: tuple[tuple[str, str], ...], hash_name: str) -> KeyRange:
    """Reads `KeyConditionExpression`; `Invalid` for what AWS does not support there."""
    words = Words("KeyConditionExpression", text, dict(names))
    parts = _key_parts(words)
    words.end()
    hashes = [part for part in parts if part[0] == hash_name]
    if len(hashes) != 1 or hashes[0][1] != "=":
        raise Invalid(f"Query condition missed key schema element: {hash_name}")
    rest = [part for part in parts if part[0] != hash_name]
    if len(rest) > 1:
        raise Invalid("Conditions can be of length 1 or 2 only")
    name, comparison, operands = rest[0] if rest else (None, None, ())
    return KeyRange(
        hash_name,
        hashes[0][2][0],
        name,
        comparison,
        operands,
        frozenset(words.names_used),
        frozenset(words.values_used),
    )


KeyPart = tuple[str, str, tuple[str, ...]]
"""A key attribute, how it is compared, and the names of the values."""


def _key_parts(words: Words) -> list[KeyPart]:
    """Parts joined by AND, in brackets or not, one by one or together."""
    parts: list[KeyPart] = []
    while True:
        if words.accept("("):
            parts += _key_parts(words)
            words.expect(")")
        else:
            parts.append(_key_part(words))
        if words.accept("AND") is None:
            return parts


def _key_part(words: Words) -> KeyPart:
    if words.peek() == "begins_with" and words.peek(1) == "(":
        words.take()
        words.expect("(")
        name = words.path()
        words.expect(",")
        prefix = words.value_name()
        words.expect(")")
        return str(name[0]), "begins_with", (prefix,)
    name = words.path()
    sign = words.take().upper()
    if sign == "BETWEEN":
        low = words.value_name()
        words.expect("AND")
        return str(name[0]), sign, (low, words.value_name())
    if sign not in ("=", "<", "<=", ">", ">="):
        raise Invalid("Query key condition not supported")
    return str(name[0]), sign, (words.value_name(),)
