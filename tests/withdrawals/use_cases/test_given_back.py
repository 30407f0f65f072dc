"""What comes back of withdrawals: to the limits, to free allowances, to wallets in every state, and what a late yes takes again."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Someone, a_merchant, cny, signed_in_again, spent_today
from tests.ledger_world import World
from tests.shopping import a_paid_payment
from tests.withdrawing import (
    AMOUNT,
    APPROVED,
    BALANCE,
    DECLINES,
    FEE,
    LATER_DECLINES,
    RETURNED,
    balance,
    later,
    shown,
    told,
    wallet_of,
    with_card,
    withdraw,
)
from wallet_api.fees.model import FIRST
from wallet_api.ledger import chart


def test_what_came_to_nothing_counts_against_no_limit(api: Api, cloud: LocalCloud) -> None:
    """M32: in the periods that still run; a new card's own as well."""
    ada, card_id = with_card(api, cloud, DECLINES, new=True)
    assert withdraw(api, ada, card_id).ok(201)["status"] == "failed"
    assert spent_today(cloud, ada) == {"CNY": 0, "card_CNY": 0}
    late_one, card_id = with_card(api, cloud, LATER_DECLINES)
    withdraw(api, late_one, card_id).ok(201)
    cloud.clock.advance("36h")
    cloud.wallet.withdrawals.settle_due()
    late_one = signed_in_again(api, late_one)
    account = cloud.wallet.ledger.accounts.require(chart.customer(late_one.id))
    assert wallet_of(api, late_one) == (BALANCE, 0)
    assert account.spent == {"CNY": AMOUNT + FEE}, (
        "that day is over: its counters are not what this one counts any more"
    )


def free(cloud: LocalCloud, **rule: int) -> None:
    """A schedule in force whose withdrawals have a free allowance."""
    made = [replace(each, **rule) if each.operation == "withdrawal" else each for each in FIRST.rules]
    cloud.wallet.fees.publish(made, cloud.wallet.clock.now() + timedelta(minutes=2))
    cloud.clock.advance("121s")


def test_what_came_to_nothing_takes_nothing_of_a_free_allowance(api: Api, cloud: LocalCloud) -> None:
    ada, card_id = with_card(api, cloud)
    free(cloud, monthly_free_count=1)
    lost = withdraw(api, ada, card_id, 888_01).ok(201)
    assert (lost["status"], lost["fee"]) == ("failed", cny(0))
    assert [withdraw(api, ada, card_id).ok(201)["fee"] for _ in range(2)] == [cny(0), cny(FEE)]


def test_a_month_that_is_counted_no_more_gets_nothing_back(api: Api, cloud: LocalCloud) -> None:
    ada, card_id = with_card(api, cloud)
    free(cloud, monthly_free_count=1)
    made = withdraw(api, ada, card_id, 888_03).ok(201)
    for _ in range(4):
        cloud.clock.advance(timedelta(days=20))
        ada = signed_in_again(api, ada)
    withdraw(api, ada, card_id, 100_00).ok(201)
    cloud.wallet.withdrawals.settle_due()
    assert shown(api, ada, made["id"])["status"] == "failed"
    assert wallet_of(api, ada) == (BALANCE - 100_00, 0)


@pytest.mark.parametrize("status", ["frozen", "closed"])
def test_a_frozen_wallet_gets_its_money_back_and_a_closed_ones_is_kept(
    api: Api, cloud: LocalCloud, world: World, status: str
) -> None:
    """M8: what belongs to somebody is never lost for the state of their wallet."""
    ada, card_id = with_card(api, cloud, LATER_DECLINES)
    made = withdraw(api, ada, card_id).ok(201)
    world.set_status(chart.customer(ada.id), status)
    later(cloud, "2m")
    kept = AMOUNT + FEE if status == "closed" else 0
    assert balance(cloud, chart.customer(ada.id)) == BALANCE - kept
    with cloud.wallet.storage.trip() as trip:
        suspense = cloud.wallet.ledger.accounts.find(chart.SUSPENSE, trip)
    assert (0 if suspense() is None else balance(cloud, chart.SUSPENSE)) == kept
    world.set_status(chart.customer(ada.id), "active")
    steps = [step["what"] for step in shown(api, ada, made["id"])["timeline"]]
    assert steps[-1] == ("withdrawal.kept" if kept else "withdrawal.on_balance")


def steps_of(api: Api, someone: Someone, withdrawal_id: str) -> list[str]:
    return [step["what"].removeprefix("withdrawal.") for step in shown(api, someone, withdrawal_id)["timeline"]]


def test_who_has_spent_what_came_back_keeps_it_and_the_wallet_bears_the_correction(api: Api, cloud: LocalCloud) -> None:
    """M37: a late yes after a no is believed; nobody goes below zero for it, and what returns then is the wallet's, which is told
    as such: support would pay out a second time what is "kept" for its owner.
    """
    ada, card_id = with_card(api, cloud, DECLINES)
    made = withdraw(api, ada, card_id).ok(201)
    a_paid_payment(api, a_merchant(cloud), ada, BALANCE - 100)
    cloud.clock.advance("25h")
    told(cloud, APPROVED)
    ada = signed_in_again(api, ada)
    assert shown(api, ada, made["id"])["status"] == "succeeded"
    assert wallet_of(api, ada) == (100, 0)
    assert balance(cloud, chart.SUSPENSE) == -AMOUNT
    assert steps_of(api, ada, made["id"])[-1] == "borne"
    cloud.clock.advance("25h")
    told(cloud, RETURNED)
    ada = signed_in_again(api, ada)
    assert wallet_of(api, ada) == (100, 0)
    assert balance(cloud, chart.SUSPENSE) == 0
    assert steps_of(api, ada, made["id"]) == ["created", "failed", "on_balance", "borne", "returned", "recovered"]


def test_a_correction_that_its_person_can_bear_is_told_to_them(api: Api, cloud: LocalCloud) -> None:
    ada, card_id = with_card(api, cloud, DECLINES)
    made = withdraw(api, ada, card_id).ok(201)
    cloud.clock.advance("25h")
    told(cloud, APPROVED)
    cloud.pump.drain()
    ada = signed_in_again(api, ada)
    found = shown(api, ada, made["id"])
    assert (found["fee"], found["total"]) == (cny(0), cny(AMOUNT)), "the fee was given back and not charged again"
    about = api.get("/v1/notifications", token=ada.token).ok(200)["data"]
    types = {each["type"] for each in about if each["data"]["id"] == made["id"]}
    assert types == {f"withdrawal.{each}" for each in ("created", "failed", "succeeded", "corrected")}
    rows = api.get("/v1/transactions", token=ada.token).ok(200)["data"]
    ours = [(row["kind"], row["direction"], row["balance_change"]["amount"]) for row in rows if row["withdrawal_id"]]
    assert ours == [
        ("correction", "out", -AMOUNT), ("withdrawal", "in", AMOUNT + FEE), ("withdrawal", "out", -AMOUNT - FEE),
    ]  # fmt: skip
