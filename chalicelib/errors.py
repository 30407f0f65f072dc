"""The one table from kinds of errors to HTTP statuses, and the problem+json (RFC 9457) that every failure is answered
with.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib import messages
from chalicelib.bodies import BodyTooLarge
from chalicelib.messages import Locale
from wallet_api.clients.errors import UpdateRequired
from wallet_api.declines import decline_code_of
from wallet_api.errors import (
    Conflict,
    Declined,
    FieldProblem,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Recorded,
    TooMany,
    Unauthenticated,
    Unavailable,
    WalletError,
)
from wallet_api.ledger.errors import IdempotencyKeyReused
from wallet_api.money import Money
from wallet_api.rate_limits.errors import RateLimited


class MediaTypeNotJson(Malformed):
    """The request's Content-Type is not application/json."""

    code = "unsupported_media_type"


class BodyEncoded(MediaTypeNotJson):
    """The request's body is compressed, or coded in another way (Content-Encoding)."""

    code = "unsupported_content_encoding"


class DuplicateHeader(Malformed):
    """A header that must be given once is given twice; which one counts would be a guess."""

    code = "duplicate_header"


class IdempotencyKeyRequired(Malformed):
    """The request creates or moves something with value and has no Idempotency-Key."""

    code = "idempotency_key_required"


class IdempotencyKeyMalformed(Malformed):
    """The Idempotency-Key is not 1 to 64 printable ASCII characters, or is written in quotes."""

    code = "idempotency_key_malformed"


class UnknownVersion(Malformed):
    """The request pins a version of the API that there is not; `version` is the one there is."""

    code = "unknown_version"


class WrongCaller(Forbidden):
    """This kind of caller (customer, merchant) has no such call."""

    code = "wrong_caller"


class NotAuthenticated(Unauthenticated):
    """No credentials, or none that we made."""

    code = "not_authenticated"


class MalformedRequest(Malformed):
    """The gateway in front could not read the request as HTTP."""

    code = "malformed_request"


class RequestRefused(Forbidden):
    """The gateway in front refused the request for a reason that has no code of its own."""

    code = "request_refused"


class MethodNotAllowed(Malformed):
    """The path does not take this method."""

    code = "method_not_allowed"


class HeadersTooLarge(Malformed):
    """The request line and headers are larger than the gateway in front takes."""

    code = "headers_too_large"


class TooManyRequests(TooMany):
    """More requests at once than the gateway in front lets through."""

    code = "too_many_requests"


class Defect(WalletError):
    """The wallet itself is at fault. What the request did is not known until it is asked again under its key."""

    code = "internal_error"
    retry = "same_key"
    money_moved = "unknown"


STATUSES: Mapping[type[WalletError], int] = {
    BodyTooLarge: 413,
    MediaTypeNotJson: 415,
    MethodNotAllowed: 405,
    HeadersTooLarge: 431,
    IdempotencyKeyReused: 422,
    UpdateRequired: 426,
    Malformed: 400,
    Invalid: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Declined: 402,
    TooMany: 429,
    Unavailable: 503,
    Defect: 500,
}


def status_of(error: type[WalletError]) -> int:
    """The HTTP status of an error: that of the nearest class, by method resolution order, that the table lists."""
    return next(STATUSES[kind] for kind in error.__mro__ if kind in STATUSES)


def problem(error: WalletError, locale: Locale, request_id: str, docs_url: str) -> dict[str, Any]:
    """The problem document of an error. A recorded refusal keeps its first request id and language, so that it replays
    verbatim.
    """
    if error.recorded is not None:
        request_id = error.recorded.request_id or request_id
        locale = _recorded_locale(error.recorded)
    document: dict[str, Any] = {
        "type": f"{docs_url}/docs/errors/{error.code}",
        "title": messages.title(error.code, locale),
        "status": status_of(type(error)),
        "detail": messages.detail(error.code, locale, error.facts),
        "code": error.code,
        "request_id": request_id,
        "money_moved": error.money_moved,
        "retry": error.retry,
    }
    decline = decline_code_of(error.code)
    if decline is not None:
        document["decline_code"] = decline
    if isinstance(error, Invalid) and error.problems:
        document["errors"] = [_field(each, locale) for each in error.problems]
    facts = {name: _plain(value) for name, value in error.facts.items() if name not in document}
    return {**document, **facts}


def headers_of(error: WalletError) -> dict[str, str]:
    """The headers an error's answer needs."""
    headers = {"Content-Type": "application/problem+json"}
    seconds = error.facts.get("retry_after_seconds")
    if isinstance(seconds, int):
        headers["Retry-After"] = str(seconds)
    elif isinstance(error, Unavailable) or error.retry == "after":
        headers["Retry-After"] = "2"
    if isinstance(error, RateLimited) and error.facts:
        # draft-ietf-httpapi-ratelimit-headers-10: the policy that was used up, and when it begins anew.
        name, quota, window = (error.facts[fact] for fact in ("limit", "quota", "window_seconds"))
        headers["RateLimit-Policy"] = f'"{name}";q={quota};w={window}'
        headers["RateLimit"] = f'"{name}";r=0;t={seconds}'
    if isinstance(error, BodyEncoded):
        headers["Accept-Encoding"] = "identity"
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if error.recorded is not None:
        headers["Idempotent-Replayed"] = "true"
        headers["Content-Language"] = _recorded_locale(error.recorded)
    return headers


def encoded(document: Mapping[str, Any]) -> str:
    """Compact JSON text."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _recorded_locale(recorded: Recorded) -> Locale:
    return "en" if recorded.locale == "en" else "zh-CN"


def _field(each: FieldProblem, locale: Locale) -> dict[str, Any]:
    detail = messages.field_detail(each.code, locale, dict(each.facts))
    return {"pointer": each.pointer, "code": each.code, "detail": detail}


def _plain(value: object) -> object:
    return {"amount": value.amount, "currency": value.currency} if isinstance(value, Money) else value
