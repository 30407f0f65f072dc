"""How a payout's money moves."""

from __future__ import annotations

from datetime import datetime

from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry, move, postings
from wallet_api.payouts.model import Payout

BANK = chart.bank("payouts")


def payout_entry(payout: Payout, entry_id: str) -> Entry:
    """The merchant's money is set aside: what is to arrive, and the fee."""
    merchant, hold = chart.merchant(payout.merchant_id), chart.hold(payout.id)
    return Entry(entry_id, "payout", payout.created_at, payout.id, move(payout.total, merchant, hold))


def paid_entry(payout: Payout, entry_id: str, at: datetime) -> Entry:
    """What was set aside has left: the amount to the bank, the fee to the wallet."""
    hold = chart.hold(payout.id)
    moves = move(payout.amount, hold, BANK), move(payout.fee, hold, chart.FEES)
    return Entry(entry_id, "payout_paid", at, payout.id, postings(*moves))


def void_entry(payout: Payout, entry_id: str, at: datetime) -> Entry:
    """All that was set aside returns to the merchant, because the bank did not pay."""
    hold, merchant = chart.hold(payout.id), chart.merchant(payout.merchant_id)
    return Entry(entry_id, "payout_void", at, payout.id, move(payout.total, hold, merchant))


def return_entry(payout: Payout, entry_id: str, at: datetime) -> Entry:
    """The bank sent the money back: the merchant has the amount again; the fee was for an order that was carried out."""
    return Entry(
        entry_id, "payout_return", at, payout.id, move(payout.amount, BANK, chart.merchant(payout.merchant_id))
    )


def correction_entry(payout: Payout, entry_id: str, at: datetime) -> Entry:
    """A payout that was told to have failed was paid after all: the merchant, who has the money twice, gives it once.

    It may take the merchant below zero, and is recovered from what is earned next; a fee is not charged.
    """
    merchant = chart.merchant(payout.merchant_id)
    return Entry(entry_id, "payout_correction", at, payout.id, move(payout.amount, merchant, BANK))
