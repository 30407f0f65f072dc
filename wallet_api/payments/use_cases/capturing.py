"""A merchant takes what was set aside, or less; what it does not take returns in the same entry."""

from __future__ import annotations

from wallet_api.errors import WalletError
from wallet_api.ids import new_id
from wallet_api.ledger.holds import Holder
from wallet_api.ledger.operations import Decided, Operation
from wallet_api.merchants.model import MerchantCaller
from wallet_api.money import Money
from wallet_api.payments.model import Payment, why_not_capturable
from wallet_api.payments.postings import capture_entry
from wallet_api.payments.use_cases.ground import fit, own
from wallet_api.payments.use_cases.voiding import Voiding
from wallet_api.storage import AtomicWrite


class Capturing(Voiding, frozen=True):
    """Capturing holds."""

    def capture(
        self, caller: MerchantCaller, payment_id: str, amount: Money | None, operation: Operation
    ) -> Decided[Payment]:
        """Captures a hold, whole or in part, once. One trip reads, one write moves.

        Raises NotFound, PaymentNotAuthorized, PaymentAlreadyCaptured, PaymentAlreadyPaid, PaymentProcessing, PaymentCanceled,
        PaymentExpired, PaymentFailed, CaptureTooLate, CaptureExceedsHold, CaptureCurrencyDiffers.
        """
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            found = self.store.find(payment_id, trip)

        def attempt() -> Payment:
            known, now = own(found(), caller), self.clock.now()
            self.void_if_lapsed(known)

            def why(current: Payment | None) -> WalletError | None:
                return why_not_capturable(current, amount, now)

            payment = fit(known, why)
            captured = payment.captured_with(amount or payment.amount, now)

            def act(holder: Holder, write: AtomicWrite) -> None:
                # The payment's own refusal comes before what a hold that is gone says of the wallet.
                self.store.capture(captured, now, write, why)
                self.ledger.decide(operation, capture_entry(captured, new_id("ent", now)), write, holder=holder)

            self.setting_free(payment, captured.returned, act)
            return captured

        return self.ledger.once(
            operation,
            decided,
            attempt=attempt,
            replay=lambda decision: self.ended(decision, found()).as_captured(),
            allow=authorized,
        )
