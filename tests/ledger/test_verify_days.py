"""Merchants' days, verified: whatever differs from the lines is named with both, and a living ledger is no finding."""

from collections.abc import Collection
from typing import Any

import pytest

from tests.ledger.test_closing import CHANGES, spoilt, tampered
from tests.ledger.test_days import earn, fold
from tests.ledger.test_verify import restless
from tests.ledger_world import ADA, SHOP, World
from wallet_api.ledger import verify_days
from wallet_api.ledger.closing import close
from wallet_api.ledger.days import DAY, LOOKED_AT_AGAIN, days_back, place_of_day
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.verify import verify

SAYS = {
    "net": [
        "is not the sum of its lines: net CNY is 31, not 30",
        "it opens with 530 CNY, and {day} closed with 531 CNY",
    ],
    "earned": ["is not the sum of its lines: earned CNY is 30, not 40"],
    "another currency": ["is not the sum of its lines: earned EUR is 1, not 0"],
    "lines": ["is not the sum of its lines: lines is 1, not 2"],
    "opening": ["it opens with 499 CNY", "it opens with 530 CNY, and {day} closed with 529 CNY"],
    "never closed": ["it is closed, and {day} is not"],
    "gone": ["earned CNY is 0, not 40, lines is 0, not 2, net CNY is 0, not 30", "it is closed, and {day} is not"],
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_day_is_named_with_what_differs(world: World, change: str) -> None:
    """M3."""
    opened, today = spoilt(world, CHANGES[change])
    day = days_back(today, 3)[-1]
    findings = verify(world.ledger).findings
    assert len(findings) == len(SAYS[change])
    for finding, says in zip(findings, SAYS[change], strict=True):
        assert finding.startswith("day ")
        assert SHOP in finding
        assert says.format(day=day) in finding
    assert opened == days_back(today, 4)[-1]


def test_a_first_day_begins_with_nothing(world: World) -> None:
    day = earn(world, 500)
    fold(world)
    close(world.ledger.days, SHOP, day, day)
    tampered(opening={"M": {"CNY": {"N": "9"}}})(world, day)
    assert verify(world.ledger).findings == [f"day {day} of {SHOP}: it is the first and opens with 9 CNY"]


def test_what_was_folded_late_is_awaited_until_no_closing_looks_at_it(world: World) -> None:
    """M22: the next closing carries it on; only what is too old for that needs a rebuild."""
    first = earn(world, 500)
    fold(world)
    earn(world, 7)
    world.cloud.clock.advance("24h")
    second = earn(world, 30)
    close(world.ledger.days, SHOP, second, first)
    fold(world)
    assert verify(world.ledger).findings == []
    world.cloud.clock.advance(f"{LOOKED_AT_AGAIN}d")
    assert verify(world.ledger).findings == [
        f"day {second} of {SHOP}: {first} has lines that no closing looks at any more"
    ]


def test_a_day_that_is_counted_in_while_it_is_read_is_no_finding(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """M3: days that move, and days that were forged beside them."""
    world.open(ADA)
    world.fund(ADA, 100_00)
    quiet = earn(world, 5)
    fold(world)
    world.cloud.clock.advance("24h")
    restless(world, monkeypatch, SHOP)
    assert verify(world.ledger).findings == []
    world.tamper("accounts", place_of_day(SHOP, quiet), DAY, net={"M": {"CNY": {"N": "6"}}})
    named = [finding for finding in verify(world.ledger).findings if finding.startswith("day")]
    assert named == [f"day {quiet} of {SHOP} is not the sum of its lines: net CNY is 6, not 5"]


def test_a_day_that_moves_while_it_is_looked_at_again_is_told_as_unsettled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M3: what moves cannot be compared; the next run names it."""
    today = earn(world, 5)
    fold(world)
    world.tamper("accounts", place_of_day(SHOP, today), DAY, net={"M": {"CNY": {"N": "6"}}})
    counted = verify_days._sums_now

    def meanwhile(ledger: Ledger, asked: Collection[tuple[str, str]]) -> Any:
        earn(world, 1)
        fold(world)
        return counted(ledger, asked)

    monkeypatch.setattr(verify_days, "_sums_now", meanwhile)
    report = verify(world.ledger)
    assert SHOP in report.unsettled
    assert [finding for finding in report.findings if finding.startswith("day")] == []
    monkeypatch.undo()
    assert verify(world.ledger).findings == [f"day {today} of {SHOP} is not the sum of its lines: net CNY is 7, not 6"]
