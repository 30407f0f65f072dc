"""A till takes a customer's payment code. Strangers, guesses and second tries come first."""

from collections.abc import Callable
from typing import Any

import pytest

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, PIN, Shop, Someone, a_merchant, a_person, balance_of, cny, key, refused
from tests.freezing import freeze
from tests.handset import Handset, a_handset, get_secret, scan, set_limit
from tests.identity import sign_in
from tests.shopping import at_once, cancel, capture, confirm, folded, merchant_balance, refund
from wallet_api.ledger import chart
from wallet_api.payment_codes.model import MAX_TRIES

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


def told(answer: Answer) -> tuple[Any, ...]:
    """All that a till can see of a refusal, but for what names the request."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "date")}
    return answer.status, {**wrong(answer), "request_id": ""}, headers


def test_every_code_that_pays_nothing_is_told_the_same(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    """P35: unknown, wrong, used, expired, ahead of its time, of a stopped owner: nobody learns which, or whose it was."""
    used = phone.code()
    scan(api, shop, used).ok(201)
    late, early = phone.code(steps=-2), phone.code(steps=4)
    unknown = phone.told["prefix"] + "000000000" + used[-7:]
    foreign = "28" + used[2:]
    answers = [scan(api, shop, code) for code in (used, late, early, another(phone.next_code()), unknown, foreign)]
    dead = phone.next_code()
    freeze(api, ada).ok()
    answers.append(scan(api, shop, dead))
    assert len({str(told(answer)) for answer in answers}) == 1


def test_a_code_is_good_once(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset) -> None:
    """P35: for whoever shows it again, the same till or another."""
    code, before = phone.code(), balance_of(api, ada)
    scan(api, shop, code, 10_00).ok(201)
    wrong(scan(api, shop, code, 10_00))
    wrong(scan(api, a_merchant(cloud), code, 10_00))
    assert balance_of(api, ada) == before - 10_00
    scan(api, shop, phone.next_code(), 10_00).ok(201)


def test_of_two_tills_with_one_code_at_once_one_is_paid(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    code, other, before = phone.code(), a_merchant(cloud), balance_of(api, ada)
    answers = at_once(api, *(lambda client, at=at: scan(client, at, code, 10_00) for at in (shop, other, shop, other)))
    assert sorted(answer.status for answer in answers) == [201, 403, 403, 403]
    assert balance_of(api, ada) == before - 10_00


@pytest.mark.parametrize("seconds", [-41, -21, -19, 0, 19, 21, 41])
def test_a_code_lives_for_a_minute_whatever_the_phones_clock(
    api: Api, cloud: LocalCloud, shop: Shop, phone: Handset, seconds: int
) -> None:
    """P35. A phone that is a step ahead or behind pays; one that is further off does not."""
    cloud.clock.freeze()
    phone.off = seconds
    step = lambda at: int(at) // 20  # noqa: E731
    now = cloud.clock.now().timestamp()
    taken = abs(step(now + seconds) - step(now)) <= 1
    assert scan(api, shop, phone.code()).status == (201 if taken else 403)


def test_a_code_opens_nothing_but_a_payment(api: Api, cloud: LocalCloud, ada: Someone, phone: Handset) -> None:
    """P35: it is no password, no second factor, no token and no yes to any other move."""
    code = phone.code()
    assert api.post("/v1/sessions", {"phone": ada.phone, "password": code}).status == 401
    challenge = api.post("/v1/sessions", {"phone": ada.phone, "password": PASSWORD}).ok(200)["challenge_id"]
    path = f"/v1/sessions/challenges/{challenge}/verify"
    assert api.post(path, {"method": "sms", "code": code[-6:]}).status in (401, 403, 422)
    assert api.get("/v1/wallet", token=code).status == 401
    assert api.get("/v1/wallet", token=phone.told["secret"]).status == 401
    body = {"to": {"phone": a_person(api, cloud).phone}, "amount": cny(100), "authorization": {"pin": code[-6:]}}
    assert api.post("/v1/transfers", body, token=ada.token, key=key()).status == 403


def _sign_out(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    api.delete("/v1/sessions/current", token=ada.token).ok()


def _remove_device(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    (device,) = api.get("/v1/devices", token=ada.token).ok(200)["data"]
    api.delete(f"/v1/devices/{device['id']}", token=ada.token).ok()


def _freeze(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    freeze(api, ada).ok()


def _change_password(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    body = {"current_password": PASSWORD, "new_password": "another cup of pu-erh"}
    api.put("/v1/password", body, token=ada.token).ok()


def _stop_codes(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    api.delete("/v1/devices/current/payment_code_secret", token=ada.token).ok(204)


def _ask_again(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    get_secret(api, ada).ok(201)


def _freeze_by_operator(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    with cloud.wallet.storage.atomic_write() as write:
        cloud.wallet.ledger.accounts.freeze(chart.customer(ada.id), write)


def _wait_a_week(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    cloud.clock.advance("7d")


@pytest.mark.parametrize(
    "end",
    [
        _sign_out,
        _remove_device,
        _freeze,
        _change_password,
        _stop_codes,
        _ask_again,
        _freeze_by_operator,
        _wait_a_week,
    ],
)
def test_what_ends_a_device_ends_its_codes_at_once(
    api: Api,
    cloud: LocalCloud,
    shop: Shop,
    ada: Someone,
    phone: Handset,
    end: Callable[[Api, LocalCloud, Someone], None],
) -> None:
    """P35: codes die with the session, the device, a freeze, a new password, and the secret's own time."""
    scan(api, shop, phone.code()).ok(201)
    end(api, cloud, ada)
    wrong(scan(api, shop, phone.next_code()))


def test_the_codes_of_another_device_go_on(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    """Each device has a secret of its own, under an alias of its own."""
    session = sign_in(api, cloud, ada)["session"]
    tablet = Someone(ada.id, ada.phone, session["access_token"], session["refresh_token"])
    other = a_handset(api, cloud, tablet)
    assert (other.told["alias"], other.told["secret"]) != (phone.told["alias"], phone.told["secret"])
    _sign_out(api, cloud, ada)
    wrong(scan(api, shop, phone.code()))
    # A device that is new to its owner pays nothing by itself.
    assert scan(api, shop, other.code()).ok(201)["status"] == "requires_action"


def test_ten_wrong_codes_end_an_alias(api: Api, cloud: LocalCloud, shop: Shop, phone: Handset) -> None:
    """P35, A12: whoever saw a code and guesses the next has ten tries, and the phone's own does not pay either then."""
    for _ in range(MAX_TRIES):
        wrong(scan(api, shop, another(phone.code())))
    wrong(scan(api, shop, phone.code()))


def test_a_code_that_pays_begins_the_count_anew(api: Api, cloud: LocalCloud, shop: Shop, phone: Handset) -> None:
    for _ in range(3):
        for _ in range(MAX_TRIES - 1):
            wrong(scan(api, shop, another(phone.code())))
        scan(api, shop, phone.code()).ok(201)
        cloud.clock.advance("10m")


def test_a_till_that_shows_too_many_wrong_codes_has_to_wait(
    api: Api, cloud: LocalCloud, shop: Shop, phone: Handset
) -> None:
    """P35: guesses are counted for each merchant, and even a right code is not looked at meanwhile; others go on."""
    cloud.clock.freeze()
    guesses = [scan(api, shop, f"47{number:016}") for number in range(30)]
    assert {guess.status for guess in guesses} == {403}
    stopped = scan(api, shop, phone.code())
    assert refused(stopped, 429, "rate_limited")["retry"] == "after"
    assert int(stopped.headers["retry-after"]) > 0
    scan(api, a_merchant(cloud), phone.code()).ok(201)
    cloud.clock.advance("10m")
    scan(api, shop, phone.code()).ok(201)


def test_codes_that_pay_use_no_share_up(api: Api, cloud: LocalCloud, shop: Shop, phone: Handset) -> None:
    """A busy till takes any number of good codes."""
    for _ in range(35):
        scan(api, shop, phone.next_code(), 1_00).ok(201)


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


def test_the_customer_says_up_to_how_much(api: Api, shop: Shop, ada: Someone, phone: Handset) -> None:
    """Zero means that every payment is confirmed; more than before takes the PIN."""
    set_limit(api, ada, 0, pin=None).ok(200)
    assert scan(api, shop, phone.code(), 1).ok(201)["status"] == "requires_action"
    refused(set_limit(api, ada, 500_00, pin=None), 403, "payment_pin_required")
    refused(set_limit(api, ada, 500_00, pin="135791"), 403, "wrong_payment_pin")
    assert scan(api, shop, phone.next_code(), 1).ok(201)["status"] == "requires_action"
    assert set_limit(api, ada, 500_00).ok(200)["limit"] == cny(500_00)
    assert scan(api, shop, phone.next_code(), 500_00).ok(201)["status"] == "succeeded"


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


def test_a_payment_by_a_code_is_shown_to_nobody_else(api: Api, shop: Shop, phone: Handset) -> None:
    """Its id is no invitation to pay: there is no page and no code of it."""
    asked = scan(api, shop, phone.code(), LARGE).ok(201)
    assert api.get(f"/checkout/{asked['id']}").status == 404


def test_a_person_scans_nobody_and_a_key_that_was_revoked_counts_no_try(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, phone: Handset
) -> None:
    body = {"amount": cny(1), "description": "x", "order_id": "1", "payment_code": phone.code()}
    assert api.post("/v1/payments", body, token=ada.token, key=key()).status == 403
    gone = a_merchant(cloud)
    caller = cloud.wallet.merchants.presented(gone.key)
    cloud.wallet.merchants.revoke_key(gone.id, caller.key_id)
    for _ in range(MAX_TRIES + 1):
        assert scan(api, gone, another(phone.code())).status == 401
    scan(api, shop, phone.code()).ok(201)


@pytest.mark.parametrize("code", ["", "47", "4" * 17, "4" * 19, "４７" + "1" * 16, " " + "4" * 17, 471234567890123456])
def test_what_is_no_code_at_all_is_a_bad_field(api: Api, shop: Shop, code: Any) -> None:
    problem = refused(scan(api, shop, code), 422, "invalid_request")
    assert [each["pointer"] for each in problem["errors"]] == ["/payment_code"]


def test_a_wrong_pin_gets_no_secret(api: Api, ada: Someone) -> None:
    refused(get_secret(api, ada, pin="135791"), 403, "wrong_payment_pin")
    assert get_secret(api, ada, pin=PIN).ok(201)["digits"] == 18
