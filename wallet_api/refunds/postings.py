"""How a refund's money moves."""

from __future__ import annotations

from datetime import datetime

from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry, Posting, move, postings
from wallet_api.refunds.model import Refund


def refund_entry(refund: Refund, entry_id: str) -> Entry:
    """The merchant gives the amount back to the customer, the wallet the fee's part to whoever bore it.

    What belongs to the owner of a closed wallet is kept in suspense.
    """
    customer = chart.SUSPENSE if refund.destination == "suspense" else chart.customer(refund.customer_id)
    return Entry(
        id=entry_id, kind="refund", at=refund.created_at, subject=refund.id, postings=_from_merchant(refund, customer)
    )


def refund_hold_entry(refund: Refund, entry_id: str) -> Entry:
    """The same, set aside until a card took it."""
    hold = chart.hold(refund.id)
    return Entry(
        id=entry_id, kind="refund_hold", at=refund.created_at, subject=refund.id, postings=_from_merchant(refund, hold)
    )


def delivery_entry(refund: Refund, entry_id: str, at: datetime) -> Entry:
    """The acquirer sent it to the card, and is owed it by the wallet."""
    moves = move(refund.total, chart.hold(refund.id), chart.bank("cards"))
    return Entry(id=entry_id, kind="refund_delivery", at=at, subject=refund.id, postings=moves)


def reversal_entry(refund: Refund, entry_id: str, at: datetime) -> Entry:
    """No card took it, or its bank sent it back: it lands on the customer's balance, or in suspense when the wallet is closed."""
    target = chart.SUSPENSE if refund.kept else chart.customer(refund.customer_id)
    source = chart.bank("cards") if refund.returned_at else chart.hold(refund.id)
    moves = move(refund.total, source, target)
    return Entry(id=entry_id, kind="reversal", at=at, subject=refund.id, postings=moves)


def _from_merchant(refund: Refund, target: str) -> tuple[Posting, ...]:
    merchant = chart.merchant(refund.merchant_id)
    bearer = target if refund.fee_bearer == "payer" else merchant
    return postings(move(refund.amount, merchant, target), move(refund.fee_returned, chart.FEES, bearer))
