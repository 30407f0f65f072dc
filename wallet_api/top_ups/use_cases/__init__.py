"""What can be done with top-ups: by a person, and by the schedule that drives them to their ends."""

from __future__ import annotations

from wallet_api.cards.use_cases import Cards
from wallet_api.clock import Clock
from wallet_api.fees.use_cases import Fees
from wallet_api.gateways.acquirer import Acquirer
from wallet_api.ledger.ledger import Ledger
from wallet_api.metrics import Metrics
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Storage
from wallet_api.top_ups.model import Asking
from wallet_api.top_ups.store import TopUpStore
from wallet_api.top_ups.use_cases.giving_back import GivingBack
from wallet_api.top_ups.use_cases.settling import Settling

__all__ = ["Asking", "TopUps"]


class TopUps(Settling, GivingBack, frozen=True):
    """Money from cards into wallets."""

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        ledger: Ledger,
        sessions: Sessions,
        cards: Cards,
        fees: Fees,
        acquirer: Acquirer,
        metrics: Metrics,
    ) -> TopUps:
        """Binds the top-ups' items to their table."""
        return TopUps(storage, clock, ledger, sessions, cards, fees, acquirer, metrics, TopUpStore.open(storage))
