"""Closing days: in their order, mended when something was folded late, and counted anew when somebody changed them."""

from collections.abc import Callable

import pytest

from tests.faults.injector import Faults, ProcessDied
from tests.ledger.test_days import day_of, earn, fold
from tests.ledger_world import SHOP, World, cny
from wallet_api.clock import wallet_day
from wallet_api.ledger import chart
from wallet_api.ledger.closing import close, mend
from wallet_api.ledger.days import DAY, LOOKED_AT_AGAIN, days_back, place_of_day
from wallet_api.ledger.entry import move
from wallet_api.ledger.verify import verify


def test_each_day_opens_with_what_the_one_before_closed_with(world: World) -> None:
    first = earn(world, 500)
    world.cloud.clock.advance("72h")
    last = earn(world, 30)
    fold(world)
    closed = close(world.ledger.days, SHOP, last, first)
    assert (closed.opening, closed.closing) == ({"CNY": 500}, {"CNY": 530})
    assert [day_of(world, each).closing for each in reversed(days_back(last, 4))] == [{"CNY": 500}] * 3 + [{"CNY": 530}]
    assert world.balance(SHOP) == 530


def test_what_is_folded_late_arrives_in_every_day_after_it(world: World) -> None:
    """It belongs to the day of its entry; the next closing carries it on."""
    first = earn(world, 500)
    fold(world)
    earn(world, 7)
    world.cloud.clock.advance("24h")
    second = earn(world, 30)
    late = world.records()
    close(world.ledger.days, SHOP, first, first)
    assert day_of(world, first).is_final
    assert world.fold(late) == []
    assert not day_of(world, first).is_final
    close(world.ledger.days, SHOP, second, first)
    assert (day_of(world, first).closing, day_of(world, second).closing) == ({"CNY": 507}, {"CNY": 537})
    assert day_of(world, first).is_final


def test_closing_twice_changes_nothing(world: World) -> None:
    first = earn(world, 500)
    fold(world)
    assert close(world.ledger.days, SHOP, first, first) == close(world.ledger.days, SHOP, first, first)


def test_days_that_nobody_closed_for_long_are_closed_from_the_beginning(world: World) -> None:
    first = earn(world, 500)
    fold(world)
    world.cloud.clock.advance(f"{3 * LOOKED_AT_AGAIN}d")
    last = wallet_day(world.cloud.clock.now())
    assert close(world.ledger.days, SHOP, last, first).opening == {"CNY": 500}
    assert day_of(world, first).opening == {}


@pytest.mark.parametrize("fault", ["died before", "died after"])
def test_a_closing_that_dies_leaves_the_late_day_to_the_next(world: World, faults: Faults, fault: str) -> None:
    """All days that change are written at once, so a day that is told as final has been carried on."""
    first = earn(world, 500)
    fold(world)
    earn(world, 7)
    late = world.records()
    world.cloud.clock.advance("72h")
    last = earn(world, 30)
    close(world.ledger.days, SHOP, last, first)
    assert world.fold(late) == world.fold(world.records()) == []
    faults.aim("TransactWriteItems", 1, fault)
    with pytest.raises(ProcessDied):
        close(world.ledger.days, SHOP, last, first)
    faults.clear()
    assert [each for each in verify(world.ledger).findings if "day" in each] == []
    close(world.ledger.days, SHOP, last, first)
    assert (day_of(world, last).closing, day_of(world, first).is_final) == ({"CNY": 537}, True)


def spoilt(world: World, change: Callable[[World, str], None]) -> tuple[str, str]:
    """Three closed days, of which somebody changes the second; that one's date and today's."""
    opened = earn(world, 500)
    world.cloud.clock.advance("24h")
    second = earn(world, 40)
    world.book(move(cny(10), SHOP, chart.hold("po_1")), kind="payout")
    world.cloud.clock.advance("48h")
    today = earn(world, 3)
    fold(world)
    close(world.ledger.days, SHOP, days_back(today, 2)[1], opened)
    assert verify(world.ledger).findings == []
    change(world, second)
    assert not verify(world.ledger).holds
    return opened, today


def tampered(**changes: object) -> Callable[[World, str], None]:
    return lambda world, day: world.tamper("accounts", place_of_day(SHOP, day), DAY, **changes)


CHANGES = {
    "net": tampered(net={"M": {"CNY": {"N": "31"}}}),
    "earned": tampered(earned={"M": {"CNY": {"N": "30"}}}),
    "another currency": tampered(earned={"M": {"CNY": {"N": "40"}, "EUR": {"N": "1"}}}),
    "lines": tampered(lines={"N": "1"}),
    "opening": tampered(opening={"M": {"CNY": {"N": "499"}}}),
    "never closed": tampered(opening=None, closed_lines=None),
    "gone": tampered(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_somebody_changed_is_counted_anew(world: World, change: Callable[[World, str], None]) -> None:
    """M3: a day says nothing of its own, so its lines put it right."""
    opened, today = spoilt(world, change)
    assert mend(world.ledger.days, SHOP, opened, today) > 0
    assert verify(world.ledger).findings == []
    assert mend(world.ledger.days, SHOP, opened, today) == 0
    assert day_of(world, days_back(today, 2)[1]).closing == {"CNY": 530}


def test_what_is_counted_while_a_day_is_counted_anew_is_there(world: World, faults: Faults) -> None:
    """The write sees that the day was counted in meanwhile, and counts once more."""
    today = earn(world, 500)
    fold(world)
    world.tamper("accounts", place_of_day(SHOP, today), DAY, net={"M": {"CNY": {"N": "1"}}})
    earn(world, 20)
    late = world.records()
    faults.meanwhile = lambda: world.fold(late)
    faults.aim("TransactWriteItems", 1, "overtaken")
    assert mend(world.ledger.days, SHOP, today, today) == 1
    faults.clear()
    assert day_of(world, today).net == {"CNY": 520}
    assert verify(world.ledger).findings == []
