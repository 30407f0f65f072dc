"""Static problem+json answers of the local gateway and sandbox (RFC 9457), as infra/overrides.yaml makes them on AWS.

They never echo what the caller sent. Nothing the gateway refuses has reached the wallet, so no money has moved.
"""

import json
import os
from dataclasses import dataclass, field
from typing import Any

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Expose-Headers": "*",
}


@dataclass(frozen=True)
class Reply:
    """One HTTP answer."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)


TITLES = {
    "not_found": "Nothing is here",
    "method_not_allowed": "This is not done with what is here",
    "body_too_large": "The body is too large",
    "headers_too_large": "The header lines are too large",
    "malformed_request": "This is not a well-formed HTTP request",
    "internal_error": "Something on our side failed",
    "outcome_unknown": "Gateway Timeout",
    "too_many_requests": "Too Many Requests",
    "invalid_request": "A field is not what it should be",
}


def problem(
    status: int, code: str, detail: str, request_id: str, headers: dict[str, str] | None = None, **members: Any
) -> Reply:
    """A problem document with CORS; `members` are added to it."""
    base = os.environ.get("WALLET_PUBLIC_URL", "")
    shown = {
        "type": f"{base}/docs/errors/{code}",
        "title": TITLES[code],
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        "money_moved": "unknown" if status >= 500 else "no",
        "retry": "same_key" if status >= 500 else "never",
        **members,
    }
    lines = {
        "Content-Type": "application/problem+json",
        "Cache-Control": "no-store",
        "X-Request-Id": request_id,
        **CORS,
        **(headers or {}),
    }
    return Reply(status, json.dumps(shown, ensure_ascii=False).encode(), list(lines.items()))


def json_reply(value: Any, request_id: str, status: int = 200) -> Reply:
    lines = {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "X-Request-Id": request_id,
        **CORS,
    }
    return Reply(status, json.dumps(value, ensure_ascii=False, indent=2).encode(), list(lines.items()))


def body_too_large(request_id: str) -> Reply:
    return problem(413, "body_too_large", "The body is larger than this API takes.", request_id)


def headers_too_large(request_id: str) -> Reply:
    return problem(431, "headers_too_large", "The request line and headers are larger than this API takes.", request_id)
