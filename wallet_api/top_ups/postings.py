"""How a top-up's money moves."""

from __future__ import annotations

from datetime import datetime

from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry, move, postings
from wallet_api.top_ups.model import TopUp


def top_up_entry(top_up: TopUp, entry_id: str, at: datetime) -> Entry:
    """The acquirer owes us what it charged: the amount goes to the person's wallet, the fee to the wallet's fee account."""
    cards = chart.bank("cards")
    return Entry(
        id=entry_id,
        kind="top_up",
        at=at,
        subject=top_up.id,
        postings=postings(
            move(top_up.amount, cards, chart.customer(top_up.person_id)), move(top_up.fee, cards, chart.FEES)
        ),
    )
