"""What can be done with fees: read the schedule, ask for a quote, charge a movement, publish the next schedule."""

from __future__ import annotations

from wallet_api.cards.use_cases import Cards
from wallet_api.clock import Clock
from wallet_api.fees.store import FeeStore
from wallet_api.fees.use_cases.charging import Basis
from wallet_api.fees.use_cases.publishing import Publishing
from wallet_api.fees.use_cases.quoting import QuoteRequest, Quoting
from wallet_api.ledger.ledger import Ledger
from wallet_api.merchants.use_cases import Merchants
from wallet_api.people.use_cases import People
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Storage

__all__ = ["Basis", "Fees", "QuoteRequest"]


class Fees(Quoting, Publishing, frozen=True):
    """The schedule and its quotes."""

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        ledger: Ledger,
        sessions: Sessions,
        people: People,
        cards: Cards,
        merchants: Merchants,
    ) -> Fees:
        """Binds the fees' items to their table."""
        return Fees(storage, clock, ledger, sessions, people, cards, merchants, FeeStore.open(storage))
