"""Scanning: every kind of item is told apart, and what is none of them is named."""

from tests.ledger.test_days import earn, fold
from tests.ledger_world import SHOP, World
from wallet_api.ledger.days import Day
from wallet_api.ledger.lines import Line
from wallet_api.ledger.scanning import NAMED, Report, accounts, entries


def test_lines_balances_and_days_come_with_their_places(world: World) -> None:
    today = earn(world, 500)
    fold(world)
    found = [(at, each) for at, each in accounts(world.ledger) if SHOP in at[0]]
    assert [at for at, each in found if isinstance(each, Day)] == [(SHOP, today)]
    assert [each for at, each in found if at == (SHOP, "CNY")] == [500]
    assert [each.money.amount for _, each in found if isinstance(each, Line)] == [500]
    assert len(list(entries(world.ledger))) == 1


def test_what_is_nothing_of_the_ledgers_is_named(world: World) -> None:
    world.tamper("accounts", SHOP, "note", text={"S": "hello"})
    world.tamper("ledger", "system/test/key", "note", text={"S": "hello"})
    report = Report()
    assert [*accounts(world.ledger, report), *entries(world.ledger, report)] == []
    assert [finding.split(":")[0] for finding in report.findings] == [
        f"{SHOP} note is neither a balance, a line nor a day",
        "journal system/test/key (no entry)",
    ]


def test_findings_beyond_what_anybody_reads_are_counted() -> None:
    report = Report()
    for number in range(NAMED + 5):
        report.name(str(number))
    assert (len(report.findings), report.found, report.holds) == (NAMED, NAMED + 5, False)
