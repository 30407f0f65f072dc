"""How a transfer's money moves: at once, or by way of what is set aside for it."""

from __future__ import annotations

from datetime import datetime

from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry, move, postings
from wallet_api.transfers.model import Transfer


def transfer_entry(transfer: Transfer) -> Entry:
    """The payer's wallet gives amount and fee; the payee's wallet gets the amount, the wallet's fee account the fee."""
    payer, payee = chart.customer(transfer.payer_id), chart.customer(transfer.payee_id)
    return Entry(
        id=transfer.entry_id,
        kind="transfer",
        at=transfer.created_at,
        subject=transfer.id,
        postings=postings(move(transfer.amount, payer, payee), move(transfer.fee, payer, chart.FEES)),
    )


def hold_entry(transfer: Transfer) -> Entry:
    """The payer's money is set aside until it arrives: the amount, and the fee."""
    payer, hold = chart.customer(transfer.payer_id), chart.hold(transfer.id)
    moves = move(transfer.amount, payer, hold), move(transfer.fee, payer, hold)
    return Entry(transfer.entry_id, "transfer_hold", transfer.created_at, transfer.id, postings(*moves))


def arrival_entry(transfer: Transfer, entry_id: str, at: datetime) -> Entry:
    """What was set aside arrives: the payee has the amount, the wallet its fee."""
    hold, payee = chart.hold(transfer.id), chart.customer(transfer.payee_id)
    moves = move(transfer.amount, hold, payee), move(transfer.fee, hold, chart.FEES)
    return Entry(entry_id, "transfer_arrival", at, transfer.id, postings(*moves))


def void_entry(transfer: Transfer, entry_id: str, at: datetime) -> Entry:
    """Amount and fee are the payer's again; suspense keeps them where the payer's wallet is closed."""
    aside = transfer.delayed is not None and transfer.delayed.aside
    hold, owner = chart.hold(transfer.id), chart.SUSPENSE if aside else chart.customer(transfer.payer_id)
    moves = move(transfer.amount, hold, owner), move(transfer.fee, hold, owner)
    return Entry(entry_id, "transfer_void", at, transfer.id, postings(*moves))
