"""Mandates over HTTP: merchants ask for one and charge by it, customers confirm, lower and revoke it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.authorization_views import AUTHORIZATION_REFUSALS, AuthorizationIn
from chalicelib.http import Call, Routes, endpoint
from chalicelib.mandate_views import MandateView, mandate_view, mandate_views
from chalicelib.views import Body, Line, ListView, MoneyIn, PageQuery
from wallet_api.errors import FieldProblem, Invalid, NotFound, WalletError
from wallet_api.ledger.errors import DailyLimitReached, TransactionLimitExceeded, WalletClosed, WalletFrozen
from wallet_api.ledger.operations import Decided
from wallet_api.mandates.errors import (
    MandateAlreadyConfirmed,
    MandateCanceled,
    MandateExpired,
    MandateNotConfirmed,
    MandateRevoked,
    MandateTaken,
    ReferenceTaken,
)
from wallet_api.mandates.model import Mandate, Terms
from wallet_api.mandates.use_cases import Limits
from wallet_api.merchants.errors import MerchantSuspended
from wallet_api.merchants.model import MerchantCaller
from wallet_api.outlets.errors import MerchantUnavailable
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page

routes = Routes(__name__)

Reference = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\n\r\t]+$", examples=["member-4711"])]

NOT_CONFIRMABLE: tuple[type[WalletError], ...] = (
    MandateAlreadyConfirmed,
    MandateTaken,
    MandateRevoked,
    MandateCanceled,
    MandateExpired,
)
"""What speaks against a yes, by the mandate's state."""


class CreateMandate(Body):
    """What the customer is asked to agree to. `reference` is the merchant's own name for the agreement: a second mandate for it is
    refused, naming the first. At most 1,000.00 at a time and 10,000.00 a month.
    """

    description: Line
    reference: Reference
    max_per_payment: MoneyIn
    max_per_month: MoneyIn


class ConfirmMandate(Body):
    """The customer's yes."""

    authorization: AuthorizationIn


class LowerMandate(Body):
    """The smaller limits; what is left away stays."""

    max_per_payment: MoneyIn | None = None
    max_per_month: MoneyIn | None = None


class MandateQuery(PageQuery, frozen=True):
    """`status` is for a customer: what may still charge, or what ended. `reference` is for a merchant: the one mandate of it."""

    status: Literal["active", "ended"] | None = None
    reference: Reference | None = None


@endpoint(
    routes,
    "POST",
    "/v1/mandates",
    summary="Ask a customer to let you charge without asking each time",
    callers=[MerchantCaller],
    scope="mandates:write",
    body=CreateMandate,
    answer=MandateView,
    status=201,
    idempotency="required",
    errors=[ReferenceTaken, MerchantSuspended],
)
def create_mandate(call: Call[CreateMandate]) -> Any:
    """A mandate that waits a day for its customer. Show `qr` as a QR code, or send the customer to `checkout_url`. Once it is
    `active`, charge with `mandate_id` on `POST /v1/payments`.
    """
    body = call.body
    most, monthly = body.max_per_payment.money("/max_per_payment"), body.max_per_month.money("/max_per_month")
    terms = Terms(body.description, body.reference, most, monthly)
    return _decided(call, call.wallet.mandates.create(call.merchant, terms, call.asked))


@endpoint(
    routes,
    "POST",
    "/v1/mandates/{mandate_id}/confirm",
    summary="Let a merchant charge without asking each time",
    callers=[Customer],
    body=ConfirmMandate,
    answer=MandateView,
    idempotency="required",
    session="in_use_case",
    errors=[
        NotFound,
        *NOT_CONFIRMABLE,
        MerchantUnavailable,
        WalletFrozen,
        WalletClosed,
        DailyLimitReached,
        TransactionLimitExceeded,
        *AUTHORIZATION_REFUSALS,
    ],
)
def confirm_mandate(call: Call[ConfirmMandate]) -> Any:
    """Show the merchant's registered name and both limits before asking for the proof, which is as strong as for paying a month's
    limit at once. The customer is told of it on every channel, and of every charge.
    """
    mandate_id, shown = call.id("mandate_id", "man"), call.body.authorization.shown()
    return _decided(call, call.wallet.mandates.confirm(call.customer, mandate_id, shown, call.asked))


@endpoint(
    routes,
    "GET",
    "/v1/mandates/{mandate_id}",
    summary="Look at a mandate",
    callers=[Customer, MerchantCaller],
    scope="mandates:read",
    answer=MandateView,
    session="in_use_case",
    errors=[NotFound],
)
def get_mandate(call: Call[None]) -> Any:
    """The merchant sees its own mandates, a customer those that they confirmed. One that waits is scanned: `POST /v1/scans`."""
    return _view(call, call.wallet.mandates.get(call.party, call.id("mandate_id", "man")))


@endpoint(
    routes,
    "GET",
    "/v1/mandates",
    summary="See the mandates",
    callers=[Customer, MerchantCaller],
    scope="mandates:read",
    query=MandateQuery,
    answer=ListView[MandateView],
    session="in_use_case",
    errors=[MerchantSuspended],
)
def list_mandates(call: Call[None]) -> Any:
    """Newest first: to a customer those that may charge, or with `status=ended` the others; to a merchant all that it asked for, a
    moment after the facts, or with `reference` the one of it as it stands now.
    """
    query, party, mandates = call.query, call.party, call.wallet.mandates
    if isinstance(party, Customer):
        _refuse_foreign("reference", query.reference)
        page = mandates.granted(party, query.page(), ended=query.status == "ended")
        return ListView.of(Page(tuple(mandate_views(call.wallet, party, page.rows)), page.next_cursor))
    _refuse_foreign("status", query.status)
    if query.reference is not None:
        page = Page(tuple(mandates.find_reference(party, query.reference)), None)
    else:
        page = mandates.newest(party, query.page())
    return ListView.of(Page(tuple(mandate_view(each, party, call.wallet) for each in page.rows), page.next_cursor))


@endpoint(
    routes,
    "PATCH",
    "/v1/mandates/{mandate_id}",
    summary="Lower a mandate's limits",
    callers=[Customer],
    body=LowerMandate,
    answer=MandateView,
    session="in_use_case",
    errors=[NotFound, MandateNotConfirmed, MandateRevoked, MandateCanceled],
)
def lower_mandate(call: Call[LowerMandate]) -> Any:
    """From the next charge on. Higher limits need a new mandate, and a new yes."""
    body = call.body
    most = None if body.max_per_payment is None else body.max_per_payment.money("/max_per_payment")
    monthly = None if body.max_per_month is None else body.max_per_month.money("/max_per_month")
    return _view(call, call.wallet.mandates.lower(call.customer, call.id("mandate_id", "man"), Limits(most, monthly)))


@endpoint(
    routes,
    "DELETE",
    "/v1/mandates/{mandate_id}",
    summary="End a mandate",
    callers=[Customer, MerchantCaller],
    scope="mandates:write",
    answer=MandateView,
    session="in_use_case",
    errors=[NotFound],
)
def end_mandate(call: Call[None]) -> Any:
    """At once and for good: the very next charge fails. A customer's session is enough, since a consent that is hard to take back
    is none. Ended twice, it is answered the same.
    """
    return _view(call, call.wallet.mandates.end(call.party, call.id("mandate_id", "man")))


def _view(call: Call[Any], mandate: Mandate) -> MandateView:
    party = call.party
    if isinstance(party, Customer):
        return mandate_views(call.wallet, party, (mandate,))[0]
    return mandate_view(mandate, party, call.wallet)


def _decided(call: Call[Any], decided: Decided[Mandate]) -> Decided[MandateView]:
    suspended = False if isinstance(call.party, Customer) else None
    view = mandate_view(decided.value, call.party, call.wallet, suspended=suspended)
    return Decided(view, decided.replayed)


def _refuse_foreign(name: str, given: object) -> None:
    if given is not None:
        raise Invalid(FieldProblem(name, "unknown_field"))
