"""A payout's life, as a table: everything that a bank may say in every state."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from wallet_api.errors import Invalid
from wallet_api.gateways.bank import BankOutcome, BankStatus
from wallet_api.ledger.days import empty
from wallet_api.money import Money
from wallet_api.payouts.errors import PayoutBelowMinimum, PayoutExceedsAvailable
from wallet_api.payouts.model import LOOKED_AT_FOR, MINIMUM, Payout, Schedule, Status, available, require_payable

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
TABLE = {
    "processing": {"pending": "processing", "paid": "paid", "rejected": "failed", "returned": "paid"},
    "paid": {"pending": "paid", "paid": "paid", "rejected": "returned", "returned": "returned"},
    "failed": {"pending": "failed", "paid": "paid", "rejected": "failed", "returned": "failed"},
    "returned": {"pending": "returned", "paid": "returned", "rejected": "returned", "returned": "returned"},
}


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def payout(status: Status = "processing") -> Payout:
    return Payout("po_1", "mer_1", "requested", None, status, cny(1000), cny(100), "Bank", "3456", "test", NOW)


def test_the_table_is_whole() -> None:
    assert set(TABLE) == set(get_args(Status))
    assert all(set(row) == set(get_args(BankStatus)) for row in TABLE.values())


@pytest.mark.parametrize(("before", "says", "after"), [(a, b, c) for a, row in TABLE.items() for b, c in row.items()])
def test_every_state_with_everything_that_a_bank_may_say(before: Status, says: BankStatus, after: Status) -> None:
    given = payout(before)
    found = given.after(BankOutcome(says, "account_closed", "B1"), NOW)
    assert found.status == after
    assert (found is given) == (before == after)


def test_a_reason_is_kept_with_a_failure_and_goes_with_it() -> None:
    failed = payout().after(BankOutcome("rejected", "account_closed"), NOW)
    assert (failed.failure_code, failed.settled_at, failed.ended_at) == ("account_closed", NOW, None)
    assert failed.after(BankOutcome("paid"), NOW).failure_code is None


def test_the_bank_is_asked_soon_then_seldom_and_in_the_end_no_more() -> None:
    open_ = payout()
    assert open_.next_look(NOW) == NOW + timedelta(seconds=30)
    assert open_.next_look(NOW + timedelta(days=2)) == NOW + timedelta(days=2, hours=1)
    paid = open_.after(BankOutcome("paid"), NOW)
    assert paid.next_look(NOW) == NOW + timedelta(days=1)
    assert paid.next_look(NOW + LOOKED_AT_FOR + timedelta(seconds=1)) is None
    assert paid.after(BankOutcome("returned"), NOW).next_look(NOW) is None


def test_a_day_below_zero_takes_nothing_twice() -> None:
    """What went back today is in the balance already."""
    today = empty("merchant/mer_1", "2026-11-22")
    assert available(cny(500), today) == cny(500)
    assert today.pending("CNY") == cny(0)


@pytest.mark.parametrize(
    ("amount", "fee", "there", "refusal"),
    [(99, 0, 1000, PayoutBelowMinimum), (1000, 1, 1000, PayoutExceedsAvailable), (100, 0, -5, PayoutExceedsAvailable)],
)
def test_what_may_not_be_paid_out(amount: int, fee: int, there: int, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        require_payable(cny(amount), cny(fee), cny(there), cny(MINIMUM))
    require_payable(cny(1000), cny(0), cny(1000), cny(1000))


def test_a_schedule_has_a_least_sum_for_its_own_currency() -> None:
    """Of any other a night pays out what is ever paid out."""
    schedule = Schedule("mer_1").changed(None, cny(500_00), NOW)
    assert (schedule.least("CNY"), schedule.least("EUR")) == (cny(500_00), Money(MINIMUM, "EUR"))
    with pytest.raises(Invalid):
        schedule.changed(None, cny(MINIMUM - 1), NOW)


def test_the_next_night_is_the_coming_one_in_china() -> None:
    schedule, coming = Schedule("mer_1"), datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert schedule.next_payout(NOW) == schedule.next_payout(coming - timedelta(seconds=1)) == coming
    assert schedule.next_payout(coming) == coming + timedelta(days=1)
    assert schedule.changed("manual", None, NOW).next_payout(NOW) is None


def test_nothing_is_told_of_a_schedule_that_nobody_changed() -> None:
    with pytest.raises(ValueError, match="nothing was changed"):
        Schedule("mer_1").event()
