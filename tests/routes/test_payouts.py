"""Payouts over HTTP: who may not, what is repeated, and then money that reaches a bank."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person, cny, key, refused
from tests.selling import an_owned_shop
from tests.settling import earn, funds, next_day, pay_out, payouts, true, with_account
from tests.shopping import refund

EARNED = 99_40


@pytest.fixture
def shop(api: Api, cloud: LocalCloud) -> Shop:
    """A shop whose 99.40 yuan were earned today."""
    shop = with_account(cloud, a_merchant(cloud))
    earn(api, cloud, shop)
    return shop


def a_day_later(cloud: LocalCloud) -> None:
    """The money is available and nothing was paid out yet: the schedule has not run."""
    cloud.clock.advance("24h")


def test_another_merchants_payout_is_as_missing_as_none(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """P1."""
    a_day_later(cloud)
    made = pay_out(api, shop, 10_00).ok(201)
    other = a_merchant(cloud)
    refused(api.get(f"/v1/payouts/{made['id']}", token=other.key), 404, "payout_not_found")
    assert payouts(api, other) == []
    refused(
        api.post("/v1/payouts", {"currency": "CNY"}, token=a_person(api, cloud).token, key=key()), 403, "wrong_caller"
    )


def test_the_same_key_pays_out_once(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    a_day_later(cloud)
    idem = key()
    first, again = (pay_out(api, shop, 10_00, idem=idem) for _ in range(2))
    assert first.ok(201) == again.ok(201)
    assert again.headers["idempotent-replayed"] == "true"
    refused(pay_out(api, shop, 11_00, idem=idem), 422, "idempotency_key_reused")
    assert len(payouts(api, shop)) == 1
    true(cloud)


def test_what_was_earned_today_is_pending_until_midnight(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """T+1: the money is there and not to be had yet."""
    assert funds(api, shop) == {"amount": EARNED, "available": 0, "pending": EARNED, "reserved": 0}
    problem = refused(pay_out(api, shop, 10_00), 402, "payout_exceeds_available")
    assert problem["available"] == cny(0)
    refused(pay_out(api, shop), 402, "payout_below_minimum")
    a_day_later(cloud)
    assert funds(api, shop) == {"amount": EARNED, "available": EARNED, "pending": 0, "reserved": 0}


def test_a_payout_on_request_costs_its_fee_and_leaves_the_rest(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    a_day_later(cloud)
    made = pay_out(api, shop, 50_00).ok(201)
    assert (made["status"], made["kind"], made["amount"], made["fee"], made["total"]) == (
        "paid", "requested", cny(50_00), cny(1_00), cny(51_00),
    )  # fmt: skip
    assert made["destination"] == {"bank": "中国银行", "last4": "3456"}
    assert made["bank_reference"].startswith("BNK")
    assert funds(api, shop)["available"] == EARNED - 51_00
    assert pay_out(api, shop).ok(201)["amount"] == cny(EARNED - 51_00 - 1_00)
    assert funds(api, shop) == {"amount": 0, "available": 0, "pending": 0, "reserved": 0}
    true(cloud)


def test_one_fen_more_than_there_is_is_too_much(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    a_day_later(cloud)
    refused(pay_out(api, shop, EARNED - 1_00 + 1), 402, "payout_exceeds_available")
    assert pay_out(api, shop, EARNED - 1_00).ok(201)["status"] == "paid"
    refused(pay_out(api, shop, 99), 402, "payout_below_minimum")


def test_an_account_is_needed_and_a_changed_one_waits(api: Api, cloud: LocalCloud) -> None:
    """P24: what leads money elsewhere leaves its owner two days to object."""
    bare = a_merchant(cloud)
    refused(pay_out(api, bare, 10_00), 402, "payout_account_missing")
    owner, shop = an_owned_shop(api, cloud)
    earn(api, cloud, shop)
    body = {
        "bank": "中国工商银行",
        "holder_name": "昆明翠湖茶馆",
        "account_number": "6222020200112233445",
        "pin": "428617",
    }
    api.put(f"/v1/merchants/{shop.id}/settlement_account", body, token=owner.token).ok(200)
    a_day_later(cloud)
    refused(pay_out(api, shop, 10_00), 402, "payout_account_cooling_down")
    assert next_day(cloud) >= 1
    assert payouts(api, shop) == []
    cloud.clock.advance("24h")
    assert pay_out(api, shop, 10_00).ok(201)["destination"]["last4"] == "3445"


def test_a_suspended_merchant_is_not_paid_out(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    cloud.wallet.merchants.suspend(shop.id)
    refused(pay_out(api, shop, 10_00), 403, "merchant_suspended")
    next_day(cloud)
    cloud.wallet.merchants.reinstate(shop.id)
    assert payouts(api, shop) == []
    next_day(cloud)
    assert [each["amount"] for each in payouts(api, shop)] == [cny(EARNED)]


def test_who_owes_after_refunds_is_paid_out_what_is_left_of_the_next_days(
    api: Api, cloud: LocalCloud, shop: Shop
) -> None:
    """A refund is never refused for the merchant's shortage; the next settlement recovers it first."""
    next_day(cloud)
    assert funds(api, shop)["amount"] == 0
    payment = api.get("/v1/payments", token=shop.key).ok(200)["data"][0]
    refund(api, shop, payment["id"]).ok(201)
    cloud.pump.drain()
    assert funds(api, shop)["available"] == -EARNED
    earn(api, cloud, shop, 30_00)
    next_day(cloud)
    assert len(payouts(api, shop)) == 1
    earn(api, cloud, shop, 200_00)
    next_day(cloud)
    assert payouts(api, shop)[0]["amount"] == cny(2982 + 198_80 - EARNED)
    true(cloud)


def test_the_owner_sees_the_balance_too(api: Api, cloud: LocalCloud) -> None:
    owner, shop = an_owned_shop(api, cloud)
    earn(api, cloud, shop)
    seen = api.get(f"/v1/merchants/{shop.id}/balance", token=owner.token).ok(200)
    assert seen["balances"] == api.get("/v1/balance", token=shop.key).ok(200)["balances"]
    refused(api.get(f"/v1/merchants/{shop.id}/balance", token=a_merchant(cloud).key), 404, "not_found")


@pytest.mark.parametrize(
    "body", [{}, {"currency": "XXX"}, {"amount": cny(100), "currency": "EUR"}, {"amount": cny(0)}, {"currency": "cny"}]
)
def test_what_is_no_wish_is_refused(api: Api, cloud: LocalCloud, shop: Shop, body: object) -> None:
    refused(api.post("/v1/payouts", body, token=shop.key, key=key()), 422, "invalid_request")


def test_events_tell_of_a_payout(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    next_day(cloud)
    found = api.get("/v1/events?type=payout.*", token=shop.key).ok(200)["data"]
    assert {each["type"] for each in found} == {"payout.created", "payout.paid"}
    assert {each["data"]["amount"]["amount"] for each in found} == {EARNED}
