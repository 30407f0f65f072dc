"""A payment as each of its two sides sees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from chalicelib.views import MoneyView, View
from wallet_api.clock import rfc3339
from wallet_api.merchants.model import MerchantCaller
from wallet_api.money import Money, zero
from wallet_api.payments.model import CANCELED, FAILED, SUCCEEDED, WAITING, Capture, Payment, Presented, Status
from wallet_api.sessions.model import Customer
from wallet_api.wallet import Wallet


class MerchantRef(View):
    """The merchant, by its registered name."""

    id: str
    name: str


class PaymentView(View):
    """A payment as one of its two sides sees it.

    `fee` and `total` are the viewer's: a customer's total is what left the wallet, or is set aside while the payment is
    `authorized` or `processing`; a merchant's is what arrived after the fee. Both are null until the customer says yes, and when
    the money went back. `amount_captured` is what the merchant took of `amount`, until `capture_before` with manual capture.
    `decline_code` says why it failed, and to the merchant, why the customer's last yes to a waiting payment was refused.
    `metadata`, `qr` and `checkout_url` are the merchant's alone. A payment at an outlet has an `outlet_id` and the customer's
    `note` in place of an order and its code; one by a mandate names it in `mandate_id`, and has no code. Of `presented_by`
    a code was scanned: `customer` when the till took the customer's payment code.
    """

    id: str
    object: Literal["payment"] = "payment"
    status: Status
    amount: MoneyView
    amount_captured: MoneyView
    amount_refunded: MoneyView
    refunds: list[str]
    fee: MoneyView | None
    total: MoneyView | None
    capture: Capture
    description: str
    order_id: str | None
    metadata: Mapping[str, str] | None
    merchant: MerchantRef
    outlet_id: str | None
    note: str | None
    mandate_id: str | None
    presented_by: Presented
    qr: str | None
    checkout_url: str | None
    decline_code: str | None
    cancellation_reason: Literal["expired", "requested_by_merchant"] | None
    expires_at: str
    authorized_at: str | None
    capture_before: str | None
    paid_at: str | None
    canceled_at: str | None
    failed_at: str | None
    created_at: str


def payment_view(payment: Payment, viewer: Customer | MerchantCaller, wallet: Wallet) -> PaymentView:
    """The payment as this side sees it."""
    merchants = isinstance(viewer, MerchantCaller)
    fee, total = _sums(payment, "merchant" if merchants else "payer")
    asked = merchants and payment.order.outlet_id is None and payment.order.mandate_id is None
    asked = asked and payment.order.presented_by == "merchant"
    ended = {status: payment.ended_at if payment.status == status else None for status in (SUCCEEDED, CANCELED, FAILED)}
    return PaymentView(
        id=payment.id,
        status=payment.status,
        amount=MoneyView.of(payment.amount),
        amount_captured=MoneyView.of(payment.captured),
        amount_refunded=MoneyView(amount=payment.refunded, currency=payment.amount.currency),
        refunds=list(payment.refunds),
        fee=fee,
        total=total,
        capture=payment.order.capture,
        description=payment.order.description,
        order_id=payment.order.order_id,
        metadata=payment.order.metadata if merchants else None,
        merchant=MerchantRef(id=payment.merchant_id, name=payment.order.merchant.name),
        outlet_id=payment.order.outlet_id,
        note=payment.order.note,
        mandate_id=payment.order.mandate_id,
        presented_by=payment.order.presented_by,
        qr=wallet.scans.code_of(payment) if asked else None,
        checkout_url=f"{wallet.settings.public_url}/checkout/{payment.id}" if asked else None,
        decline_code=payment.last_decline if merchants and payment.status in WAITING else payment.decline_code,
        cancellation_reason=_cancellation_reason(payment),
        expires_at=rfc3339(payment.expires_at),
        authorized_at=_time(payment.authorized_at),
        capture_before=_time(payment.capture_before),
        paid_at=_time(ended[SUCCEEDED]),
        canceled_at=_time(ended[CANCELED]),
        failed_at=_time(ended[FAILED]),
        created_at=rfc3339(payment.created_at),
    )


def _sums(payment: Payment, side: str) -> tuple[MoneyView | None, MoneyView | None]:
    """The fee that this side bears, and what it gives or gets in all; nothing while there is no yes, or when it went back."""
    if payment.fee is None or payment.status in (CANCELED, FAILED):
        return None, None
    nothing = zero(payment.amount.currency)
    taken, charged = (payment.captured, payment.charged_fee) if payment.captured else (payment.amount, payment.fee)
    fee = charged if payment.fee_bearer == side else nothing
    total: Money = taken - fee if side == "merchant" else taken + fee
    return MoneyView.of(fee), MoneyView.of(total)


def _cancellation_reason(payment: Payment) -> Literal["expired", "requested_by_merchant"] | None:
    if payment.status != CANCELED:
        return None
    return "expired" if payment.ran_out else "requested_by_merchant"


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
