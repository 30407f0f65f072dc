"""What every verb of refunds stands on: its collaborators, and the small steps that more than one of them takes."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.cards.use_cases import Cards
from wallet_api.clock import Clock
from wallet_api.gateways.acquirer import Acquirer
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import Decision
from wallet_api.merchants.use_cases import Merchants
from wallet_api.metrics import Metrics
from wallet_api.payments.use_cases import Payments
from wallet_api.refunds.errors import WayStopped
from wallet_api.refunds.model import Refund
from wallet_api.refunds.store import RefundStore
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.items import Raw
from wallet_api.top_ups.use_cases import TopUps


class RefundsGround(Struct, frozen=True):
    """The collaborators."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    merchants: Merchants
    payments: Payments
    cards: Cards
    top_ups: TopUps
    acquirer: Acquirer
    metrics: Metrics
    store: RefundStore

    def reading(self, refund_id: str, trip: Trip) -> Read[Refund | None]:
        """A refund as part of another capability's trip: whoever asks has to know that the caller may see it."""
        return self.store.find(refund_id, trip)

    def found_again(self, refund_id: str) -> Refund:
        """A refund that the journal or the index names. Raises LookupError when it is not there."""
        with self.storage.trip() as trip:
            found = self.store.find(refund_id, trip)
        refund = found()
        if refund is None:
            raise LookupError(f"{refund_id} is named, and is not there")
        return refund

    def decided_on(self, decision: Decision) -> Refund:
        """The refund that a decision made."""
        return self.found_again(decision.subject)


def why_stopped(found: Raw | None) -> WayStopped:
    """Why a wallet takes no money this way."""
    status = (found or {}).get("status", {}).get("S")
    return WayStopped("wallet_closed" if status == "closed" else "wallet_frozen")
