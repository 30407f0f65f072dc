"""Sending money to another person, over HTTP: once, wholly, within limits, or not at all."""

from datetime import timedelta
from typing import Any

import pytest

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Someone, a_person, balance_of, cny, key, known_payee, refused, send, signed_in_again
from tests.crowd import at_once
from tests.faults.injector import Faults
from tests.ledger_world import World
from wallet_api.clock import WALLET_DAY
from wallet_api.ledger import chart
from wallet_api.ledger.verify import verify

HALF_A_DAY = 990_000
"""Two of these fit into the basic tier's day of 20,000 yuan with their fees, a third does not."""

TOO_MANY_AT_ONCE = "payment_pin_busy"
"""While five right PINs of one person are being looked at, a sixth has to wait: the key may be tried again."""


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=10_000)


@pytest.fixture
def rich(api: Api, cloud: LocalCloud, world: World) -> Someone:
    """Somebody with a million yuan and a basic tier."""
    someone = a_person(api, cloud)
    world.fund(chart.customer(someone.id), 100_000_000)
    return someone


def attempts(cloud: LocalCloud, someone: Someone) -> int:
    return int(cloud.wallet.ledger.accounts.require(chart.customer(someone.id)).attempts)


def request(payee: dict[str, str], amount: int = 100, **more: Any) -> dict[str, Any]:
    return {"to": payee, "amount": cny(amount), "authorization": {"pin": PIN}, **more}


def code(answer: Answer) -> str:
    return str(answer.json.get("code", answer.status))


def test_money_arrives_at_once_and_wholly(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    made = send(api, ada, bo, 700).ok(201)

    assert (made["object"], made["status"], made["direction"]) == ("transfer", "succeeded", "out")
    assert (made["amount"], made["fee"], made["total"]) == (cny(700), cny(0), cny(700))
    assert (made["payer"], made["payee"]) == ({"user_id": ada.id}, {"user_id": bo.id})
    assert (balance_of(api, ada), balance_of(api, bo)) == (9_300, 700)
    cloud.pump.drain()
    assert verify(cloud.wallet.ledger).holds


def test_the_payee_is_found_by_phone_in_any_spelling_by_id_and_by_email(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    number = bo.phone.removeprefix("+86")
    for phone in (bo.phone, number, f"+86 {number[:3]} {number[3:7]} {number[7:]}", f"+86-{number}"):
        api.post("/v1/transfers", request({"phone": phone}), token=ada.token, key=key()).ok(201)
    api.post("/v1/transfers", request({"user_id": bo.id}), token=ada.token, key=key()).ok(201)

    assert balance_of(api, bo) == 500


def test_who_has_no_wallet_gets_nothing_and_no_account_appears_m6(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """M6: an unknown payee leaves no ghost account with money."""
    before = [raw["pk"]["S"] for raw in cloud.wallet.storage.scan(cloud.wallet.ledger.account_items)]

    for payee in ({"phone": "+8613999999999"}, {"email": "no@example.org"}, {"user_id": "usr_" + "0" * 26}):
        answer = api.post("/v1/transfers", request(payee), token=ada.token, key=key())
        refused(answer, 404, "payee_not_found")

    after = [raw["pk"]["S"] for raw in cloud.wallet.storage.scan(cloud.wallet.ledger.account_items)]
    assert sorted(after) == sorted(before)
    assert balance_of(api, ada) == 10_000
    assert attempts(cloud, ada) == 0


def test_nobody_sends_to_themselves_m9(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """M9: a clean refusal, by each way to name oneself."""
    for payee in ({"phone": ada.phone}, {"user_id": ada.id}):
        refused(api.post("/v1/transfers", request(payee), token=ada.token, key=key()), 402, "transfer_to_self")

    assert (balance_of(api, ada), attempts(cloud, ada)) == (10_000, 0)


def test_a_frozen_payee_is_refused_in_the_moments_own_write_m8(
    api: Api, cloud: LocalCloud, world: World, ada: Someone, bo: Someone
) -> None:
    """M8: the condition is on both legs of the write."""
    for status in ("frozen", "closed"):
        world.set_status(chart.customer(bo.id), status)
        refused(send(api, ada, bo, 100), 402, "payee_unavailable")

    assert (balance_of(api, ada), balance_of(api, bo), attempts(cloud, ada)) == (10_000, 0, 0)


def test_a_frozen_payer_sends_nothing_m5(api: Api, world: World, ada: Someone, bo: Someone) -> None:
    """M5: the condition sits in the same write as the debit."""
    world.set_status(chart.customer(ada.id), "frozen")
    refused(send(api, ada, bo, 100), 402, "wallet_frozen")
    world.set_status(chart.customer(ada.id), "closed")
    refused(send(api, ada, bo, 100), 402, "wallet_closed")
    world.set_status(chart.customer(ada.id), "active")

    send(api, ada, bo, 100).ok(201)


def test_more_than_there_is_is_refused_and_says_what_was_needed(api: Api, ada: Someone, bo: Someone) -> None:
    problem = refused(send(api, ada, bo, 10_001), 402, "insufficient_funds")

    assert problem["needed"] == cny(10_001)
    assert balance_of(api, ada) == 10_000


def test_the_whole_balance_can_be_sent_once_by_twenty_at_once_m5(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    answers = at_once(api, lambda client, _: send(client, ada, bo, 10_000), range(20))

    codes = [code(answer) for answer in answers]
    assert codes.count("201") == 1
    assert set(codes) <= {"201", "insufficient_funds", TOO_MANY_AT_ONCE}
    assert (balance_of(api, ada), balance_of(api, bo)) == (0, 10_000)


def test_a_refusal_stands_for_its_key_also_when_money_came_since_m42(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, world: World
) -> None:
    """M42: the key is final; a new wish takes a new key."""
    first = send(api, ada, bo, 20_000, idem="k-1")
    refused(first, 402, "insufficient_funds")
    world.fund(chart.customer(ada.id), 50_000)

    again = send(api, ada, bo, 20_000, idem="k-1")

    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["idempotent-replayed"] == "true"
    send(api, ada, bo, 20_000, idem="k-2").ok(201)


def test_a_replay_evaluates_no_pin_and_gives_the_attempt_back(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    first = send(api, ada, bo, 700, idem="k")

    answers = [send(api, ada, bo, 700, idem="k", pin="907351") for _ in range(8)]

    assert {(answer.status, answer.body) for answer in answers} == {(201, first.body)}
    assert attempts(cloud, ada) == 0


def test_a_wrong_pin_is_no_decision_so_the_key_can_be_tried_again(api: Api, ada: Someone, bo: Someone) -> None:
    problem = refused(send(api, ada, bo, 700, idem="k", pin="907351"), 403, "wrong_payment_pin")

    assert problem["retry"] == "same_key"
    send(api, ada, bo, 700, idem="k").ok(201)
    assert balance_of(api, bo) == 700


def test_one_key_sent_twenty_times_at_once_moves_money_once_m41(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """M41: the key's record is written together with the money."""
    answers = at_once(api, lambda client, _: send(client, ada, bo, 700, idem="k"), range(20))

    told = {"" if answer.status == 201 else answer.json["code"] for answer in answers}
    assert told <= {"", "payment_pin_busy", "payment_pin_locked"}, "more tries at once than a PIN has"
    bodies = {answer.body for answer in answers if answer.status == 201}
    assert len(bodies) == 1
    assert (balance_of(api, ada), balance_of(api, bo)) == (9_300, 700)
    send(api, ada, bo, 700, idem="k").ok(201)
    assert attempts(cloud, ada) == 0


def test_a_lost_answer_is_found_again_by_the_key_m15(api: Api, ada: Someone, bo: Someone, faults: Faults) -> None:
    """M15: applied, and every answer lost: the same key tells, and moves nothing more."""
    faults.always("TransactWriteItems", "applied, no answer")
    lost = send(api, ada, bo, 700, idem="k")
    faults.clear()

    found = send(api, ada, bo, 700, idem="k").ok(201)

    assert lost.status in (201, 503)
    assert found["amount"] == cny(700)
    assert (balance_of(api, ada), balance_of(api, bo)) == (9_300, 700)


def test_one_movement_may_not_pass_the_tiers_limit_m31(api: Api, rich: Someone, bo: Someone) -> None:
    """M31: also the very first one, when nothing is counted yet."""
    problem = refused(send(api, rich, bo, 1_000_001), 402, "transaction_limit_exceeded")

    assert problem["limit"] == cny(1_000_000)
    assert balance_of(api, bo) == 0


def test_of_twenty_halves_of_a_day_at_once_two_are_sent_m30(
    api: Api, cloud: LocalCloud, rich: Someone, bo: Someone
) -> None:
    """M30: the day's counter moves in the money's own write."""
    known_payee(cloud, rich, bo.id)
    answers = at_once(api, lambda client, _: send(client, rich, bo, HALF_A_DAY), range(20))

    codes = [code(answer) for answer in answers]
    assert 1 <= codes.count("201") <= 2
    assert set(codes) <= {"201", "daily_limit_reached", TOO_MANY_AT_ONCE}
    while code(send(api, rich, bo, HALF_A_DAY)) == "201":
        pass
    assert balance_of(api, bo) == 2 * HALF_A_DAY


def test_what_is_refused_uses_nothing_of_the_day_m32(api: Api, cloud: LocalCloud, rich: Someone, bo: Someone) -> None:
    """M32: failed movements do not count."""
    known_payee(cloud, rich, bo.id)
    for _ in range(3):
        refused(send(api, rich, rich, HALF_A_DAY), 402, "transfer_to_self")
        refused(send(api, rich, bo, HALF_A_DAY, pin="907351"), 403, "wrong_payment_pin")

    limits = api.get("/v1/wallet", token=rich.token).ok(200)["limits"]
    assert limits["daily"]["remaining"] == limits["daily"]["limit"]
    send(api, rich, bo, HALF_A_DAY).ok(201)
    send(api, rich, bo, HALF_A_DAY).ok(201)
    refused(send(api, rich, bo, HALF_A_DAY), 402, "daily_limit_reached")


def test_a_new_day_begins_at_midnight_in_beijing_m32(api: Api, cloud: LocalCloud, rich: Someone, bo: Someone) -> None:
    """M32: the last second of a day counts to it, the next one to the next."""
    known_payee(cloud, rich, bo.id)
    now = cloud.clock.freeze()
    tomorrow = (now.astimezone(WALLET_DAY) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    cloud.clock.advance(tomorrow - timedelta(seconds=1) - now)
    rich = signed_in_again(api, rich)
    send(api, rich, bo, HALF_A_DAY).ok(201)
    send(api, rich, bo, HALF_A_DAY).ok(201)
    refused(send(api, rich, bo, HALF_A_DAY), 402, "daily_limit_reached")

    cloud.clock.advance("1s")

    limits = api.get("/v1/wallet", token=rich.token).ok(200)["limits"]
    assert limits["daily"]["remaining"] == limits["daily"]["limit"]
    send(api, rich, bo, HALF_A_DAY).ok(201)
    left = api.get("/v1/wallet", token=rich.token).ok(200)["limits"]["daily"]["remaining"]["amount"]
    assert 0 < left < HALF_A_DAY + 20_000


def test_what_was_quoted_is_what_is_charged_m33(api: Api, rich: Someone, bo: Someone) -> None:
    """M33: and only for what it was quoted for."""
    asked = {"operation": "transfer", "amount": cny(500_000), "payee": {"user_id": bo.id}}
    quote = api.post("/v1/fee_quotes", asked, token=rich.token, key=key()).ok(201)
    other = request({"user_id": bo.id}, 400_000, quote_id=quote["id"])
    assert api.post("/v1/transfers", other, token=rich.token, key=key()).json["code"] == "quote_mismatch"

    same = request({"user_id": bo.id}, 500_000, quote_id=quote["id"])
    made = api.post("/v1/transfers", same, token=rich.token, key=key()).ok(201)

    assert (made["fee"], made["total"]) == (quote["fee"], quote["total"])
    assert made["fee"]["amount"] > 0
    assert api.post("/v1/transfers", same, token=rich.token, key=key()).json["code"] == "quote_used"


def test_money_of_two_currencies_is_never_mixed_m4(api: Api, ada: Someone, bo: Someone) -> None:
    """M4: yuan do not pay for a transfer of dollars."""
    body = {**request({"user_id": bo.id}), "amount": {"amount": 1, "currency": "USD"}}

    assert code(api.post("/v1/transfers", body, token=ada.token, key=key())) == "insufficient_funds"
    assert balance_of(api, ada) == 10_000


def test_a_transfer_takes_two_trips_and_writes_six_items(api: Api, ada: Someone, bo: Someone, faults: Faults) -> None:
    """The PIN's reservation beside one read; then the operation, two balances, two lines and the transfer in one write."""
    send(api, ada, bo, 1).ok(201)
    faults.clear()

    send(api, ada, bo, 700).ok(201)

    assert sorted(operation for operation, _ in faults.calls) == ["BatchGetItem", "TransactWriteItems", "UpdateItem"]
    assert len(faults.made("TransactWriteItems")[0]["TransactItems"]) == 6
