"""Payments by the code on an outlet's wall over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from chalicelib.authorization_views import AuthorizationIn
from chalicelib.http import Call, Routes, endpoint
from chalicelib.payment_views import PaymentView, payment_view
from chalicelib.spending_refusals import SPENDING_REFUSALS
from chalicelib.views import Body, Line, MoneyIn
from wallet_api.errors import NotFound
from wallet_api.ledger.operations import Decided
from wallet_api.outlets.errors import MerchantUnavailable, OutletClosed
from wallet_api.payments.use_cases import AtOutlet
from wallet_api.sessions.model import Customer

routes = Routes(__name__)


class PayAtOutlet(Body):
    """What the customer typed, and their yes to it."""

    amount: MoneyIn
    authorization: AuthorizationIn
    note: Line | None = None
    quote_id: Annotated[str, Meta(max_length=40)] | None = None


@endpoint(
    routes,
    "POST",
    "/v1/outlets/{outlet_id}/payments",
    summary="Pay at an outlet",
    callers=[Customer],
    body=PayAtOutlet,
    answer=PaymentView,
    status=201,
    idempotency="required",
    session="in_use_case",
    errors=[
        NotFound,
        OutletClosed,
        MerchantUnavailable,
        *SPENDING_REFUSALS,
    ],
)
def pay_at_outlet(call: Call[PayAtOutlet]) -> Any:
    """For the static code that hangs on a wall (`POST /v1/scans`): the payment is made and paid at once. Such codes can be pasted
    over, so they take less than others: 2,000.00 at a time, 5,000.00 a day, and above 500.00 a PIN alone is not enough. Show the
    merchant's registered name before asking for it.
    """
    body = call.body
    amount, shown = body.amount.money(), body.authorization.shown()
    wish = AtOutlet(call.id("outlet_id", "out"), amount, body.note, body.quote_id, shown)
    paid = call.wallet.payments.pay_at_outlet(call.customer, wish, call.asked)
    return Decided(payment_view(paid.value, call.customer, call.wallet), paid.replayed)
