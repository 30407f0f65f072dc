"""When a merchant is paid out without asking: as it wants, from the moment that it was told so."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, as_merchant
from tests.faults.injector import Faults
from tests.settling import earn, funds, next_day, past_midnight, pay_out, payouts, true, with_account
from wallet_api.money import Money
from wallet_api.payouts.model import Schedule

EARNED = 99_40


@pytest.fixture
def shop(api: Api, cloud: LocalCloud) -> Shop:
    shop = with_account(cloud, a_merchant(cloud))
    earn(api, cloud, shop)
    return shop


def schedule(cloud: LocalCloud, shop: Shop, interval: Any = None, least: int | None = None) -> Schedule:
    """A key of the shop's that may do everything says when it is paid out."""
    minimum = None if least is None else Money(least, "CNY")
    caller = as_merchant(cloud, shop)
    return cloud.wallet.payouts.reschedule(replace(caller, scope="payouts:write"), shop.id, interval, minimum)


def test_who_wants_to_be_asked_is_paid_out_on_request_only(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """Days are closed all the same; the first night that is daily again pays out all that waited."""
    schedule(cloud, shop, "manual")
    for _ in range(2):
        assert next_day(cloud) == 1
    assert payouts(api, shop) == []
    assert funds(api, shop)["available"] == EARNED
    pay_out(api, shop, 20_00).ok(201)
    schedule(cloud, shop, "daily")
    next_day(cloud)
    assert [each["kind"] for each in payouts(api, shop)] == ["scheduled", "requested"]
    assert funds(api, shop)["amount"] == 0
    true(cloud)


def test_a_night_pays_out_no_less_than_the_merchant_wants(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """To the fen; what is too little waits, and a payout on request does not mind."""
    schedule(cloud, shop, least=EARNED + 1)
    next_day(cloud)
    assert payouts(api, shop) == []
    schedule(cloud, shop, least=EARNED)
    next_day(cloud)
    assert [each["amount"]["amount"] for each in payouts(api, shop)] == [EARNED]
    schedule(cloud, shop, least=1_000_00)
    earn(api, cloud, shop)
    next_day(cloud)
    pay_out(api, shop, 1_00).ok(201)
    true(cloud)


def test_once_a_merchant_was_told_that_it_is_asked_no_night_pays_out(
    api: Api, cloud: LocalCloud, shop: Shop, faults: Faults
) -> None:
    """The change comes between the night's reading and its write: the write sees it."""
    past_midnight(cloud)
    faults.meanwhile = lambda: schedule(cloud, shop, "manual")
    faults.aim("TransactWriteItems", 2, "overtaken")
    cloud.wallet.payouts.settle_days()
    faults.clear()
    assert payouts(api, shop) == []
    true(cloud)


def test_changes_at_once_are_all_there(cloud: LocalCloud, shop: Shop) -> None:
    """Each was made on what it read; who came second reads again."""
    wishes: list[Any] = [("manual", None), (None, 300_00)] * 3
    with ThreadPoolExecutor(6) as crowd:
        list(crowd.map(lambda wish: schedule(cloud, shop, *wish), wishes))
    found = schedule(cloud, shop)
    assert (found.interval, found.minimum, found.revision) == ("manual", Money(300_00, "CNY"), 2)
