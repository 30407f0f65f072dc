"""Refunds over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import Body, Line, ListView, MoneyIn, MoneyView, PageQuery, View
from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound
from wallet_api.ids import is_id
from wallet_api.ledger.operations import Decided
from wallet_api.merchants.errors import MerchantSuspended
from wallet_api.merchants.model import MerchantCaller
from wallet_api.refunds.errors import (
    PaymentNotRefundable,
    RefundCurrencyDiffers,
    RefundExceedsPayment,
    TooManyRefunds,
)
from wallet_api.refunds.model import Refund
from wallet_api.refunds.use_cases import GivingBack
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page

routes = Routes(__name__)

PaymentId = Annotated[str, Meta(min_length=1, max_length=40)]


class CreateRefund(Body):
    """Without an amount, all that is left of the payment goes back."""

    payment_id: PaymentId
    amount: MoneyIn | None = None
    reason: Line


class RefundView(View):
    """A refund. `fee_returned` is the part of the fee that came back to the viewer beside it; null when they bore none."""

    id: str
    object: Literal["refund"] = "refund"
    status: Literal["succeeded"] = "succeeded"
    payment_id: str
    amount: MoneyView
    fee_returned: MoneyView | None
    reason: str
    created_at: str


class RefundQuery(PageQuery, frozen=True):
    """The payment whose refunds are asked for."""

    payment_id: PaymentId


@endpoint(
    routes,
    "POST",
    "/v1/refunds",
    summary="Give money back",
    callers=[MerchantCaller],
    scope="refunds:write",
    body=CreateRefund,
    answer=RefundView,
    status=201,
    idempotency="required",
    errors=[
        NotFound,
        PaymentNotRefundable,
        RefundExceedsPayment,
        RefundCurrencyDiffers,
        TooManyRefunds,
        MerchantSuspended,
    ],
)
def create_refund(call: Call[CreateRefund]) -> Any:
    """Moves money back to the customer at once, wholly or in parts; the payment's fee comes back in proportion."""
    body = call.body
    amount = None if body.amount is None else body.amount.money()
    wish = GivingBack(_payment_id(body.payment_id), amount, body.reason)
    decided = call.wallet.refunds.create(call.merchant, wish, call.asked)
    return Decided(_view(decided.value, call.merchant), decided.replayed)


@endpoint(
    routes,
    "GET",
    "/v1/refunds/{refund_id}",
    summary="Look at a refund",
    callers=[Customer, MerchantCaller],
    scope="refunds:read",
    answer=RefundView,
    session="in_use_case",
    errors=[NotFound],
)
def get_refund(call: Call[None]) -> Any:
    """A refund that the merchant made, or that the customer got."""
    return _view(call.wallet.refunds.get(call.party, call.id("refund_id", "ref")), call.party)


@endpoint(
    routes,
    "GET",
    "/v1/refunds",
    summary="The refunds of a payment",
    callers=[Customer, MerchantCaller],
    scope="refunds:read",
    query=RefundQuery,
    answer=ListView[RefundView],
    session="in_use_case",
    errors=[NotFound],
)
def list_refunds(call: Call[None]) -> Any:
    """Newest first, as they stand now."""
    page = call.wallet.refunds.of_payment(call.party, _payment_id(call.query.payment_id), call.query.page())
    return ListView.of(Page(tuple(_view(refund, call.party) for refund in page.rows), page.next_cursor))


def _payment_id(text: str) -> str:
    """What does not look like a payment's id is as missing as an unknown one. Raises NotFound."""
    if not is_id(text, "pay"):
        raise NotFound
    return text


def _view(refund: Refund, viewer: Customer | MerchantCaller) -> RefundView:
    side = "merchant" if isinstance(viewer, MerchantCaller) else "payer"
    return RefundView(
        id=refund.id,
        payment_id=refund.payment_id,
        amount=MoneyView.of(refund.amount),
        fee_returned=MoneyView.of(refund.fee_returned) if refund.fee_bearer == side else None,
        reason=refund.reason,
        created_at=rfc3339(refund.created_at),
    )
