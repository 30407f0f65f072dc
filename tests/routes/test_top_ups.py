"""The form of what top-ups take and give over HTTP."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import DECLINES, top_up
from tests.build import a_card, a_merchant, a_person, cny, key, refused


@pytest.mark.parametrize(
    "amount",
    ["true", "1.0", '"100"', "1e2", "-1", "0", "-0", "10" + "0" * 30, '"１００"', '"1_000"', "null", "[100]"],
)
def test_an_amount_is_a_whole_number_of_minor_units_and_nothing_else(api: Api, cloud: LocalCloud, amount: str) -> None:
    """M25, M29."""
    someone = a_person(api, cloud, pin=None)
    body = f'{{"amount": {{"amount": {amount}, "currency": "CNY"}}, "source": {{"card_id": "crd_x"}}}}'.encode()
    refused(api.call("POST", "/v1/top_ups", body=body, token=someone.token, key=key()), 422, "invalid_request")


@pytest.mark.parametrize(
    "fields", [{"amount": {"amount": 1, "currency": "XXX"}}, {"amount": 100}, {"source": "crd_x"}, {"tip": cny(1)}]
)
def test_a_field_that_is_not_understood_is_refused(api: Api, cloud: LocalCloud, fields: dict[str, Any]) -> None:
    someone = a_person(api, cloud, pin=None)
    body = {"amount": cny(100), "source": {"card_id": "crd_x"}, **fields}
    refused(api.post("/v1/top_ups", body, token=someone.token, key=key()), 422, "invalid_request")


def test_a_decline_speaks_the_callers_language(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    card_id = a_card(api, cloud, someone, DECLINES)
    body = {"amount": cny(100), "source": {"card_id": card_id}}
    titles = {
        lang: refused(api.post("/v1/top_ups", body, token=someone.token, key=key(), lang=lang), 402, "card_declined")
        for lang in ("en", "zh-CN")
    }
    assert titles["en"]["title"] == "The card was declined"
    assert titles["zh-CN"]["title"] == "银行卡被拒绝"


def test_a_top_up_is_its_owners_alone_and_is_never_cached(api: Api, cloud: LocalCloud) -> None:
    """D15."""
    someone, shop = a_person(api, cloud), a_merchant(cloud)
    made = top_up(api, someone, a_card(api, cloud, someone))
    assert made.headers["cache-control"] == "no-store"
    assert set(made.ok(201)) == {
        "id", "object", "status", "amount", "fee", "total", "source", "quote_id", "schedule_version", "decline_code",
        "next_action", "settled_at", "created_at",
    }  # fmt: skip
    body = {"amount": cny(100), "source": {"card_id": "crd_x"}}
    refused(api.post("/v1/top_ups", body, token=shop.key, key=key()), 403, "wrong_caller")
    refused(api.post("/v1/top_ups", body, key=key()), 401, "not_authenticated")
    refused(api.get("/v1/top_ups/top_x", token=someone.token), 404, "not_found")
