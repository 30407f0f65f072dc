"""The shapes of bodies and answers, read off the structs that the code reads and writes them with."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from chalicelib.http import Endpoint
from chalicelib.openapi.parts import COMPONENT, Json

WHEN = ("_at", "_before", "_from", "_since", "_until")
TIMES = frozenset({"answer_by", "at", "from", "time", "to", "until"})
DAYS = frozenset({"date", "day"})
"""The names of answers' fields that are times, wholly or by their ends, and those that are days of China."""
_MODULE = re.compile(r"(?:\w+\.)*(\w+)\.(\w+)")


def schemas_of(endpoints: Sequence[Endpoint]) -> tuple[dict[Any, Json], Json]:
    """A reference for each type, and the components they refer to, each named in one word.

    What we send always has every field, also those with a default: only bodies, which forbid what they do not know,
    have optional ones.
    """
    types: list[Any] = []
    for each in endpoints:
        for kind in (each.body, each.answer):
            if kind is not None and not isinstance(kind, str) and kind not in types:
                types.append(kind)
    made, components = msgspec.json.schema_components(types, ref_template=COMPONENT.format("schemas", "{name}"))
    names = {name: _plain(name) for name in components}
    made, components = _renamed(made, names), {names[name]: _renamed(each, names) for name, each in components.items()}
    for name, component in components.items():
        _settle(component)
        component["title"] = name
    return dict(zip(types, made, strict=True)), dict(sorted(components.items()))


def _settle(component: Json) -> None:
    """A body's shape forbids what it does not know; every other one is an answer's."""
    answer = "additionalProperties" not in component
    if "description" in component:
        component["description"] = inspect.cleandoc(component["description"])
    if answer and component.get("type") == "object":
        component["required"] = list(component["properties"])
    for name, field in component.get("properties", {}).items():
        if answer or _is_no_default(field):
            field.pop("default", None)
        form = _form_of(name)
        if answer and form:
            for kind in (field, *field.get("anyOf", [])):
                if kind.get("type") == "string":
                    kind["format"] = form


def _is_no_default(field: Json) -> bool:
    """Null and an object with nothing in it say that something was left away; and where a field takes this or that, generators make a
    type of its own, which no plain value is one of.
    """
    kinds = [kind for kind in field.get("anyOf", []) if kind != {"type": "null"}]
    return field.get("default", "") is None or isinstance(field.get("default"), dict) or len(kinds) > 1


def _form_of(name: str) -> str | None:
    """What a text of this name looks like: a time, a day, or anything."""
    if name in DAYS:
        return "date"
    return "date-time" if name in TIMES or name.endswith(WHEN) else None


def _plain(name: str) -> str:
    """`chalicelib.routes.people.PasswordView` → `PeoplePasswordView`: two modules use one name, and clients' generators want
    none with dots.
    """
    return _MODULE.sub(lambda found: found[1].title().replace("_", "") + found[2], name)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        if "$ref" in value:
            known = value["$ref"].rpartition("/")[2]
            return {**value, "$ref": COMPONENT.format("schemas", names[known])}
        return {key: _renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(inner, names) for inner in value]
    return value
