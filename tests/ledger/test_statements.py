"""Statements: a person's lines, newest first, by time and place."""

from datetime import timedelta
from typing import Any

import pytest

from tests.ledger_world import ADA, BO, World, cny
from wallet_api.ledger.entry import move
from wallet_api.ledger.statements import Statements, place_of


@pytest.fixture
def statements(world: World) -> Statements:
    return Statements(world.wallet.storage, world.ledger.line_items)


@pytest.fixture
def five(two: World) -> World:
    """Ada's funding and four moves to Bo of 1 to 4 fen, a minute apart."""
    two.cloud.clock.freeze()
    for amount in range(1, 5):
        two.cloud.clock.advance("60s")
        two.book(move(cny(amount), ADA, BO), kind="transfer")
    return two


def amounts(world: World, statements: Statements, account: str = ADA, **how: Any) -> list[int]:
    with world.wallet.storage.trip() as trip:
        found = statements.newest(account, trip, **{"limit": 100, **how})
    return [line.money.amount for line in found()]


def test_the_newest_comes_first(five: World, statements: Statements) -> None:
    assert amounts(five, statements) == [-4, -3, -2, -1, 10_000]
    assert amounts(five, statements, BO) == [4, 3, 2, 1]
    assert amounts(five, statements, limit=2) == [-4, -3]


def test_a_place_is_where_the_next_page_begins(five: World, statements: Statements) -> None:
    with five.wallet.storage.trip() as trip:
        found = statements.newest(ADA, trip, limit=2)
    last = place_of(found()[-1])

    assert amounts(five, statements, before=last) == [-2, -1, 10_000]


def test_a_stretch_of_time_holds_its_first_moment_and_not_its_last(five: World, statements: Statements) -> None:
    now, minute = five.cloud.clock.now(), timedelta(minutes=1)

    assert amounts(five, statements, since=now) == [-4]
    assert amounts(five, statements, until=now) == [-3, -2, -1, 10_000]
    assert amounts(five, statements, since=now - 2 * minute, until=now) == [-3, -2]
    assert amounts(five, statements, since=now, until=now - minute) == []
    assert amounts(five, statements, since=now + minute) == []


def test_a_place_outside_the_stretch_of_time_changes_nothing_or_ends_the_list(
    five: World, statements: Statements
) -> None:
    now, minute = five.cloud.clock.now(), timedelta(minutes=1)
    with five.wallet.storage.trip() as trip:
        found = statements.newest(ADA, trip, limit=100)
    newest, oldest = place_of(found()[0]), place_of(found()[-1])

    assert amounts(five, statements, until=now - minute, before=newest) == [-2, -1, 10_000]
    assert amounts(five, statements, since=now - minute, before=oldest) == []


def test_an_entry_is_found_by_whom_it_touched(five: World, statements: Statements) -> None:
    five.open("customer/usr_cy")
    with five.wallet.storage.trip() as trip:
        found = statements.newest(ADA, trip, limit=1)
    entry_id = found()[0].entry_id

    with five.wallet.storage.trip() as trip:
        mine = statements.find(ADA, entry_id, trip)
        theirs = statements.find("customer/usr_cy", entry_id, trip)
        none = statements.find(ADA, "ent_" + "0" * 26, trip)

    line = mine()
    assert line is not None
    assert (line.entry_id, line.money) == (entry_id, cny(-4))
    assert theirs() is None
    assert none() is None
