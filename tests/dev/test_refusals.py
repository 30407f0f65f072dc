"""What the gateway in front says by itself has the codes, the pages and the promises of the API's own problems."""

import json

import pytest

from chalicelib.errors import status_of
from dev import problems, refusals
from wallet_api.errors import WalletError

TIMED_OUT = ("INTEGRATION_TIMEOUT", "INTEGRATION_FAILURE")


@pytest.mark.parametrize("kind", sorted(refusals.OCCASIONS))
def test_what_api_gateway_says_is_a_problem_of_ours(kind: str) -> None:
    """S5, S6: and none of it repeats what the caller sent."""
    shown = json.loads(refusals.text(kind))
    error = WalletError.by_code[shown["code"]]
    assert (shown["money_moved"], shown["retry"]) == (error.money_moved, error.retry)
    assert "{" not in shown["title"] + shown["detail"]
    assert "…" not in shown["detail"], "a fact that nobody fills in"
    if "status" in shown and kind not in TIMED_OUT:
        assert shown["status"] == status_of(error), "the error's page says another status"


def test_what_is_rendered_is_the_very_text_with_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WALLET_PUBLIC_URL", "https://wallet.test")
    reply = refusals.refusal("THROTTLED", "req-1")
    shown = json.loads(reply.body)
    assert (reply.status, shown["request_id"], dict(reply.headers)["X-Request-Id"]) == (429, "req-1", "req-1")
    assert shown["type"] == "https://wallet.test/docs/errors/too_many_requests"
    assert dict(reply.headers)["Retry-After"] == "1"


def test_a_wrong_method_is_told_which_are_right() -> None:
    assert dict(refusals.method_refusal(["post", "GET"], "req-1").headers)["Allow"] == "GET, POST"


def test_an_occasion_whose_status_is_not_ours_is_met_nowhere() -> None:
    with pytest.raises(ValueError, match="API Gateway's own choice"):
        refusals.refusal("DEFAULT_5XX", "req-1")


@pytest.mark.parametrize("code", sorted(problems.TITLES))
def test_what_the_sandbox_says_is_a_problem_of_ours(code: str) -> None:
    error = WalletError.by_code[code]
    reply = problems.problem(status_of(error), code, "A sentence.", "req-1")
    shown = json.loads(reply.body)
    assert shown["type"].endswith(f"/docs/errors/{code}")
    assert (shown["money_moved"], shown["status"]) == (error.money_moved, status_of(error))
