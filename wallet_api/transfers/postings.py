"""How a transfer's money moves."""

from __future__ import annotations

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
