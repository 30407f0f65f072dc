"""Top-ups over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.spending_refusals import QUOTE_REFUSALS
from chalicelib.views import Body, Code, ListView, MoneyIn, MoneyView, PageQuery, View
from wallet_api.cards.errors import CardExpired, CardMissing, CardNotActive
from wallet_api.clock import rfc3339
from wallet_api.ledger.errors import IdempotencyKeyInUse, TransactionLimitExceeded, WalletClosed, WalletFrozen
from wallet_api.ledger.operations import Decided
from wallet_api.sessions.model import Customer
from wallet_api.top_ups.errors import (
    ConfirmationExhausted,
    TopUpCardDeclined,
    TopUpCardShort,
    TopUpMissing,
    TopUpNotCharged,
    TopUpNotConfirmed,
    TopUpSourceUnavailable,
    WrongConfirmationCode,
)
from wallet_api.top_ups.model import Asking, Status, TopUp, require_card

routes = Routes(__name__)

DECLINES = [TopUpCardDeclined, TopUpCardShort, CardExpired, TopUpNotConfirmed, TopUpNotCharged]


class SourceIn(Body):
    """Where the money comes from: a bound card. Other channels are not open yet."""

    card_id: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    channel: Annotated[str, Meta(min_length=1, max_length=40)] | None = None


class CreateTopUp(Body):
    """`amount` is what reaches the wallet; a fee is charged to the card on top and is shown by a quote first."""

    amount: MoneyIn
    source: SourceIn
    quote_id: Annotated[str, Meta(min_length=1, max_length=40)] | None = None


class ConfirmTopUp(Body):
    """The code that the card's issuer sent for this very charge."""

    code: Code


class SourceView(View):
    """The card that is charged."""

    card_id: str
    brand: str
    last4: str


class NextActionView(View):
    """What the person has to do: send the issuer's code to `/v1/top_ups/{id}/confirm`."""

    type: Literal["confirm_code"] = "confirm_code"


class TopUpView(View):
    """A top-up. `total` is what the card is charged; `decline_code` says why a failed one failed."""

    id: str
    object: Literal["top_up"] = "top_up"
    status: Status
    amount: MoneyView
    fee: MoneyView
    total: MoneyView
    source: SourceView
    quote_id: str | None
    schedule_version: int
    decline_code: str | None
    next_action: NextActionView | None
    settled_at: str | None
    created_at: str


@endpoint(
    routes,
    "POST",
    "/v1/top_ups",
    summary="Bring money into the wallet",
    callers=[Customer],
    body=CreateTopUp,
    answer=TopUpView,
    status=201,
    idempotency="required",
    session="in_use_case",
    errors=[
        TopUpSourceUnavailable,
        CardMissing,
        CardNotActive,
        *DECLINES,
        *QUOTE_REFUSALS,
        WalletFrozen,
        WalletClosed,
        TransactionLimitExceeded,
        IdempotencyKeyInUse,
    ],
)
def create_top_up(call: Call[CreateTopUp]) -> Any:
    """Charges the card at once. `succeeded` means that the balance has moved.

    `processing` means that the issuer's answer is not known yet: ask again with the same key or look at the top-up; it
    ends by itself and charges once. A declined card is a 402 problem, and the failed top-up is kept as its `top_up_id`.
    A quote is used up by the attempt, declined or not.
    """
    body = call.body
    card_id = require_card(body.source.card_id, body.source.channel)
    asking = Asking(body.amount.money(), card_id, body.quote_id)
    decided = call.wallet.top_ups.create(call.customer, asking, call.asked)
    return Decided(_view(decided.value), decided.replayed)


@endpoint(
    routes,
    "POST",
    "/v1/top_ups/{top_up_id}/confirm",
    summary="Confirm a top-up with the issuer's code",
    callers=[Customer],
    body=ConfirmTopUp,
    answer=TopUpView,
    session="in_use_case",
    errors=[TopUpMissing, WrongConfirmationCode, ConfirmationExhausted, *DECLINES],
)
def confirm_top_up(call: Call[ConfirmTopUp]) -> Any:
    """Needed when the status is `requires_action`. Five attempts, ten minutes; repeating it charges nothing again."""
    return _view(call.wallet.top_ups.confirm(call.customer, call.id("top_up_id", "top"), call.body.code))


@endpoint(
    routes,
    "GET",
    "/v1/top_ups",
    summary="List the top-ups",
    callers=[Customer],
    query=PageQuery,
    answer=ListView[TopUpView],
    session="in_use_case",
)
def list_top_ups(call: Call[None]) -> Any:
    """Newest first, failed ones among them."""
    page = call.wallet.top_ups.list(call.customer, call.query.page())
    return ListView(data=[_view(top_up) for top_up in page.rows], next_cursor=page.next_cursor)


@endpoint(
    routes,
    "GET",
    "/v1/top_ups/{top_up_id}",
    summary="Look at a top-up",
    callers=[Customer],
    answer=TopUpView,
    session="in_use_case",
    errors=[TopUpMissing],
)
def get_top_up(call: Call[None]) -> Any:
    """One of the caller's top-ups as it stands now."""
    return _view(call.wallet.top_ups.get(call.customer, call.id("top_up_id", "top")))


def _view(top_up: TopUp) -> TopUpView:
    return TopUpView(
        id=top_up.id,
        status=top_up.status,
        amount=MoneyView.of(top_up.amount),
        fee=MoneyView.of(top_up.fee),
        total=MoneyView.of(top_up.total),
        source=SourceView(card_id=top_up.card_id, brand=top_up.card_brand, last4=top_up.card_last4),
        quote_id=top_up.quote_id,
        schedule_version=top_up.schedule_version,
        decline_code=top_up.decline_code,
        next_action=NextActionView() if top_up.status == "requires_action" else None,
        settled_at=rfc3339(top_up.settled_at) if top_up.settled_at else None,
        created_at=rfc3339(top_up.created_at),
    )
