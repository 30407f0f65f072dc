"""A merchant asks a customer for a mandate."""

from __future__ import annotations

from wallet_api.ledger.operations import Decided, Operation
from wallet_api.mandates.model import LIFE, REQUIRES_CONFIRMATION, Mandate, Terms
from wallet_api.mandates.use_cases.ground import MandatesGround, first_answer
from wallet_api.merchants.model import MerchantCaller


class Asking(MandatesGround, frozen=True):
    """Asking for mandates."""

    def create(self, caller: MerchantCaller, terms: Terms, operation: Operation) -> Decided[Mandate]:
        """A mandate that waits for its customer. Raises ReferenceTaken, and what acting for a merchant raises."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            decided = self.ledger.decision_on(operation, trip)

        def attempt() -> Mandate:
            now, merchant = self.clock.now(), authorized()
            mandate = Mandate(
                id=self.merchants.new_id("man", merchant.id, now),
                merchant_id=merchant.id,
                status=REQUIRES_CONFIRMATION,
                terms=terms,
                merchant=merchant.profile,
                created_at=now,
                expires_at=now + LIFE,
            )
            with self.storage.atomic_write() as write:
                self.ledger.record(operation, write, subject=mandate.id, answer=first_answer(mandate))
                self.store.add(mandate, caller.mode, write)
            return mandate

        return self.ledger.once(
            operation,
            decided,
            attempt=attempt,
            replay=lambda decision: self.answered(decision, REQUIRES_CONFIRMATION),
            allow=authorized,
        )
