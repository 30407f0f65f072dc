"""Withdrawing over HTTP: refused before anything moves, or amount and fee leave the balance together, once."""

from datetime import timedelta
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import bind
from tests.build import (
    PIN,
    a_person,
    as_customer,
    balance_of,
    cny,
    code_to,
    key,
    refused,
    signed_in_again,
)
from tests.crowd import at_once
from tests.faults.injector import OVERTAKEN, Faults, injecting
from tests.ledger_world import World
from tests.withdrawing import (
    AMOUNT,
    BALANCE,
    CREDIT,
    DECLINES,
    FEE,
    TAKES,
    attempts,
    balance,
    later,
    nothing_happened,
    shown,
    wallet_of,
    with_card,
    withdraw,
)
from wallet_api.ledger import chart

AT_ONCE = ["BatchGetItem", "UpdateItem", "Query", "TransactWriteItems", "TransactWriteItems"]
"""One trip, the write that sets the money aside, and, once the acquirer answered, the write that keeps the answer."""


def test_somebody_elses_card_is_as_missing_as_none(api: Api, cloud: LocalCloud) -> None:
    """P1."""
    (ada, _), (_, strange) = with_card(api, cloud), with_card(api, cloud)
    ada = signed_in_again(api, ada)
    for card_id in (strange, "crd_" + "0" * 26, "no card"):
        refused(withdraw(api, ada, card_id), 404, "card_not_found")
    assert nothing_happened(api, cloud, ada)


def test_a_repeated_request_moves_money_once(api: Api, cloud: LocalCloud) -> None:
    """M38: the same answer, word for word; another amount under the key is refused."""
    ada, card_id = with_card(api, cloud)
    idem = key()
    first, again = (withdraw(api, ada, card_id, idem=idem) for _ in range(2))
    assert (first.body, again.headers["idempotent-replayed"]) == (again.body, "true")
    refused(withdraw(api, ada, card_id, AMOUNT + 1, idem=idem), 422, "idempotency_key_reused")
    assert wallet_of(api, ada) == (BALANCE - AMOUNT - FEE, 0)


def test_of_many_at_once_as_many_go_out_as_there_is_money_for(api: Api, cloud: LocalCloud) -> None:
    """M5: the balance is guarded by the write, whatever was read before."""
    ada, card_id = with_card(api, cloud)
    answers = at_once(api, lambda client, _: withdraw(client, ada, card_id), range(5))
    told = [answer.json.get("code", answer.json.get("status")) for answer in answers]
    made = told.count("succeeded")
    assert made <= 3
    assert set(told) <= {"succeeded", "insufficient_funds", "payment_pin_busy", "storage_busy", "wallet_changed"}
    assert wallet_of(api, ada) == (BALANCE - made * (AMOUNT + FEE), 0)
    assert balance(cloud, chart.customer(ada.id)) == BALANCE - made * (AMOUNT + FEE)


def test_amount_and_fee_leave_together_and_reach_the_card_and_the_fees(api: Api, cloud: LocalCloud) -> None:
    """M2, M3: two accounts of others, and every line."""
    ada, card_id = with_card(api, cloud)
    cards, fees = balance(cloud, chart.bank("cards")), _fees(cloud)
    made = withdraw(api, ada, card_id).ok(201)
    assert (made["status"], made["decline_code"], made["ended_at"]) == ("succeeded", None, None)
    assert (made["amount"], made["fee"], made["total"]) == (cny(AMOUNT), cny(FEE), cny(AMOUNT + FEE))
    assert made["destination"] == {"card_id": card_id, "brand": "unionpay", "last4": "0005"}
    assert wallet_of(api, ada) == (BALANCE - AMOUNT - FEE, 0)
    assert (balance(cloud, chart.bank("cards")), _fees(cloud)) == (cards + AMOUNT, fees + FEE)
    assert balance(cloud, chart.hold(made["id"])) == 0
    assert attempts(cloud, ada) == 0


def _fees(cloud: LocalCloud) -> int:
    with cloud.wallet.storage.trip() as trip:
        found = cloud.wallet.ledger.accounts.find(chart.FEES, trip)
    account = found()
    return 0 if account is None else int(account.balance("CNY").amount)


def test_it_costs_two_trips_before_the_acquirer_is_asked(api: Api, cloud: LocalCloud) -> None:
    """Calls of one trip are made at the same time."""
    ada, card_id = with_card(api, cloud)
    api.get("/v1/fees").ok(200)
    with injecting() as faults:
        withdraw(api, ada, card_id).ok(201)
    assert sorted(name for name, _ in faults.calls) == sorted(AT_ONCE)
    set_aside, kept = faults.made("TransactWriteItems")
    assert len(set_aside["TransactItems"]) == 5, "operation, balance, line, card, withdrawal"
    assert len(kept["TransactItems"]) == 3, "withdrawal, operation, balance"


def test_a_wrong_pin_is_told_before_anything_else_and_decides_nothing(api: Api, cloud: LocalCloud) -> None:
    """Nobody learns of cards without the PIN."""
    ada, card_id = with_card(api, cloud)
    idem = key()
    refused(withdraw(api, ada, card_id, pin="135791", idem=idem), 403, "wrong_payment_pin")
    refused(withdraw(api, ada, "no card", pin="135791"), 403, "wrong_payment_pin")
    withdraw(api, ada, card_id, idem=idem).ok(201)


def test_a_frozen_wallet_gives_nothing(api: Api, cloud: LocalCloud, world: World) -> None:
    """M5: the condition sits in the same write as the debit."""
    ada, card_id = with_card(api, cloud)
    for status in ("frozen", "closed"):
        world.set_status(chart.customer(ada.id), status)
        refused(withdraw(api, ada, card_id), 402, f"wallet_{status}")
    assert nothing_happened(api, cloud, ada)


def test_what_is_not_there_with_the_fee_is_not_withdrawn(api: Api, cloud: LocalCloud) -> None:
    """M5: the fee comes on top."""
    ada, card_id = with_card(api, cloud)
    refused(withdraw(api, ada, card_id, BALANCE), 402, "insufficient_funds")
    most = BALANCE - 200
    assert withdraw(api, ada, card_id, most).ok(201)["fee"] == cny(200)
    assert wallet_of(api, ada) == (0, 0)


def test_a_credit_card_an_unconfirmed_and_an_expired_one_are_refused(api: Api, cloud: LocalCloud) -> None:
    """Each for its own reason."""
    ada, credit = with_card(api, cloud, CREDIT)
    problem = refused(withdraw(api, ada, credit), 402, "withdrawal_to_credit_card")
    assert problem["decline_code"] == "withdrawal_to_credit_card"
    waiting = bind(api, ada, TAKES).ok(201)["id"]
    refused(withdraw(api, ada, waiting), 409, "card_not_active")
    old = bind(api, ada, DECLINES, expiry_month=cloud.clock.now().month, expiry_year=cloud.clock.now().year)
    api.post(f"/v1/cards/{old.ok(201)['id']}/verify", {"code": code_to(cloud, ada.phone)}, token=ada.token).ok(200)
    for _ in range(2):
        cloud.clock.advance(timedelta(days=20))
        ada = signed_in_again(api, ada)
    refused(withdraw(api, ada, old.json["id"]), 402, "card_expired")
    assert nothing_happened(api, cloud, ada)


def test_a_card_that_is_unbound_meanwhile_gets_nothing(api: Api, cloud: LocalCloud, faults: Faults) -> None:
    """M8: the card is looked at in the write as well."""
    ada, card_id = with_card(api, cloud)
    customer = as_customer(cloud, ada)
    faults.meanwhile = lambda: cloud.wallet.cards.unbind(customer, card_id)
    faults.aim("TransactWriteItems", 1, OVERTAKEN)
    refused(withdraw(api, ada, card_id), 404, "card_not_found")
    assert nothing_happened(api, cloud, ada)


def test_an_answer_that_cannot_be_kept_leaves_it_under_way(api: Api, cloud: LocalCloud, faults: Faults) -> None:
    """M15, M37: the money is set aside and perhaps sent; "no money moved" would be a lie."""
    ada, card_id = with_card(api, cloud)
    faults.aim("TransactWriteItems", 2, "not applied, 500", 60)
    made = withdraw(api, ada, card_id).ok(201)
    faults.clear()
    assert (made["status"], wallet_of(api, ada)) == ("processing", (BALANCE - AMOUNT - FEE, AMOUNT + FEE))
    later(cloud, "2m")
    assert (shown(api, ada, made["id"])["status"], wallet_of(api, ada)) == ("succeeded", (BALANCE - AMOUNT - FEE, 0))


def test_the_history_shows_what_went_out_with_its_card(api: Api, cloud: LocalCloud) -> None:
    ada, card_id = with_card(api, cloud)
    made = withdraw(api, ada, card_id).ok(201)
    (row,) = api.get("/v1/transactions?kind=withdrawal", token=ada.token).ok(200)["data"]
    assert (row["kind"], row["direction"], row["status"]) == ("withdrawal", "out", "succeeded")
    assert (row["amount"], row["fee"], row["balance_change"]) == (cny(AMOUNT), cny(FEE), cny(-AMOUNT - FEE))
    assert (row["withdrawal_id"], row["top_up_id"]) == (made["id"], None)
    assert row["counterparty"] == {"kind": "card", "id": card_id, "name": "unionpay 0005"}
    story = api.get(f"/v1/transactions/{row['id']}", token=ada.token).ok(200)["timeline"]
    assert [step["what"] for step in story] == ["withdrawal.created", "withdrawal.succeeded"]


def test_it_is_found_by_its_key_and_an_abandoned_key_withdraws_nothing(api: Api, cloud: LocalCloud) -> None:
    """M38."""
    ada, card_id = with_card(api, cloud)
    done, never = key(), key()
    made = withdraw(api, ada, card_id, idem=done).ok(201)
    found = api.get(f"/v1/operations/{done}", token=ada.token).ok(200)
    assert (found["status"], found["money_moved"], found["result"]["id"]) == ("succeeded", "yes", made["id"])
    assert found["result"]["timeline"]
    api.post(f"/v1/operations/{never}/abandon", token=ada.token).ok(200)
    refused(withdraw(api, ada, card_id, idem=never), 409, "operation_abandoned")
    assert wallet_of(api, ada) == (BALANCE - AMOUNT - FEE, 0)


def test_its_person_is_told_in_their_inbox(api: Api, cloud: LocalCloud) -> None:
    ada, card_id = with_card(api, cloud)
    made = withdraw(api, ada, card_id).ok(201)
    cloud.pump.drain()
    told = api.get("/v1/notifications", token=ada.token, lang="zh-CN").ok(200)["data"]
    about: list[Any] = [each for each in told if each["data"]["id"] == made["id"]]
    assert [each["type"] for each in about] == ["withdrawal.succeeded", "withdrawal.created"]
    assert all("500.00 CNY" in each["text"] for each in about)


def test_lists_are_the_owners_newest_first_and_go_on(api: Api, cloud: LocalCloud) -> None:
    """P1."""
    ada, card_id = with_card(api, cloud)
    ids = [withdraw(api, ada, card_id, 100_00).ok(201)["id"] for _ in range(3)]
    first = api.get("/v1/withdrawals?limit=2", token=ada.token).ok(200)
    rest = api.get(f"/v1/withdrawals?limit=2&cursor={first['next_cursor']}", token=ada.token).ok(200)
    assert [each["id"] for each in (*first["data"], *rest["data"])] == ids[::-1]
    assert rest["next_cursor"] is None
    bo = a_person(api, cloud)
    assert api.get("/v1/withdrawals", token=bo.token).ok(200)["data"] == []
    refused(api.get(f"/v1/withdrawals/{ids[0]}", token=bo.token), 404, "withdrawal_not_found")
    assert shown(api, ada, ids[0])["id"] == ids[0]
    refused(api.get("/v1/withdrawals?cursor=eyJ4IjoxfQ", token=ada.token), 422, "invalid_request")


@pytest.mark.parametrize("field", ["amount", "card_id", "authorization"])
def test_what_is_left_away_is_asked_for(api: Api, cloud: LocalCloud, field: str) -> None:
    ada, card_id = with_card(api, cloud)
    body = {"amount": cny(100), "card_id": card_id, "authorization": {"pin": PIN}}
    del body[field]
    refused(api.post("/v1/withdrawals", body, token=ada.token, key=key()), 422, "invalid_request")
    assert balance_of(api, ada) == BALANCE
