"""A hold whose time is over goes back, whoever notices first: the schedule, a look at it, or a capture that comes too late."""

from __future__ import annotations

import logging

from wallet_api.errors import WalletError
from wallet_api.ids import new_id
from wallet_api.ledger.holds import Holder
from wallet_api.ledger.operations import AlreadyDecided, Operation
from wallet_api.payments.model import Payment, why_not_cancelable
from wallet_api.payments.postings import void_entry
from wallet_api.payments.use_cases.ground import PaymentsGround
from wallet_api.storage import AtomicWrite

logger = logging.getLogger(__name__)


class Voiding(PaymentsGround, frozen=True):
    """Giving holds back."""

    def void(self, payment: Payment, operation: Operation) -> Payment:
        """Gives a hold back, whatever became of its owner's wallet meanwhile. Raises what speaks against canceling."""
        now = self.clock.now()
        voided = payment.voided(now)

        def act(holder: Holder, write: AtomicWrite) -> None:
            self.store.void(voided, write, lambda current: why_not_cancelable(current, now))
            self.ledger.decide(operation, void_entry(payment, new_id("ent", now), now), write, holder=holder)

        self.setting_free(payment, payment.held, act)
        return voided

    def void_if_lapsed(self, payment: Payment) -> Payment:
        """The payment as it stands, its hold given back if the time to capture is over. What hinders that waits for the schedule."""
        if not payment.lapsed(self.clock.now()):
            return payment
        try:
            return self.void(payment, self.own_operation(payment, "void"))
        except AlreadyDecided:
            pass
        except WalletError:
            logger.warning("a hold whose time is over waits for the schedule", extra={"payment_id": payment.id})
        return payment.at(self.clock.now())
