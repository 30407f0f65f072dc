"""How a top-up's money moves."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

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


def compensation_entry(top_up: TopUp, entry_id: str, at: datetime) -> Entry:
    """A top-up that was told to have failed was charged after all: its money reaches the person's wallet late."""
    return replace(top_up_entry(top_up, entry_id, at), kind="compensation")


def charge_reversal_entry(top_up: TopUp, entry_id: str, at: datetime, *, borne_by_wallet: bool = False) -> Entry:
    """A charge that was told to be approved was taken back: so is its money, from the person or, if need be, from the wallet."""
    cards = chart.bank("cards")
    source = chart.SUSPENSE if borne_by_wallet else chart.customer(top_up.person_id)
    return Entry(
        id=entry_id,
        kind="charge_reversal",
        at=at,
        subject=top_up.id,
        postings=postings(move(top_up.amount, source, cards), move(top_up.fee, chart.FEES, cards)),
    )
