"""What may be refunded, and which part of the fee comes back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.payments.test_model import CANCELED, PAID, WAITING
from wallet_api.errors import NotFound, WalletError
from wallet_api.money import Money
from wallet_api.payments.model import MAX_REFUNDS, Payment
from wallet_api.refunds.errors import (
    PaymentNotRefundable,
    RefundCurrencyDiffers,
    RefundExceedsPayment,
    TooManyRefunds,
)
from wallet_api.refunds.model import fee_to_return, refund_of, why_not_refundable

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OFTEN = replace(PAID, refundable=1150, refunded=100, refunds={f"ref_{n}": 1 for n in range(MAX_REFUNDS)})
EMPTY = replace(PAID, refundable=0, refunded=1250, refunds={"ref_1": 1250})


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def after(payment: Payment, amount: int) -> Payment:
    """The payment as it stands after a refund."""
    refunds = {**payment.refunds, f"ref_{len(payment.refunds)}": amount}
    return replace(payment, refunded=payment.refunded + amount, refundable=payment.refundable - amount, refunds=refunds)


@pytest.mark.parametrize(
    ("payment", "amount", "refusal"),
    [
        (None, cny(1), NotFound),
        (WAITING, cny(1), PaymentNotRefundable),
        (CANCELED, cny(1), PaymentNotRefundable),
        (PAID, cny(1251), RefundExceedsPayment),
        (EMPTY, cny(1), RefundExceedsPayment),
        (EMPTY, cny(0), RefundExceedsPayment),
        (PAID, Money(1, "JPY"), RefundCurrencyDiffers),
        (OFTEN, cny(1), TooManyRefunds),
    ],
)
def test_what_was_not_paid_or_is_not_there_any_more_does_not_go_back(
    payment: Payment | None, amount: Money, refusal: type[WalletError]
) -> None:
    """M34, M35."""
    assert isinstance(why_not_refundable(payment, amount), refusal)


def test_all_that_is_left_can_go_back() -> None:
    left = after(PAID, 1000)
    assert why_not_refundable(left, cny(250)) is None
    assert refund_of(left, None, "broken", "ref_9", NOW).amount == cny(250)
    with pytest.raises(RefundExceedsPayment):
        refund_of(EMPTY, None, "broken", "ref_9", NOW)


@given(st.integers(1, 10**6), st.integers(0, 10**4), st.lists(st.integers(1, 10**5), max_size=30))
def test_the_fees_parts_add_up_to_the_fee_and_never_pass_it(captured: int, fee: int, wanted: list[int]) -> None:
    """M27, M35: the fee comes back in proportion, rounded down over all refunds so far."""
    payment = replace(PAID, amount=cny(captured), refundable=captured, fee=cny(fee))
    returned = 0
    for amount in wanted:
        if amount > payment.refundable:
            continue
        part = fee_to_return(payment, cny(amount)).amount
        assert part >= 0
        returned += part
        payment = after(payment, amount)
        assert returned == fee * payment.refunded // captured
    if payment.refundable:
        returned += fee_to_return(payment, cny(payment.refundable)).amount
    assert returned == fee


def test_a_tie_in_the_fee_stays_with_the_wallet_until_the_rest_is_refunded() -> None:
    payment = replace(PAID, amount=cny(10), refundable=10, fee=cny(1))
    assert fee_to_return(payment, cny(5)) == cny(0)
    assert fee_to_return(after(payment, 5), cny(5)) == cny(1)
