"""What a schedule does: reviews are asked for until they end, holds whose time is over go back."""

from __future__ import annotations

import logging
from datetime import timedelta

from wallet_api.errors import WalletError
from wallet_api.ledger.operations import AlreadyDecided
from wallet_api.metrics import Measure
from wallet_api.payments.model import AUTHORIZED, PROCESSING, Payment
from wallet_api.payments.use_cases.reviewing import Reviewing
from wallet_api.payments.use_cases.voiding import Voiding
from wallet_api.storage.due import WOKEN_AFTER

STUCK_AFTER = timedelta(hours=4)
"""From then on somebody is woken for a payment whose review has no end."""

logger = logging.getLogger(__name__)


class Settling(Reviewing, Voiding, frozen=True):
    """Driving payments to their ends."""

    def settle_due(self) -> int:
        """Brings on every payment that is due; how many are not due any more. Runs may overlap: of two, one moves the money."""
        ended, stuck, now = 0, 0, self.clock.now()
        for payment_id in self.store.work.by(now):
            try:
                payment = self.found_again(payment_id)
                if payment.status == PROCESSING:
                    settled = self.settle_review(payment)
                    ended += settled.status != PROCESSING
                    waits = settled.status == PROCESSING and now - (payment.authorized_at or now) > STUCK_AFTER
                    stuck += waits
                else:
                    ended += self._given_back(payment)
            except Exception:
                # One payment that cannot be brought on must not keep the others waiting.
                logger.exception("a payment stays as it is", extra={"payment_id": payment_id})
                stuck += self.store.work.put_off(payment_id, now) >= WOKEN_AFTER
        self.metrics.tell(Measure("stuck_processing", stuck))
        return ended

    def _given_back(self, payment: Payment) -> bool:
        """Gives back a hold whose time is over; whether it was. Raises what hinders that."""
        if not payment.lapsed(self.clock.now()):
            return False
        try:
            self.void(payment, self.own_operation(payment, "void"))
        except (AlreadyDecided, WalletError):
            if self.found_again(payment.id).status == AUTHORIZED:
                raise
        return True
