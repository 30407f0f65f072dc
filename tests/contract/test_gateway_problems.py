"""What the gateways in front say by themselves has the codes, the pages and the promises of the API's own problems."""

import json
from typing import Any

import pytest

from chalicelib.errors import status_of
from dev import problems
from dev.templates import OVERRIDES, load_template
from wallet_api.errors import WalletError


def responses() -> dict[str, Any]:
    """API Gateway's static answers, by what they are for."""
    api = load_template(OVERRIDES)["Resources"]["RestAPI"]["Properties"]
    return dict(api["DefinitionBody"]["x-amazon-apigateway-gateway-responses"])


def template_of(response: Any) -> str:
    """The JSON text, with its one substitution made."""
    text = response["responseTemplates"]["application/json"]
    text = text["Fn::Sub"] if isinstance(text, dict) else text
    return str(text).replace("${PublicUrl}", "https://wallet.example")


@pytest.mark.parametrize("kind", sorted(responses()))
def test_what_api_gateway_says_is_a_problem_of_ours(kind: str) -> None:
    """S5, S6: and none of it repeats what the caller sent."""
    response = responses()[kind]
    shown = json.loads(template_of(response))
    error = WalletError.by_code[shown["code"]]
    assert shown["type"] == f"https://wallet.example/docs/errors/{shown['code']}"
    assert (shown["money_moved"], shown["retry"]) == (error.money_moved, error.retry)
    assert shown["request_id"] == "$context.requestId"
    assert "error.message" not in template_of(response)
    status = response.get("statusCode", shown.get("status"))
    assert str(shown.get("status", status)) == str(status)


@pytest.mark.parametrize("code", sorted(problems.TITLES))
def test_what_the_local_gateway_says_is_a_problem_of_ours(code: str) -> None:
    error = WalletError.by_code[code]
    reply = problems.problem(status_of(error), code, "A sentence.", "req-1")
    shown = json.loads(reply.body)
    assert shown["type"].endswith(f"/docs/errors/{code}")
    assert (shown["money_moved"], shown["status"]) == (error.money_moved, status_of(error))
