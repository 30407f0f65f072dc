"""A person's history over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chalicelib.http import Call, Routes, endpoint
from chalicelib.moments import When, moment
from chalicelib.timeline_views import StepView, timeline_view
from chalicelib.views import ListView, MoneyView, PageQuery, View
from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page
from wallet_api.transactions.model import Kind, Transaction, Wanted

routes = Routes(__name__)


class TransactionQuery(PageQuery, frozen=True):
    """`from` is the first moment and `to` the end, not included; a day counts whole, in Beijing time.

    `q` is looked for in descriptions, notes, names, order ids and ids. A page that is filtered by `kind` or `q` may hold
    fewer rows than `limit`, even none, and still have a next one.
    """

    kind: Kind | None = None
    since: When | None = msgspec.field(name="from", default=None)
    until: When | None = msgspec.field(name="to", default=None)
    q: Annotated[str, Meta(min_length=1, max_length=100)] | None = None

    def wanted(self) -> Wanted:
        """As the wallet reads it. Raises Invalid for a time that is none."""
        since = None if self.since is None else moment("from", self.since)
        until = None if self.until is None else moment("to", self.until, ends=True)
        return Wanted(self.kind, since, until, self.q)


class CounterpartyView(View):
    """The other side. `name` is a merchant's, a person's chosen one or masked contact, or what a card is called."""

    kind: Literal["merchant", "person", "card"]
    id: str | None
    name: str | None


class TransactionView(View):
    """One movement as this person sees it.

    `amount` reached the other side, `fee` is what this person bore on top, `total` both together; `balance_change` is
    signed and is what the balance moved by. A `release` is money that was set aside, for a payment or a transfer, and came back. A
    `withdrawal` goes out, and comes in again with its fee when no card took it.
    """

    id: str
    object: Literal["transaction"] = "transaction"
    kind: str
    direction: Literal["in", "out"]
    status: str
    amount: MoneyView
    fee: MoneyView
    total: MoneyView
    balance_change: MoneyView
    counterparty: CounterpartyView | None
    description: str | None
    order_id: str | None
    payment_id: str | None
    refund_id: str | None
    transfer_id: str | None
    top_up_id: str | None
    withdrawal_id: str | None
    amount_refunded: MoneyView | None
    refunds: list[str]
    created_at: str


class TransactionStoryView(TransactionView, frozen=True):
    """A movement with what happened on the way, oldest first."""

    timeline: list[StepView]


@endpoint(
    routes,
    "GET",
    "/v1/transactions",
    summary="History, newest first",
    callers=[Customer],
    query=TransactionQuery,
    answer=ListView[TransactionView],
    session="in_use_case",
)
def list_transactions(call: Call[None]) -> Any:
    """The caller's movements of money, and card top-ups that are open or failed; filtered by kind, time and text."""
    page = call.wallet.transactions.newest(call.customer, call.query.wanted(), call.query.page())
    return ListView.of(Page(tuple(TransactionView(**_fields(each)) for each in page.rows), page.next_cursor))


@endpoint(
    routes,
    "GET",
    "/v1/transactions/{transaction_id}",
    summary="One movement and its timeline",
    callers=[Customer],
    answer=TransactionStoryView,
    session="in_use_case",
    errors=[NotFound],
)
def get_transaction(call: Call[None]) -> Any:
    """A movement of the caller's with everything that happened to what it paid for."""
    if call.path["transaction_id"].startswith("top_"):
        found = call.wallet.transactions.get_top_up(call.customer, call.id("transaction_id", "top"))
    else:
        found = call.wallet.transactions.get(call.customer, call.id("transaction_id", "ent"))
    return TransactionStoryView(**_fields(found), timeline=timeline_view(found.timeline, call.locale))


def _fields(found: Transaction) -> dict[str, Any]:
    side = found.counterparty
    return {
        "id": found.id,
        "kind": found.kind,
        "direction": found.direction,
        "status": found.status,
        "amount": MoneyView.of(found.amount),
        "fee": MoneyView.of(found.fee),
        "total": MoneyView.of(found.total),
        "balance_change": MoneyView.of(found.balance_change),
        "counterparty": None if side is None else CounterpartyView(kind=side.kind, id=side.id, name=side.name),
        "description": found.description,
        "order_id": found.order_id,
        "payment_id": found.payment_id,
        "refund_id": found.subject if found.kind == "refund" else None,
        "transfer_id": found.subject if found.subject.startswith("trf_") else None,
        "top_up_id": found.subject if found.kind == "top_up" else None,
        "withdrawal_id": found.subject if found.subject.startswith("wdr_") else None,
        "amount_refunded": None if found.refunded is None else MoneyView.of(found.refunded),
        "refunds": list(found.refunds),
        "created_at": rfc3339(found.created_at),
    }
