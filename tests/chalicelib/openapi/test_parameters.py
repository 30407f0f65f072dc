"""Every parameter says what it means, and no meaning is kept for one that is gone."""

from typing import Any

from chalicelib.openapi.parameters import MEANINGS, described


def test_every_parameter_of_every_call_is_described(document: Any) -> None:
    found = [(where, each) for where, each in _parameters(document) if "description" not in each]
    assert [f"{where} {each['name']}" for where, each in found] == []


def test_no_meaning_is_left_of_a_parameter_that_is_gone(document: Any) -> None:
    told = {each["description"] for _, each in _parameters(document)}
    assert {name: meaning for name, meaning in MEANINGS.items() if meaning not in told} == {}


def test_one_call_may_mean_something_else_by_a_name() -> None:
    assert described("refunds_list_refunds", "payment_id") == {
        "description": "The payment whose refunds are listed. For a merchant, left away, all of its own are."
    }
    assert described("payments_get_payment", "payment_id") == {"description": "The `id` of the payment."}
    assert described("payments_get_payment", "unheard_of") == {}


def _parameters(document: Any) -> list[tuple[str, Any]]:
    return [
        (f"{method} {path}", each)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        for each in operation["parameters"]
        if "$ref" not in each
    ]
