"""What the operations of the document refer to: how callers show who they are, headers, parameters, the shape of problems."""

from __future__ import annotations

from typing import Any

from chalicelib import errors, messages
from chalicelib.headers import VERSION
from wallet_api.errors import OutcomeUnknown, WalletError
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer

Json = dict[str, Any]

# A quotation mark at the beginning is somebody's structured field, which this header is not.
KEY = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[!#-~]([ -~]*[!-~])?$"}
NUMBER = "(0|[1-9][0-9]{0,5})"
CLIENT = {
    "type": "string",
    "pattern": f"^[a-z][a-z0-9-]{{0,31}}/[a-z][a-z0-9-]{{0,15}}/{NUMBER}([.]{NUMBER}){{0,3}}$",
    "examples": ["app/ios/3.2.1"],
}
SCHEMES = {Customer: "customer", MerchantCaller: "merchant"}
COMPONENT = "#/components/{}/{}"


AT_THE_GATEWAY = "outcome_unknown_at_the_gateway"
"""The example of an answer that the gateway in front waited for in vain."""


def reference(kind: str, name: str) -> Json:
    """A reference to a component."""
    return {"$ref": COMPONENT.format(kind, name)}


def security_schemes() -> Json:
    customer = "The `access_token` of a session: begins with `wat_`, lives for minutes, ends at once when revoked."
    merchant = (
        "A merchant's secret API key: begins with `sk_test_` or `sk_live_`. A restricted one holds the scope named."
    )
    return {
        "customer": {
            "type": "http",
            "scheme": "bearer",
            "description": customer,
        },
        "merchant": {
            "type": "http",
            "scheme": "bearer",
            "description": merchant,
        },
    }


def parameters() -> Json:
    meaning = "1 to 64 printable ASCII characters, fresh for each wish and the same for each retry of it."
    language = "The language of `title` and `detail` in problems. Codes do not change with it."
    return {
        "IdempotencyKeyRequired": _header_parameter("Idempotency-Key", KEY, meaning, required=True),
        "IdempotencyKey": _header_parameter("Idempotency-Key", KEY, meaning),
        "AcceptLanguage": _header_parameter("Accept-Language", {"type": "string", "default": "zh-CN"}, language),
        "WalletVersion": _header_parameter(
            "Wallet-Version", {"type": "string", "enum": [VERSION]}, "Pins the version of the API."
        ),
        "XClient": _header_parameter("X-Client", CLIENT, "Who asks, such as `app/ios/3.2.1`."),
    }


def _header_parameter(name: str, schema: Json, meaning: str, *, required: bool = False) -> Json:
    return {"name": name, "in": "header", "required": required, "description": meaning, "schema": schema}


def headers() -> Json:
    return {
        "X-Request-Id": {"description": "Names this request to support.", "schema": {"type": "string"}},
        "Retry-After": {"description": "Seconds to wait before asking again.", "schema": {"type": "integer"}},
        "RateLimit": {"description": "What is used up, and when it begins anew.", "schema": {"type": "string"}},
        "RateLimit-Policy": {"description": "How many in how many seconds.", "schema": {"type": "string"}},
        "Location": {
            "description": "Where it is, from where it was looked for.",
            "schema": {"type": "string", "format": "uri-reference"},
        },
        "Idempotent-Replayed": {"description": "`true`: this was decided before.", "schema": {"enum": ["true"]}},
    }


def problem_schemas() -> Json:
    """A refusal, and what it says of a field."""
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
    problem = {
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
            "decline_code": {
                "type": "string",
                "description": "Why money did not move: `GET /v1/decline_codes` explains each.",
            },
            "attempts_left": {
                "type": "integer",
                "minimum": 0,
                "description": "How many more tries there are before a lock.",
            },
            "retry_after_seconds": {"type": "integer", "minimum": 0, "description": "As `Retry-After`."},
            "errors": {"type": "array", "items": reference("schemas", "FieldProblem")},
        },
        "required": ["type", "title", "status", "detail", "code", "request_id", "money_moved", "retry"],
    }
    return {"Problem": problem, "FieldProblem": field}


def gateway_example(docs_url: str) -> Json:
    """That the gateway in front waited in vain is told as what is not known, with a status of its own."""
    example = problem_example(OutcomeUnknown, docs_url)
    return {**example, "value": {**example["value"], "status": 504}}


def problem_example(error: type[WalletError], docs_url: str) -> Json:
    """A problem as it may look, by its title in both languages."""
    value = errors.problem(error(), "en", "4bf92f3577b34da6a3ce929d0e0e4736", docs_url)
    return {"summary": value["title"], "x-summary-zh": messages.title(error.code, "zh-CN"), "value": value}
