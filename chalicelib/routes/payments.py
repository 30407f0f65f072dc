"""Payments over HTTP: merchants ask, customers confirm, each sees their own side."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, field

from chalicelib.authorization_views import AuthorizationIn
from chalicelib.http import Call, Routes, endpoint
from chalicelib.mandate_views import NOT_CHARGEABLE
from chalicelib.moments import When, moment
from chalicelib.payment_views import PaymentView, payment_view
from chalicelib.spending_refusals import SPENDING_REFUSALS
from chalicelib.views import Body, Line, ListView, MoneyIn, PageQuery
from wallet_api.errors import FieldProblem, Invalid, NotFound, WalletError
from wallet_api.ids import is_id
from wallet_api.ledger.operations import Decided
from wallet_api.merchants.errors import MerchantSuspended
from wallet_api.merchants.model import MerchantCaller
from wallet_api.outlets.errors import MerchantUnavailable
from wallet_api.payment_codes.errors import PaymentCodeRefused, PaymentDeclined
from wallet_api.payments.errors import (
    CaptureCurrencyDiffers,
    CaptureExceedsHold,
    CaptureTooLate,
    OrderIdTaken,
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
from wallet_api.payments.model import Capture, Payment, Status
from wallet_api.payments.use_cases import Asking, Confirmation, Sought
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page

routes = Routes(__name__)

OrderId = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\n\r\t]+$")]
PaymentCode = Annotated[str, Meta(pattern=r"^[0-9]{18}$", description="Eighteen ASCII digits, as text.")]
MetadataName = Annotated[str, Meta(min_length=1, max_length=40)]
MetadataText = Annotated[str, Meta(max_length=500)]
Metadata = Annotated[dict[MetadataName, MetadataText], Meta(max_length=20)]


NOT_PAYABLE: tuple[type[WalletError], ...] = (
    PaymentAlreadyPaid,
    PaymentAlreadyConfirmed,
    PaymentTaken,
    PaymentCanceled,
    PaymentExpired,
    PaymentFailed,
)
"""What speaks against paying, by the payment's state."""


CODE_REFUSALS: tuple[type[WalletError], ...] = (PaymentCodeRefused, PaymentDeclined, RateLimited)
"""What showing a customer's code may be answered with."""


class CreatePayment(Body):
    """`order_id` is the merchant's own name for the order: a second payment for it is refused, naming the first.

    With `capture` false or `manual` the customer's yes sets the money aside for you to capture within seven days; true,
    `automatic` or absent, it is yours at once. `mandate_id` names a customer's standing
    consent (`POST /v1/mandates`).
    `payment_code` is the eighteen digits that a customer's phone shows. At most one of the two is given.
    """

    amount: MoneyIn
    description: Line
    order_id: OrderId
    capture: bool | Capture = True
    payment_code: PaymentCode | None = None
    mandate_id: Annotated[str, Meta(max_length=40)] | None = None
    metadata: Metadata = {}


class ConfirmPayment(Body):
    """The customer's yes. `coupon_id` must be absent: coupons are not offered yet."""

    authorization: AuthorizationIn
    quote_id: Annotated[str, Meta(max_length=40)] | None = None
    coupon_id: Annotated[str, Meta(max_length=40)] | None = None


class CapturePayment(Body):
    """How much of the hold to take; without an amount, all of it. What is left goes back to the customer."""

    amount: MoneyIn | None = None


class PaymentQuery(PageQuery, frozen=True):
    """`order_id` asks for the one payment of an order, and goes with nothing else. `status` asks for those in one state, `outlet_id`
    for those at one outlet, `from` and `to` (excluded; a day counts whole) for those that were asked for in a time. A page by
    `status` or `outlet_id` may hold fewer rows than `limit`, even none, and have a next one.
    """

    order_id: OrderId | None = None
    status: Status | None = None
    outlet_id: Annotated[str, Meta(max_length=40)] | None = None
    since: When | None = field(default=None, name="from")
    until: When | None = field(default=None, name="to")

    def sought(self) -> Sought:
        """As the use case reads it. Raises Invalid for a time that is none, and for an order together with something else."""
        if self.order_id is not None and {self.status, self.outlet_id, self.since, self.until} != {None}:
            raise Invalid(
                FieldProblem("order_id", "exactly_one", (("names", "order_id, status, outlet_id, from, to"),))
            )
        since = None if self.since is None else moment("from", self.since)
        until = None if self.until is None else moment("to", self.until, ends=True)
        return Sought(self.status, self.outlet_id, since, until)


@endpoint(
    routes,
    "POST",
    "/v1/payments",
    summary="Ask a customer for a payment",
    callers=[MerchantCaller],
    scope="payments:write",
    body=CreatePayment,
    answer=PaymentView,
    status=201,
    idempotency="required",
    errors=[OrderIdTaken, MerchantSuspended, NotFound, *NOT_CHARGEABLE, *CODE_REFUSALS],
)
def create_payment(call: Call[CreatePayment]) -> Any:
    """A payment that waits fifteen minutes for its customer. Show `qr` as a QR code, or send the customer to `checkout_url`.
    With `mandate_id` it is charged at once: a refusal makes no payment, and the order may be tried again under a new key.
    With `payment_code` a small amount is paid at once, and a larger one is `requires_action` for two minutes, until the customer
    confirms it on the phone: ask for the payment again, or wait for its event. A code that pays nothing gets one answer, whatever
    the reason; a customer whose wallet declines gets `payment_declined` with a `decline_code`.
    """
    body = call.body
    capture: Capture = "manual" if body.capture in (False, "manual") else "automatic"
    asking = Asking(body.amount.money(), body.description, body.order_id, body.metadata, capture)
    if body.mandate_id is not None and body.payment_code is not None:
        raise Invalid(FieldProblem("", "exactly_one", (("names", "mandate_id, payment_code"),)))
    if body.payment_code is not None:
        return _decided(call, call.wallet.payments.take_code(call.merchant, asking, body.payment_code, call.asked))
    if body.mandate_id is not None:
        return _charged(call, asking, body.mandate_id)
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
        *NOT_PAYABLE,
        MerchantUnavailable,
        *SPENDING_REFUSALS,
    ],
)
def confirm_payment(call: Call[ConfirmPayment]) -> Any:
    """Moves the amount to the merchant at once, or sets it aside: for the merchant to capture (`authorized`), or until a review
    ends (`processing`). A refusal leaves the payment as it was: the customer may try again with a new key.
    """
    body = call.body
    _refuse_what_is_not_offered(coupon_id=body.coupon_id is not None)
    confirmation = Confirmation(call.id("payment_id", "pay"), body.authorization.shown(), body.quote_id)
    return _decided(call, call.wallet.payments.confirm(call.customer, confirmation, call.asked))


@endpoint(
    routes,
    "POST",
    "/v1/payments/{payment_id}/capture",
    summary="Take what the customer confirmed, or a part of it",
    callers=[MerchantCaller],
    scope="payments:write",
    body=CapturePayment,
    answer=PaymentView,
    idempotency="required",
    errors=[
        NotFound,
        PaymentNotAuthorized,
        PaymentAlreadyCaptured,
        PaymentAlreadyPaid,
        PaymentProcessing,
        PaymentCanceled,
        PaymentExpired,
        PaymentFailed,
        CaptureTooLate,
        CaptureExceedsHold,
        CaptureCurrencyDiffers,
        MerchantSuspended,
    ],
)
def capture_payment(call: Call[CapturePayment]) -> Any:
    """Once, within seven days of the customer's yes. What is not captured goes back to the customer at the same moment, and the
    fee is that of what was captured.
    """
    amount = None if call.body.amount is None else call.body.amount.money()
    captured = call.wallet.payments.capture(call.merchant, call.id("payment_id", "pay"), amount, call.asked)
    return _decided(call, captured)


@endpoint(
    routes,
    "POST",
    "/v1/payments/{payment_id}/cancel",
    summary="Take a payment back before it is paid",
    callers=[MerchantCaller],
    scope="payments:write",
    answer=PaymentView,
    idempotency="required",
    errors=[
        NotFound,
        PaymentAlreadyPaid,
        PaymentProcessing,
        PaymentCanceled,
        PaymentExpired,
        PaymentFailed,
        MerchantSuspended,
    ],
)
def cancel_payment(call: Call[None]) -> Any:
    """Ends a payment that nobody confirmed yet, or gives back what was set aside for it. A paid one is refunded instead."""
    return _decided(call, call.wallet.payments.cancel(call.merchant, call.id("payment_id", "pay"), call.asked))


@endpoint(
    routes,
    "GET",
    "/v1/payments/{payment_id}",
    summary="Look at a payment",
    callers=[Customer, MerchantCaller],
    scope="payments:read",
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
    scope="payments:read",
    query=PaymentQuery,
    answer=ListView[PaymentView],
    errors=[MerchantSuspended],
)
def list_payments(call: Call[None]) -> Any:
    """Newest first, a moment after the facts; with `order_id`, the one payment of that order as it stands now. What waits to be
    captured is `status=authorized`; a day is `from` and `to`.
    """
    query, merchant, sought = call.query, call.merchant, call.query.sought()
    if query.order_id is not None:
        page: Page[Payment] = Page(tuple(call.wallet.payments.find_order(merchant, query.order_id)), None)
    else:
        page = call.wallet.payments.newest(merchant, query.page(), sought)
    rows = tuple(payment_view(payment, merchant, call.wallet) for payment in page.rows)
    return ListView.of(Page(rows, page.next_cursor))


def _charged(call: Call[CreatePayment], asking: Asking, mandate_id: str) -> Decided[PaymentView]:
    """Raises Invalid for a hold, which a mandate is not for, and NotFound for what is no mandate's id."""
    _refuse_what_is_not_offered(capture=asking.capture == "manual")
    if not is_id(mandate_id, "man"):
        raise NotFound
    return _decided(call, call.wallet.payments.charge(call.merchant, asking, mandate_id, call.asked))


def _decided(call: Call[Any], decided: Decided[Payment]) -> Decided[PaymentView]:
    return Decided(payment_view(decided.value, call.party, call.wallet), decided.replayed)


def _refuse_what_is_not_offered(**asked: bool) -> None:
    problems = [FieldProblem(f"/{name}", "not_offered") for name, is_asked in asked.items() if is_asked]
    if problems:
        raise Invalid(*problems)
