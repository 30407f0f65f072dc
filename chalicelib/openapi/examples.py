"""Answers as they may look, made from their shapes: every field, each with a value that its name promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.openapi.answers import (
    AMOUNT,
    AMOUNTS,
    NOTHING,
    NUMBERS,
    OBJECTS,
    OF_KIND,
    PREFIXES,
    STANDING,
    TEXTS,
    UNIQUE,
    WHEN,
)
from chalicelib.samples import NAMED, resolved

Schema = Mapping[str, Any]


def answered(schema: Schema, components: Schema, name: str = "", kind: str = "", depth: int = 0) -> Any:
    """A value of this shape, in the field `name` of an object of this kind. What may be null is null far inside, so that an
    example ends; and where it would say that something went wrong.
    """
    if {"type": "null"} in schema.get("anyOf", ()) and (depth > 5 or name in NOTHING):
        return None
    found = resolved(schema, components)
    if found.get("type") == "object":
        return _object(found, components, name, depth)
    if found.get("type") == "array":
        return [answered(found["items"], components, name, depth=depth + 1)]
    if "enum" in found:
        return _standing(found["enum"], name)
    return _plain(found, name, kind)


def _object(found: Schema, components: Schema, name: str, depth: int) -> Any:
    fields: Schema = found.get("properties", {})
    if fields.keys() == {"amount", "currency"}:
        return {"amount": AMOUNTS.get(name, AMOUNT), "currency": "CNY"}
    own = (resolved(fields["object"], components).get("enum") or [name])[0] if "object" in fields else name
    made = {each: answered(shape, components, each, own, depth + 1) for each, shape in fields.items()}
    return made | {each: value for each, value in OF_KIND.get(own, {}).items() if each in made}


def _standing(values: list[Any], name: str) -> Any:
    if NAMED.get(name) in values:
        return NAMED[name]
    return next((each for each in STANDING if each in values), values[0])


def _plain(found: Schema, name: str, kind: str) -> Any:
    if found.get("type") == "integer":
        known = {**NAMED, **NUMBERS}.get(name)
        return known if isinstance(known, int) else AMOUNT if name == "amount" else found.get("minimum", 1)
    if found.get("type") == "boolean":
        return False
    return _text(found, name, kind) if found.get("type") == "string" else None


def _text(found: Schema, name: str, kind: str) -> str:
    if found.get("format") == "date-time" or name.endswith("_at"):
        return WHEN
    if found.get("format") == "date":
        return WHEN[:10]
    if name == "id":
        return f"{PREFIXES.get(kind, 'obj')}_{UNIQUE}"
    if name.endswith("_id"):
        return str(NAMED.get(name, f"{PREFIXES.get(name.removesuffix('_id'), 'obj')}_{UNIQUE}"))
    if name == "object":
        return OBJECTS.get(kind, kind)
    known = {**NAMED, **TEXTS}.get(name)
    return known if isinstance(known, str) else name
