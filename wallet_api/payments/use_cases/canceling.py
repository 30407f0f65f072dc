"""A merchant takes a payment back: one that nobody confirmed, or one whose money is only set aside."""

from __future__ import annotations

from wallet_api.ledger.operations import Decided, Operation
from wallet_api.merchants.model import MerchantCaller
from wallet_api.payments.model import AUTHORIZED, Payment, why_not_cancelable
from wallet_api.payments.use_cases.ground import fit, own
from wallet_api.payments.use_cases.voiding import Voiding


class Canceling(Voiding, frozen=True):
    """Taking back."""

    def cancel(self, caller: MerchantCaller, payment_id: str, operation: Operation) -> Decided[Payment]:
        """Takes back a payment that nobody confirmed yet, or voids its hold.

        Raises NotFound, PaymentAlreadyPaid, PaymentCanceled, PaymentExpired, PaymentFailed, PaymentProcessing.
        """
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            found = self.store.find(payment_id, trip)

        def attempt() -> Payment:
            known, now = own(found(), caller), self.clock.now()
            self.void_if_lapsed(known)
            payment = fit(known, lambda current: why_not_cancelable(current, now))
            if payment.status == AUTHORIZED:
                return self.void(payment, operation)
            canceled = payment.canceled(now)
            with self.storage.atomic_write() as write:
                self.ledger.record(operation, write, subject=payment.id)
                self.store.cancel(canceled, now, write, lambda current: why_not_cancelable(current, now))
            return canceled

        return self.ledger.once(
            operation,
            decided,
            attempt=attempt,
            replay=lambda decision: self.ended(decision, found()),
            allow=authorized,
        )
