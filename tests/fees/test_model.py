"""Fees as pure rules: rounding, parts that add up, quotes that bind, schedules in order."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from wallet_api.fees.errors import AmountBelowMinimum, FeeNotOffered, FeeScheduleMissing
from wallet_api.fees.model import (
    FIRST,
    Charge,
    Movement,
    Place,
    Quote,
    Rule,
    Schedule,
    channel_of,
    charge_by,
    fee_lines,
    in_force,
    is_among,
    share_of,
    sum_of,
)
from wallet_api.ledger.accounts import Account
from wallet_api.money import MAX_AMOUNT, Money

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
amounts = st.integers(1, MAX_AMOUNT)
rules = st.builds(
    Rule,
    operation=st.just("transfer"),
    channel=st.none(),
    bearer=st.just("payer"),
    basis_points=st.integers(0, 10_000),
    fixed=st.integers(0, 10_000),
    free=st.integers(0, 10**6),
    minimum=st.integers(0, 1_000),
    maximum=st.none() | st.integers(1_000, 10**6),
)


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def transfer(amount: int, used: dict[str, int] | None = None) -> Movement:
    """A transfer of somebody who has used this much of their allowances."""
    account = Account("customer/usr_1", "active", "basic", {}, {}, "never", {}, None, None, 0, NOW, free_used=used)
    return Movement("transfer", cny(amount), payer=account)


def with_transfer(basis_points: int = 0, **changes: Any) -> Schedule:
    """A schedule whose transfers cost this."""
    return Schedule(2, NOW, NOW, (Rule("transfer", None, "payer", basis_points, **changes),))


@pytest.mark.parametrize(
    ("amount", "basis_points", "share"),
    [(50, 100, 1), (49, 100, 0), (150, 100, 2), (250, 100, 3), (83, 60, 0), (84, 60, 1), (1, 5_000, 1), (3, 5_000, 2)],
)
def test_a_tie_always_goes_up_and_never_to_the_even_neighbour(amount: int, basis_points: int, share: int) -> None:
    """M27: 0.5, 1.5 and 2.5 become 1, 2 and 3, where Python's round() says 0, 2 and 2."""
    assert share_of(amount, basis_points) == share


@given(amounts, st.integers(0, 10_000))
def test_a_share_is_the_nearest_whole_unit_of_the_exact_one(amount: int, basis_points: int) -> None:
    """M25–M29: whole numbers in, whole numbers out, exact at any size."""
    exact = Fraction(amount * basis_points, 10_000)
    share = share_of(amount, basis_points)
    assert type(share) is int
    assert -Fraction(1, 2) <= exact - share < Fraction(1, 2)


@pytest.mark.parametrize(("amount", "basis_points"), [(-1, 60), (-1000, 60), (1, -1), (-1, -1)])
def test_nobody_is_charged_a_share_of_a_debt_and_nobody_is_paid_one(amount: int, basis_points: int) -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        share_of(amount, basis_points)
    assert (share_of(0, 60), share_of(100, 0)) == (0, 0)


@given(rules, amounts)
def test_the_lines_add_up_to_the_fee_and_the_fee_keeps_its_bounds(rule: Rule, amount: int) -> None:
    """M27: the parts add up to the whole."""
    fee = sum(line.amount.amount for line in fee_lines(rule, cny(amount)))
    chargeable = amount - rule.free
    if chargeable <= 0:
        assert fee == 0
        return
    natural = share_of(chargeable, rule.basis_points) + rule.fixed
    raised = max(natural, rule.minimum)
    assert fee == (raised if rule.maximum is None else min(raised, rule.maximum))


@given(rules, amounts, amounts)
def test_a_larger_amount_never_costs_less(rule: Rule, one: int, other: int) -> None:
    small, large = sorted((one, other))
    fee = [sum(line.amount.amount for line in fee_lines(rule, cny(amount))) for amount in (small, large)]
    assert fee[0] <= fee[1]


def test_the_channel_has_its_own_rule_and_falls_back_to_the_operation() -> None:
    assert charge_by(FIRST, Movement("top_up", cny(100_00), "credit_card"), NOW).fee == cny(60)
    assert charge_by(FIRST, Movement("top_up", cny(100_00), "debit_card"), NOW).fee == cny(0)


def test_a_fee_that_the_merchant_bears_costs_the_payer_nothing() -> None:
    charge = charge_by(FIRST, Movement("payment", cny(100_00)), NOW)
    assert (charge.fee, charge.bearer, charge.on_top) == (cny(60), "merchant", cny(0))
    quote = quoted(charge)
    assert (quote.on_top, quote.total) == (cny(0), cny(100_00))


def test_a_fee_that_the_payer_bears_comes_on_top() -> None:
    charge = charge_by(FIRST, Movement("top_up", cny(100_00), channel_of("credit")), NOW)
    assert (charge.fee, charge.bearer, charge.on_top) == (cny(60), "payer", cny(60))
    quote = quoted(charge)
    assert (quote.on_top, quote.total) == (cny(60), cny(100_60))


def test_less_than_the_least_amount_is_not_moved_and_the_least_is() -> None:
    schedule = with_transfer(100, minimum_amount=1_00)
    assert charge_by(schedule, transfer(1_00), NOW).fee == cny(1)
    with pytest.raises(AmountBelowMinimum) as refusal:
        charge_by(schedule, transfer(99), NOW)
    assert refusal.value.facts == {"operation": "transfer", "minimum": cny(1_00)}


def quoted(charge: Charge) -> Quote:
    """A promise of this charge for a hundred yuan."""
    amount, version, lines = cny(100_00), charge.schedule_version, charge.lines
    return Quote(
        "quo_1", "usr_1", "top_up", None, None, amount, charge.fee, charge.bearer, version, lines, "open", NOW, NOW
    )


def test_a_person_pays_by_their_tier_and_by_the_card_that_it_is() -> None:
    rules = (Rule("transfer", None, "payer", 10), Rule("transfer", None, "payer", 0, tier="basic"))
    schedule = Schedule(2, NOW, NOW, rules)
    assert charge_by(schedule, transfer(100_00), NOW).fee == cny(0)
    assert charge_by(schedule, replace(transfer(100_00), payer=None), NOW).fee == cny(10)
    assert (channel_of("debit"), channel_of("credit")) == ("debit_card", "credit_card")


def test_the_version_in_force_is_the_newest_whose_time_has_come() -> None:
    second = Schedule(2, NOW + timedelta(hours=1), NOW, FIRST.rules)
    assert in_force([second, FIRST], NOW) is FIRST
    assert in_force([second, FIRST], second.effective_at - timedelta(microseconds=1)) is FIRST
    assert in_force([second, FIRST], second.effective_at) is second
    with pytest.raises(FeeScheduleMissing):
        in_force([second, FIRST], datetime(2019, 12, 31, tzinfo=UTC))


def test_a_category_comes_before_a_channel_and_a_channel_before_a_tier() -> None:
    """Whatever order the rules are written in, one of them is the price."""
    anybody = Rule("payment", None, "merchant", 60)
    verified = Rule("payment", None, "merchant", 50, tier="verified")
    groceries = Rule("payment", None, "merchant", 30, categories=("5411", "5400-5499"))
    both = Rule("payment", None, "merchant", 20, categories=("5411",), tier="verified")
    credit = Rule("top_up", "credit_card", "payer", 60)
    low = Rule("top_up", None, "payer", 5, tier="basic")
    for rules_as_written in permutations((anybody, verified, groceries, both, credit, low)):
        schedule = Schedule(2, NOW, NOW, rules_as_written)
        assert schedule.rule(Place("payment", None, "5814", "basic")) is anybody
        assert schedule.rule(Place("payment", None, "5814", "verified")) is verified
        assert schedule.rule(Place("payment", None, "5411", "basic")) is groceries
        assert schedule.rule(Place("payment", None, "5411", "verified")) is both
        assert schedule.rule(Place("payment", None, None, "verified")) is verified
        assert schedule.rule(Place("top_up", "credit_card", None, "basic")) is credit
        assert schedule.rule(Place("top_up", "debit_card", None, "basic")) is low
        with pytest.raises(FeeNotOffered):
            schedule.rule(Place("top_up", "debit_card", None, "verified"))


@pytest.mark.parametrize(("category", "is_in"), [("5399", False), ("5400", True), ("5499", True), ("5500", False)])
def test_a_range_of_categories_holds_both_its_ends(category: str, is_in: bool) -> None:
    assert is_among(category, ("5812", "5400-5499")) is is_in


def test_the_first_so_many_of_a_month_cost_nothing() -> None:
    schedule = with_transfer(fixed=100, monthly_free_count=2)
    free = charge_by(schedule, transfer(5_00, used={"2026-11/transfer": 1}), NOW)
    assert (free.fee, [line.amount for line in free.lines]) == (cny(0), [cny(100), cny(-100)])
    assert free.allowance is not None
    assert (free.allowance.amount, free.allowance.left, free.allowance.limit) == (1, 0, 2)
    paid = charge_by(schedule, transfer(5_00, used={"2026-11/transfer": 2}), NOW)
    assert (paid.fee, paid.allowance) == (cny(100), None)
    last_month = charge_by(schedule, transfer(5_00, used={"2026-10/transfer": 2}), NOW)
    assert (last_month.fee, last_month.allowance and last_month.allowance.left) == (cny(0), 1)


def test_a_part_of_an_allowance_is_used_for_a_part_of_an_amount() -> None:
    schedule = with_transfer(basis_points=100, monthly_free_amount=1_000_00)
    charge = charge_by(schedule, transfer(500_00, used={"2026-11/transfer/CNY": 700_00}), NOW)
    assert charge.allowance is not None
    assert (charge.allowance.amount, charge.allowance.left) == (300_00, 0)
    assert charge.fee == cny(2_00), "one percent of what is beyond"
    other = charge_by(schedule, transfer(500_00, used={"2026-11/transfer/USD": 1_000_00}), NOW)
    assert other.fee == cny(0), "another currency is another allowance"


def test_what_costs_nothing_anyway_takes_nothing_of_an_allowance() -> None:
    within = charge_by(with_transfer(basis_points=10, free=1_000_00, monthly_free_count=1), transfer(1_000_00), NOW)
    assert (within.fee, within.allowance) == (cny(0), None)
    capped = with_transfer(basis_points=1_000, maximum=1_00, monthly_free_amount=10_00)
    at_most = charge_by(capped, transfer(100_00), NOW)
    assert (at_most.fee, at_most.allowance) == (cny(1_00), None)


def test_without_a_person_there_is_no_allowance() -> None:
    charge = charge_by(with_transfer(fixed=100, monthly_free_count=2), Movement("transfer", cny(5_00)), NOW)
    assert (charge.fee, charge.allowance) == (cny(100), None)


@given(rules, amounts, st.integers(0, 10**6), st.integers(0, 10**6))
def test_an_allowance_never_makes_anything_dearer_and_the_lines_still_add_up(
    rule: Rule, amount: int, limit: int, used: int
) -> None:
    """M27."""
    plain = charge_by(Schedule(2, NOW, NOW, (rule,)), transfer(amount), NOW)
    given = Schedule(2, NOW, NOW, (replace(rule, monthly_free_amount=limit),))
    charge = charge_by(given, transfer(amount, used={"2026-11/transfer/CNY": used}), NOW)
    assert cny(0).amount <= charge.fee.amount <= plain.fee.amount
    assert sum_of(charge.lines, "CNY") == charge.fee
    assert charge.allowance is None or 0 < charge.allowance.amount <= min(amount, limit - used)
