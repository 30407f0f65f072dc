"""What a refund is, what may be refunded, and which part of the fee comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wallet_api.errors import NotFound, WalletError
from wallet_api.money import Money, zero
from wallet_api.payments.model import MAX_REFUNDS, SUCCEEDED, Bearer, Payment
from wallet_api.refunds.errors import (
    PaymentNotRefundable,
    RefundCurrencyDiffers,
    RefundExceedsPayment,
    TooManyRefunds,
)


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that went back. `fee_returned` came back beside it, to `fee_bearer`."""

    id: str
    payment_id: str
    merchant_id: str
    customer_id: str
    status: Literal["succeeded"]
    amount: Money
    fee_returned: Money
    fee_bearer: Bearer
    reason: str
    created_at: datetime


def refund_of(payment: Payment, amount: Money | None, reason: str, refund_id: str, now: datetime) -> Refund:
    """The refund of an amount of a payment, or of all that is left. Raises what speaks against it."""
    wanted = amount or Money(payment.refundable, payment.amount.currency)
    error = why_not_refundable(payment, wanted)
    if error is not None:
        raise error
    return Refund(
        id=refund_id,
        payment_id=payment.id,
        merchant_id=payment.merchant_id,
        customer_id=payment.customer_id or "",
        status=SUCCEEDED,
        amount=wanted,
        fee_returned=fee_to_return(payment, wanted),
        fee_bearer=payment.fee_bearer or "merchant",
        reason=reason,
        created_at=now,
    )


def why_not_refundable(payment: Payment | None, amount: Money) -> WalletError | None:
    """What speaks against giving this amount back, or None."""
    if payment is None:
        return NotFound()
    if payment.status != SUCCEEDED:
        return PaymentNotRefundable(payment_status=payment.status)
    currency = payment.amount.currency
    if amount.currency != currency:
        return RefundCurrencyDiffers(currency=currency)
    if amount.amount > payment.refundable or not amount:
        return RefundExceedsPayment(refundable=Money(payment.refundable, currency))
    if len(payment.refunds) >= MAX_REFUNDS:
        return TooManyRefunds(limit=MAX_REFUNDS)
    return None


def fee_to_return(payment: Payment, amount: Money) -> Money:
    """The fee that comes back with this refund: in proportion, rounded down over all refunds so far.

    It is the difference of two running totals, so the parts add up to exactly the fee once everything is refunded, in
    whatever pieces, and never pass it before.
    """
    if payment.fee is None:
        return zero(amount.currency)
    before = _share(payment.charged_fee, payment.refunded, payment.captured)
    after = _share(payment.charged_fee, payment.refunded + amount.amount, payment.captured)
    return Money(after - before, amount.currency)


def _share(fee: Money, part: int, whole: Money) -> int:
    return fee.amount * part // whole.amount
