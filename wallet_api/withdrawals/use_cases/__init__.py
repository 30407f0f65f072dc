"""What can be done with withdrawals: by a person, and by the schedule that drives them to their ends."""

from __future__ import annotations

from wallet_api.authorizations.use_cases import Authorizations, Challenges
from wallet_api.cards.use_cases import Cards
from wallet_api.clock import Clock
from wallet_api.fees.use_cases import Fees
from wallet_api.gateways.acquirer import Acquirer
from wallet_api.ledger.ledger import Ledger
from wallet_api.metrics import Metrics
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.pages import Page, PageRequest
from wallet_api.withdrawals.errors import WithdrawalMissing
from wallet_api.withdrawals.model import Asking, Withdrawal
from wallet_api.withdrawals.store import WithdrawalStore
from wallet_api.withdrawals.use_cases.requesting import Requesting, Wish

__all__ = ["Asking", "Wish", "Withdrawals"]


class Withdrawals(Requesting, frozen=True):
    """Money from wallets to cards."""

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        ledger: Ledger,
        sessions: Sessions,
        authorizations: Authorizations,
        challenges: Challenges,
        cards: Cards,
        fees: Fees,
        acquirer: Acquirer,
        metrics: Metrics,
    ) -> Withdrawals:
        """Binds the withdrawals' items to their table."""
        asking, store = (sessions, authorizations, challenges), WithdrawalStore.open(storage)
        return Withdrawals(storage, clock, ledger, acquirer, metrics, store, fees, *asking, cards)

    def get(self, caller: Customer, withdrawal_id: str) -> Withdrawal:
        """One of the caller's withdrawals. Raises WithdrawalMissing."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.find(withdrawal_id, trip)
        session()
        withdrawal = found()
        if withdrawal is None or withdrawal.person_id != caller.id:
            raise WithdrawalMissing
        return withdrawal

    def newest(self, caller: Customer, page: PageRequest) -> Page[Withdrawal]:
        """The caller's withdrawals, newest first, failed ones among them."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.newest(caller.id, page, trip)
        session()
        return found()

    def reading(self, withdrawal_id: str, trip: Trip) -> Read[Withdrawal | None]:
        """A withdrawal as part of another capability's trip: whoever asks has to know that the caller may see it."""
        return self.store.find(withdrawal_id, trip)
