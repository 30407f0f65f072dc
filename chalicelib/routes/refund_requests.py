"""Customers' refund requests over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.timeline_views import StepView, timeline_view
from chalicelib.views import Body, Line, ListView, MoneyIn, MoneyView, PageQuery, View
from wallet_api.cards.errors import CardExpired, CardMissing, CardNotActive
from wallet_api.clock import rfc3339
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.ids import is_id
from wallet_api.ledger.operations import Decided
from wallet_api.merchants.errors import MerchantSuspended
from wallet_api.merchants.model import MerchantCaller
from wallet_api.payments.errors import PaymentProcessing
from wallet_api.refund_requests.errors import (
    RefundExceedsRequest,
    RefundRequestEnded,
    RefundRequestOpen,
    TooManyRefundRequests,
)
from wallet_api.refund_requests.model import Cancellation, Reason, RefundRequest, Status, Wished
from wallet_api.refund_requests.use_cases import Wish
from wallet_api.refunds.errors import (
    PaymentNotRefundable,
    RefundCurrencyDiffers,
    RefundExceedsPayment,
    TooManyRefunds,
)
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page

routes = Routes(__name__)


class CreateRefundRequest(Body):
    """Without an amount, all that is left of the payment is asked for. `destination` says where the money should go: to the
    wallet's balance, or to a bound card: `card_id`, or without it the default one.
    """

    payment_id: Annotated[str, Meta(min_length=1, max_length=40)]
    amount: MoneyIn | None = None
    reason: Reason
    note: Line | None = None
    destination: Wished = "balance"
    card_id: Annotated[str, Meta(min_length=1, max_length=40)] | None = None


class ApproveRefundRequest(Body):
    """Without an amount, all that was asked for goes back."""

    amount: MoneyIn | None = None


class DeclineRefundRequest(Body):
    """Why not, in words for the customer."""

    reason: Line


class RefundRequestView(View):
    """A customer's request, as both sides see it.

    `approved_amount` and `refund_id` tell what the merchant gave back, `decline_reason` why nothing. The merchant should answer by
    `answer_by`; `card_id` is the customer's alone.
    """

    id: str
    object: Literal["refund_request"] = "refund_request"
    status: Status
    payment_id: str
    amount: MoneyView
    reason: Reason
    note: str | None
    destination: Wished
    card_id: str | None
    approved_amount: MoneyView | None
    refund_id: str | None
    decline_reason: str | None
    cancellation_reason: Cancellation | None
    answer_by: str
    escalated_at: str | None
    ended_at: str | None
    created_at: str


class RefundRequestStoryView(RefundRequestView, frozen=True):
    """A request with everything that happened, and what is expected to."""

    timeline: list[StepView]


class RefundRequestQuery(PageQuery, frozen=True):
    """`status` names the only state wanted; a page may then hold fewer rows than `limit`, even none, and have a next one."""

    status: Status | None = None


@endpoint(
    routes,
    "POST",
    "/v1/refund_requests",
    summary="Ask for money back",
    callers=[Customer],
    body=CreateRefundRequest,
    answer=RefundRequestView,
    status=201,
    idempotency="required",
    session="in_use_case",
    errors=[
        NotFound,
        PaymentNotRefundable,
        PaymentProcessing,
        RefundExceedsPayment,
        RefundCurrencyDiffers,
        TooManyRefunds,
        RefundRequestOpen,
        TooManyRefundRequests,
        CardMissing,
        CardNotActive,
        CardExpired,
    ],
)
def create_refund_request(call: Call[CreateRefundRequest]) -> Any:
    """Asks the merchant of a payment that the caller made. One request at a time; the merchant has 72 hours."""
    body = call.body
    if not is_id(body.payment_id, "pay"):
        raise NotFound
    if body.card_id is not None and body.destination != "card":
        raise Invalid(FieldProblem("/card_id", "only_with_destination_card"))
    if body.card_id is not None and not is_id(body.card_id, "crd"):
        raise CardMissing
    amount = None if body.amount is None else body.amount.money()
    wish = Wish(body.payment_id, amount, body.reason, body.note, body.destination, body.card_id)
    decided = call.wallet.refund_requests.create(call.customer, wish, call.asked)
    return Decided(RefundRequestView(**_fields(decided.value, call.party)), decided.replayed)


@endpoint(
    routes,
    "GET",
    "/v1/refund_requests",
    summary="Refund requests, newest first",
    callers=[Customer, MerchantCaller],
    scope="refunds:read",
    query=RefundRequestQuery,
    answer=ListView[RefundRequestView],
    session="in_use_case",
)
def list_refund_requests(call: Call[None]) -> Any:
    """A customer's own, or those that a merchant has to decide."""
    statuses = () if call.query.status is None else (call.query.status,)
    page = call.wallet.refund_requests.newest(call.party, call.query.page(), statuses)
    rows = tuple(RefundRequestView(**_fields(each, call.party)) for each in page.rows)
    return ListView.of(Page(rows, page.next_cursor))


@endpoint(
    routes,
    "GET",
    "/v1/refund_requests/{request_id}",
    summary="Look at a refund request",
    callers=[Customer, MerchantCaller],
    scope="refunds:read",
    answer=RefundRequestStoryView,
    session="in_use_case",
    errors=[NotFound],
)
def get_refund_request(call: Call[None]) -> Any:
    """With its timeline, and that of the refund that answered it."""
    request, steps = call.wallet.refund_requests.get(call.party, call.id("request_id", "rfr"))
    return RefundRequestStoryView(**_fields(request, call.party), timeline=timeline_view(steps, call.locale))


@endpoint(
    routes,
    "POST",
    "/v1/refund_requests/{request_id}/approve",
    summary="Approve a refund request",
    callers=[MerchantCaller],
    scope="refunds:write",
    body=ApproveRefundRequest,
    answer=RefundRequestView,
    idempotency="required",
    errors=[
        NotFound,
        RefundRequestEnded,
        RefundExceedsRequest,
        RefundExceedsPayment,
        RefundCurrencyDiffers,
        TooManyRefunds,
        MerchantSuspended,
    ],
)
def approve_refund_request(call: Call[ApproveRefundRequest]) -> Any:
    """Gives back what was asked for, or less: the answer's `refund_id` is the refund."""
    amount = None if call.body.amount is None else call.body.amount.money()
    request_id = call.id("request_id", "rfr")
    decided = call.wallet.refund_requests.approve(call.merchant, request_id, amount, call.asked)
    return Decided(RefundRequestView(**_fields(decided.value, call.party)), decided.replayed)


@endpoint(
    routes,
    "POST",
    "/v1/refund_requests/{request_id}/decline",
    summary="Decline a refund request",
    callers=[MerchantCaller],
    scope="refunds:write",
    body=DeclineRefundRequest,
    answer=RefundRequestView,
    errors=[NotFound, RefundRequestEnded, MerchantSuspended],
)
def decline_refund_request(call: Call[DeclineRefundRequest]) -> Any:
    """Says no. What was declined stays so, with the reason that was given first."""
    request_id = call.id("request_id", "rfr")
    declined = call.wallet.refund_requests.decline(call.merchant, request_id, call.body.reason)
    return RefundRequestView(**_fields(declined, call.party))


@endpoint(
    routes,
    "POST",
    "/v1/refund_requests/{request_id}/cancel",
    summary="Take a refund request back",
    callers=[Customer],
    answer=RefundRequestView,
    session="in_use_case",
    errors=[NotFound, RefundRequestEnded],
)
def cancel_refund_request(call: Call[None]) -> Any:
    """Of no use once the merchant has decided."""
    canceled = call.wallet.refund_requests.cancel(call.customer, call.id("request_id", "rfr"))
    return RefundRequestView(**_fields(canceled, call.party))


def _fields(request: RefundRequest, viewer: Customer | MerchantCaller) -> dict[str, Any]:
    return {
        "id": request.id,
        "status": request.status,
        "payment_id": request.payment_id,
        "amount": MoneyView.of(request.amount),
        "reason": request.reason,
        "note": request.note,
        "destination": request.destination,
        "card_id": request.card_id if isinstance(viewer, Customer) else None,
        "approved_amount": None if request.approved is None else MoneyView.of(request.approved),
        "refund_id": request.refund_id,
        "decline_reason": request.decline_reason,
        "cancellation_reason": request.cancellation,
        "answer_by": rfc3339(request.answer_by),
        "escalated_at": None if request.escalated_at is None else rfc3339(request.escalated_at),
        "ended_at": None if request.ended_at is None else rfc3339(request.ended_at),
        "created_at": rfc3339(request.created_at),
    }
