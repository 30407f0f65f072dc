"""Payments over HTTP: merchants ask, customers confirm, each sees their own side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.authorization_views import AUTHORIZATION_REFUSALS, AuthorizationIn
from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import Body, Line, ListView, MoneyIn, MoneyView, PageQuery, View
from wallet_api.clock import rfc3339
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.fees.errors import QuoteExpired, QuoteMismatch, QuoteMissing, QuoteUsed
from wallet_api.ledger.errors import DailyLimitReached, InsufficientFunds, TransactionLimitExceeded, WalletFrozen
from wallet_api.ledger.operations import Decided
from wallet_api.merchants.errors import MerchantSuspended
from wallet_api.merchants.model import MerchantCaller
from wallet_api.money import Money
from wallet_api.payments.errors import (
    OrderIdTaken,
    PaymentAlreadyPaid,
    PaymentCanceled,
    PaymentExpired,
    PaymentTaken,
)
from wallet_api.payments.model import CANCELED, SUCCEEDED, Payment, Status
from wallet_api.payments.use_cases import Asking, Confirmation
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page
from wallet_api.wallet import Wallet

routes = Routes(__name__)

OrderId = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\n\r\t]+$")]
MetadataName = Annotated[str, Meta(min_length=1, max_length=40)]
MetadataText = Annotated[str, Meta(max_length=500)]
Metadata = Annotated[dict[MetadataName, MetadataText], Meta(max_length=20)]


class CreatePayment(Body):
    """`order_id` is the merchant's own name for the order: a second payment for it is refused, naming the first.

    `capture` may be true or absent, and `payment_code` absent: manual capture and charging a shown code are not offered yet.
    """

    amount: MoneyIn
    description: Line
    order_id: OrderId
    capture: bool = True
    payment_code: Annotated[str, Meta(max_length=64)] | None = None
    metadata: Metadata = {}


class ConfirmPayment(Body):
    """The customer's yes. `coupon_id` must be absent: coupons are not offered yet."""

    authorization: AuthorizationIn
    quote_id: Annotated[str, Meta(max_length=40)] | None = None
    coupon_id: Annotated[str, Meta(max_length=40)] | None = None


class MerchantRef(View):
    """The merchant, by its registered name."""

    id: str
    name: str


class PaymentView(View):
    """A payment as one of its two sides sees it.

    `fee` and `total` are the viewer's: a customer's total is what left the wallet, a merchant's what arrived after the fee; both are
    null until it is paid. `metadata`, `qr` and `checkout_url` are the merchant's alone.
    """

    id: str
    object: Literal["payment"] = "payment"
    status: Status
    amount: MoneyView
    amount_refunded: MoneyView
    refunds: list[str]
    fee: MoneyView | None
    total: MoneyView | None
    description: str
    order_id: str
    metadata: Mapping[str, str] | None
    merchant: MerchantRef
    qr: str | None
    checkout_url: str | None
    cancellation_reason: Literal["expired", "requested_by_merchant"] | None
    expires_at: str
    paid_at: str | None
    canceled_at: str | None
    created_at: str


class PaymentQuery(PageQuery, frozen=True):
    """`order_id` asks for the one payment of an order."""

    order_id: OrderId | None = None


@endpoint(
    routes,
    "POST",
    "/v1/payments",
    summary="Ask a customer for a payment",
    callers=[MerchantCaller],
    body=CreatePayment,
    answer=PaymentView,
    status=201,
    idempotency="required",
    errors=[OrderIdTaken, MerchantSuspended],
)
def create_payment(call: Call[CreatePayment]) -> Any:
    """A payment that waits fifteen minutes for its customer. Show `qr` as a QR code, or send the customer to `checkout_url`."""
    body = call.body
    _refuse_what_is_not_offered(capture=body.capture is False, payment_code=body.payment_code is not None)
    asking = Asking(body.amount.money(), body.description, body.order_id, body.metadata)
    return _decided(call, call.wallet.payments.create(call.merchant, asking, call.asked))


@endpoint(
    routes,
    "POST",
    "/v1/payments/{payment_id}/confirm",
    summary="Pay",
    callers=[Customer],
    body=ConfirmPayment,
    answer=PaymentView,
    idempotency="required",
    session="in_use_case",
    errors=[
        NotFound,
        PaymentAlreadyPaid,
        PaymentTaken,
        PaymentCanceled,
        PaymentExpired,
        InsufficientFunds,
        WalletFrozen,
        DailyLimitReached,
        TransactionLimitExceeded,
        *AUTHORIZATION_REFUSALS,
        QuoteMissing,
        QuoteExpired,
        QuoteUsed,
        QuoteMismatch,
    ],
)
def confirm_payment(call: Call[ConfirmPayment]) -> Any:
    """Moves the amount to the merchant at once."""
    body = call.body
    _refuse_what_is_not_offered(coupon_id=body.coupon_id is not None)
    confirmation = Confirmation(call.id("payment_id", "pay"), body.authorization.shown(), body.quote_id)
    return _decided(call, call.wallet.payments.confirm(call.customer, confirmation, call.asked))


@endpoint(
    routes,
    "POST",
    "/v1/payments/{payment_id}/cancel",
    summary="Take a payment back before it is paid",
    callers=[MerchantCaller],
    answer=PaymentView,
    idempotency="required",
    errors=[NotFound, PaymentAlreadyPaid, PaymentCanceled, PaymentExpired, MerchantSuspended],
)
def cancel_payment(call: Call[None]) -> Any:
    """Ends a payment that nobody confirmed yet. A paid one is refunded instead."""
    return _decided(call, call.wallet.payments.cancel(call.merchant, call.id("payment_id", "pay"), call.asked))


@endpoint(
    routes,
    "GET",
    "/v1/payments/{payment_id}",
    summary="Look at a payment",
    callers=[Customer, MerchantCaller],
    answer=PaymentView,
    session="in_use_case",
    errors=[NotFound],
)
def get_payment(call: Call[None]) -> Any:
    """The merchant sees its own payments, a customer those that they paid."""
    payment = call.wallet.payments.get(call.party, call.id("payment_id", "pay"))
    return payment_view(payment, call.party, call.wallet)


@endpoint(
    routes,
    "GET",
    "/v1/payments",
    summary="The merchant's payments",
    callers=[MerchantCaller],
    query=PaymentQuery,
    answer=ListView[PaymentView],
    errors=[MerchantSuspended],
)
def list_payments(call: Call[None]) -> Any:
    """Newest first, a moment after the facts; with `order_id`, the one payment of that order as it stands now."""
    query, merchant = call.query, call.merchant
    if query.order_id is not None:
        page: Page[Payment] = Page(tuple(call.wallet.payments.find_order(merchant, query.order_id)), None)
    else:
        page = call.wallet.payments.newest(merchant, query.page())
    rows = tuple(payment_view(payment, merchant, call.wallet) for payment in page.rows)
    return ListView.of(Page(rows, page.next_cursor))


def payment_view(payment: Payment, viewer: Customer | MerchantCaller, wallet: Wallet) -> PaymentView:
    """The payment as this side sees it."""
    merchants = isinstance(viewer, MerchantCaller)
    fee, total = _sums(payment, "merchant" if merchants else "payer")
    canceled = payment.ended_at if payment.status == CANCELED else None
    paid = payment.ended_at if payment.status == SUCCEEDED else None
    return PaymentView(
        id=payment.id,
        status=payment.status,
        amount=MoneyView.of(payment.amount),
        amount_refunded=MoneyView(amount=payment.refunded, currency=payment.amount.currency),
        refunds=list(payment.refunds),
        fee=fee,
        total=total,
        description=payment.order.description,
        order_id=payment.order.order_id,
        metadata=payment.order.metadata if merchants else None,
        merchant=MerchantRef(id=payment.merchant_id, name=payment.order.merchant.name),
        qr=wallet.scans.code_of(payment) if merchants else None,
        checkout_url=f"{wallet.settings.public_url}/checkout/{payment.id}" if merchants else None,
        cancellation_reason=None if canceled is None else "expired" if payment.ran_out else "requested_by_merchant",
        expires_at=rfc3339(payment.expires_at),
        paid_at=None if paid is None else rfc3339(paid),
        canceled_at=None if canceled is None else rfc3339(canceled),
        created_at=rfc3339(payment.created_at),
    )


def _sums(payment: Payment, side: str) -> tuple[MoneyView | None, MoneyView | None]:
    """The fee that this side bore, and what it gave or got in all; nothing while the payment is not paid."""
    if payment.fee is None:
        return None, None
    fee = payment.fee if payment.fee_bearer == side else Money(0, payment.fee.currency)
    total = payment.amount - fee if side == "merchant" else payment.amount + fee
    return MoneyView.of(fee), MoneyView.of(total)


def _decided(call: Call[Any], decided: Decided[Payment]) -> Decided[PaymentView]:
    return Decided(payment_view(decided.value, call.party, call.wallet), decided.replayed)


def _refuse_what_is_not_offered(**asked: bool) -> None:
    problems = [FieldProblem(f"/{name}", "not_offered") for name, is_asked in asked.items() if is_asked]
    if problems:
        raise Invalid(*problems)
