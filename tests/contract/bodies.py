"""Bodies made from the shapes that endpoints take: one that is right, and every way to make one field of it wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from chalicelib.samples import Schema, resolved, sample

Path = tuple[str, ...]

WRONG_TYPES: dict[str, tuple[str, ...]] = {
    "string": ("12345", "true", "[]", "{}", "1.5"),
    "integer": ('"x"', "true", "[]", "{}", "1.5", "1e2", "NaN", "1e400"),
    "boolean": ('"true"', "1", "[]", "{}"),
    "array": ('"x"', "1", "{}", "true"),
    "object": ('"x"', "1", "[]", "true"),
}

AMOUNTS = (
    "true", "1.0", '"100"', "1e2", "NaN", "Infinity", "-Infinity", "1e400", "-1", "0", "-0", "1" + "0" * 30,
    '"１００"', '"1_000"', "null", "1000000000001", "0.1", '"0x64"', "[100]", '{"value": 100}',
)  # fmt: skip
"""M25: what is no amount, as it stands in the JSON text."""

PHONES = ("８６１３８００１３８０００", "tel:+8613800138000", "+8613800138000;ext=1", "+8613800138000\u200b", "+86138HELLO00",
          "+86 13800138000 ext 7")  # fmt: skip
"""P14: what a lenient parser would take for a phone number."""

BAD_SIGNS = ("\\u0000", "\\u001b", "\\u007f", "\\u0085", "\\ud800", "\\udfff", "\\u061c", "\\u200f", "\\u202e", "\\u2067",
             "\\ufdd0", "\\ufffd", "\\uffff")  # fmt: skip
"""P13: controls, halves of pairs, what turns the writing's direction and noncharacters, as they are escaped in JSON text."""

DIGITS = {
    "full width": 0xFF10, "Arabic": 0x0660, "Persian": 0x06F0, "Devanagari": 0x0966, "Bengali": 0x09E6, "Thai": 0x0E50,
    "bold": 0x1D7CE, "double-struck": 0x1D7D8,
}  # fmt: skip
"""P13: where other alphabets' zeros are. `str.isdigit`, `int` and a pattern's `\\d` take them all for digits."""

DISGUISES = ("{}\u200b", "\ufeff{}", "{}\u2060", "={}", "@{}", "\u00a0{}")
"""What nobody sees, what a spreadsheet runs, and a space that is none."""


@dataclass(frozen=True)
class Wrong:
    """A body in which one thing is wrong. `pointer` is what the answer must name, where it is known."""

    what: str
    raw: bytes
    pointer: str | None = None
    codes: tuple[str, ...] = ("invalid_request",)
    field_code: str | None = None
    """What the answer must say of the field, where the value is wrong in one way only."""


class Literally(str):
    """A value's JSON text."""

    __slots__ = ()


def schema_of(shape: type[msgspec.Struct]) -> tuple[Schema, Schema]:
    (root,), components = msgspec.json.schema_components([shape], ref_template="{name}")
    return resolved(root, components), components


def fields(schema: Schema, components: Schema, path: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """Every field of a body, also of bodies within, with its schema."""
    for name, inner in resolved(schema, components).get("properties", {}).items():
        field = resolved(inner, components)
        yield (*path, name), field
        if field.get("type") == "object":
            yield from fields(field, components, (*path, name))


def text_of(value: Any) -> str:
    """JSON text; what is `Literally` given stands as it is."""
    if isinstance(value, Literally):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text_of(name)}: {text_of(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(text_of, value)) + "]"
    return msgspec.json.encode(value).decode()


def changed(body: Any, path: Path, value: Any) -> Any:
    """The body with another value at a path; an e-mail address takes the place of a phone number."""
    if not path:
        return value
    if path == ("email",):
        body = {name: inner for name, inner in body.items() if name != "phone"}
    return {**body, path[0]: changed(body.get(path[0], {}), path[1:], value)}


def encoded(body: Any) -> bytes:
    return text_of(body).encode("utf-8", "surrogatepass")


def wrong_bodies(shape: type[msgspec.Struct]) -> Iterator[Wrong]:
    """Everything that may be wrong with a body of this shape."""
    root, components = schema_of(shape)
    right = sample(root, components)
    yield from wrong_texts(encoded(right))
    yield Wrong("unknown field", encoded({**right, "blance": 1}), "/blance")
    for privileged in ("balance", "status", "role", "user_id", "merchant_id", "fee"):
        if privileged not in root["properties"]:
            yield Wrong(f"privileged {privileged}", encoded({**right, privileged: "x"}), f"/{privileged}")
    for name in root.get("required", []):
        rest = {other: value for other, value in right.items() if other != name}
        yield Wrong(f"without {name}", encoded(rest), f"/{name}")
    for path, field in fields(root, components):
        whole = {path[0]: sample(root["properties"][path[0]], components, path[0])} if len(path) > 1 else {}
        yield from wrong_values({**whole, **right}, path, field, sample(field, components, path[-1]))


FORBIDDEN = "forbidden_characters"
SIX_DIGITS = ('"１２３４５６"', '"12345"', '"12345a"', "123456", '" 123456"', '"123456\\n"')
CURRENCIES = ('"cny"', '"XXX"', '"CN"', '"ＣＮＹ"', '""')


def literals_for(path: Path, field: Schema, right: Any) -> list[str]:
    """JSON texts that a field does not take."""
    kind, name = field.get("type", "string"), path[-1]
    found = [*WRONG_TYPES[kind]]
    if kind == "integer" and name == "amount":
        found += [each for each in AMOUNTS if field.get("minimum") != 0 or each not in ("0", "-0")]
    if name == "currency":
        found += CURRENCIES
    if field.get("pattern") == "^[0-9]{6}$":
        found += SIX_DIGITS
    if kind == "string":
        spelled = [each.format(right) for each in DISGUISES] + [spelled_from(zero, right) for zero in DIGITS.values()]
        found += [f'"{each}"' for each in spelled if each != right and not is_admitted(path, field, each)]
    if kind == "string":
        found += [f'"{right}\\n"', '"a\ufffd"', '"' + "a" * 20_000 + '"' if "enum" not in field else '"no such value"']
    return found


def spelled_from(zero: int, text: str) -> str:
    """A text with the digits of another alphabet, whose zero is this."""
    return text.translate({48 + digit: zero + digit for digit in range(10)})


def is_admitted(path: Path, field: Schema, text: str) -> bool:
    """Whether a field's published form admits a text. Of people's phones and addresses the form says less than what is
    checked; a merchant's are judged with the whole application.
    """
    if path[-1] in ("phone", "email") and path[0] != "contact":
        return False
    if "enum" in field:
        return text in field["enum"]
    return re.search(field.get("pattern", ""), text) is not None


def wrong_values(body: Any, path: Path, field: Schema, right: Any) -> Iterator[Wrong]:
    """The body with one field's value wrong, each time in another way."""
    pointer = "/" + "/".join(path)
    if field.get("type", "string") == "string":
        for sign in BAD_SIGNS:
            value = Literally(f'"{right}{sign}"')
            yield Wrong(f"{pointer} + {sign}", encoded(changed(body, path, value)), pointer, field_code=FORBIDDEN)
    for literal in literals_for(path, field, right):
        yield Wrong(f"{pointer} = {literal[:40]}", encoded(changed(body, path, Literally(literal))), pointer)


def wrong_texts(right: bytes) -> Iterator[Wrong]:
    """What is no JSON object, or one that two parsers may read differently. `right` is an object with a field or more."""
    yield Wrong("deep", b"[" * 60_000, None, ("json_too_deep",))
    yield Wrong("very deep", b"[" * 100_000, None, ("body_too_large",))
    yield Wrong("deep objects", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, None, ("json_too_deep",))
    yield Wrong("too large", right[:-1] + b" " * 70_000 + b"}", None, ("body_too_large",))
    for root in (b"[]", b"null", b"true", b"7", b'"text"', b"[" + right + b"]"):
        yield Wrong(f"root {root[:9]!r}", root, None, ("not_an_object",))
    for broken in (b"{", right[:-1], right + b"}", right + right, b"{'a': 1}", b"\xef\xbb\xbf" + right, b"<xml/>", b" ",
                   right.decode().encode("utf-16"), b'{"a": 01}', b"{\x00}", b'{"a": 1,}', b"a=1&b=2"):  # fmt: skip
        yield Wrong(f"no JSON {broken[:9]!r}", broken, None, ("not_json",))
    yield Wrong("no UTF-8 in a text", right[:-1] + b', "a": "\xff\xfe"}', None)
    name = right[1 : right.index(b":")]
    yield Wrong("a name twice", right[:-1] + b", " + name + b": 1}", None, ("duplicate_json_name",))
    yield Wrong("a name twice, escaped", right[:-1] + b', "\\u0061": 1, "a": 2}', None, ("duplicate_json_name",))
    yield Wrong("a very long name", right[:-1] + b', "' + b"n" * 5000 + b'": 1}', "")
    yield Wrong("a hidden name", right[:-1] + b', "\\u0000": 1}', "")
