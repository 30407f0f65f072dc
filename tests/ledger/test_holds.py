"""What an entry sets aside is shown as held, and what it sets free returns to the day it was counted in."""

import pytest

from dev.cloud.local import LocalCloud
from tests.ledger_world import World
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.entry import Entry, move
from wallet_api.ledger.errors import AccountMissing
from wallet_api.ledger.holds import Holder, PeriodOver, count_held
from wallet_api.ledger.store import BALANCE
from wallet_api.money import Money

ADA, HOLD = chart.customer("usr_ada"), chart.hold("pay_1")


@pytest.fixture
def opened(cloud: LocalCloud, world: World) -> LocalCloud:
    with cloud.wallet.storage.atomic_write() as write:
        cloud.wallet.ledger.accounts.open(ADA, write)
    return cloud


def change(cloud: LocalCloud, amount: int, holder: Holder) -> None:
    """Sets an amount aside, or free when it is negative."""
    source, destination = (ADA, HOLD) if amount > 0 else (HOLD, ADA)
    now = cloud.clock.now()
    entry = Entry(
        new_id("ent", now), "authorization", now, "pay_1", move(Money(abs(amount), "CNY"), source, destination)
    )
    ledger = cloud.wallet.ledger
    with cloud.wallet.storage.atomic_write() as write:
        count_held(ledger.account_items, entry, holder, write)


def held(cloud: LocalCloud) -> int:
    return int(cloud.wallet.ledger.accounts.require(ADA).held.get("CNY", 0))


def test_what_is_held_goes_up_and_down_and_never_below_nothing(opened: LocalCloud) -> None:
    change(opened, 700, Holder(ADA))
    change(opened, -300, Holder(ADA))
    assert held(opened) == 400
    with pytest.raises(StaleAccount):
        change(opened, -401, Holder(ADA))
    change(opened, -400, Holder(ADA))
    assert held(opened) == 0


@pytest.mark.parametrize("amount", [700, -700])
def test_nothing_is_held_of_who_has_no_wallet(cloud: LocalCloud, world: World, amount: int) -> None:
    """M6: and nobody gets one by it."""
    with pytest.raises(AccountMissing):
        change(cloud, amount, Holder(ADA))
    assert world.raw("accounts", ADA, BALANCE) is None


def test_a_limit_gets_back_nothing_of_a_day_that_is_over(opened: LocalCloud) -> None:
    """M32."""
    change(opened, 700, Holder(ADA))
    with pytest.raises(PeriodOver):
        change(opened, -700, Holder(ADA, Money(700, "CNY"), "2026-11-21", periods=("day",)))
    assert held(opened) == 700
