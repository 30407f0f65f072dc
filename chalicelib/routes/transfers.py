"""Transfers over HTTP."""

from __future__ import annotations

from datetime import datetime
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
from wallet_api.transfers.errors import PayeeNotFound, TransferArrived, TransferCanceled, TransferFailed, TransferToSelf
from wallet_api.transfers.model import DELAYS, Delay, Payee, Status, Transfer
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


DelayIn = Annotated[
    str, Meta(max_length=20, description="When it arrives: `none` (at once), `2h` or `24h`.", examples=["2h"])
]
"""The same as no delay, or so many hours from now. No closed list, so that a delay more is no other contract."""


def delay_of(wished: str | None, pointer: str) -> Delay | None:
    """As the wallet reads it. Raises Invalid for what is no delay."""
    if wished is None or wished == "none":
        return None
    found = next((delay for delay in DELAYS if delay == wished), None)
    if found is None:
        raise Invalid(FieldProblem(pointer, "unknown_value", (("allowed", ", ".join(("none", *DELAYS))),)))
    return found


class SendTransfer(Body):
    """`amount` is what the payee gets; a fee comes on top and is shown by a quote first. `delay` says when it arrives: at once (`none`,
    or left away), or `2h` or `24h` from now; until then it can be taken back.
    """

    to: PayeeIn
    amount: MoneyIn
    authorization: AuthorizationIn
    note: Line | None = None
    delay: DelayIn | None = None
    quote_id: Annotated[str, Meta(max_length=40)] | None = None


class PayeeView(View):
    """The other side of a transfer."""

    user_id: str


class TransferView(View):
    """A transfer as one of its two sides sees it; the fee is shown to the payer alone.

    By `arrives_at` the payee has the money, or had it then (null when it does not come); `ended_at` says when it arrived, was taken
    back or came back; `decline_code` why it could not arrive.
    """

    id: str
    object: Literal["transfer"] = "transfer"
    status: Status
    direction: Literal["out", "in"]
    amount: MoneyView
    fee: MoneyView | None
    total: MoneyView | None
    payer: PayeeView
    payee: PayeeView
    note: str | None
    delay: Delay | None
    arrives_at: str | None
    ended_at: str | None
    decline_code: str | None
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
    ],
)
def send_transfer(call: Call[SendTransfer]) -> Any:
    """Moves the amount to the payee's wallet at once; with a `delay`, sets it aside with its fee.

    A delayed transfer is `scheduled` until `arrives_at`: its payee sees nothing of it before, and its payer can take it back
    (`POST /v1/transfers/{transfer_id}/cancel`). Then it is `succeeded`, or `failed` when the payee's wallet takes nothing or the payer's
    was frozen since, which `decline_code` says; amount and fee are on the payer's balance again. A repetition under the same key
    tells how it stands.
    """
    body = call.body
    shown = body.authorization.shown()
    to, amount, delay = body.to.payee(), body.amount.money(), delay_of(body.delay, "/delay")
    sending = Sending(to, amount, body.note, body.quote_id, shown, delay)
    decided = call.wallet.transfers.send(call.customer, sending, call.asked)
    return Decided(_view(decided.value, call.customer.id), decided.replayed)


@endpoint(
    routes,
    "POST",
    "/v1/transfers/{transfer_id}/cancel",
    summary="Take back a transfer that has not arrived",
    callers=[Customer],
    answer=TransferView,
    idempotency="required",
    session="in_use_case",
    errors=[NotFound, TransferArrived, TransferCanceled, TransferFailed],
)
def cancel_transfer(call: Call[None]) -> Any:
    """The payer takes a `scheduled` transfer back before `arrives_at`; amount and fee are on the balance again at once, and count against
    no limit that still runs. It needs no PIN, and a frozen wallet can do it too: nothing goes out. The payee never hears of it.
    """
    decided = call.wallet.transfers.cancel(call.customer, call.id("transfer_id", "trf"), call.asked)
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
    """A transfer that the caller sent, or that reached them: a payee sees none that can still be taken back."""
    transfer = call.wallet.transfers.get(call.customer, call.id("transfer_id", "trf"))
    return _view(transfer, call.customer.id)


def _view(transfer: Transfer, viewer: str) -> TransferView:
    paid = viewer == transfer.payer_id
    return TransferView(
        id=transfer.id,
        status=transfer.status,
        direction="out" if paid else "in",
        amount=MoneyView.of(transfer.amount),
        fee=MoneyView.of(transfer.fee) if paid else None,
        total=MoneyView.of(transfer.total) if paid else None,
        payer=PayeeView(user_id=transfer.payer_id),
        payee=PayeeView(user_id=transfer.payee_id),
        note=transfer.note,
        delay=None if transfer.delayed is None else transfer.delayed.delay,
        arrives_at=_time(transfer.arrives_at),
        ended_at=_time(transfer.ended_at),
        decline_code=transfer.decline_code,
        created_at=rfc3339(transfer.created_at),
    )


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
