"""What a payment's state and time allow."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_api.clock import month_of, months_back
from wallet_api.errors import NotFound
from wallet_api.ids import first_id_after, made_at, new_id
from wallet_api.merchants.model import Profile
from wallet_api.money import Money
from wallet_api.payments.errors import PaymentAlreadyPaid, PaymentCanceled, PaymentExpired, PaymentTaken
from wallet_api.payments.model import (
    LIFE,
    Order,
    Payment,
    why_not_cancelable,
    why_not_payable,
)

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
SHOP = Profile("Tea", "Tea", "Kunming", "Kunming", "CN", "5814")
PRICE = Money(1250, "CNY")
WAITING = Payment(
    new_id("pay", NOW), "mer_1", "requires_confirmation", PRICE, Order("1", "tea", {}, SHOP), NOW, NOW + LIFE
)
PAID = WAITING.confirmed("usr_ada", Money(8, "CNY"), "merchant", NOW)
CANCELED = WAITING.canceled(NOW)


def test_what_is_missing_paid_canceled_or_over_cannot_be_paid() -> None:
    """A48: steps out of order are refused, each with its own reason (M11)."""
    assert isinstance(why_not_payable(None, "usr_ada", NOW), NotFound)
    assert isinstance(why_not_payable(PAID, "usr_ada", NOW), PaymentAlreadyPaid)
    assert isinstance(why_not_payable(PAID, "usr_bo", NOW), PaymentTaken)
    assert isinstance(why_not_payable(CANCELED, "usr_ada", NOW), PaymentCanceled)
    assert isinstance(why_not_payable(WAITING, "usr_ada", NOW + LIFE), PaymentExpired)
    assert why_not_payable(WAITING, "usr_ada", NOW + LIFE - timedelta(microseconds=1)) is None


def test_what_is_missing_paid_canceled_or_over_cannot_be_canceled() -> None:
    assert isinstance(why_not_cancelable(None, NOW), NotFound)
    assert isinstance(why_not_cancelable(PAID, NOW), PaymentAlreadyPaid)
    assert isinstance(why_not_cancelable(CANCELED, NOW), PaymentCanceled)
    assert isinstance(why_not_cancelable(WAITING, NOW + LIFE), PaymentExpired)
    assert why_not_cancelable(WAITING, NOW) is None


def test_a_payment_is_canceled_from_the_moment_that_its_time_is_over() -> None:
    assert WAITING.at(NOW + LIFE - timedelta(seconds=1)) == WAITING
    over = WAITING.at(NOW + LIFE)
    assert (over.status, over.ended_at, over.ran_out) == ("canceled", WAITING.expires_at, True)
    assert PAID.at(NOW + LIFE) == PAID
    assert not CANCELED.ran_out


def test_refunds_do_not_show_in_what_was_answered_before_them() -> None:
    refunded = replace(PAID, refundable=250, refunded=1000, refunds={"ref_1": 1000})
    assert refunded.captured == PRICE
    assert refunded.as_confirmed("succeeded") == PAID
    assert refunded.as_created() == WAITING


@pytest.mark.parametrize(
    ("newest", "oldest", "months"),
    [
        (
            datetime(2026, 3, 31, 23, 59, tzinfo=UTC),
            datetime(2025, 12, 31, tzinfo=UTC),
            ["2026-03", "2026-02", "2026-01", "2025-12"],
        ),
        (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC), ["2026-03"]),
        (datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC), []),
    ],
)
def test_months_are_walked_back_without_a_gap(newest: datetime, oldest: datetime, months: list[str]) -> None:
    assert [month_of(month) for month in months_back(newest, oldest)] == months


@given(st.timedeltas(timedelta(0), timedelta(days=20_000)).map(lambda later: NOW + later))
def test_an_id_tells_its_time_and_sorts_before_the_next_month(moment: datetime) -> None:
    payment_id = new_id("pay", moment)
    assert moment - made_at(payment_id) < timedelta(milliseconds=1)
    (month,) = months_back(moment, moment)
    assert payment_id < first_id_after("pay", month)
    assert month_of(made_at(first_id_after("pay", month))) > month_of(moment)


def test_a_made_up_id_has_a_time_as_well() -> None:
    """Its 48 bits reach beyond the year 9999, which is the last that a time can hold."""
    assert made_at("pay_7" + "Z" * 25).year == 9999
    assert made_at("pay_" + "0" * 26).year == 1970
