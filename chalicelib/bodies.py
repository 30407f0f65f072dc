"""Bodies: from raw bytes to a checked struct, or to a problem that names every field.

A JSON body is read by two parsers on its way through a wallet's world, and what they read differently is an attack:
duplicate keys, depth, lone surrogates and control characters are refused on the raw text, before any type is looked at.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec

from chalicelib import card_numbers
from chalicelib.field_problems import allowed, escaped, named, problems_of
from wallet_api.errors import FieldProblem, Invalid, Malformed

S = TypeVar("S", bound=msgspec.Struct)

MAX_BODY_BYTES = 64 * 1024
MAX_DEPTH = 16
MAX_NAME = 64
MAX_PROBLEMS = 20
# Possessive, and an unfinished string matches too: no text makes this look at a sign twice.
_JSON_STRING = re.compile(r'"(?:[^"\\]++|\\.?+)*+"?+', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DATED = re.compile(r"[0-9]{4}-.*", re.ASCII)
_NOT_NULL = re.compile(r"(?!null$).*", re.IGNORECASE)
_UNDECODABLE = "\ufffd"


class BodyTooLarge(Malformed):
    """The body is larger than `limit_bytes`."""

    code = "body_too_large"


class NotJson(Malformed):
    """The body is not JSON text in UTF-8 (RFC 8259)."""

    code = "not_json"


class TooDeep(Malformed):
    """The body is nested deeper than `limit` levels."""

    code = "json_too_deep"


class DuplicateName(Malformed):
    """An object holds a name twice, which two parsers may read differently (RFC 8259 section 4)."""

    code = "duplicate_json_name"


class NotAnObject(Malformed):
    """The body's root is not a JSON object."""

    code = "not_an_object"


def read_body(raw: bytes, shape: type[S]) -> S:
    """The body as its struct. Raises Malformed for text that no parser should guess about, Invalid naming every bad
    field.
    """
    return read_document(parse(raw), raw, shape)


def read_document(document: dict[str, Any], raw: bytes, shape: type[S]) -> S:
    """The same of a body that was parsed already. Raises Invalid naming every bad field."""
    problems = list(_forbidden_values(document, ""))
    if not problems:
        try:
            body = msgspec.json.decode(raw, type=shape)
            problems = list(card_numbers.problems_in(body))
        except msgspec.ValidationError as error:
            problems = list(problems_of(document, shape)) or [named(str(error), shape)]
        else:
            if not problems:
                return body
    raise Invalid(*problems[:MAX_PROBLEMS])


def read_query(given: Mapping[str, list[str]], shape: type[S]) -> S:
    """The query parameters as their struct, each given at most once. Raises Invalid naming every bad one."""
    repeated = [FieldProblem(name, "given_twice") for name, values in given.items() if len(values) > 1]
    if repeated:
        raise Invalid(*repeated)
    document = {name: values[0] for name, values in given.items()}
    problems = [FieldProblem(problem.pointer[1:], problem.code) for problem in _forbidden_values(document, "")]
    # What follows would take 1e1 and 10.0 for the number ten as well, a number for a time, and the word null for a parameter
    # that was left away: a filter that somebody meant would be another one, in silence.
    problems += [
        FieldProblem(name, code, facts)
        for name, (pattern, code, facts) in _patterns_of(shape).items()
        if name in document and not pattern.fullmatch(document[name])
    ]
    if not problems:
        try:
            return msgspec.convert(document, shape, strict=False)
        except msgspec.ValidationError as error:
            found = list(problems_of(document, shape, strict=False)) or [named(str(error), shape)]
            problems = [FieldProblem(problem.pointer[1:], problem.code, problem.facts) for problem in found]
    raise Invalid(*problems[:MAX_PROBLEMS])


Wanted = tuple[re.Pattern[str], str, tuple[tuple[str, str], ...]]
"""What a parameter's text must look like, the code of one that does not, and what the field takes."""


@cache
def _patterns_of(shape: type[msgspec.Struct]) -> dict[str, Wanted]:
    """What the text of each parameter must look like that is no free text, and what is said when it does not."""
    found = {field.encode_name: _pattern_of(field.type) for field in msgspec.structs.fields(shape)}
    return {name: wanted for name, wanted in found.items() if wanted is not None}


def _pattern_of(kind: Any) -> Wanted | None:
    told: Any = msgspec.inspect.type_info(kind)
    kinds = told.types if isinstance(told, msgspec.inspect.UnionType) else (told,)
    for each in kinds:
        if isinstance(each, msgspec.inspect.IntType):
            return _WHOLE, "wrong_type", (("expected", "integer"),)
        if isinstance(each, msgspec.inspect.DateTimeType):
            return _DATED, "wrong_type", (("expected", "RFC 3339"),)
        if isinstance(each, msgspec.inspect.StrType):
            return None
    return _NOT_NULL, "unknown_value", (("allowed", allowed(kind)),)


def parse(raw: bytes) -> dict[str, Any]:
    """A JSON object from untrusted bytes. Raises a Malformed that says what is wrong with the text."""
    if len(raw) > MAX_BODY_BYTES:
        raise BodyTooLarge(limit_bytes=MAX_BODY_BYTES)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise NotJson from None
    _require_shallow(text)
    try:
        document = _decode(text)
    except (ValueError, RecursionError):  # a ValueError as well for an integer of thousands of digits
        raise NotJson from None
    if not isinstance(document, dict):
        raise NotAnObject
    return document


def _require_shallow(text: str) -> None:
    depth = 0
    for sign in _BRACKET.findall(_JSON_STRING.sub("", text)):
        depth += 1 if sign in "[{" else -1
        if depth > MAX_DEPTH:
            raise TooDeep(limit=MAX_DEPTH)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise DuplicateName
    return document


_decode = json.JSONDecoder(object_pairs_hook=_unique).decode


def _forbidden_values(value: Any, pointer: str) -> Iterator[FieldProblem]:
    """What no field of any shape takes. Python's parser reads NaN, Infinity and 1e400, which are no JSON numbers."""
    if isinstance(value, str):
        if not _is_clean(value):
            yield FieldProblem(pointer, "forbidden_characters")
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield FieldProblem(pointer, "wrong_type")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _forbidden_values(inner, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for name, inner in value.items():
            problem = _forbidden_name(name, pointer)
            if problem:
                yield problem
            else:
                yield from _forbidden_values(inner, f"{pointer}/{escaped(name)}")


def _forbidden_name(name: str, pointer: str) -> FieldProblem | None:
    """A name that is not to be repeated in an answer is told of the object that holds it."""
    if not _is_clean(name):
        return FieldProblem(pointer, "forbidden_characters")
    if len(name) > MAX_NAME:
        return FieldProblem(pointer, "name_too_long", (("limit", MAX_NAME),))
    return None


def _is_clean(text: str) -> bool:
    if text.endswith("\n"):  # a pattern's `$` looks past it: "123456\n" is no PIN
        return False
    if text.isascii():
        return text.isprintable() or all(sign.isprintable() or sign == "\n" for sign in text)
    return not any(_is_forbidden(sign) for sign in text)


def _is_forbidden(sign: str) -> bool:
    """Controls but the line feed, halves of pairs, what turns the writing's direction, and Unicode's noncharacters.

    A gateway puts U+FFFD where it could not decode a byte, so that sign says that text was lost. A sign that this
    Python's Unicode does not know yet is a newer phone's emoji, and welcome.
    """
    point = ord(sign)
    return (
        (sign != "\n" and unicodedata.category(sign) in ("Cc", "Cs"))
        or sign in _BIDI_CONTROLS
        or sign == _UNDECODABLE
        or point & 0xFFFE == 0xFFFE
        or 0xFDD0 <= point <= 0xFDEF
    )
