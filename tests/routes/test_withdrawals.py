"""The form of what withdrawals take and give over HTTP."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, a_merchant, a_person, cny, key, refused
from tests.withdrawing import CREDIT, shown, with_card, withdraw

YES = '"authorization": {"pin": "000000"}'
FIELDS = {
    "id", "object", "status", "amount", "fee", "total", "destination", "quote_id", "schedule_version", "decline_code",
    "expected_at", "settled_at", "ended_at", "created_at",
}  # fmt: skip


@pytest.mark.parametrize(
    "amount", ["true", "1.0", '"100"', "1e2", "-1", "0", "10" + "0" * 30, '"１００"', "null", "[1]"]
)
def test_an_amount_is_a_whole_number_of_minor_units_and_nothing_else(api: Api, cloud: LocalCloud, amount: str) -> None:
    """M25, M29."""
    someone = a_person(api, cloud, pin=None)
    body = f'{{"amount": {{"amount": {amount}, "currency": "CNY"}}, "card_id": "crd_x", {YES}}}'.encode()
    refused(api.call("POST", "/v1/withdrawals", body=body, token=someone.token, key=key()), 422, "invalid_request")


@pytest.mark.parametrize(
    "fields",
    [{"amount": {"amount": 1, "currency": "XXX"}}, {"amount": 100}, {"card_id": ""}, {"tip": cny(1)}, {"to": "crd_x"}],
)
def test_a_field_that_is_not_understood_is_refused(api: Api, cloud: LocalCloud, fields: dict[str, Any]) -> None:
    someone = a_person(api, cloud, pin=None)
    body = {"amount": cny(100), "card_id": "crd_x", "authorization": {"pin": PIN}, **fields}
    refused(api.post("/v1/withdrawals", body, token=someone.token, key=key()), 422, "invalid_request")


def test_a_key_is_required_and_merchants_have_no_withdrawals(api: Api, cloud: LocalCloud) -> None:
    """M38."""
    someone, shop = a_person(api, cloud, pin=None), a_merchant(cloud)
    body = {"amount": cny(100), "card_id": "crd_x", "authorization": {"pin": PIN}}
    refused(api.post("/v1/withdrawals", body, token=someone.token), 400, "idempotency_key_required")
    refused(api.post("/v1/withdrawals", body, token=shop.key, key=key()), 403, "wrong_caller")
    refused(api.post("/v1/withdrawals", body, key=key()), 401, "not_authenticated")
    refused(api.get("/v1/withdrawals/wdr_x", token=someone.token), 404, "not_found")


def test_a_refusal_speaks_the_callers_language(api: Api, cloud: LocalCloud) -> None:
    someone, card_id = with_card(api, cloud, CREDIT)
    titles = {}
    for lang in ("en", "zh-CN"):
        body = {"amount": cny(100), "card_id": card_id, "authorization": {"pin": PIN}}
        answer = api.post("/v1/withdrawals", body, token=someone.token, key=key(), lang=lang)
        titles[lang] = refused(answer, 402, "withdrawal_to_credit_card")["title"]
    assert titles == {"en": "Not to a credit card", "zh-CN": "不支持提现到信用卡"}


def test_a_withdrawal_shows_neither_token_nor_number_and_is_never_cached(api: Api, cloud: LocalCloud) -> None:
    """D1, D15."""
    someone, card_id = with_card(api, cloud)
    made = withdraw(api, someone, card_id)
    assert made.headers["cache-control"] == "no-store"
    assert set(made.ok(201)) == FIELDS
    found = shown(api, someone, made.json["id"])
    assert set(found) == {*FIELDS, "timeline"}
    assert "tok_" not in str(found)
    assert [set(step) for step in found["timeline"]] == [
        {"at", "what", "who", "text", "id", "amount", "expected_at"}
    ] * 2
