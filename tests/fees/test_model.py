"""Fees as pure rules: rounding, parts that add up, quotes that bind, schedules in order."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from wallet_api.fees.errors import (
    FeeScheduleMissing,
    QuoteExpired,
    QuoteMismatch,
    QuoteUsed,
    ScheduleIncomplete,
    ScheduleTooSoon,
)
from wallet_api.fees.model import (
    FIRST,
    QUOTE_LIFE,
    Charge,
    Movement,
    Quote,
    Rule,
    charge_by,
    charge_by_quote,
    fee_lines,
    in_force,
    next_schedule,
    quote_of,
    require_complete,
    share_of,
)
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


def a_quote(movement: Movement) -> Quote:
    return quote_of(charge_by(FIRST, movement), movement, quote_id="quo_1", person_id="usr_1", now=NOW)


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


@given(st.integers(-1000, -1))
def test_nobody_is_charged_a_share_of_a_debt(amount: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        share_of(amount, 60)


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
    assert charge_by(FIRST, Movement("top_up", cny(100_00), "credit_card")).fee == cny(60)
    assert charge_by(FIRST, Movement("top_up", cny(100_00), "debit_card")).fee == cny(0)


def test_a_fee_that_the_merchant_bears_costs_the_payer_nothing() -> None:
    charge = charge_by(FIRST, Movement("payment", cny(100_00)))
    assert (charge.fee, charge.bearer, charge.on_top) == (cny(60), "merchant", cny(0))


@given(amounts)
def test_what_was_quoted_is_what_is_charged(amount: int) -> None:
    """M33, whatever the schedule says by then."""
    movement = Movement("withdrawal", cny(amount), "debit_card")
    quoted = a_quote(movement)
    charge = charge_by_quote(quoted, movement, NOW + QUOTE_LIFE - timedelta(seconds=1))
    assert charge == Charge(quoted.fee, quoted.bearer, quoted.schedule_version, quoted.lines, quoted)
    assert quoted.total == quoted.amount + quoted.fee


def test_a_quote_for_something_else_binds_nothing() -> None:
    """M33: another operation, amount, currency, payee or channel."""
    movement = Movement("transfer", cny(5_000_00), None, "usr_b")
    quoted = a_quote(movement)
    others = {
        "operation": replace(movement, operation="payment"),
        "amount": replace(movement, amount=cny(5_000_01)),
        "payee": replace(movement, payee="usr_c"),
    }
    for field, other in others.items():
        with pytest.raises(QuoteMismatch) as found:
            charge_by_quote(quoted, other, NOW)
        assert found.value.facts == {"field": field}
    with pytest.raises(QuoteMismatch):
        charge_by_quote(quoted, replace(movement, amount=Money(5_000_00, "USD")), NOW)
    card = Movement("top_up", cny(100_00), "credit_card")
    with pytest.raises(QuoteMismatch):
        charge_by_quote(a_quote(card), replace(card, channel="debit_card"), NOW)


def test_a_quote_that_named_no_payee_binds_to_none() -> None:
    quoted = a_quote(Movement("transfer", cny(5_000_00)))
    assert charge_by_quote(quoted, Movement("transfer", cny(5_000_00), None, "usr_b"), NOW).fee == quoted.fee


def test_a_quote_ends_with_its_time_and_with_its_use() -> None:
    """M33."""
    movement = Movement("transfer", cny(5_000_00))
    with pytest.raises(QuoteExpired):
        charge_by_quote(a_quote(movement), movement, NOW + QUOTE_LIFE)
    with pytest.raises(QuoteUsed):
        charge_by_quote(replace(a_quote(movement), status="used"), movement, NOW)


def test_a_schedule_is_published_ahead_of_time_and_after_its_predecessor() -> None:
    with pytest.raises(ScheduleTooSoon):
        next_schedule([FIRST], FIRST.rules, NOW + timedelta(seconds=59), NOW)
    second = next_schedule([FIRST], FIRST.rules, NOW + timedelta(hours=1), NOW)
    with pytest.raises(ScheduleTooSoon):
        next_schedule([second, FIRST], FIRST.rules, NOW + timedelta(minutes=30), NOW)
    assert second.version == 2
    assert in_force([second, FIRST], NOW) is FIRST
    assert in_force([second, FIRST], second.effective_at) is second
    with pytest.raises(FeeScheduleMissing):
        in_force([second, FIRST], datetime(2019, 12, 31, tzinfo=UTC))


@pytest.mark.parametrize(
    "rules",
    [
        FIRST.rules[1:],
        (*FIRST.rules, FIRST.rules[1]),
        (*FIRST.rules[:-1], replace(FIRST.rules[-1], basis_points=10_001)),
        (*FIRST.rules[:-1], replace(FIRST.rules[-1], fixed=-1)),
        (*FIRST.rules[:-1], replace(FIRST.rules[-1], minimum=100, maximum=99)),
    ],
)
def test_a_schedule_with_a_hole_or_a_doubt_is_not_published(rules: tuple[Rule, ...]) -> None:
    with pytest.raises(ScheduleIncomplete):
        require_complete(rules)
