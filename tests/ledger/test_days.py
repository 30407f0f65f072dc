"""Days of a merchant's account: counted with the balance, line by line."""

import pytest

from tests.ledger_world import CARDS, SHOP, World, cny
from wallet_api.clock import wallet_day
from wallet_api.ledger.days import DAY, Day, parts_by_day, place_of_day, stored, summed
from wallet_api.ledger.entry import move


def day_of(world: World, day: str) -> Day:
    with world.wallet.storage.trip() as trip:
        found = world.ledger.days.find(SHOP, day, trip)
    return found()


def earn(world: World, amount: int) -> str:
    """An entry of the merchant's, not folded yet; the day it belongs to."""
    world.book(move(cny(amount), CARDS, SHOP))
    return wallet_day(world.cloud.clock.now())


def fold(world: World) -> None:
    assert world.fold(world.records()) == []


def test_a_day_is_the_sum_of_its_lines_however_often_they_are_folded(world: World) -> None:
    today = earn(world, 500)
    earn(world, 70)
    for _ in range(3):
        fold(world)
    found = day_of(world, today)
    assert (found.net, found.earned, found.lines) == ({"CNY": 570}, {"CNY": 570}, 2)
    assert found.opening is None
    with pytest.raises(ValueError, match="not closed"):
        _ = found.closing


def test_a_batch_of_two_days_counts_each_line_in_the_day_of_its_entry(world: World) -> None:
    first = earn(world, 500)
    world.cloud.clock.advance("24h")
    second = earn(world, 30)
    fold(world)
    assert (day_of(world, first).net, day_of(world, second).net) == ({"CNY": 500}, {"CNY": 30})


def test_a_day_has_a_partition_of_its_own(world: World) -> None:
    """Or a busy merchant's balance item would be written to twice as often."""
    assert place_of_day(SHOP, "2026-11-22") == f"{SHOP}/2026-11-22/{DAY}"


def test_lines_are_read_in_the_order_of_their_entries_from_all_partitions(world: World) -> None:
    today = ""
    for amount in range(1, 31):
        today = earn(world, amount)
    fold(world)
    read: list[int] = []
    after = None
    while True:
        with world.wallet.storage.trip() as trip:
            found = world.ledger.days.lines(SHOP, today, trip, after=after, limit=7)
        if not found():
            break
        read += [line.money.amount for line in found()]
        after = found()[-1].sk
    assert sorted(read) == list(range(1, 31))
    assert len(read) == 30


def test_sums_and_parts() -> None:
    assert summed({"CNY": 1}, {"CNY": 2, "EUR": 3}) == {"CNY": 3, "EUR": 3}
    assert parts_by_day([], 9) == []
    some = Day(SHOP, "2026-11-22", {"CNY": 5, "EUR": 0}, {}, 1, None, None)
    assert stored(some) == {("lines", ""): 1, ("net", "CNY"): 5}
