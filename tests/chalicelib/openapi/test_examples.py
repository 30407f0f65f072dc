"""Examples of answers are answers that the document allows, and that the wallet might give."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator


def examples(document: Any) -> Iterator[tuple[str, Any]]:
    """Every answer that went well, by its endpoint."""
    for path, item in document["paths"].items():
        for method, told in item.items():
            for answer in told["responses"].values():
                content = answer.get("content", {}).get("application/json", {})
                if "$ref" in content.get("schema", {}):
                    yield f"{method} {path}", content


def values(shown: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Everything that an example holds, each under the name of its field."""
    if isinstance(shown, dict):
        for inner, each in shown.items():
            yield from values(each, inner)
    elif isinstance(shown, list):
        for each in shown:
            yield from values(each, name)
    else:
        yield name, shown


def test_every_answer_has_an_example_of_its_shape(document: Any) -> None:
    wrong = []
    for endpoint, content in examples(document):
        assert "example" in content, endpoint
        check = Draft202012Validator({**content["schema"], "components": document["components"]})
        wrong += [f"{endpoint}: {each.json_path} {each.message}" for each in check.iter_errors(content["example"])]
    assert wrong == []


def test_every_value_of_an_example_is_one_that_a_reader_may_meet(document: Any) -> None:
    """No field holds its own name, and every id begins as those of its kind do."""
    odd = {
        f"{endpoint}: {name}"
        for endpoint, content in examples(document)
        for name, value in values(content["example"])
        if isinstance(value, str) and (value == name != "object" or value.startswith("obj_"))
    }
    assert odd == set()


def test_an_example_does_not_contradict_itself(document: Any) -> None:
    shown = {endpoint: content["example"] for endpoint, content in examples(document)}
    paid = shown["get /v1/payments/{payment_id}"]
    assert (paid["id"][:4], paid["status"], paid["merchant"]["id"][:4]) == ("pay_", "succeeded", "mer_")
    assert paid["amount_captured"] == paid["amount"]
    assert (paid["amount_refunded"]["amount"], paid["refunds"], paid["decline_code"]) == (0, [], None)
    for endpoint in ("get /v1/payments/{payment_id}", "get /v1/top_ups/{top_up_id}", "get /v1/payouts/{payout_id}"):
        each = shown[endpoint]
        assert each["total"]["amount"] == each["amount"]["amount"] + each["fee"]["amount"], endpoint
    day = shown["get /v1/wallet"]["limits"]["daily"]
    assert day["limit"]["amount"] == day["used"]["amount"] + day["remaining"]["amount"]
    assert shown["get /v1/cards"]["next_cursor"] is None
    assert paid["created_at"] == "2026-11-22T01:05:00Z"
