"""How a refund's money moves."""

from __future__ import annotations

from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry, move, postings
from wallet_api.refunds.model import Refund


def refund_entry(refund: Refund, entry_id: str) -> Entry:
    """The merchant gives the amount back to the customer, the wallet the fee's part to whoever bore it."""
    customer, merchant = chart.customer(refund.customer_id), chart.merchant(refund.merchant_id)
    bearer = customer if refund.fee_bearer == "payer" else merchant
    return Entry(
        id=entry_id,
        kind="refund",
        at=refund.created_at,
        subject=refund.id,
        postings=postings(move(refund.amount, merchant, customer), move(refund.fee_returned, chart.FEES, bearer)),
    )
