"""How a payment's money moves."""

from __future__ import annotations

from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry, move, postings
from wallet_api.payments.model import Payment


def payment_entry(payment: Payment, entry_id: str) -> Entry:
    """The customer gives the whole amount to the merchant; the fee goes to the wallet from whoever bears it.

    Raises ValueError for a payment that nobody confirmed.
    """
    if payment.customer_id is None or payment.ended_at is None or payment.fee is None:
        raise ValueError(f"{payment.id} has no customer")
    customer, merchant = chart.customer(payment.customer_id), chart.merchant(payment.merchant_id)
    bearer = customer if payment.fee_bearer == "payer" else merchant
    return Entry(
        id=entry_id,
        kind="payment",
        at=payment.ended_at,
        subject=payment.id,
        postings=postings(move(payment.amount, customer, merchant), move(payment.fee, bearer, chart.FEES)),
    )
