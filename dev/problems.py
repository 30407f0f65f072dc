"""HTTP answers of the local server, and the problems (RFC 9457) of its sandbox. They never echo what the caller sent.

What API Gateway says by itself is in dev/refusals.py.
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
        "money_moved": "no",
        "retry": "never",
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


def csv_reply(text: str, request_id: str) -> Reply:
    lines = {
        "Content-Type": "text/csv; charset=utf-8",
        "Cache-Control": "no-store",
        "X-Request-Id": request_id,
        **CORS,
    }
    return Reply(200, text.encode(), list(lines.items()))
