"""Fingerprints: lists that agree leave nothing, in any order; whatever differs leaves its part behind."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from wallet_api.ledger.fingerprints import Fingerprints, part_of
from wallet_api.ledger.lines import Line
from wallet_api.money import Money

AT = datetime(2026, 11, 22, tzinfo=UTC)


def line(number: int, amount: int = 5, account: str = "fees") -> Line:
    return Line(account, f"ent_{number}", "fee", "pay_1", AT, Money(amount, "CNY"), "customer/usr_a", f"op/{number}")


def found(prints: Fingerprints, *lines: Line) -> None:
    for each in lines:
        prints.find((each.pk, each.sk), each)


@given(st.lists(st.integers(0, 50), unique=True), st.randoms())
def test_the_same_lines_in_another_order_leave_nothing(numbers: list[int], chance: Any) -> None:
    prints = Fingerprints()
    lines = [line(number) for number in numbers]
    for each in lines:
        prints.expect(each)
    chance.shuffle(lines)
    found(prints, *lines)
    prints.store("fees", "CNY", 5 * len(lines))
    assert (prints.differing_lines(), prints.differing_balances()) == ([], [])


CHANGES: dict[str, dict[str, Any]] = {
    "account": {"account": "promotions"},
    "entry": {"entry_id": "ent_2"},
    "kind": {"kind": "refund"},
    "subject": {"subject": "pay_2"},
    "time": {"at": AT + timedelta(microseconds=1)},
    "amount": {"money": Money(6, "CNY")},
    "currency": {"money": Money(5, "JPY")},
    "other side": {"other": None},
    "operation": {"operation": "op/2"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_line_that_differs_in_anything_leaves_its_part(change: dict[str, Any]) -> None:
    prints = Fingerprints()
    said = line(1)
    prints.expect(said)
    prints.find((said.pk, said.sk), replace(said, **change))
    assert prints.differing_lines() == [part_of(said.pk, said.sk)]


def test_a_true_line_at_another_place_is_seen() -> None:
    prints = Fingerprints()
    prints.expect(line(1))
    prints.find(("somewhere", "else"), line(1))
    assert set(prints.differing_lines()) == {part_of(line(1).pk, line(1).sk), part_of("somewhere", "else")}


def test_an_entry_that_is_expected_twice_and_found_once_is_seen() -> None:
    prints = Fingerprints()
    for _ in range(2):
        prints.expect(line(1))
    found(prints, line(1))
    assert prints.differing_lines() == [part_of(line(1).pk, line(1).sk)]


def test_errors_on_two_accounts_of_one_part_do_not_cancel_out() -> None:
    """Their amounts sum to nothing; their weights are unlike, and drawn anew for every run."""
    names = [f"merchant/mer_{number}" for number in range(5000)]
    first = next(name for name in names[1:] if part_of(name, "CNY") == part_of(names[0], "CNY"))
    prints = Fingerprints()
    prints.store(names[0], "CNY", 700)
    prints.store(first, "CNY", -700)
    assert prints.differing_balances() == [part_of(first, "CNY")]
    assert prints.balances != Fingerprints().balances
