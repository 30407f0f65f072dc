"""What a payment's state and time allow."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from wallet_api.clock import month_of, months_back, rfc3339
from wallet_api.errors import NotFound
from wallet_api.ids import first_id_after, made_at, new_id
from wallet_api.merchants.model import Profile
from wallet_api.money import Money, zero
from wallet_api.payments.errors import (
    CaptureCurrencyDiffers,
    CaptureExceedsHold,
    CaptureTooLate,
    ForbiddenTransition,
    PaymentAlreadyCaptured,
    PaymentAlreadyConfirmed,
    PaymentAlreadyPaid,
    PaymentCanceled,
    PaymentExpired,
    PaymentFailed,
    PaymentNotAuthorized,
    PaymentProcessing,
    PaymentTaken,
)
from wallet_api.payments.model import (
    CAPTURE_WITHIN,
    ENDS,
    LIFE,
    TRANSITIONS,
    Bearer,
    Order,
    Payment,
    Status,
    next_look,
    why_not_cancelable,
    why_not_capturable,
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


HELD = WAITING.set_aside("usr_ada", Money(8, "CNY"), "payer", NOW)
REVIEWED = WAITING.set_aside("usr_ada", Money(8, "CNY"), "payer", NOW, reviewed=True)
IN_STATE: dict[str, Payment] = {
    "requires_confirmation": WAITING,
    "requires_action": replace(WAITING, status="requires_action", customer_id="usr_ada"),
    "processing": REVIEWED,
    "authorized": HELD,
    "succeeded": PAID,
    "failed": REVIEWED.blocked("risk_declined", NOW),
    "canceled": CANCELED,
}
MOVES: dict[str, tuple[str, Callable[[Payment], Payment]]] = {
    "confirmed": ("succeeded", lambda payment: payment.confirmed("usr_ada", Money(8, "CNY"), "payer", NOW)),
    "set aside": ("authorized", lambda payment: payment.set_aside("usr_ada", Money(8, "CNY"), "payer", NOW)),
    "set aside for review": (
        "processing",
        lambda payment: payment.set_aside("usr_ada", Money(8, "CNY"), "payer", NOW, reviewed=True),
    ),
    "passed": ("succeeded", lambda payment: payment.passed(NOW)),
    "blocked": ("failed", lambda payment: payment.blocked("risk_declined", NOW)),
    "captured": ("succeeded", lambda payment: payment.captured_with(PRICE, NOW)),
    "voided": ("canceled", lambda payment: payment.voided(NOW)),
    "canceled": ("canceled", lambda payment: payment.canceled(NOW)),
}


def test_every_state_is_in_the_machine() -> None:
    assert set(TRANSITIONS) == set(IN_STATE) == set(get_args(Status))
    assert set(ENDS) == {"succeeded", "failed", "canceled"}
    assert {payment.status for payment in IN_STATE.values()} == set(IN_STATE)
    assert {to for following in TRANSITIONS.values() for to in following} == set(IN_STATE) - {"requires_confirmation"}


@pytest.mark.parametrize("state", IN_STATE)
@pytest.mark.parametrize("name", MOVES)
def test_a_payment_goes_where_the_table_leads_and_nowhere_else(state: str, name: str) -> None:
    """A48: every move from every state, the allowed and the forbidden."""
    payment, (to, move) = IN_STATE[state], MOVES[name]
    if to in TRANSITIONS[payment.status]:
        assert move(payment).status == to
    else:
        with pytest.raises(ForbiddenTransition):
            move(payment)


LATE = NOW + CAPTURE_WITHIN
SAID = {
    "requires_confirmation": (None, None, PaymentNotAuthorized),
    "requires_action": (None, None, PaymentNotAuthorized),
    "processing": (PaymentAlreadyConfirmed, PaymentProcessing, PaymentProcessing),
    "authorized": (PaymentAlreadyConfirmed, None, None),
    "succeeded": (PaymentAlreadyPaid, PaymentAlreadyPaid, PaymentAlreadyPaid),
    "failed": (PaymentFailed, PaymentFailed, PaymentFailed),
    "canceled": (PaymentCanceled, PaymentCanceled, PaymentCanceled),
}
"""What is said, by state, to the customer who pays, to the merchant who cancels, and to the merchant who captures."""


@pytest.mark.parametrize("state", SAID)
def test_each_state_has_its_own_reason_against_each_wish(state: str) -> None:
    """A48, M11."""
    payment, (pay, cancel, take) = IN_STATE[state], SAID[state]
    answers = (
        why_not_payable(payment, "usr_ada", NOW),
        why_not_cancelable(payment, NOW),
        why_not_capturable(payment, None, NOW),
    )
    assert [type(each) for each in answers] == [type(None) if each is None else each for each in (pay, cancel, take)]


def test_a_hold_is_captured_in_time_in_its_currency_and_up_to_its_amount() -> None:
    """M11."""
    assert why_not_capturable(HELD, PRICE, LATE - timedelta(microseconds=1)) is None
    late = why_not_capturable(HELD, None, LATE)
    assert isinstance(late, CaptureTooLate)
    assert late.facts == {"capture_before": rfc3339(LATE)}
    never_paid = WAITING.at(WAITING.expires_at)
    assert never_paid.ran_out
    assert isinstance(why_not_capturable(never_paid, None, NOW + LIFE), PaymentCanceled), "nothing was ever set aside"
    assert isinstance(why_not_capturable(HELD.at(LATE), None, LATE), CaptureTooLate)
    assert isinstance(why_not_capturable(HELD, Money(1251, "CNY"), NOW), CaptureExceedsHold)
    assert isinstance(why_not_capturable(HELD, Money(1, "JPY"), NOW), CaptureCurrencyDiffers)
    assert isinstance(why_not_capturable(HELD.captured_with(PRICE, NOW), None, NOW), PaymentAlreadyCaptured)
    assert isinstance(why_not_capturable(None, None, NOW), NotFound)


def test_somebody_elses_yes_is_told_as_taken_and_their_step_up_not_at_all() -> None:
    for state in ("processing", "authorized", "succeeded"):
        assert isinstance(why_not_payable(IN_STATE[state], "usr_bo", NOW), PaymentTaken)
    assert isinstance(why_not_payable(IN_STATE["requires_action"], "usr_bo", NOW), NotFound)


def test_a_hold_is_canceled_from_the_moment_that_its_time_is_over() -> None:
    assert HELD.at(LATE - timedelta(seconds=1)) == HELD
    over = HELD.at(LATE)
    assert (over.status, over.ended_at, over.ran_out) == ("canceled", LATE, True)
    assert HELD.voided(LATE + timedelta(days=1)).ended_at == LATE
    assert not HELD.voided(NOW).ran_out
    assert isinstance(why_not_payable(HELD, "usr_ada", LATE), PaymentCanceled)
    assert isinstance(why_not_cancelable(HELD, LATE), PaymentCanceled)


def test_what_ended_in_time_stays_as_it_ended_when_the_time_to_capture_is_over() -> None:
    long_after = LATE + timedelta(days=1)
    for ended in (HELD.captured_with(PRICE, NOW), HELD.voided(NOW), REVIEWED.blocked("risk_declined", NOW)):
        assert ended.at(long_after) == ended, ended.status
    assert REVIEWED.at(long_after) == REVIEWED, "a review has as long as it takes"


def test_a_review_is_asked_for_again_from_a_minute_on() -> None:
    said = REVIEWED.authorized_at
    assert said is not None
    assert next_look(REVIEWED, said) == said + timedelta(minutes=1)
    assert next_look(REVIEWED, said + timedelta(minutes=10)) == said + timedelta(minutes=15)


def test_a_review_that_passes_leaves_the_merchant_its_whole_time_to_capture() -> None:
    later = NOW + timedelta(hours=9)
    manual = replace(REVIEWED, order=replace(REVIEWED.order, capture="manual")).passed(later)
    assert (manual.status, manual.capture_before, manual.captured) == (
        "authorized",
        later + CAPTURE_WITHIN,
        zero("CNY"),
    )
    automatic = replace(REVIEWED, order=replace(REVIEWED.order, capture="automatic")).passed(later)
    assert (automatic.status, automatic.captured, automatic.ended_at) == ("succeeded", PRICE, later)


def test_a_payment_by_a_shown_code_was_made_waiting_for_its_customer() -> None:
    shown = replace(PAID, order=replace(PAID.order, presented_by="customer"))
    assert (shown.as_created().status, PAID.as_created().status) == ("requires_action", "requires_confirmation")


@given(st.integers(1, 1250), st.integers(0, 2000), st.sampled_from(["payer", "merchant"]))
def test_what_is_captured_and_what_returns_are_together_what_was_held(part: int, fee: int, bearer: Bearer) -> None:
    """M11, M27: the fee is in proportion, never more than was quoted, and nothing is lost."""
    held = WAITING.set_aside("usr_ada", Money(fee, "CNY"), bearer, NOW)
    assert held.held.amount == 1250 + (fee if bearer == "payer" else 0), (
        "a fee that the merchant bears is no matter of its payer's"
    )
    assert WAITING.held == PRICE
    captured = held.captured_with(Money(part, "CNY"), NOW)
    assert captured.charged_fee.amount == fee * part // 1250
    taken = part + (captured.charged_fee.amount if bearer == "payer" else 0)
    assert captured.returned.amount + taken == held.held.amount
    assert captured.returned.amount >= 0


def test_a_yes_is_answered_again_as_it_was_and_what_was_processing_as_it_is() -> None:
    captured = replace(HELD.captured_with(PRICE, NOW), refundable=250, refunded=1000, refunds={"ref_1": 1000})
    assert captured.as_confirmed("authorized") == HELD
    assert captured.as_captured() == HELD.captured_with(PRICE, NOW)
    for now in (REVIEWED, REVIEWED.passed(NOW), REVIEWED.blocked("risk_declined", NOW)):
        assert now.as_confirmed("processing") == now


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
