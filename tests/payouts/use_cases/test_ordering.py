"""Payouts beside other things, at the same time."""

from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person
from tests.faults.injector import Faults
from tests.settling import earn, funds, next_day, pay_out, payouts, true, with_account
from tests.shopping import a_paid_payment, at_once
from wallet_api.clock import wallet_day
from wallet_api.settlement_days.model import end_of

EARNED = 99_40


@pytest.fixture
def shop(api: Api, cloud: LocalCloud) -> Shop:
    """A shop with 99.40 yuan of yesterday."""
    shop = with_account(cloud, a_merchant(cloud))
    earn(api, cloud, shop)
    cloud.clock.advance("24h")
    return shop


def test_of_many_at_once_as_many_are_paid_as_there_is_money_for(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """Twelve times 20 + 1 yuan out of 99.40: four, always."""
    answers = at_once(api, *[lambda client: pay_out(client, shop, 20_00)] * 12)
    assert sorted(each.status for each in answers) == [201] * 4 + [402] * 8
    assert funds(api, shop)["amount"] == EARNED - 84_00
    true(cloud)


def test_the_folding_finds_a_payouts_line_counted(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """Its line and its balance were written with it: reading the stream twice changes nothing."""
    pay_out(api, shop, 20_00).ok(201)
    assert funds(api, shop)["amount"] == EARNED - 21_00
    for _ in range(2):
        cloud.pump.replay("fold_ledger")
        cloud.pump.drain()
    assert funds(api, shop)["amount"] == EARNED - 21_00
    true(cloud)


def test_what_is_not_folded_yet_is_not_paid_out(api: Api, cloud: LocalCloud) -> None:
    """The balance is behind the payments; what is not in it is not there."""
    shop = with_account(cloud, a_merchant(cloud))
    a_paid_payment(api, shop, a_person(api, cloud, balance=100_00), 100_00)
    cloud.clock.advance("24h")
    assert pay_out(api, shop, 10_00).json["code"] == "payout_exceeds_available"
    cloud.pump.drain()
    pay_out(api, shop, 10_00).ok(201)


def test_what_is_earned_while_a_payout_is_written_is_not_paid_out_with_it(
    api: Api, cloud: LocalCloud, shop: Shop, faults: Faults
) -> None:
    """The day is in the condition: a payout that was decided on an older state is decided anew."""
    payer: Any = earn(api, cloud, shop, 2_00, a_person(api, cloud, balance=52_00))
    a_paid_payment(api, shop, payer, 50_00)
    faults.clear()
    faults.meanwhile = cloud.pump.drain
    faults.aim("TransactWriteItems", 1, "overtaken")
    made = pay_out(api, shop).ok(201)
    assert made["amount"]["amount"] == EARNED - 1_00
    assert funds(api, shop) == {"amount": 5169, "available": 0, "pending": 5169, "reserved": 0}
    true(cloud)


def test_what_is_earned_today_does_not_stand_in_for_what_another_payout_took(
    api: Api, cloud: LocalCloud, shop: Shop, faults: Faults
) -> None:
    """Between the reading and the write another payout takes all, and as much is earned: the balance is what it was, and none of
    it may be paid out.
    """
    payer: Any = earn(api, cloud, shop, 2_00, a_person(api, cloud, balance=200_00))
    a_paid_payment(api, shop, payer, 150_00)

    def meanwhile() -> None:
        with closing(api.fresh()) as other:
            pay_out(other, shop).ok(201)
        cloud.pump.drain()

    faults.clear()
    faults.meanwhile = meanwhile
    faults.aim("TransactWriteItems", 1, "overtaken")
    assert pay_out(api, shop, 50_00).json["code"] == "payout_exceeds_available"
    found = funds(api, shop)
    assert found["available"] == 0
    assert found["amount"] == found["pending"] > 51_00
    true(cloud)


def test_a_midnight_that_passes_while_a_payout_is_decided_is_seen(
    api: Api, cloud: LocalCloud, shop: Shop, faults: Faults
) -> None:
    """The day that was read is over: the payout is decided on the new one, and counts in it."""
    cloud.clock.freeze(end_of(wallet_day(cloud.clock.now())) - timedelta(seconds=5))
    earn(api, cloud, shop, 20_00)
    faults.clear()
    faults.meanwhile = lambda: cloud.clock.advance("10s")
    faults.aim("BatchGetItem", 1, "overtaken")
    assert pay_out(api, shop).ok(201)["total"]["amount"] == EARNED + 19_88
    true(cloud)


def test_a_payout_on_request_and_the_nights_own_pay_each_fen_once(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    settle: Any = lambda _client: next_day(cloud)  # noqa: E731
    asked, _ = at_once(api, lambda client: pay_out(client, shop), settle)
    paid = sum(each["total"]["amount"] for each in payouts(api, shop))
    assert asked.status in (201, 402)
    assert paid == EARNED
    true(cloud)
