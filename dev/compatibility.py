"""Whether this API still keeps what the last released one promised.

`docs/openapi-released.json` is the released document without its texts. A client that was written for it must go on to
work: nothing that an answer has may go, nothing that a request may hold may be refused, and nothing new may be required.
A break is red, unless the API has a new version (`Wallet-Version`), under which the old one goes on to work.
`python -m dev.compatibility --release` makes today's document the released one.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from dev.templates import ROOT

RELEASED = ROOT / "docs" / "openapi-released.json"
_TEXTS = {"description", "summary", "example", "examples", "title", "tags", "operationId", "links", "license"}
_METHODS = ("get", "post", "put", "patch", "delete")
_LOWER, _UPPER = (
    ("minimum", "exclusiveMinimum", "minLength", "minItems"),
    ("maximum", "exclusiveMaximum", "maxLength", "maxItems"),
)


def promised(document: Any) -> Any:
    """A document without its texts: what programs depend on."""
    document = json.loads(json.dumps(document))
    for item in document["paths"].values():
        for told in item.values():
            # Of a refusal only its status is held here: its shape is one for all, and its codes have pages.
            told["responses"] = {code: each if code < "3" else {} for code, each in told["responses"].items()}
    kept = {key: document[key] for key in ("openapi", "info", "paths", "webhooks", "components") if key in document}
    return _bare({**kept, "info": {"title": document["info"]["title"], "version": document["info"]["version"]}})


def _bare(value: Any, *, names: bool = False) -> Any:
    """Under `properties`, `schemas` and the like the keys are names, whatever they are called."""
    if isinstance(value, list):
        return [_bare(each) for each in value]
    if not isinstance(value, dict):
        return value
    named = ("properties", "schemas", "parameters", "responses", "headers", "paths", "webhooks")
    return {
        key: _bare(inner, names=key in named and not names)
        for key, inner in value.items()
        if names or (key not in _TEXTS and not key.startswith("x-"))
    }


def breaks(released: Any, now: Any) -> list[str]:
    """Every promise of the released document that the present one does not keep, in words."""
    return list(dict.fromkeys(_Comparison(released, now).all()))


class _Comparison:
    """Walks two documents side by side; each pair of schemas is looked at once for each direction."""

    def __init__(self, released: Any, now: Any) -> None:
        self.released = released
        self.now = now
        self._seen: set[tuple[str, str, bool]] = set()

    def all(self) -> Iterator[str]:
        for path, item in self.released["paths"].items():
            for method in _METHODS:
                if method not in item:
                    continue
                where = f"{method.upper()} {path}"
                present = self.now["paths"].get(path, {}).get(method)
                if present is None:
                    yield f"{where}: it is gone"
                else:
                    yield from self._operation(where, item[method], present)
        for name in self.released.get("webhooks", {}):
            if name not in self.now.get("webhooks", {}):
                yield f"webhook {name}: it is gone"

    def _operation(self, where: str, before: Any, after: Any) -> Iterator[str]:
        yield from self._parameters(where, before, after)
        yield from _callers(where, before, after)
        yield from self._bodies(where, before, after)
        for status, answer in before["responses"].items():
            if status not in after["responses"]:
                yield f"{where}: status {status} is gone"
            elif (shape := _content(answer)) is not None:
                present = _content(after["responses"][status]) or {}
                yield from self._schema(f"{where}: answer", shape, present, sent=False)

    def _bodies(self, where: str, before: Any, after: Any) -> Iterator[str]:
        old, new = _content(before.get("requestBody", {})), _content(after.get("requestBody", {}))
        if old is None and new is not None and after["requestBody"].get("required"):
            yield f"{where}: a body is required now"
        elif old is not None and new is None:
            yield f"{where}: its body is gone"
        elif old is not None:
            yield from self._schema(f"{where}: body", old, new, sent=True)

    def _parameters(self, where: str, before: Any, after: Any) -> Iterator[str]:
        old, new = self._named(self.released, before), self._named(self.now, after)
        for key, each in old.items():
            if key not in new:
                yield f"{where}: parameter {key[1]} is gone"
            else:
                yield from self._schema(f"{where}: parameter {key[1]}", each["schema"], new[key]["schema"], sent=True)
        for key, each in new.items():
            if each.get("required") and not old.get(key, {}).get("required"):
                yield f"{where}: parameter {key[1]} is required now"

    def _named(self, document: Any, operation: Any) -> dict[tuple[str, str], Any]:
        found = [_resolved(document, each) for each in operation.get("parameters", [])]
        return {(each["in"], each["name"]): each for each in found}

    def _schema(self, where: str, before: Any, after: Any, *, sent: bool) -> Iterator[str]:
        pair = (json.dumps(before, sort_keys=True), json.dumps(after, sort_keys=True), sent)
        if pair in self._seen:
            return
        self._seen.add(pair)
        before, after = _resolved(self.released, before), _resolved(self.now, after)
        wide, narrow = (before, after) if sent else (after, before)
        # What was sent must still be taken; what is answered must still be known.
        yield from _kinds(where, wide, narrow)
        yield from _values(where, wide, narrow, sent=sent)
        if sent:
            yield from _bounds(where, before, after)
        yield from self._fields(where, before, after, sent=sent)
        if "items" in before and "items" in after:
            yield from self._schema(f"{where}[]", before["items"], after["items"], sent=sent)

    def _fields(self, where: str, before: Any, after: Any, *, sent: bool) -> Iterator[str]:
        old, new = before.get("properties", {}), after.get("properties", {})
        for name, shape in old.items():
            if name not in new:
                yield f"{where}.{name}: it is gone"
            else:
                yield from self._schema(f"{where}.{name}", shape, new[name], sent=sent)
        for name in set(after.get("required", [])) - set(before.get("required", [])) if sent else ():
            yield f"{where}.{name}: it is required now"
        for name in sorted(set(before.get("required", [])) - set(after.get("required", []))) if not sent else ():
            if name in new:
                yield f"{where}.{name}: it may be missing now"


def _callers(where: str, before: Any, after: Any) -> Iterator[str]:
    """Who could call still can; an empty list means that anybody may."""
    old, new = ({json.dumps(each) for each in told.get("security", [])} for told in (before, after))
    if new and (not old or old - new):
        yield f"{where}: who could call cannot: {', '.join(sorted(old - new)) or 'nobody in particular'}"


def _kinds(where: str, wide: Any, narrow: Any) -> Iterator[str]:
    """The types that the wide side names have to be the narrow side's as well."""
    gone = _types(wide) - _types(narrow) if _types(narrow) else set()
    if gone:
        yield f"{where}: its type is another: {', '.join(sorted(gone))}"


def _values(where: str, wide: Any, narrow: Any, *, sent: bool) -> Iterator[str]:
    before, after = _enum(wide), _enum(narrow)
    if sent and after is not None and (before is None or before - after):
        yield f"{where}: values are taken no more: {', '.join(sorted(before - after)) if before else 'any'}"
    if not sent and after is not None and before is None:
        yield f"{where}: its values are not a closed list any more"
    if not sent and before is not None and after is not None and after - before:
        yield f"{where}: values are answered no more: {', '.join(sorted(after - before))}"


def _bounds(where: str, before: Any, after: Any) -> Iterator[str]:
    for name in (*_LOWER, *_UPPER):
        old, new = before.get(name), after.get(name)
        tighter = new is not None and (old is None or (new > old if name in _LOWER else new < old))
        if tighter:
            yield f"{where}: {name} is {new} now"
    if after.get("pattern") not in (None, before.get("pattern")):
        yield f"{where}: its pattern is another"


def _types(schema: Any) -> set[str]:
    found = set(_own(schema))
    return found.union(*(_types(each) for each in schema.get("anyOf", []))) if schema.get("anyOf") else found


def _own(schema: Any) -> list[str]:
    """The types that a schema names itself; a list of texts names theirs."""
    texts = "enum" in schema and all(isinstance(each, str) for each in schema["enum"])
    own = schema.get("type", ["string"] if texts else [])
    return own if isinstance(own, list) else [own]


def _enum(schema: Any) -> set[str] | None:
    found = [set(map(str, each["enum"])) for each in (schema, *schema.get("anyOf", [])) if "enum" in each]
    return set.union(*found) if found else None


def _resolved(document: Any, schema: Any) -> Any:
    """References followed, also those that may be null instead: their fields count as the schema's own."""
    while "$ref" in schema:
        _, _, kind, name = schema["$ref"].split("/")
        schema = document["components"][kind][name]
    kinds = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    if len(kinds) == 1 and len(schema.get("anyOf", [])) == 2:
        inner = _resolved(document, kinds[0])
        return {**inner, "type": [*_own(inner), "null"]}
    return schema


def _content(part: Any) -> Any:
    return part.get("content", {}).get("application/json", {}).get("schema")


def main(arguments: list[str]) -> int:
    """Returns 1 when a promise of the present version is broken."""
    from dev.contract import document

    now = promised(document())
    if arguments == ["--release"]:
        RELEASED.write_text(json.dumps(now, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
        return 0
    released = json.loads(RELEASED.read_text("utf-8"))
    found = breaks(released, now)
    print("\n".join(found))
    if found and released["info"]["version"] != now["info"]["version"]:
        print(f"These are breaks with {released['info']['version']}, which goes on to work under its own name.")
        return 0
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
