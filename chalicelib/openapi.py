"""The OpenAPI 3.1 document, made from what the endpoints promise, so that it cannot say anything else than the code.

Shapes come from the structs that bodies are read into and answers are written from; problems from the error classes;
their texts from the messages. It is made once per container, when it is first asked for, and is the same each time.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from chalicelib import bodies, errors, messages
from chalicelib.headers import FOR_EVERY_CLIENT, VERSION
from chalicelib.http import Endpoint
from chalicelib.samples import sample
from wallet_api.clients.errors import ClientMalformed, UpdateRequired
from wallet_api.errors import Invalid, NotFound, OutcomeUnknown, WalletError
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.errors import IdempotencyKeyInUse, IdempotencyKeyReused, OperationAbandoned
from wallet_api.merchants.errors import ApiKeyOfOtherMode, ApiKeyRevoked, MerchantSuspended, ScopeMissing
from wallet_api.merchants.model import MerchantCaller
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.sessions.errors import SessionEnded
from wallet_api.sessions.model import Customer
from wallet_api.signatures.errors import SignatureInvalid, SignatureReplayed, SignatureRequired
from wallet_api.storage.crypto import KeyServiceDown
from wallet_api.storage.errors import StorageBusy

Json = dict[str, Any]

ID_PATTERN = "^[a-z]{2,4}_[0-9A-HJKMNP-TV-Z]{26}$"
CLIENT_PATTERN = "^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*/[0-9]+([.][0-9]+){0,3}$"
SCHEMES = {Customer: "customer", MerchantCaller: "merchant"}
_NAME = re.compile(r"\{(\w+)\}")
_COMPONENT = "#/components/{}/{}"

DESCRIPTION = """
A wallet: people register, bind cards, top up, pay merchants by QR code, send money to each other and are refunded.

**Money** is always `{"amount": 1250, "currency": "CNY"}`: whole minor units (ISO 4217). **Times** are RFC 3339 in UTC.

**Errors** are `application/problem+json` (RFC 9457). Their `code` never changes; `detail` is in the language that
`Accept-Language` asks for (`zh-CN` or `en`); `money_moved` says whether money moved, `retry` what to do next.

**Idempotency-Key**: where it is required, a request with the same key is done at most once and answered the same each
time. Make a fresh random key for each wish, keep it for each retry of it.
""".strip()


def document(endpoints: Sequence[Endpoint], server_url: str) -> Json:
    """The whole document. `server_url` is where the API is reached."""
    schemas, components = _schemas(endpoints)
    paths: dict[str, Json] = defaultdict(dict)
    used: dict[str, type[WalletError]] = {}
    for each in endpoints:
        possible = problems_of(each)
        used |= {error.code: error for error in possible}
        paths[each.path][each.method.lower()] = _operation(each, schemas, components, possible)
    return {
        "openapi": "3.1.1",
        "info": {"title": "Wallet API", "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": server_url}],
        "tags": _tags(endpoints),
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": _security_schemes(),
            "parameters": _parameters(),
            "headers": _headers(),
            "schemas": {**components, "Problem": _problem_schema()},
            "examples": {code: _example(error, server_url) for code, error in sorted(used.items())},
        },
    }


def problems_of(each: Endpoint) -> list[type[WalletError]]:
    """Every refusal that an endpoint may answer with: its own, and those that follow from what it takes."""
    found: list[type[WalletError]] = [errors.DuplicateHeader, errors.UnknownVersion, Invalid, errors.Defect]
    found += [ClientMalformed, errors.NotAuthenticated]  # also where anybody may call: a proof may be unreadable
    if each.method != "GET":
        found += [errors.IdempotencyKeyMalformed, errors.MediaTypeNotJson, bodies.BodyTooLarge, bodies.NotJson]
        found += [bodies.NotAnObject, bodies.TooDeep, bodies.DuplicateName]
    if each.callers:
        found += [errors.WrongCaller, ApiKeyOfOtherMode]
    if each.path.startswith("/v1/"):
        found += [StorageBusy, OutcomeUnknown, KeyServiceDown]
        found += [] if each.path in FOR_EVERY_CLIENT else [UpdateRequired]
    if Customer in each.callers:
        found.append(SessionEnded)
    if MerchantCaller in each.callers:
        found += [ApiKeyRevoked, MerchantSuspended, ScopeMissing]
        found += [SignatureRequired, SignatureInvalid, SignatureReplayed]
    found += [NotFound] if _NAME.search(each.path) else []
    if each.idempotency == "required":
        found += [
            errors.IdempotencyKeyRequired,
            IdempotencyKeyReused,
            IdempotencyKeyInUse,
            OperationAbandoned,
            StaleAccount,
        ]
    return list(dict.fromkeys([*found, *each.errors]))


def tag_of(each: Endpoint) -> str:
    """The capability that an endpoint belongs to: the name of its module."""
    return str(each.function.__module__).rpartition(".")[2]


def _operation(
    each: Endpoint, schemas: Mapping[Any, Json], components: Json, possible: Iterable[type[WalletError]]
) -> Json:
    made: Json = {
        "operationId": f"{tag_of(each)}_{each.function.__name__}",
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
    made["responses"] = {str(each.status if each.answer is not None else 204): _success(each, schemas)}
    by_status: dict[int, list[str]] = defaultdict(list)
    for error in possible:
        by_status[errors.status_of(error)].append(error.code)
    made["responses"] |= {str(status): _refusal(codes) for status, codes in sorted(by_status.items())}
    return made


def _success(each: Endpoint, schemas: Mapping[Any, Json]) -> Json:
    headers = ["X-Request-Id"] + (["Idempotent-Replayed"] if each.idempotency == "required" else [])
    made: Json = {"description": each.summary, "headers": {name: _ref("headers", name) for name in headers}}
    if isinstance(each.answer, str):
        text = {"type": "object"} if each.answer == "application/json" else {"type": "string"}
        made["content"] = {each.answer: {"schema": text}}
    elif each.answer is not None:
        made["content"] = {"application/json": {"schema": schemas[each.answer]}}
    return made


def _refusal(codes: list[str]) -> Json:
    codes = sorted(codes)
    limited = ("RateLimit", "RateLimit-Policy") if RateLimited.code in codes else ()
    return {
        "description": ", ".join(f"`{code}`" for code in codes),
        "headers": {name: _ref("headers", name) for name in ("X-Request-Id", "Retry-After", *limited)},
        "content": {
            "application/problem+json": {
                "schema": {
                    "allOf": [_ref("schemas", "Problem"), {"properties": {"code": {"enum": codes}}}],
                },
                "examples": {code: _ref("examples", code) for code in codes},
            }
        },
    }


def _parameters_of(each: Endpoint) -> list[Json]:
    found: list[Json] = []
    for name in _NAME.findall(each.path):
        text = {"type": "string", "pattern": ID_PATTERN} if name.endswith("_id") else {"type": "string"}
        found.append({"name": name, "in": "path", "required": True, "schema": text})
    if each.query is not None:
        found += _query_parameters(each.query)
    key = "IdempotencyKeyRequired" if each.idempotency == "required" else "IdempotencyKey"
    names = [key] if each.method == "POST" else []
    return found + [_ref("parameters", name) for name in [*names, "AcceptLanguage", "WalletVersion", "XClient"]]


def _query_parameters(query: type[msgspec.Struct]) -> list[Json]:
    """A flat struct's fields. What may be left away is no nullable text in a query string, so null goes."""
    (_,), components = msgspec.json.schema_components([query], ref_template=_COMPONENT.format("schemas", "{name}"))
    shape = components[query.__name__]
    required = shape.get("required", [])
    found = []
    for name, schema in shape["properties"].items():
        rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default", "description")}
        kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
        text = {**rest, **(kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})}
        if schema.get("default") is not None:
            text["default"] = schema["default"]
        made: Json = {"name": name, "in": "query", "required": name in required, "schema": text}
        if "description" in schema:
            made["description"] = schema["description"]
        found.append(made)
    return found


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[dict[Any, Json], Json]:
    """A reference for each type, and the components they refer to.

    What we send always has every field, also those with a default: only bodies, which forbid what they do not know,
    have optional ones.
    """
    types: list[Any] = []
    for each in endpoints:
        for kind in (each.body, each.answer):
            if kind is not None and not isinstance(kind, str) and kind not in types:
                types.append(kind)
    made, components = msgspec.json.schema_components(types, ref_template=_COMPONENT.format("schemas", "{name}"))
    for component in components.values():
        answer = "additionalProperties" not in component
        if answer and component.get("type") == "object":
            component["required"] = list(component["properties"])
        for field in component.get("properties", {}).values():
            if answer or field.get("default", "") is None:
                field.pop("default", None)
    return dict(zip(types, made, strict=True)), dict(sorted(components.items()))


def _tags(endpoints: Sequence[Endpoint]) -> list[Json]:
    modules = {tag_of(each): importlib.import_module(each.function.__module__) for each in endpoints}
    return [
        {"name": tag, "description": " ".join((inspect.getdoc(module) or tag).split())}
        for tag, module in modules.items()
    ]


def _security_schemes() -> Json:
    customer = "The `access_token` of a session: begins with `wat_`, lives for minutes, ends at once when revoked."
    merchant = (
        "A merchant's secret API key: begins with `sk_test_` or `sk_live_`. A restricted one holds the scope named."
    )
    return {
        "customer": {"type": "http", "scheme": "bearer", "description": customer},
        "merchant": {"type": "http", "scheme": "bearer", "description": merchant},
    }


def _parameters() -> Json:
    key = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[!-~]([ -~]*[!-~])?$"}
    meaning = "1 to 64 printable ASCII characters, fresh for each wish and the same for each retry of it."
    language = "The language of `title` and `detail` in problems. Codes do not change with it."
    return {
        "IdempotencyKeyRequired": _header_parameter("Idempotency-Key", key, meaning, required=True),
        "IdempotencyKey": _header_parameter("Idempotency-Key", key, meaning),
        "AcceptLanguage": _header_parameter("Accept-Language", {"type": "string", "default": "zh-CN"}, language),
        "WalletVersion": _header_parameter(
            "Wallet-Version", {"type": "string", "enum": [VERSION]}, "Pins the version of the API."
        ),
        "XClient": _header_parameter(
            "X-Client", {"type": "string", "pattern": CLIENT_PATTERN}, "Who asks, such as `app/ios/3.2.1`."
        ),
    }


def _header_parameter(name: str, schema: Json, meaning: str, *, required: bool = False) -> Json:
    return {"name": name, "in": "header", "required": required, "description": meaning, "schema": schema}


def _headers() -> Json:
    return {
        "X-Request-Id": {"description": "Names this request to support.", "schema": {"type": "string"}},
        "Retry-After": {"description": "Seconds to wait before asking again.", "schema": {"type": "integer"}},
        "RateLimit": {"description": "What is used up, and when it begins anew.", "schema": {"type": "string"}},
        "RateLimit-Policy": {"description": "How many in how many seconds.", "schema": {"type": "string"}},
        "Idempotent-Replayed": {"description": "`true`: this was decided before.", "schema": {"enum": ["true"]}},
    }


def _problem_schema() -> Json:
    text: Json = {"type": "string"}
    field = {
        "type": "object",
        "description": "One field that is not acceptable.",
        "properties": {
            "pointer": {"type": "string", "description": "RFC 6901 pointer into the body, or a parameter's name."},
            "code": {"enum": sorted(messages.catalog()["fields"])},
            "detail": text,
        },
        "required": ["pointer", "code", "detail"],
    }
    return {
        "type": "object",
        "description": "RFC 9457 problem details. The facts of some codes stand beside these members.",
        "properties": {
            "type": {"type": "string", "format": "uri", "description": "A page about this code, in both languages."},
            "title": text,
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What happened, what it means for the money, what to do now."},
            "code": {"type": "string", "description": "Stable, for programs."},
            "request_id": text,
            "money_moved": {"enum": ["no", "yes", "unknown"]},
            "retry": {"enum": ["never", "same_key", "new_key", "after"]},
            "errors": {"type": "array", "items": field},
        },
        "required": ["type", "title", "status", "detail", "code", "request_id", "money_moved", "retry"],
    }


def _example(error: type[WalletError], docs_url: str) -> Json:
    """A problem as it may look; its summary is the title in the other language."""
    value = errors.problem(error(), "en", "4bf92f3577b34da6a3ce929d0e0e4736", docs_url)
    return {"summary": f"{value['title']} · {messages.title(error.code, 'zh-CN')}", "value": value}


def _ref(kind: str, name: str) -> Json:
    return {"$ref": _COMPONENT.format(kind, name)}
