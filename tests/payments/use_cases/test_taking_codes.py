"""A till takes a customer's payment code. Second tries come first."""

from typing import Any

import pytest

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, balance_of, cny, key, refused
from tests.handset import Handset, a_handset, get_secret, scan, set_limit
from tests.identity import sign_in
from tests.shopping import at_once, cancel, capture, confirm, folded, merchant_balance, refund
from wallet_api.ledger import chart

SMALL, LARGE = 200_00, 200_01


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=2_000_00)


@pytest.fixture
def phone(api: Api, cloud: LocalCloud, ada: Someone) -> Handset:
    return a_handset(api, cloud, ada)


def wrong(answer: Answer) -> dict[str, Any]:
    return refused(answer, 403, "payment_code_refused")


def another(code: str) -> str:
    """A code with the same alias and another one-time password."""
    return code[:-1] + str((int(code[-1]) + 5) % 10)


def _freeze_by_operator(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    with cloud.wallet.storage.atomic_write() as write:
        cloud.wallet.ledger.accounts.freeze(chart.customer(ada.id), write)


def test_a_till_that_lost_the_answer_asks_again_and_is_paid_once(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    """With the same code, or with a fresh one that the customer shows meanwhile: the key is what counts."""
    idem, before, order = key(), balance_of(api, ada), key()
    first = scan(api, shop, phone.code(), 10_00, idem=idem, order_id=order).ok(201)
    for code in (phone.code(), phone.next_code(), another(phone.code())):
        again = scan(api, shop, code, 10_00, idem=idem, order_id=order)
        assert (again.ok(201), again.headers["idempotent-replayed"]) == (first, "true")
    assert balance_of(api, ada) == before - 10_00
    # What the repetitions showed is not used by them.
    scan(api, shop, phone.code(), 10_00).ok(201)


def test_the_same_key_for_another_amount_or_without_a_code_is_another_request(
    api: Api, shop: Shop, phone: Handset
) -> None:
    idem, order = key(), key()
    scan(api, shop, phone.code(), 10_00, idem=idem, order_id=order).ok(201)
    refused(scan(api, shop, phone.code(), 11_00, idem=idem, order_id=order), 422, "idempotency_key_reused")
    body = {"amount": cny(10_00), "description": "乌龙茶", "order_id": order}
    refused(api.post("/v1/payments", body, token=shop.key, key=idem), 422, "idempotency_key_reused")


def test_a_wrong_code_is_no_decision_and_the_right_one_follows_under_the_same_key(
    api: Api, shop: Shop, phone: Handset
) -> None:
    idem, order = key(), key()
    wrong(scan(api, shop, another(phone.code()), idem=idem, order_id=order))
    assert scan(api, shop, phone.code(), idem=idem, order_id=order).ok(201)["status"] == "succeeded"


def test_an_order_is_paid_once_and_the_code_that_came_too_late_is_not_used(
    api: Api, shop: Shop, phone: Handset
) -> None:
    order = key()
    scan(api, shop, phone.code(), order_id=order).ok(201)
    fresh = phone.next_code()
    refused(scan(api, shop, fresh, order_id=order), 409, "order_id_taken")
    scan(api, shop, fresh).ok(201)


def test_a_small_amount_is_paid_at_once(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset) -> None:
    before = balance_of(api, ada)
    paid = scan(api, shop, phone.code(), SMALL, metadata={"till": "7"}).ok(201)
    assert (paid["status"], paid["presented_by"], paid["metadata"]) == ("succeeded", "customer", {"till": "7"})
    assert (paid["qr"], paid["checkout_url"]) == (None, None)
    assert balance_of(api, ada) == before - SMALL
    assert merchant_balance(cloud, shop) == SMALL - paid["fee"]["amount"]
    mine = api.get(f"/v1/payments/{paid['id']}", token=ada.token).ok(200)
    assert (mine["merchant"]["name"], mine["metadata"], mine["total"]) == ("Tea House", None, cny(SMALL))
    refund(api, shop, paid["id"]).ok(201)
    assert balance_of(api, ada) == before


def test_one_fen_more_waits_for_the_customer(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    """The till polls, or hears of it; the customer is asked on the phone, and nobody else can answer."""
    before, idem, order = balance_of(api, ada), key(), key()
    asked = scan(api, shop, phone.code(), LARGE, idem=idem, order_id=order).ok(201)
    assert (asked["status"], asked["fee"]) == ("requires_action", None)
    cloud.pump.drain()
    for token in (shop.key, ada.token):
        newest = api.get("/v1/events", token=token).ok(200)["data"][0]
        assert (newest["type"], newest["data"]["id"]) == ("payment.requires_action", asked["id"])
    bo = a_person(api, cloud, balance=500_00)
    refused(confirm(api, bo, asked["id"]), 404, "not_found")
    assert api.get(f"/v1/payments/{asked['id']}", token=bo.token).status == 404
    assert api.get(f"/v1/payments/{asked['id']}", token=ada.token).ok(200)["status"] == "requires_action"
    assert balance_of(api, ada) == before
    assert confirm(api, ada, asked["id"]).ok(200)["status"] == "succeeded"
    assert api.get(f"/v1/payments/{asked['id']}", token=shop.key).ok(200)["status"] == "succeeded"
    assert balance_of(api, ada) == before - LARGE
    again = scan(api, shop, phone.code(), LARGE, idem=idem, order_id=order)
    assert again.ok(201) == asked
    assert folded(cloud, chart.FEES) > 0


def test_the_till_takes_back_what_nobody_confirms(api: Api, shop: Shop, ada: Someone, phone: Handset) -> None:
    asked = scan(api, shop, phone.code(), LARGE).ok(201)
    assert cancel(api, shop, asked["id"]).ok(200)["status"] == "canceled"
    refused(confirm(api, ada, asked["id"]), 409, "payment_canceled")


def test_what_is_not_confirmed_in_two_minutes_is_over(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    asked = scan(api, shop, phone.code(), LARGE).ok(201)
    cloud.clock.advance("119s")
    assert api.get(f"/v1/payments/{asked['id']}", token=shop.key).ok(200)["status"] == "requires_action"
    cloud.clock.advance("1s")
    ended = api.get(f"/v1/payments/{asked['id']}", token=shop.key).ok(200)
    assert (ended["status"], ended["cancellation_reason"]) == ("canceled", "expired")
    refused(confirm(api, ada, asked["id"]), 409, "payment_expired")


def test_a_code_that_asks_its_customer_is_used_as_well(api: Api, shop: Shop, phone: Handset) -> None:
    code = phone.code()
    scan(api, shop, code, LARGE).ok(201)
    wrong(scan(api, shop, code, 1_00))


def test_codes_pay_a_thousand_a_day_by_themselves_and_then_ask(
    api: Api, cloud: LocalCloud, shop: Shop, phone: Handset
) -> None:
    paid = [scan(api, shop, phone.next_code(), SMALL).ok(201)["status"] for _ in range(5)]
    assert set(paid) == {"succeeded"}
    assert scan(api, shop, phone.next_code(), 1).ok(201)["status"] == "requires_action"
    cloud.clock.advance("24h")
    assert scan(api, shop, phone.code(), SMALL).ok(201)["status"] == "succeeded"


def test_many_tills_at_once_take_no_more_by_themselves_than_a_day_allows(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    """The sum is counted in the money's own condition: of what comes at once, what is beyond it asks the customer."""
    set_limit(api, ada, 600_00).ok(200)
    session = sign_in(api, cloud, ada)["session"]
    tablet = a_handset(api, cloud, Someone(ada.id, ada.phone, session["access_token"], session["refresh_token"]))
    cloud.clock.advance("24h")  # no device is new any more
    codes = [phone.code(), tablet.code()]
    answers = at_once(api, *(lambda client, code=code: scan(client, shop, code, 600_00) for code in codes))
    assert sorted(answer.ok(201)["status"] for answer in answers) == ["requires_action", "succeeded"]


def test_a_till_is_told_little_of_a_customer_who_cannot_pay_and_the_customer_all(
    api: Api, cloud: LocalCloud, shop: Shop
) -> None:
    """A refusal makes no payment, is kept under its key, uses the code, and leaves the order free."""
    bo = a_person(api, cloud, balance=5_00)
    phone, idem, order = a_handset(api, cloud, bo), key(), key()
    code = phone.code()
    answer = scan(api, shop, code, 10_00, idem=idem, order_id=order)
    problem = refused(answer, 402, "payment_declined")
    assert problem["decline_code"] == "insufficient_funds"
    assert not {"needed", "balance", "limit"} & problem.keys()
    assert scan(api, shop, phone.code(), 10_00, idem=idem, order_id=order).json == problem
    wrong(scan(api, shop, code, 1_00))
    assert api.get(f"/v1/payments?order_id={order}", token=shop.key).ok(200)["data"] == []
    scan(api, shop, phone.next_code(), 5_00, order_id=order).ok(201)
    cloud.pump.drain()
    heard = [
        each for each in api.get("/v1/events", token=bo.token).ok(200)["data"] if each["type"] == "payment.declined"
    ]
    assert [each["data"]["decline_code"] for each in heard] == ["insufficient_funds"]
    assert "payment.declined" not in {each["type"] for each in api.get("/v1/events", token=shop.key).ok(200)["data"]}
    inbox = api.get("/v1/notifications", token=bo.token).ok(200)["data"]
    assert "payment.declined" in {each["type"] for each in inbox}


def test_a_limit_of_the_customer_is_told_to_the_till_as_a_limit_and_no_more(
    api: Api, cloud: LocalCloud, shop: Shop
) -> None:
    phone = a_handset(api, cloud, a_person(api, cloud, balance=20_000_00))
    problem = refused(scan(api, shop, phone.code(), 10_000_01), 402, "payment_declined")
    assert problem["decline_code"] == "limit_exceeded"


def test_the_owner_of_a_frozen_wallet_is_told_plainly(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    """The till hears what it hears of any code that does not pay."""
    _freeze_by_operator(api, cloud, ada)
    wrong(scan(api, shop, phone.code()))
    cloud.pump.drain()
    newest = api.get("/v1/events", token=ada.token).ok(200)["data"][0]
    assert (newest["type"], newest["data"]["decline_code"]) == ("payment.declined", "wallet_frozen")
    refused(get_secret(api, ada), 403, "access_frozen")


def test_a_hold_by_a_code_is_captured_like_any_other(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    """And one that nobody captures goes back by the schedule."""
    before = balance_of(api, ada)
    held = scan(api, shop, phone.code(), 50_00, capture="manual").ok(201)
    assert held["status"] == "authorized"
    assert capture(api, shop, held["id"], 30_00).ok(200)["amount_captured"] == cny(30_00)
    assert balance_of(api, ada) == before - 30_00
    left = scan(api, shop, phone.next_code(), 50_00, capture="manual").ok(201)
    cloud.clock.advance("8d")
    assert cloud.wallet.payments.settle_due() == 1
    assert cloud.wallet.payments.found_again(left["id"]).status == "canceled"


@pytest.mark.parametrize(("amount", "then"), [(777_01, "failed"), (777_03, "succeeded"), (777_04, "processing")])
def test_a_payment_by_a_code_is_reviewed_like_any_other(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset, amount: int, then: str
) -> None:
    set_limit(api, ada, 1_000_00).ok(200)
    idem, order, before = key(), key(), balance_of(api, ada)
    made = scan(api, shop, phone.code(), amount, idem=idem, order_id=order).ok(201)
    assert made["status"] == then
    assert balance_of(api, ada) == before - (0 if then == "failed" else amount)
    cloud.clock.advance("10m")
    cloud.wallet.payments.settle_due()
    ended = api.get(f"/v1/payments/{made['id']}", token=shop.key).ok(200)
    assert ended["status"] == ("failed" if then == "failed" else "succeeded")


def test_a_payment_by_a_code_is_shown_to_nobody_else(api: Api, shop: Shop, phone: Handset) -> None:
    """Its id is no invitation to pay: there is no page and no code of it."""
    asked = scan(api, shop, phone.code(), LARGE).ok(201)
    assert api.get(f"/checkout/{asked['id']}").status == 404


@pytest.mark.parametrize("code", ["", "47", "4" * 17, "4" * 19, "４７" + "1" * 16, " " + "4" * 17, 471234567890123456])
def test_what_is_no_code_at_all_is_a_bad_field(api: Api, shop: Shop, code: Any) -> None:
    problem = refused(scan(api, shop, code), 422, "invalid_request")
    assert [each["pointer"] for each in problem["errors"]] == ["/payment_code"]


def code_limit_used(api: Api, someone: Someone) -> int:
    """What of the day's sum for codes that pay by themselves is used."""
    limits = api.get("/v1/wallet", token=someone.token).ok(200)["limits"]
    return int(limits["payment_codes"]["daily"]["used"]["amount"])


def test_what_a_code_paid_and_comes_back_returns_to_the_codes_own_limit(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    """M32: a review that failed, a hold that was voided, the rest of one that was captured in part; each as it was counted."""
    set_limit(api, ada, 1_000_00).ok(200)
    assert scan(api, shop, phone.code(), 777_01).ok(201)["status"] == "failed"
    assert code_limit_used(api, ada) == 0
    for amount, captured, left in ((50_00, 0, 0), (60_00, 20_00, 20_00)):
        held = scan(api, shop, phone.next_code(), amount, capture="manual").ok(201)["id"]
        assert code_limit_used(api, ada) == amount
        if captured:
            capture(api, shop, held, captured).ok(200)
        else:
            cancel(api, shop, held).ok(200)
        assert code_limit_used(api, ada) == left


def test_what_was_asked_for_is_not_taken_off_what_codes_paid_by_themselves(
    api: Api, shop: Shop, ada: Someone, phone: Handset
) -> None:
    scan(api, shop, phone.code(), 100_00).ok(201)
    asked = scan(api, shop, phone.next_code(), 300_00, capture="manual").ok(201)
    assert asked["status"] == "requires_action"
    confirm(api, ada, asked["id"]).ok(200)
    cancel(api, shop, asked["id"]).ok(200)
    assert code_limit_used(api, ada) == 100_00
