"""Withdrawals over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.authorization_views import AuthorizationIn
from chalicelib.http import Call, Routes, endpoint
from chalicelib.spending_refusals import SPENDING_REFUSALS
from chalicelib.timeline_views import StepView, timeline_view
from chalicelib.views import Body, ListView, MoneyIn, MoneyView, PageQuery, View
from wallet_api.cards.errors import CardExpired, CardMissing, CardNotActive, CreditCardRefused
from wallet_api.clock import rfc3339
from wallet_api.fees.errors import AmountBelowMinimum, QuoteAllowanceUsed
from wallet_api.ledger.operations import Decided
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page
from wallet_api.withdrawals.errors import CardTooNew, WithdrawalMissing
from wallet_api.withdrawals.model import Asking, Status, Withdrawal, story_of_withdrawal
from wallet_api.withdrawals.use_cases import Wish

routes = Routes(__name__)

CARD_REFUSALS = (CardMissing, CardNotActive, CardExpired, CreditCardRefused, CardTooNew)
"""What may speak against the card that money is to be sent to."""


class CreateWithdrawal(Body):
    """`amount` is what reaches the card; the fee comes out of the wallet on top and is shown by a quote first."""

    amount: MoneyIn
    card_id: Annotated[str, Meta(min_length=1, max_length=40)]
    authorization: AuthorizationIn
    quote_id: Annotated[str, Meta(min_length=1, max_length=40)] | None = None


class DestinationView(View):
    """The card that the money goes to."""

    card_id: str
    brand: str
    last4: str


class WithdrawalView(View):
    """A withdrawal. `total` is what left the balance; `decline_code` says why the money is back; by `expected_at` the card's statement
    should show it (null when it does not come, and when it takes longer than announced: the timeline says so).
    """

    id: str
    object: Literal["withdrawal"] = "withdrawal"
    status: Status
    amount: MoneyView
    fee: MoneyView
    total: MoneyView
    destination: DestinationView
    quote_id: str | None
    schedule_version: int
    decline_code: str | None
    expected_at: str | None
    settled_at: str | None
    ended_at: str | None
    created_at: str


class WithdrawalStoryView(WithdrawalView, frozen=True):
    """A withdrawal with what happened on the way, oldest first, and what is still expected."""

    timeline: list[StepView]


@endpoint(
    routes,
    "POST",
    "/v1/withdrawals",
    summary="Withdraw money to a card",
    callers=[Customer],
    body=CreateWithdrawal,
    answer=WithdrawalView,
    status=201,
    idempotency="required",
    session="in_use_case",
    errors=[*CARD_REFUSALS, AmountBelowMinimum, *SPENDING_REFUSALS, QuoteAllowanceUsed],
)
def create_withdrawal(call: Call[CreateWithdrawal]) -> Any:
    """Sets amount and fee aside and sends the amount to a debit card of the caller's at once.

    `succeeded` means that the card's bank took it. `processing` means that nobody knows yet: it ends by itself, and the money is sent
    once. `failed` says why in `decline_code`; amount and fee are on the balance again. A bank may send money back within days, which
    makes it `returned`. To cards that were confirmed less than 24 hours ago only a small sum goes in a day.
    """
    body = call.body
    asking = Asking(body.amount.money(), body.card_id, body.quote_id)
    decided = call.wallet.withdrawals.create(call.customer, Wish(asking, body.authorization.shown()), call.asked)
    return Decided(_view(decided.value, call), decided.replayed)


@endpoint(
    routes,
    "GET",
    "/v1/withdrawals",
    summary="List the withdrawals",
    callers=[Customer],
    query=PageQuery,
    answer=ListView[WithdrawalView],
    session="in_use_case",
)
def list_withdrawals(call: Call[None]) -> Any:
    """Newest first, failed and returned ones among them."""
    page = call.wallet.withdrawals.newest(call.customer, call.query.page())
    return ListView.of(Page(tuple(_view(each, call) for each in page.rows), page.next_cursor))


@endpoint(
    routes,
    "GET",
    "/v1/withdrawals/{withdrawal_id}",
    summary="Look at a withdrawal",
    callers=[Customer],
    answer=WithdrawalStoryView,
    session="in_use_case",
    errors=[WithdrawalMissing],
)
def get_withdrawal(call: Call[None]) -> Any:
    """One of the caller's withdrawals as it stands now, with its timeline."""
    found = call.wallet.withdrawals.get(call.customer, call.id("withdrawal_id", "wdr"))
    story = story_of_withdrawal(found, call.wallet.clock.now())
    return WithdrawalStoryView(**_fields(found, call), timeline=timeline_view(story, call.locale))


def _view(withdrawal: Withdrawal, call: Call[Any]) -> WithdrawalView:
    return WithdrawalView(**_fields(withdrawal, call))


def _fields(withdrawal: Withdrawal, call: Call[Any]) -> dict[str, Any]:
    expected_at = withdrawal.expected_at(call.wallet.clock.now())
    return {
        "id": withdrawal.id,
        "status": withdrawal.status,
        "amount": MoneyView.of(withdrawal.amount),
        "fee": MoneyView.of(withdrawal.charged),
        "total": MoneyView.of(withdrawal.amount + withdrawal.charged),
        "destination": DestinationView(
            card_id=withdrawal.card_id, brand=withdrawal.card_brand, last4=withdrawal.card_last4
        ),
        "quote_id": withdrawal.quote_id,
        "schedule_version": withdrawal.schedule_version,
        "decline_code": withdrawal.decline_code,
        "expected_at": rfc3339(expected_at) if expected_at else None,
        "settled_at": rfc3339(withdrawal.settled_at) if withdrawal.settled_at else None,
        "ended_at": rfc3339(withdrawal.ended_at) if withdrawal.ended_at else None,
        "created_at": rfc3339(withdrawal.created_at),
    }
