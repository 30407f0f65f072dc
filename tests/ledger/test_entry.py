"""Entries: what is not balanced cannot be made."""

from collections import defaultdict
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_api.ledger.entry import Entry, Posting, Unbalanced, move, postings
from wallet_api.money import Money

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ACCOUNTS = st.sampled_from(["customer/usr_a", "customer/usr_b", "merchant/mer_m", "fees", "bank/cards"])
CURRENCIES = st.sampled_from(["CNY", "JPY"])
MOVES = st.lists(st.tuples(st.integers(1, 10**15), ACCOUNTS, ACCOUNTS, CURRENCIES), min_size=1, max_size=8)
POSTINGS = st.lists(st.builds(Posting, ACCOUNTS, st.builds(Money, st.integers(-3, 3), CURRENCIES)), max_size=6)


def entry(*parts: tuple[Posting, ...]) -> Entry:
    return Entry("ent_1", "transfer", NOW, "trf_1", postings(*parts))


@given(MOVES)
def test_moves_always_balance_and_nets_sum_to_zero(moves: list[tuple[int, str, str, str]]) -> None:
    """M2, M4: per currency, on every entry."""
    made = entry(*(move(Money(amount, currency), source, target) for amount, source, target, currency in moves))
    sums: dict[str, int] = defaultdict(int)
    for (_, currency), money in made.net().items():
        assert money
        assert money.currency == currency
        sums[currency] += money.amount
    assert not any(sums.values())


@given(POSTINGS)
def test_only_balanced_postings_make_an_entry(made: list[Posting]) -> None:
    """M2: two postings or more, none of nothing, each currency's sum zero."""
    sums: dict[str, int] = defaultdict(int)
    for posting in made:
        sums[posting.money.currency] += posting.money.amount
    balanced = len(made) >= 2 and not any(sums.values()) and all(posting.money for posting in made)
    if balanced:
        assert entry(tuple(made)).postings == tuple(made)
    else:
        with pytest.raises(Unbalanced):
            entry(tuple(made))


def test_currencies_do_not_balance_each_other() -> None:
    """M4."""
    with pytest.raises(Unbalanced):
        entry((Posting("fees", Money(5, "CNY")), Posting("suspense", Money(-5, "JPY"))))


def test_a_move_of_nothing_leaves_no_trace_and_a_negative_one_is_a_defect() -> None:
    assert move(Money(0, "CNY"), "a", "b") == ()
    with pytest.raises(Unbalanced):
        move(Money(-1, "CNY"), "a", "b")


def test_an_account_whose_postings_cancel_out_has_no_net() -> None:
    """M9: money that goes out and comes back changes no balance."""
    made = entry(move(Money(5, "CNY"), "a", "b"), move(Money(5, "CNY"), "b", "a"), move(Money(1, "CNY"), "a", "c"))
    assert made.net() == {("a", "CNY"): Money(-1, "CNY"), ("c", "CNY"): Money(1, "CNY")}


def test_an_entry_cannot_be_changed() -> None:
    made = entry(move(Money(5, "CNY"), "a", "b"))
    with pytest.raises(AttributeError):
        made.kind = "refund"  # type: ignore[misc]
