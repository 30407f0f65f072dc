"""What is wrong with the fields of a document that is not its struct: every field is named at once, and what it takes.

msgspec stops at the first error, so on failure, and only then, each part is tried alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from wallet_api.errors import FieldProblem

JSON_TYPES = {
    "int": "integer",
    "float": "number",
    "str": "string",
    "bool": "boolean",
    "datetime": "string (RFC 3339)",
    "date": "string (RFC 3339)",
}
"""What msgspec calls a type, and what a JSON document does."""
_PLACE = re.compile(r" - at `.*`$")
_LENGTH = re.compile(r"of length (<=|>=) (\d+)")
_BOUND = re.compile(r"`int` (<=|>=|<|>) (-?\d+)")
_PATTERN = re.compile(r"matching regex '(?P<pattern>.*)'$", re.DOTALL)
_EXPECTED = re.compile(r"^Expected `(?P<types>[^`]+)`")


def problems_of(
    document: Mapping[str, Any], shape: type[msgspec.Struct], *, strict: bool = True, pointer: str = ""
) -> Iterator[FieldProblem]:
    """Every field of the document that its struct does not take. Not strict is how a query is read, whose values are all text."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(shape)}
    for name in document:
        if name not in fields:
            yield FieldProblem(f"{pointer}/{escaped(name)}", "unknown_field")
    for name, field in fields.items():
        if name in document:
            yield from _of_value(document[name], field.type, f"{pointer}/{name}", strict)
        elif field.required:
            yield FieldProblem(f"{pointer}/{name}", "required")


def escaped(name: str) -> str:
    """A name as a step of an RFC 6901 pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _of_value(value: Any, kind: Any, pointer: str, strict: bool) -> Iterator[FieldProblem]:
    try:
        msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        whole, within = named(str(error), kind, pointer), list(_inside(value, kind, pointer, strict))
        its_own = _PLACE.search(str(error)) is None and whole.code in ("too_long", "too_short")
        yield from [whole, *within] if its_own else within or [whole]


def _inside(value: Any, kind: Any, pointer: str, strict: bool) -> Iterator[FieldProblem]:
    """What is wrong within an object or a list; nothing when it is the value itself."""
    for arm in _arms(kind):
        if isinstance(value, dict) and isinstance(arm, type) and issubclass(arm, msgspec.Struct):
            yield from problems_of(value, arm, strict=strict, pointer=pointer)
        elif isinstance(value, dict) and get_origin(arm) is dict:
            names, values = get_args(arm)
            for name, inner in value.items():
                # A name that is not to be repeated in an answer is told of the object that holds it.
                yield from _of_value(name, names, pointer, strict)
                yield from _of_value(inner, values, f"{pointer}/{escaped(name)}", strict)
        elif isinstance(value, list) and get_origin(arm) is list:
            for index, inner in enumerate(value):
                yield from _of_value(inner, get_args(arm)[0], f"{pointer}/{index}", strict)


def _arms(kind: Any) -> Iterator[Any]:
    """The types that a value may have, without what is annotated to them."""
    if get_origin(kind) is Annotated:
        yield from _arms(get_args(kind)[0])
    elif get_origin(kind) in (Union, UnionType):
        for each in get_args(kind):
            yield from _arms(each)
    else:
        yield kind


def named(message: str, kind: Any, pointer: str = "") -> FieldProblem:
    """What msgspec says, as a code with what the field takes."""
    message = _PLACE.sub("", message)
    bound = _LENGTH.search(message)
    if bound:
        return FieldProblem(pointer, "too_long" if bound[1] == "<=" else "too_short", (("limit", int(bound[2])),))
    bound = _BOUND.search(message)
    if bound:
        return FieldProblem(pointer, "too_large" if bound[1][0] == "<" else "too_small", (("limit", int(bound[2])),))
    pattern = _PATTERN.search(message)
    if pattern:
        return FieldProblem(pointer, "wrong_format", (("pattern", pattern["pattern"]),))
    if "Invalid enum value" in message:
        return FieldProblem(pointer, "unknown_value", (("allowed", allowed(kind)),))
    expected = _EXPECTED.match(message)
    types = () if expected is None else (("expected", _json_types(expected["types"])),)
    return FieldProblem(pointer, "wrong_type", types)


def allowed(kind: Any) -> str:
    """The words that a field takes."""
    words = [value for arm in _arms(kind) if get_origin(arm) is Literal for value in get_args(arm)]
    return ", ".join(map(str, words))


def _json_types(types: str) -> str:
    return " / ".join(JSON_TYPES.get(each, each) for each in types.split(" | "))
