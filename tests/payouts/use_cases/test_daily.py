"""The nightly run: twice, beside itself, and dying anywhere, it closes each day and pays each merchant out once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from dev.cloud.rights import rights
from tests.build import Shop, a_merchant, a_person
from tests.faults.injector import Faults, ProcessDied
from tests.settling import earn, funds, next_day, past_midnight, payouts, true, with_account
from tests.shopping import a_paid_payment
from wallet_api.clock import wallet_day
from wallet_api.ledger import chart

EARNED = 99_40


@pytest.fixture
def shop(api: Api, cloud: LocalCloud) -> Shop:
    shop = with_account(cloud, a_merchant(cloud))
    earn(api, cloud, shop)
    return shop


def test_a_day_is_paid_out_the_next_for_nothing(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """T+1."""
    day = wallet_day(cloud.clock.now())
    assert cloud.wallet.payouts.settle_days() == 0
    assert next_day(cloud) == 1
    (made,) = payouts(api, shop)
    assert (made["kind"], made["day"], made["amount"]["amount"], made["fee"]["amount"]) == ("scheduled", day, EARNED, 0)
    assert funds(api, shop) == {"amount": 0, "available": 0, "pending": 0, "reserved": 0}
    true(cloud)


def test_only_what_was_earned_until_midnight(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    past_midnight(cloud)
    earn(api, cloud, shop, 20_00)
    cloud.wallet.payouts.settle_days()
    cloud.pump.drain()
    assert [each["amount"]["amount"] for each in payouts(api, shop)] == [EARNED]
    assert funds(api, shop) == {"amount": 1988, "available": 0, "pending": 1988, "reserved": 0}


def test_run_twice_and_beside_itself(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """O7."""
    past_midnight(cloud)
    with ThreadPoolExecutor(6) as crowd:
        done = list(crowd.map(lambda _: cloud.wallet.payouts.settle_days(), range(6)))
    assert sum(done) >= 1
    for _ in range(2):
        cloud.wallet.payouts.settle_days()
    assert [each["amount"]["amount"] for each in payouts(api, shop)] == [EARNED]
    true(cloud)


def test_a_day_is_paid_out_once_also_when_more_of_it_is_folded_after_that(
    api: Api, cloud: LocalCloud, shop: Shop
) -> None:
    """O7: what comes late waits for the next night."""
    a_paid_payment(api, shop, a_person(api, cloud, balance=100_00), 100_00)
    day = wallet_day(cloud.clock.now())
    past_midnight(cloud)
    first = cloud.wallet.payouts.order_day(shop.id, day, "CNY")
    cloud.pump.drain()
    assert funds(api, shop)["available"] == EARNED
    assert cloud.wallet.payouts.order_day(shop.id, day, "CNY").id == first.id
    assert len(payouts(api, shop)) == 1
    next_day(cloud)
    cloud.wallet.payouts.settle_days()
    cloud.pump.drain()
    assert [each["amount"]["amount"] for each in payouts(api, shop)] == [EARNED, EARNED]
    true(cloud)


@pytest.mark.parametrize("fault", ["died before", "died after"])
def test_a_run_that_dies_at_any_write_is_taken_up_by_the_next(
    api: Api, cloud: LocalCloud, shop: Shop, faults: Faults, fault: str
) -> None:
    past_midnight(cloud)
    for nth in range(1, 6):
        faults.aim("TransactWriteItems", nth, fault)
        with suppress(ProcessDied):
            cloud.wallet.payouts.settle_days()
        faults.clear()
    cloud.wallet.payouts.settle_days()
    cloud.clock.advance("2m")
    cloud.wallet.payouts.settle_due()
    assert [(each["status"], each["amount"]["amount"]) for each in payouts(api, shop)] == [("paid", EARNED)]
    true(cloud)


def test_what_speaks_against_a_payout_today_may_not_tomorrow(api: Api, cloud: LocalCloud) -> None:
    """Without an account the money waits, and nothing is decided about it."""
    shop = a_merchant(cloud)
    earn(api, cloud, shop)
    assert next_day(cloud) == 1
    assert payouts(api, shop) == []
    with_account(cloud, shop)
    next_day(cloud)
    assert [each["amount"]["amount"] for each in payouts(api, shop)] == [EARNED]


def test_after_an_outage_of_days_every_day_is_closed_and_the_money_paid_out_once(
    api: Api, cloud: LocalCloud, shop: Shop
) -> None:
    first = wallet_day(cloud.clock.now())
    cloud.clock.advance("4d")
    past_midnight(cloud)
    while cloud.wallet.payouts.settle_days():
        cloud.pump.drain()
    assert [each["amount"]["amount"] for each in payouts(api, shop)] == [EARNED]
    account = chart.merchant(shop.id)
    with cloud.wallet.storage.trip() as trip:
        found = cloud.wallet.ledger.days.find(account, first, trip)
    assert (found().opening, found().closing, found().is_final) == ({}, {"CNY": EARNED}, True)


def test_one_merchant_that_fails_keeps_nobody_waiting(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    broken = a_merchant(cloud)
    account = chart.merchant(broken.id)
    table = cloud.wallet.settings.tables["accounts"]
    cloud.wallet.storage._connection.client.delete_item(
        TableName=table, Key={"pk": {"S": account}, "sk": {"S": "balance"}}
    )
    assert next_day(cloud) == 1
    assert len(payouts(api, shop)) == 1


def test_the_functions_themselves_may_do_all_of_it(api: Api, cloud: LocalCloud) -> None:
    """Run by the schedules that are deployed, with their rights: a day is closed, paid out, and the bank asked until it answers."""
    shop = with_account(cloud, a_merchant(cloud), "8110701012800000002")
    earn(api, cloud, shop)
    past_midnight(cloud)
    cloud.pump.run_schedules()
    assert [each["status"] for each in payouts(api, shop)] == ["processing"]
    cloud.clock.advance("2m")
    cloud.wallet.payouts.settlement_accounts.cipher._cache.clear()
    cloud.pump.run_schedules()
    assert ("settle_processing", "kms", "Decrypt") in rights.used, "another instance opened where the money goes before"
    assert [each["status"] for each in payouts(api, shop)] == ["paid"]
