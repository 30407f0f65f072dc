"""Transfers over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.authorization_views import AuthorizationIn
from chalicelib.http import Call, Routes, endpoint
from chalicelib.spending_refusals import SPENDING_REFUSALS
from chalicelib.views import Body, Line, MoneyIn, MoneyView, View
from wallet_api.clock import rfc3339
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.fees.errors import QuoteAllowanceUsed
from wallet_api.ids import is_id
from wallet_api.ledger.errors import PayeeUnavailable
from wallet_api.ledger.operations import Decided
from wallet_api.sessions.model import Customer
from wallet_api.transfers.errors import DelayUnavailable, PayeeNotFound, TransferToSelf
from wallet_api.transfers.model import Payee, Transfer
from wallet_api.transfers.use_cases import Sending

routes = Routes(__name__)


class PayeeIn(Body):
    """The other side, named in exactly one way."""

    phone: Annotated[str, Meta(min_length=5, max_length=32)] | None = None
    email: Annotated[str, Meta(min_length=3, max_length=254)] | None = None
    user_id: Annotated[str, Meta(max_length=40)] | None = None

    def payee(self, pointer: str = "/to") -> Payee:
        """As the wallet reads it. Raises Invalid unless exactly one way is given."""
        if sum(given is not None for given in (self.phone, self.email, self.user_id)) != 1:
            raise Invalid(FieldProblem(pointer, "exactly_one", (("names", "phone, email, user_id"),)))
        if self.user_id is not None and not is_id(self.user_id, "usr"):
            raise PayeeNotFound
        return Payee(self.phone, self.email, self.user_id)


class SendTransfer(Body):
    """`amount` is what the payee gets; a fee comes on top and is shown by a quote first."""

    to: PayeeIn
    amount: MoneyIn
    authorization: AuthorizationIn
    note: Line | None = None
    delay: Annotated[str, Meta(max_length=20)] | None = None
    quote_id: Annotated[str, Meta(max_length=40)] | None = None


class PayeeView(View):
    """The other side of a transfer."""

    user_id: str


class TransferView(View):
    """A transfer as one of its two sides sees it; the fee is shown to the payer alone."""

    id: str
    object: Literal["transfer"] = "transfer"
    status: Literal["succeeded"] = "succeeded"
    direction: Literal["out", "in"]
    amount: MoneyView
    fee: MoneyView | None
    total: MoneyView | None
    payer: PayeeView
    payee: PayeeView
    note: str | None
    created_at: str


@endpoint(
    routes,
    "POST",
    "/v1/transfers",
    summary="Send money to another person",
    callers=[Customer],
    body=SendTransfer,
    answer=TransferView,
    status=201,
    idempotency="required",
    session="in_use_case",
    errors=[
        PayeeNotFound,
        TransferToSelf,
        PayeeUnavailable,
        *SPENDING_REFUSALS,
        QuoteAllowanceUsed,
        DelayUnavailable,
    ],
)
def send_transfer(call: Call[SendTransfer]) -> Any:
    """Moves the amount to the payee's wallet at once."""
    body = call.body
    if body.delay is not None:
        raise DelayUnavailable(FieldProblem("/delay", "unknown_value"))
    shown = body.authorization.shown()
    sending = Sending(body.to.payee(), body.amount.money(), body.note, body.quote_id, shown)
    decided = call.wallet.transfers.send(call.customer, sending, call.asked)
    return Decided(_view(decided.value, call.customer.id), decided.replayed)


@endpoint(
    routes,
    "GET",
    "/v1/transfers/{transfer_id}",
    summary="Look at a transfer",
    callers=[Customer],
    answer=TransferView,
    session="in_use_case",
    errors=[NotFound],
)
def get_transfer(call: Call[None]) -> Any:
    """A transfer that the caller sent or received."""
    transfer = call.wallet.transfers.get(call.customer, call.id("transfer_id", "trf"))
    return _view(transfer, call.customer.id)


def _view(transfer: Transfer, viewer: str) -> TransferView:
    paid = viewer == transfer.payer_id
    return TransferView(
        id=transfer.id,
        direction="out" if paid else "in",
        amount=MoneyView.of(transfer.amount),
        fee=MoneyView.of(transfer.fee) if paid else None,
        total=MoneyView.of(transfer.total) if paid else None,
        payer=PayeeView(user_id=transfer.payer_id),
        payee=PayeeView(user_id=transfer.payee_id),
        note=transfer.note,
        created_at=rfc3339(transfer.created_at),
    )
