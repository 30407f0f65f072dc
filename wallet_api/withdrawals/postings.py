"""How a withdrawal's money moves."""

from __future__ import annotations

from datetime import datetime

from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry, move, postings
from wallet_api.withdrawals.model import Withdrawal

CARDS = chart.bank("cards")


def withdrawal_entry(withdrawal: Withdrawal, entry_id: str) -> Entry:
    """The person's money is set aside: what is to arrive, and the fee."""
    wallet, hold = chart.customer(withdrawal.person_id), chart.hold(withdrawal.id)
    moves = move(withdrawal.amount, wallet, hold), move(withdrawal.fee, wallet, hold)
    return Entry(entry_id, "withdrawal", withdrawal.created_at, withdrawal.id, postings(*moves))


def settlement_entry(withdrawal: Withdrawal, entry_id: str, at: datetime) -> Entry:
    """What was set aside has left: the acquirer is owed the amount that it sent to the card, the wallet has its fee."""
    hold = chart.hold(withdrawal.id)
    moves = move(withdrawal.amount, hold, CARDS), move(withdrawal.fee, hold, chart.FEES)
    return Entry(entry_id, "withdrawal_settlement", at, withdrawal.id, postings(*moves))


def void_entry(withdrawal: Withdrawal, entry_id: str, at: datetime) -> Entry:
    """The card took nothing: amount and fee are the person's again."""
    hold, owner = chart.hold(withdrawal.id), _owner(withdrawal)
    moves = move(withdrawal.amount, hold, owner), move(withdrawal.fee, hold, owner)
    return Entry(entry_id, "withdrawal_void", at, withdrawal.id, postings(*moves))


def return_entry(withdrawal: Withdrawal, entry_id: str, at: datetime) -> Entry:
    """The card's bank sent the money back: the person has it again, with the fee that was charged for it."""
    owner, fee = _owner(withdrawal), withdrawal.comes_back - withdrawal.amount
    moves = move(withdrawal.amount, CARDS, owner), move(fee, chart.FEES, owner)
    return Entry(entry_id, "withdrawal_return", at, withdrawal.id, postings(*moves))


def correction_entry(withdrawal: Withdrawal, entry_id: str, at: datetime) -> Entry:
    """A withdrawal that was told to have failed reached its card after all: who has the money twice gives it once.

    A fee is not charged. If the person has spent it, or may not pay now, the wallet bears what it gave back too early.
    """
    return Entry(
        entry_id, "withdrawal_correction", at, withdrawal.id, move(withdrawal.amount, _owner(withdrawal), CARDS)
    )


def _owner(withdrawal: Withdrawal) -> str:
    return chart.SUSPENSE if withdrawal.aside else chart.customer(withdrawal.person_id)
