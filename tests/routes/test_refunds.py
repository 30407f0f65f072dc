"""Refunds over HTTP: strangers first, then what a merchant and its customer see."""

from typing import Any

import pytest

from bench.meter import metered
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, balance_of, cny, key, refused
from tests.freezing import back
from tests.refunding import LATER, refund_to_card, settle
from tests.shopping import a_paid_payment, a_payment, cancel, refund
from wallet_api.ids import new_id


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=100_00)


def test_another_merchants_payment_is_as_missing_as_none(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """M35, P1."""
    payment, other = a_paid_payment(api, shop, ada), a_merchant(cloud)
    made = refund(api, shop, payment["id"], 100).ok(201)
    for payment_id in (payment["id"], new_id("pay", cloud.clock.now()), "pay_1"):
        refused(refund(api, other, payment_id, 1), 404, "not_found")
        refused(api.get(f"/v1/refunds?payment_id={payment_id}", token=other.key), 404, "not_found")
    for refund_id in (made["id"], new_id("ref", cloud.clock.now()), "ref_1"):
        refused(api.get(f"/v1/refunds/{refund_id}", token=other.key), 404, "not_found")


def test_another_customers_refund_is_as_missing_as_none(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """P1."""
    bo, payment = a_person(api, cloud), a_paid_payment(api, shop, ada)
    made = refund(api, shop, payment["id"], 100).ok(201)
    refused(api.get(f"/v1/refunds/{made['id']}", token=bo.token), 404, "not_found")
    refused(api.get(f"/v1/refunds?payment_id={payment['id']}", token=bo.token), 404, "not_found")


def test_a_customer_refunds_nothing(api: Api, shop: Shop, ada: Someone) -> None:
    """P4."""
    body = {"payment_id": a_paid_payment(api, shop, ada)["id"], "reason": "mine"}
    refused(api.post("/v1/refunds", body, token=ada.token, key=key()), 403, "wrong_caller")


def test_a_refund_needs_a_key(api: Api, shop: Shop, ada: Someone) -> None:
    """M38."""
    body = {"payment_id": a_paid_payment(api, shop, ada)["id"], "reason": "broken"}
    refused(api.post("/v1/refunds", body, token=shop.key), 400, "idempotency_key_required")


def test_what_is_no_payment_or_not_paid_has_nothing_to_refund(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """M35: a refund of a refund, of an unpaid, a canceled and an expired payment, and in another currency."""
    paid = a_paid_payment(api, shop, ada)
    made = refund(api, shop, paid["id"], 100).ok(201)
    refused(refund(api, shop, made["id"], 1), 404, "not_found")
    waiting, canceled = a_payment(api, shop), a_payment(api, shop)
    cancel(api, shop, canceled["id"]).ok(200)
    for payment, state in ((waiting, "requires_confirmation"), (canceled, "canceled")):
        problem = refused(refund(api, shop, payment["id"]), 409, "payment_not_refundable")
        assert problem["payment_status"] == state
    other = {"amount": 1, "currency": "JPY"}
    body = {"payment_id": paid["id"], "reason": "broken", "amount": other}
    answer = api.post("/v1/refunds", body, token=shop.key, key=key())
    assert refused(answer, 409, "refund_currency_differs")["currency"] == "CNY"


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("amount", {"amount": 0, "currency": "CNY"}, "/amount/amount"),
        ("amount", {"amount": True, "currency": "CNY"}, "/amount/amount"),
        ("amount", {"amount": 1, "currency": "XBT"}, "/amount/currency"),
        ("reason", "", "/reason"),
        ("payment_id", 17, "/payment_id"),
        ("merchant_id", "mer_1", "/merchant_id"),
        ("destination", "card", "/destination"),  # the customer chooses it, in a refund request
    ],
)
def test_a_field_that_is_not_acceptable_is_named(api: Api, shop: Shop, field: str, value: Any, pointer: str) -> None:
    """M25, P2."""
    body = {"payment_id": "pay_1", "reason": "broken", field: value}
    problem = refused(api.post("/v1/refunds", body, token=shop.key, key=key()), 422, "invalid_request")
    assert [each["pointer"] for each in problem["errors"]] == [pointer]


def test_money_goes_back_in_parts_and_both_sides_see_it(api: Api, shop: Shop, ada: Someone) -> None:
    """M7: the payment stays succeeded; what went back and how is told by its refunds."""
    payment = a_paid_payment(api, shop, ada, 1250)
    first = refund(api, shop, payment["id"], 1000).ok(201)
    assert (first["object"], first["status"], first["amount"]) == ("refund", "succeeded", cny(1000))
    assert (first["payment_id"], first["reason"], first["fee_returned"]) == (payment["id"], "returned", cny(6))
    rest = refund(api, shop, payment["id"]).ok(201)
    assert (rest["amount"], rest["fee_returned"]) == (cny(250), cny(2))
    assert refused(refund(api, shop, payment["id"]), 409, "refund_exceeds_payment")["refundable"] == cny(0)
    assert balance_of(api, ada) == 100_00
    for token in (shop.key, ada.token):
        seen = api.get(f"/v1/payments/{payment['id']}", token=token).ok(200)
        assert (seen["status"], seen["amount_refunded"]) == ("succeeded", cny(1250))
        assert seen["refunds"] == [first["id"], rest["id"]]
    for token, its_fee in ((shop.key, first["fee_returned"]), (ada.token, None)):
        seen = api.get(f"/v1/refunds/{first['id']}", token=token).ok(200)
        assert [(step["what"], step["at"]) for step in seen.pop("timeline")] == [
            ("refund.succeeded", first["created_at"])
        ]
        assert seen == {**first, "fee_returned": its_fee}
    assert (first["destination"], first["expected_at"], first["card"]) == ("balance", first["created_at"], None)


def listed(api: Api, token: str, query: str = "") -> list[str]:
    """The ids that all pages of a list hold, in their order."""
    seen, cursor = [], ""
    while True:
        page = api.get(f"/v1/refunds?{query}{cursor}", token=token).ok(200)
        seen += [each["id"] for each in page["data"]]
        if page["next_cursor"] is None:
            return seen
        cursor = f"&cursor={page['next_cursor']}"


def test_a_merchant_finds_all_it_gave_back_by_time_and_state(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """P1: its own alone; strangers and customers without a payment are shown none."""
    other = a_merchant(cloud)
    theirs = refund(api, other, a_paid_payment(api, other, ada, 100)["id"], 10).ok(201)["id"]
    made = []
    for day in range(3):
        payment = a_paid_payment(api, shop, ada, 100)
        for _ in range(2):
            cloud.clock.advance(1)
            made.append(refund(api, shop, payment["id"], 10).ok(201))
        if day < 2:
            cloud.clock.advance("20d")
            ada = back(api, cloud, ada)
    ids = [each["id"] for each in made][::-1]
    assert listed(api, shop.key) == listed(api, shop.key, "limit=1") == ids
    assert listed(api, other.key) == [theirs]
    refused(api.get("/v1/refunds", token=ada.token), 422, "invalid_request")
    refused(api.get(f"/v1/refunds?payment_id={made[0]['payment_id']}", token=other.key), 404, "not_found")
    assert listed(api, shop.key, f"from={made[2]['created_at']}") == ids[:4]
    assert listed(api, shop.key, f"to={made[2]['created_at']}") == ids[4:]
    assert listed(api, shop.key, f"from={made[2]['created_at']}&to={made[4]['created_at']}&limit=1") == ids[2:4]
    assert listed(api, shop.key, "status=succeeded&limit=2") == ids
    assert listed(api, shop.key, "status=pending&limit=2") == []
    of_one = f"payment_id={made[2]['payment_id']}"
    assert listed(api, shop.key, of_one) == listed(api, ada.token, of_one) == ids[2:4]
    assert listed(api, shop.key, f"{of_one}&from={made[3]['created_at']}") == ids[2:3]
    assert listed(api, shop.key, f"{of_one}&status=failed&limit=1") == []
    for wrong in ("status=lost", "from=yesterday", "cursor=x", "merchant_id=mer_1"):
        refused(api.get(f"/v1/refunds?{wrong}", token=shop.key), 422, "invalid_request")


def test_how_a_refund_to_a_card_stands_is_in_the_list(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    ada = a_person(api, cloud, balance=2_000_00)
    pending = refund_to_card(api, shop, ada, LATER)
    assert listed(api, shop.key, "status=pending") == [pending["id"]]
    settle(cloud)
    assert listed(api, shop.key, "status=pending") == []
    (row,) = api.get("/v1/refunds?status=succeeded", token=shop.key).ok(200)["data"]
    assert (row["id"], row["card"], row["diverted_reason"]) == (pending["id"], None, None)


def test_a_page_of_a_merchants_refunds_costs_as_much_however_many_there_are(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    costs = []
    for _ in range(2):
        payment = a_paid_payment(api, shop, ada, 1000)
        for _ in range(12):
            refund(api, shop, payment["id"], 10).ok(201)
        with metered() as meter:
            assert len(api.get("/v1/refunds?limit=5", token=shop.key).ok(200)["data"]) == 5
        costs.append((meter.round_trips, meter.read_units))
    assert costs[0][0] == costs[1][0] == 2
    assert costs[1][1] <= costs[0][1] + 4, "each partition is read no further than a page"


def test_no_partition_of_the_index_holds_all_of_a_merchants_refunds(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    payment = a_paid_payment(api, shop, ada, 1000)
    for _ in range(24):
        refund(api, shop, payment["id"], 10).ok(201)
    store = cloud.wallet.refunds.store
    rows = [raw for raw in store.storage.scan(store.items) if raw["sk"]["S"] == "refund"]
    buckets = {raw["owner_bucket"]["S"] for raw in rows}
    assert len(buckets) > 1
    assert all(bucket.startswith(f"{shop.id}/") and len(bucket) > len(shop.id) + 10 for bucket in buckets)


def test_the_refunds_of_a_payment_are_listed_newest_first_in_pages(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    payment = a_paid_payment(api, shop, ada, 100)
    made = []
    for _ in range(5):
        cloud.clock.advance(1)
        made.append(refund(api, shop, payment["id"], 10).ok(201)["id"])
    seen, cursor = [], ""
    while True:
        path = f"/v1/refunds?payment_id={payment['id']}&limit=2{cursor}"
        page = api.get(path, token=ada.token).ok(200)
        seen += [each["id"] for each in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == made[::-1]
    refused(api.get(f"/v1/refunds?payment_id={payment['id']}&cursor=x", token=ada.token), 422, "invalid_request")
    refused(api.get("/v1/refunds", token=ada.token), 422, "invalid_request")
