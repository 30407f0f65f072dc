"""How a payment's money moves."""

from __future__ import annotations

from datetime import datetime

from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry, move, postings
from wallet_api.payments.model import Payment


def payment_entry(payment: Payment, entry_id: str) -> Entry:
    """The customer gives the whole amount to the merchant; the fee goes to the wallet from whoever bears it.

    Raises ValueError for a payment that nobody confirmed.
    """
    customer, at = _confirmed(payment, payment.ended_at)
    merchant = chart.merchant(payment.merchant_id)
    bearer = customer if payment.fee_bearer == "payer" else merchant
    moves = move(payment.amount, customer, merchant), move(payment.charged_fee, bearer, chart.FEES)
    return Entry(entry_id, "payment", at, payment.id, postings(*moves))


def authorization_entry(payment: Payment, entry_id: str) -> Entry:
    """The customer's money is set aside: the amount, and the fee that the customer bears on top of it.

    Raises ValueError for a payment that nobody confirmed.
    """
    customer, at = _confirmed(payment, payment.authorized_at)
    return Entry(entry_id, "authorization", at, payment.id, move(payment.held, customer, chart.hold(payment.id)))


def capture_entry(captured: Payment, entry_id: str) -> Entry:
    """The merchant gets what was captured of the hold, the wallet its fee; what is left returns to the customer.

    Raises ValueError for a payment that was not captured.
    """
    customer, at = _confirmed(captured, captured.ended_at)
    hold, merchant = chart.hold(captured.id), chart.merchant(captured.merchant_id)
    bearer = hold if captured.fee_bearer == "payer" else merchant
    moves = (
        move(captured.captured, hold, merchant),
        move(captured.charged_fee, bearer, chart.FEES),
        move(captured.returned, hold, customer),
    )
    return Entry(entry_id, "capture", at, captured.id, postings(*moves))


def void_entry(payment: Payment, entry_id: str, at: datetime) -> Entry:
    """The whole hold returns to the customer, because nobody captured it."""
    return _given_back(payment, "void", entry_id, at)


def reversal_entry(payment: Payment, entry_id: str, at: datetime) -> Entry:
    """The whole hold returns to the customer, because the payment failed."""
    return _given_back(payment, "reversal", entry_id, at)


def _given_back(payment: Payment, kind: str, entry_id: str, at: datetime) -> Entry:
    customer, _ = _confirmed(payment, at)
    return Entry(entry_id, kind, at, payment.id, move(payment.held, chart.hold(payment.id), customer))


def _confirmed(payment: Payment, at: datetime | None) -> tuple[str, datetime]:
    if payment.customer_id is None or at is None or payment.fee is None:
        raise ValueError(f"{payment.id} has no customer")
    return chart.customer(payment.customer_id), at
