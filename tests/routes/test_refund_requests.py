"""Refund requests over HTTP: strangers first, then what a customer and a merchant see."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_card, a_merchant, a_person, balance_of, cny, key, refused
from tests.refunding import approve, ask_back, asked, decline, steps_of, take_back
from tests.shopping import a_paid_payment, a_payment, cancel, refund
from wallet_api.ids import new_id


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=100_00)


def test_another_customers_payment_is_as_missing_as_none(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """P1, M35."""
    bo, payment = a_person(api, cloud), a_paid_payment(api, shop, ada)
    waiting = a_payment(api, shop)["id"]
    for payment_id in (payment["id"], waiting, new_id("pay", cloud.clock.now()), "pay_1"):
        refused(ask_back(api, bo, payment_id), 404, "not_found")


def test_strangers_find_no_request(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """P1: another customer and another merchant, and a customer's own request is not theirs to approve."""
    request, bo, other = asked(api, shop, ada), a_person(api, cloud), a_merchant(cloud)
    for request_id in (request["id"], new_id("rfr", cloud.clock.now()), "rfr_1"):
        refused(api.get(f"/v1/refund_requests/{request_id}", token=bo.token), 404, "not_found")
        refused(api.get(f"/v1/refund_requests/{request_id}", token=other.key), 404, "not_found")
        refused(take_back(api, bo, request_id), 404, "not_found")
        refused(approve(api, other, request_id), 404, "not_found")
        refused(decline(api, other, request_id), 404, "not_found")
    for stranger in (bo.token, other.key):
        assert api.get("/v1/refund_requests", token=stranger).ok(200)["data"] == []
    path = f"/v1/refund_requests/{request['id']}"
    refused(api.post(f"{path}/approve", {}, token=ada.token, key=key()), 403, "wrong_caller")
    refused(api.post(f"{path}/decline", {"reason": "no"}, token=ada.token), 403, "wrong_caller")
    refused(api.post(f"{path}/cancel", token=shop.key), 403, "wrong_caller")
    assert balance_of(api, ada) == 100_00 - 1250


def test_asking_and_approving_need_a_key(api: Api, shop: Shop, ada: Someone) -> None:
    """M38."""
    request = asked(api, shop, ada)
    body = {"payment_id": request["payment_id"], "reason": "other"}
    refused(api.post("/v1/refund_requests", body, token=ada.token), 400, "idempotency_key_required")
    path = f"/v1/refund_requests/{request['id']}/approve"
    refused(api.post(path, {}, token=shop.key), 400, "idempotency_key_required")


def test_what_was_not_paid_or_is_refunded_is_not_asked_for(api: Api, shop: Shop, ada: Someone) -> None:
    """M35."""
    paid = a_paid_payment(api, shop, ada)
    assert refused(ask_back(api, ada, paid["id"], 1251), 409, "refund_exceeds_payment")["refundable"] == cny(1250)
    body = {"payment_id": paid["id"], "reason": "other", "amount": {"amount": 1, "currency": "JPY"}}
    yen = api.post("/v1/refund_requests", body, token=ada.token, key=key())
    assert refused(yen, 409, "refund_currency_differs")["currency"] == "CNY"
    refund(api, shop, paid["id"]).ok(201)
    assert refused(ask_back(api, ada, paid["id"]), 409, "refund_exceeds_payment")["refundable"] == cny(0)
    canceled = a_payment(api, shop)
    cancel(api, shop, canceled["id"]).ok(200)
    refused(ask_back(api, ada, canceled["id"]), 404, "not_found")


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("amount", {"amount": 0, "currency": "CNY"}, "/amount/amount"),
        ("amount", {"amount": 1, "currency": "XBT"}, "/amount/currency"),
        ("reason", "because", "/reason"),
        ("note", "", "/note"),
        ("destination", "cash", "/destination"),
        ("card_id", "crd_1", "/card_id"),
        ("payment_id", 17, "/payment_id"),
        ("merchant_id", "mer_1", "/merchant_id"),
    ],
)
def test_a_field_that_is_not_acceptable_is_named(
    api: Api, shop: Shop, ada: Someone, field: str, value: Any, pointer: str
) -> None:
    """P2."""
    body = {"payment_id": a_paid_payment(api, shop, ada)["id"], "reason": "other", field: value}
    problem = refused(api.post("/v1/refund_requests", body, token=ada.token, key=key()), 422, "invalid_request")
    assert [each["pointer"] for each in problem["errors"]] == [pointer]


def test_a_customer_asks_and_the_merchant_gives_a_part_back(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """M7: from the payment to the money's arrival, with everything that happened on the way."""
    payment = a_paid_payment(api, shop, ada)
    request = ask_back(api, ada, payment["id"], 1000, note="The pot is cracked").ok(201)
    assert (request["object"], request["status"], request["amount"]) == ("refund_request", "open", cny(1000))
    assert (request["destination"], request["note"]) == ("balance", "The pot is cracked")
    for token in (ada.token, shop.key):
        (listed,) = api.get("/v1/refund_requests?status=open", token=token).ok(200)["data"]
        assert listed == request
        shown = api.get(f"/v1/refund_requests/{request['id']}", token=token).ok(200)
        assert steps_of(shown) == ["refund_request.created", "refund_request.answer"]
        assert (shown["timeline"][1]["at"], shown["timeline"][1]["expected_at"]) == (None, request["answer_by"])
    cloud.clock.advance(1)
    approved = approve(api, shop, request["id"], 600).ok(200)
    assert (approved["status"], approved["approved_amount"], approved["amount"]) == ("approved", cny(600), cny(1000))
    assert balance_of(api, ada) == 100_00 - 1250 + 600
    given = api.get(f"/v1/refunds/{approved['refund_id']}", token=ada.token).ok(200)
    assert (given["status"], given["destination"], given["amount"]) == ("succeeded", "balance", cny(600))
    assert (given["reason"], given["refund_request_id"], given["expected_at"]) == (
        "damaged",
        request["id"],
        given["created_at"],
    )
    told = [(step["what"], step["who"]) for step in given["timeline"]]
    assert told == [
        ("refund_request.created", "customer"),
        ("refund_request.approved", "merchant"),
        ("refund.succeeded", "merchant"),
    ]
    shown = api.get(f"/v1/refund_requests/{request['id']}", token=shop.key).ok(200)
    assert shown["timeline"] == given["timeline"]


def test_a_transactions_page_tells_all_of_it_in_the_readers_language(api: Api, shop: Shop, ada: Someone) -> None:
    request = asked(api, shop, ada)
    approve(api, shop, request["id"]).ok(200)
    rows = api.get("/v1/transactions?kind=payment", token=ada.token).ok(200)["data"]
    pages = [
        api.call("GET", f"/v1/transactions/{rows[0]['id']}", token=ada.token, headers=[("Accept-Language", locale)]).ok(
            200
        )
        for locale in ("en", "zh-CN")
    ]
    assert steps_of(pages[0]) == [
        "payment.created", "payment.succeeded", "refund_request.created", "refund_request.approved", "refund.succeeded",
    ]  # fmt: skip
    assert pages[0]["timeline"][-1]["text"] == "The merchant gave the money back. It is on the wallet balance."
    assert pages[1]["timeline"][-1]["text"] == "商户已退款，款项已到账钱包余额。"


def test_a_no_has_a_reason_and_the_customer_may_ask_again(api: Api, shop: Shop, ada: Someone) -> None:
    request = asked(api, shop, ada)
    declined = decline(api, shop, request["id"], "The seal is broken").ok(200)
    assert (declined["status"], declined["decline_reason"]) == ("declined", "The seal is broken")
    assert decline(api, shop, request["id"], "Another reason").ok(200) == declined
    refused(approve(api, shop, request["id"]), 409, "refund_request_ended")
    assert refused(take_back(api, ada, request["id"]), 409, "refund_request_ended")["request_status"] == "declined"
    again = ask_back(api, ada, request["payment_id"]).ok(201)
    assert again["id"] != request["id"]
    assert balance_of(api, ada) == 100_00 - 1250


def test_a_request_that_was_taken_back_is_not_approved(api: Api, shop: Shop, ada: Someone) -> None:
    request = asked(api, shop, ada)
    canceled = take_back(api, ada, request["id"]).ok(200)
    assert (canceled["status"], canceled["cancellation_reason"]) == ("canceled", "requested_by_customer")
    assert take_back(api, ada, request["id"]).ok(200) == canceled
    refused(approve(api, shop, request["id"]), 409, "refund_request_ended")
    refused(decline(api, shop, request["id"]), 409, "refund_request_ended")


def test_a_card_that_is_not_bound_is_refused_and_the_merchant_sees_no_card(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    bo, payment = a_person(api, cloud), a_paid_payment(api, shop, ada)
    for card_id in ("crd_1", a_card(api, cloud, bo), new_id("crd", cloud.clock.now())):
        answer = ask_back(api, ada, payment["id"], destination="card", card_id=card_id)
        refused(answer, 404, "card_not_found")
    request = ask_back(api, ada, payment["id"], destination="card").ok(201)
    assert request["card_id"] is not None
    seen = api.get(f"/v1/refund_requests/{request['id']}", token=shop.key).ok(200)
    assert (seen["destination"], seen["card_id"]) == ("card", None)


def test_requests_are_listed_newest_first_in_pages(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    made = []
    for _ in range(5):
        cloud.clock.advance(1)
        made.append(asked(api, shop, ada, 100)["id"])
    decline(api, shop, made[2]).ok(200)
    for token in (ada.token, shop.key):
        for more, wanted in (("", made[::-1]), ("&status=declined", [made[2]])):
            seen, cursor = [], ""
            while True:
                page = api.get(f"/v1/refund_requests?limit=2{more}{cursor}", token=token).ok(200)
                seen += [each["id"] for each in page["data"]]
                if page["next_cursor"] is None:
                    break
                cursor = f"&cursor={page['next_cursor']}"
            assert seen == wanted
    refused(api.get("/v1/refund_requests?cursor=x", token=ada.token), 422, "invalid_request")
