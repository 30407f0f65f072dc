"""Refunds over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from chalicelib.http import Call, Routes, endpoint
from chalicelib.moments import When, moment
from chalicelib.timeline_views import StepView, timeline_view
from chalicelib.views import Body, Line, ListView, MoneyIn, MoneyView, PageQuery, View
from wallet_api.clock import rfc3339
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.ids import is_id
from wallet_api.ledger.operations import Decided
from wallet_api.merchants.errors import MerchantSuspended
from wallet_api.merchants.model import MerchantCaller
from wallet_api.payments.errors import PaymentProcessing
from wallet_api.refunds.errors import (
    PaymentNotRefundable,
    RefundCurrencyDiffers,
    RefundExceedsPayment,
    TooManyRefunds,
)
from wallet_api.refunds.model import Destination, Diverted, Refund, Status
from wallet_api.refunds.use_cases import GivingBack, Sought
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page

routes = Routes(__name__)

PaymentId = Annotated[str, Meta(min_length=1, max_length=40)]


class CreateRefund(Body):
    """Without an amount, all that is left of the payment goes back."""

    payment_id: PaymentId
    amount: MoneyIn | None = None
    reason: Line


class RefundCardView(View):
    """The card that the money goes to."""

    id: str
    brand: str
    last4: str


class RefundView(View):
    """A refund. `fee_returned` is the part of the fee that came back to the viewer beside it; null when they bore none.

    To the balance it succeeds at once. To a `card` it is `created` with its money set aside, `pending` once the bank has it, and
    ends as succeeded, or as failed with its money on the balance (`decline_code` says why). `diverted_reason` says why it went
    elsewhere than the customer wished; `suspense` keeps the money of a closed wallet. `card` is the customer's alone to see.
    """

    id: str
    object: Literal["refund"] = "refund"
    status: Status
    payment_id: str
    refund_request_id: str | None
    amount: MoneyView
    fee_returned: MoneyView | None
    reason: str
    destination: Destination
    diverted_reason: Diverted | None
    card: RefundCardView | None
    decline_code: str | None
    expected_at: str
    submitted_at: str | None
    ended_at: str | None
    created_at: str


class RefundStoryView(RefundView, frozen=True):
    """A refund with everything that happened, and what is expected to."""

    timeline: list[StepView]


class RefundQuery(PageQuery, frozen=True):
    """`payment_id` asks for the refunds of one payment, which a customer has to name; a merchant without it is shown all of its own.
    `status` asks for those in one state, `from` and `to` (excluded; a day counts whole) for those made in a time. A page by `status`
    may hold fewer rows than `limit`, even none, and have a next one.
    """

    payment_id: PaymentId | None = None
    status: Status | None = None
    since: When | None = field(default=None, name="from")
    until: When | None = field(default=None, name="to")

    def sought(self) -> Sought:
        """As the use case reads it. Raises Invalid for a time that is none."""
        since = None if self.since is None else moment("from", self.since)
        until = None if self.until is None else moment("to", self.until, ends=True)
        return Sought(self.status, since, until)


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
        PaymentProcessing,
        RefundExceedsPayment,
        RefundCurrencyDiffers,
        TooManyRefunds,
        MerchantSuspended,
    ],
)
def create_refund(call: Call[CreateRefund]) -> Any:
    """Moves money back to the customer's balance at once, wholly or in parts; the payment's fee comes back in proportion. To a card
    it goes when its customer asks for that (`POST /v1/refund_requests`) and the merchant approves.
    """
    body = call.body
    amount = None if body.amount is None else body.amount.money()
    wish = GivingBack(_payment_id(body.payment_id), amount, body.reason)
    decided = call.wallet.refunds.create(call.merchant, wish, call.asked)
    return Decided(_view(decided.value, call), decided.replayed)


@endpoint(
    routes,
    "GET",
    "/v1/refunds/{refund_id}",
    summary="Look at a refund",
    callers=[Customer, MerchantCaller],
    scope="refunds:read",
    answer=RefundStoryView,
    session="in_use_case",
    errors=[NotFound],
)
def get_refund(call: Call[None]) -> Any:
    """A refund that the merchant made, or that the customer got, with its timeline and that of the request it answers."""
    refund = call.wallet.refunds.get(call.party, call.id("refund_id", "ref"))
    steps = call.wallet.refund_requests.story_of_refund(call.party, refund)
    return RefundStoryView(**_fields(refund, call), timeline=timeline_view(steps, call.locale))


@endpoint(
    routes,
    "GET",
    "/v1/refunds",
    summary="The merchant's refunds, or those of a payment",
    callers=[Customer, MerchantCaller],
    scope="refunds:read",
    query=RefundQuery,
    answer=ListView[RefundView],
    session="in_use_case",
    errors=[NotFound],
)
def list_refunds(call: Call[None]) -> Any:
    """Newest first, a moment after the facts; those of one payment as they stand now. A customer names the payment, and finds all that
    came back to them among their transactions.
    """
    query, party, sought = call.query, call.party, call.query.sought()
    if query.payment_id is not None:
        page = call.wallet.refunds.of_payment(party, _payment_id(query.payment_id), query.page(), sought)
    elif isinstance(party, MerchantCaller):
        page = call.wallet.refunds.newest(party, query.page(), sought)
    else:
        raise Invalid(FieldProblem("payment_id", "required"))
    return ListView.of(Page(tuple(_view(refund, call) for refund in page.rows), page.next_cursor))


def _payment_id(text: str) -> str:
    """What does not look like a payment's id is as missing as an unknown one. Raises NotFound."""
    if not is_id(text, "pay"):
        raise NotFound
    return text


def _view(refund: Refund, call: Call[Any]) -> RefundView:
    return RefundView(**_fields(refund, call))


def _fields(refund: Refund, call: Call[Any]) -> dict[str, Any]:
    side = "merchant" if isinstance(call.party, MerchantCaller) else "payer"
    return {
        "id": refund.id,
        "status": refund.status,
        "payment_id": refund.payment_id,
        "refund_request_id": refund.refund_request_id,
        "amount": MoneyView.of(refund.amount),
        "fee_returned": MoneyView.of(refund.fee_returned) if refund.fee_bearer == side else None,
        "reason": refund.reason,
        "destination": refund.destination,
        "diverted_reason": refund.diverted if side == "payer" or refund.diverted == "wallet_closed" else None,
        "card": _card(refund) if side == "payer" else None,
        "decline_code": refund.decline_code,
        "expected_at": rfc3339(refund.expected_at(call.wallet.clock.now())),
        "submitted_at": _time(refund.submitted_at),
        "ended_at": _time(refund.returned_at or refund.ended_at),
        "created_at": rfc3339(refund.created_at),
    }


def _card(refund: Refund) -> RefundCardView | None:
    if refund.card_id is None:
        return None
    return RefundCardView(id=refund.card_id, brand=refund.card_brand or "", last4=refund.card_last4 or "")


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
