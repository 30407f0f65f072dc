"""Links: what an answer's `id` can be used for next, so that tools follow an object from its making to its end."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.openapi.parts import Json

_ONE_MORE = re.compile(r"/\{(\w+)\}(?:/\w+)?")
_FIRST = "$response.body#/data/0/id"


def with_links(paths: Mapping[str, Json], components: Json) -> Mapping[str, Json]:
    """Adds to each answer that has an `id`, or a list of such, links to the operations that take it in their path."""
    for path, item in paths.items():
        for method in ("post", "get"):
            if method not in item:
                continue
            for status, answer in item[method]["responses"].items():
                found = _expression(answer, components) if status in ("200", "201", "202") else None
                if found and (links := dict(_links(path, found, paths))):
                    answer["links"] = links
    return paths


def _expression(answer: Json, components: Json) -> str | None:
    """Where in an answer the id of an object stands."""
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    shape = components.get(schema.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
    if "id" in shape:
        return "$response.body#/id"
    inner = shape.get("data", {}).get("items", {}).get("$ref", "").rpartition("/")[2]
    return _FIRST if "id" in components.get(inner, {}).get("properties", {}) else None


def _links(path: str, expression: str, paths: Mapping[str, Json]) -> list[tuple[str, Json]]:
    """The operations on one object of the collection at `path`; where that is inside another one, that one stays."""
    outer = re.findall(r"\{(\w+)\}", path)
    found = []
    for other, item in paths.items():
        inner = _ONE_MORE.fullmatch(other.removeprefix(path)) if other.startswith(path + "/") else None
        if inner is None or path.endswith("}"):
            continue
        for operation in item.values():
            values = {inner[1]: expression, **{name: f"$request.path.{name}" for name in outer}}
            found.append((operation["operationId"], {"operationId": operation["operationId"], "parameters": values}))
    return found
