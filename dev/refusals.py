"""infra/gateway.yaml spelled out: what API Gateway says by itself, as the template has it and as the local server answers.

There is one text of each: the local server renders what would be deployed.
"""

import json
import os
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from chalicelib import messages
from chalicelib.errors import status_of
from chalicelib.headers import STANDARD
from chalicelib.messages import LOCALES
from dev.problems import Reply
from dev.templates import ROOT, Template, load_template
from wallet_api.errors import WalletError

_GATEWAY = load_template(ROOT / "infra" / "gateway.yaml")
OCCASIONS: Mapping[str, Any] = {**_GATEWAY["responses"], **_GATEWAY["besides"]}
NO_SUCH_METHOD = "METHOD_NOT_ALLOWED"

_REQUEST_ID = "$context.requestId"
_HEADER = "gatewayresponse.header."
_METHOD_HEADER = "method.response.header."
_SHOWN = ("Allow", "Retry-After", "X-Request-Id")


def responses() -> Template:
    """`x-amazon-apigateway-gateway-responses`: every occasion that API Gateway has."""
    return {kind: _response(kind) for kind in _GATEWAY["responses"]}


def _response(kind: str) -> Template:
    status = _status(kind)
    return {
        **({} if status is None else {"statusCode": str(status)}),
        "responseParameters": {f"{_HEADER}{name}": told for name, told in _headers(kind).items()},
        "responseTemplates": {"application/json": {"Fn::Sub": text(kind)}},
    }


def unanswered_methods(paths: Mapping[str, Mapping[str, Any]]) -> Template:
    """What each path says to the methods that it does not take, from API Gateway itself: 405, and which it does take."""
    return {path: {"x-amazon-apigateway-any-method": _not_allowed(methods)} for path, methods in paths.items()}


def _not_allowed(methods: Iterable[str]) -> Template:
    status = str(_status(NO_SUCH_METHOD))
    headers = {**_headers(NO_SUCH_METHOD), "Allow": f"'{allowed(methods)}'"}
    return {
        "produces": ["application/json"],
        "responses": {
            status: {"description": "Method not allowed", "headers": {name: {"type": "string"} for name in headers}}
        },
        "x-amazon-apigateway-integration": {
            "type": "mock",
            # What is no JSON finds no template, and is refused as UNSUPPORTED_MEDIA_TYPE: passed on, it would be a failure of ours.
            "passthroughBehavior": "when_no_templates",
            "contentHandling": "CONVERT_TO_TEXT",
            "requestTemplates": {"application/json": json.dumps({"statusCode": int(status)})},
            "responses": {
                "default": {
                    "statusCode": status,
                    "responseParameters": {f"{_METHOD_HEADER}{name}": told for name, told in headers.items()},
                    "responseTemplates": {"application/json": {"Fn::Sub": text(NO_SUCH_METHOD)}},
                }
            },
        },
    }


def allowed(methods: Iterable[str]) -> str:
    """The `Allow` header of a path that takes these methods."""
    return ", ".join(sorted({method.upper() for method in methods}))


@cache
def _status(kind: str) -> int | None:
    occasion = OCCASIONS[kind]
    status: int | None = occasion.get("status", status_of(WalletError.by_code[occasion["code"]]))
    return status


@cache
def _headers(kind: str) -> Mapping[str, str]:
    """By name: a text in quotes is static, anything else is API Gateway's to fill in."""
    told = {
        **STANDARD,
        "Content-Language": ", ".join(LOCALES),
        "Content-Type": "application/problem+json",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": ", ".join(_SHOWN),
    }
    if "retry_after" in OCCASIONS[kind]:
        told["Retry-After"] = str(OCCASIONS[kind]["retry_after"])
    if _status(kind) == 401:
        told["WWW-Authenticate"] = "Bearer"
    return {**{name: f"'{value}'" for name, value in told.items()}, "X-Request-Id": _REQUEST_ID.removeprefix("$")}


@cache
def text(kind: str) -> str:
    """The problem's JSON. Of `$` there is only what the template and API Gateway fill in."""
    occasion, status = OCCASIONS[kind], _status(kind)
    error = WalletError.by_code[occasion["code"]]
    document = {
        "type": f"${{PublicUrl}}/docs/errors/{error.code}",
        "title": " · ".join(messages.title(error.code, locale) for locale in LOCALES),
        **({} if status is None else {"status": status}),
        "detail": " ".join(
            occasion["detail"][locale] if "detail" in occasion else messages.detail(error.code, locale, {})
            for locale in LOCALES
        ),
        "code": error.code,
        "request_id": _REQUEST_ID,
        "money_moved": error.money_moved,
        "retry": error.retry,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def refusal(kind: str, request_id: str) -> Reply:
    """What API Gateway would answer on this occasion."""
    response = _response(kind)
    return _rendered(response["responseTemplates"], response["responseParameters"], _HEADER, _status(kind), request_id)


def method_refusal(methods: Iterable[str], request_id: str) -> Reply:
    """What a path that takes `methods` answers to any other."""
    response = _not_allowed(methods)["x-amazon-apigateway-integration"]["responses"]["default"]
    status = int(response["statusCode"])
    return _rendered(response["responseTemplates"], response["responseParameters"], _METHOD_HEADER, status, request_id)


def _rendered(
    templates: Mapping[str, Any], parameters: Mapping[str, str], prefix: str, status: int | None, request_id: str
) -> Reply:
    if status is None:
        raise ValueError("an occasion whose status is API Gateway's own choice is not met here")
    shown = templates["application/json"]["Fn::Sub"].replace("${PublicUrl}", os.environ.get("WALLET_PUBLIC_URL", ""))
    headers = [
        (name.removeprefix(prefix), told.strip("'") if told.startswith("'") else request_id)
        for name, told in parameters.items()
    ]
    return Reply(status, shown.replace(_REQUEST_ID, request_id).encode(), headers)
