"""What generators for other languages have to be told: of which type each value is, and how wide each whole number.

A whole number of no told width is one of 32 bits in Java, Kotlin, Go and C#, where 21,474,836.47 of a currency is the most.
"""

from __future__ import annotations

from typing import Any

from chalicelib.openapi.parts import Json

NAMED = frozenset({"headers", "parameters", "paths", "properties", "responses", "schemas", "webhooks", "$defs"})
SAMPLES = frozenset({"const", "default", "enum", "example", "examples", "required"})
"""What has names for keys, and what holds values of the API's users: neither is a schema itself."""

NARROW = 2**31


def exact(value: Any, *, named: bool = False) -> Any:
    """A document, or a part of it, with the type of each list of values and the width of each whole number."""
    if isinstance(value, list | tuple):
        return [exact(each) for each in value]
    if not isinstance(value, dict):
        return value
    made = {
        key: inner if key in SAMPLES and not named else exact(inner, named=key in NAMED and not named)
        for key, inner in value.items()
    }
    return made if named else _told(made)


def _told(schema: Json) -> Json:
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if values is not None and "type" not in schema and all(isinstance(each, str) for each in values):
        return {"type": "string", **schema}
    kinds = schema.get("type")
    if kinds == "integer" or (isinstance(kinds, list) and "integer" in kinds):
        return {**schema, "format": "int32" if _is_narrow(schema) else "int64"}
    return schema


def _is_narrow(schema: Json) -> bool:
    """Whether no value of it is too wide for 32 bits, now or ever: an answer without bounds may grow."""
    least, most = (
        schema.get("minimum", schema.get("exclusiveMinimum")),
        schema.get("maximum", schema.get("exclusiveMaximum")),
    )
    return least is not None and most is not None and least >= -NARROW and most < NARROW
