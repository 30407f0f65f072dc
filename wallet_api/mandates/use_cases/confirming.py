"""A customer says yes to a mandate, with as strong a yes as a month of its charges needs."""

from __future__ import annotations

from wallet_api.authorizations.model import Shown
from wallet_api.authorizations.use_cases import Asked
from wallet_api.errors import NotFound
from wallet_api.ledger import chart
from wallet_api.ledger.ledger import why_not_active
from wallet_api.ledger.operations import Decided, Operation
from wallet_api.mandates.model import ACTIVE, Mandate, move_of, why_not_confirmable
from wallet_api.mandates.use_cases.ground import MandatesGround, first_answer
from wallet_api.merchants.model import Standing
from wallet_api.outlets.errors import MerchantUnavailable
from wallet_api.sessions.model import Customer


class Confirming(MandatesGround, frozen=True):
    """Saying yes."""

    def confirm(self, caller: Customer, mandate_id: str, shown: Shown, operation: Operation) -> Decided[Mandate]:
        """Makes a mandate active. One trip reads, one write keeps the yes; the person is told of it on every channel.

        Raises NotFound, MandateAlreadyConfirmed, MandateTaken, MandateRevoked, MandateCanceled, MandateExpired,
        MerchantUnavailable, WalletFrozen, WalletClosed, and what an authorization that is wrong or too weak raises.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            claimed = self.authorizations.reading(caller, shown, trip)
            found = self.store.find(mandate_id, trip)
            standing = self.merchants.standing(mandate_id, trip)
        claim = claimed()

        def attempt() -> Mandate:
            self.authorizations.begin(claim)
            mandate, now = self._confirmable(caller, found(), standing()), self.clock.now()
            approval = self.authorizations.approve(claim, move_of(mandate), session())
            active = mandate.confirmed(caller.id, now)
            with self.storage.atomic_write() as write:
                self.store.confirm(active, now, write, lambda current: why_not_confirmable(current, caller.id, now))
                self.ledger.record(operation, write, subject=active.id, answer=first_answer(active))
                self.ledger.accounts.require_status(
                    chart.customer(caller.id), write, "active", otherwise=why_not_active
                )
                self.ledger.accounts.restore(approval.payer, write)
                self.authorizations.use(approval, write)
                self.notifications.tell(caller.id, "mandate_confirmed", write)
            return active

        return self.ledger.once(
            operation,
            decided,
            attempt=attempt,
            replay=lambda decision: self.answered(decision, ACTIVE),
            allow=session,
            payer=claim.payer,
        )

    def ask(self, caller: Customer, mandate_id: str, pin: str | None) -> Asked:
        """What the server wants signed or proven for a mandate. Raises what `Challenges.ask` and a confirmation raise."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.find(mandate_id, trip)
            standing = self.merchants.standing(mandate_id, trip)
        live, mandate = session(), self._confirmable(caller, found(), standing())
        return self.challenges.ask(caller, live, move_of(mandate), pin)

    def _confirmable(self, caller: Customer, mandate: Mandate | None, standing: Standing | None) -> Mandate:
        error = why_not_confirmable(mandate, caller.id, self.clock.now())
        if error is not None or mandate is None:
            raise error or NotFound()
        if standing is None or standing.merchant_id != mandate.merchant_id or not standing.takes_payments:
            raise MerchantUnavailable
        return mandate
