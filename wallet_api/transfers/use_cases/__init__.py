"""What can be done with transfers: by their two sides, and by the schedule that has delayed ones arrive."""

from __future__ import annotations

from wallet_api.authorizations.use_cases import Authorizations, Challenges
from wallet_api.clock import Clock
from wallet_api.errors import NotFound
from wallet_api.fees.use_cases import Fees
from wallet_api.ledger.ledger import Ledger
from wallet_api.metrics import Metrics
from wallet_api.people.use_cases import People
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Read, Storage, Trip
from wallet_api.transfers.model import Transfer
from wallet_api.transfers.store import TransferStore
from wallet_api.transfers.use_cases.sending import Sending, Sends

__all__ = ["Sending", "Transfers"]


class Transfers(Sends, frozen=True):
    """Money from person to person."""

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        ledger: Ledger,
        sessions: Sessions,
        people: People,
        authorizations: Authorizations,
        challenges: Challenges,
        fees: Fees,
        metrics: Metrics,
    ) -> Transfers:
        """Binds the transfers' items to their table."""
        asking, store = (people, authorizations, challenges), TransferStore.open(storage)
        return Transfers(storage, clock, ledger, metrics, store, fees, sessions, *asking)

    def get(self, caller: Customer, transfer_id: str) -> Transfer:
        """A transfer that the caller sent, or that reached them. Raises NotFound."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.find(transfer_id, trip)
        session()
        transfer = found()
        if transfer is None or not transfer.concerns(caller.id):
            raise NotFound
        transfer = self.as_it_stands(transfer)
        if not transfer.seen_by(caller.id):
            raise NotFound
        return transfer

    def reading(self, transfer_id: str, trip: Trip) -> Read[Transfer | None]:
        """A transfer as part of another capability's trip: whoever asks has to know that the caller may see it."""
        return self.store.find(transfer_id, trip)
