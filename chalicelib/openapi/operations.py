"""One endpoint as an operation of the document: its parameters, its body, its answer, and each refusal with its status."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from chalicelib import errors
from chalicelib.http import Endpoint
from chalicelib.openapi import parts
from chalicelib.openapi.examples import answered
from chalicelib.openapi.parameters import described
from chalicelib.openapi.parts import COMPONENT, KEY, SCHEMES, Json, reference
from chalicelib.openapi.problems import problems_of
from chalicelib.samples import sample
from wallet_api.errors import OutcomeUnknown
from wallet_api.merchants.model import MerchantCaller
from wallet_api.rate_limits.errors import RateLimited

ID_PATTERN = "^[a-z]{2,4}_[0-9A-HJKMNP-TV-Z]{26}$"
_NAME = re.compile(r"\{(\w+)\}")


def tag_of(each: Endpoint) -> str:
    """The capability that an endpoint belongs to: the name of its module."""
    return str(each.function.__module__).rpartition(".")[2]


def operation_id(each: Endpoint) -> str:
    """The name by which clients call an endpoint."""
    return f"{tag_of(each)}_{each.function.__name__}"


def operation(each: Endpoint, schemas: Mapping[Any, Json], components: Json) -> Json:
    """What one endpoint takes and answers."""
    made: Json = {
        "operationId": operation_id(each),
        "summary": each.summary,
        "description": inspect.cleandoc(each.description),
        "tags": [tag_of(each)],
        "security": [{SCHEMES[kind]: each.scope.split() if kind is MerchantCaller else []} for kind in each.callers],
        "parameters": _parameters_of(each),
    }
    if each.body is not None:
        needed = any(field.required for field in msgspec.structs.fields(each.body))
        content = {"schema": schemas[each.body], "example": sample(schemas[each.body], components)}
        made["requestBody"] = {"required": needed, "content": {"application/json": content}}
    made["responses"] = {str(each.status if each.answer is not None else 204): _success(each, schemas, components)}
    made["responses"] |= _elsewhere(each)
    # What the gateway in front says of any call: that there are too many at once, or that it waited for an answer in vain.
    by_status: dict[int, list[str]] = defaultdict(list)
    for error in problems_of(each):
        by_status[errors.status_of(error)].append(error.code)
    by_status[429].append(errors.TooManyRequests.code)
    made["responses"] |= {str(status): _refusal(codes) for status, codes in sorted(by_status.items())}
    made["responses"]["504"] = _refusal([OutcomeUnknown.code], examples={OutcomeUnknown.code: parts.AT_THE_GATEWAY})
    return made


def _success(each: Endpoint, schemas: Mapping[Any, Json], components: Json) -> Json:
    headers = ["X-Request-Id"] + (["Idempotent-Replayed"] if each.idempotency == "required" else [])
    made: Json = {"description": each.summary, "headers": {name: reference("headers", name) for name in headers}}
    if isinstance(each.answer, str):
        text = {"type": "object"} if each.answer == "application/json" else {"type": "string"}
        made["content"] = {each.answer: {"schema": text}}
    elif each.answer is not None:
        shape = schemas[each.answer]
        named = re.findall(r"{(\w+)_id}", each.path)[-1:] or [""]
        made["content"] = {"application/json": {"schema": shape, "example": answered(shape, components, named[0])}}
    return made


def _elsewhere(each: Endpoint) -> Json:
    """What is answered about a document to whoever has it, and of a page to whoever wrote a slash behind its address."""
    named = {"X-Request-Id": reference("headers", "X-Request-Id")}
    made: Json = {}
    if isinstance(each.answer, str) and tag_of(each) == "docs":
        made["304"] = {"description": "`If-None-Match` names the one that there is.", "headers": named}
    if each.answer == "text/html":
        headers = {**named, "Location": reference("headers", "Location")}
        made["308"] = {"description": "The page is at its address without the slash at the end.", "headers": headers}
    return made


def _refusal(codes: list[str], examples: Mapping[str, str] = MappingProxyType({})) -> Json:
    """The refusals of one status. An example has its code's name, unless another one is named for it."""
    codes = sorted(codes)
    limited = ("RateLimit", "RateLimit-Policy") if RateLimited.code in codes else ()
    return {
        "description": ", ".join(f"`{code}`" for code in codes),
        "headers": {name: reference("headers", name) for name in ("X-Request-Id", "Retry-After", *limited)},
        "content": {
            "application/problem+json": {
                # One shape for all, of which generators make one class. Its codes are the names of the examples: a client
                # whose list of them was closed would not survive a new one.
                "schema": reference("schemas", "Problem"),
                "examples": {code: reference("examples", examples.get(code, code)) for code in codes},
            }
        },
    }


def _parameters_of(each: Endpoint) -> list[Json]:
    found: list[Json] = []
    operation = operation_id(each)
    for name in _NAME.findall(each.path):
        text: Json = {"type": "string", "pattern": ID_PATTERN} if name.endswith("_id") else {"type": "string"}
        text = KEY if name == "key" else text
        found.append({"name": name, "in": "path", "required": True, **described(operation, name), "schema": text})
    if each.query is not None:
        found += _query_parameters(each.query, operation)
    key = "IdempotencyKeyRequired" if each.idempotency == "required" else "IdempotencyKey"
    names = [key] if each.method == "POST" else []
    return found + [reference("parameters", name) for name in [*names, "AcceptLanguage", "WalletVersion", "XClient"]]


def _query_parameters(query: type[msgspec.Struct], operation: str) -> list[Json]:
    """A flat struct's fields. What may be left away is no nullable text in a query string, so null goes; so does what is said
    of a type, for a parameter tells what it means here.
    """
    (_,), components = msgspec.json.schema_components([query], ref_template=COMPONENT.format("schemas", "{name}"))
    shape = components[query.__name__]
    required = shape.get("required", [])
    found = []
    for name, schema in shape["properties"].items():
        rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default", "description")}
        kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
        text = {**rest, **(kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})}
        if schema.get("default") is not None:
            text["default"] = schema["default"]
        text.pop("description", None)
        told = described(operation, name)
        found.append({"name": name, "in": "query", "required": name in required, **told, "schema": text})
    return found
