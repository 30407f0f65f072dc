"""The client of the tests finds what the OpenAPI document does not promise."""

import json
from typing import Any

import pytest

from dev.client import Answer
from tests.promises import require_promised

HEALTH = {"object": "health", "status": "ok", "version": "2026-11-22", "mode": "test", "time": "2026-11-22T01:05:00Z"}


def answer(status: int, shown: Any, media_type: str = "application/json") -> Answer:
    return Answer(status, {"content-type": media_type}, json.dumps(shown).encode())


def problem(status: int, code: str) -> Answer:
    members = {
        "type": "/",
        "title": "",
        "status": status,
        "detail": "",
        "request_id": "",
        "money_moved": "no",
        "retry": "never",
    }
    return answer(status, {**members, "code": code}, "application/problem+json")


def test_what_is_promised_passes() -> None:
    require_promised("GET", "/v1/health", answer(200, HEALTH))
    require_promised("POST", "/v1/transfers?x=1", problem(402, "insufficient_funds"))
    require_promised("GET", "/v1/no_such_path", problem(404, "not_found"))
    require_promised("BREW", "/v1/health", problem(405, "method_not_allowed"))


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("GET", "/v1/health", answer(200, {**HEALTH, "time": 1})),
        ("GET", "/v1/health", answer(200, {name: value for name, value in HEALTH.items() if name != "mode"})),
        ("GET", "/v1/health", answer(201, HEALTH)),
        ("GET", "/v1/health", problem(402, "insufficient_funds")),
        ("POST", "/v1/transfers", problem(402, "card_declined")),
        ("POST", "/v1/transfers", problem(409, "insufficient_funds")),
    ],
)
def test_another_field_status_or_code_does_not(method: str, path: str, given: Answer) -> None:
    """P7."""
    with pytest.raises(AssertionError, match="promised"):
        require_promised(method, path, given)
