"""What a merchant and a customer can do with payments, a verb in each file."""

from __future__ import annotations

from wallet_api.money import Money
from wallet_api.payments.model import Payment, Why
from wallet_api.payments.use_cases.canceling import Canceling
from wallet_api.payments.use_cases.capturing import Capturing
from wallet_api.payments.use_cases.charging import Charging
from wallet_api.payments.use_cases.confirming import Confirmation
from wallet_api.payments.use_cases.creating import Asking
from wallet_api.payments.use_cases.looking import Looking, Sought
from wallet_api.payments.use_cases.paying_at_outlets import AtOutlet, PayingAtOutlets
from wallet_api.payments.use_cases.settling import Settling
from wallet_api.payments.use_cases.taking_codes import TakingCodes
from wallet_api.storage import AtomicWrite, Read, Trip

__all__ = ["Asking", "AtOutlet", "Confirmation", "Payments", "Sought"]


class Payments(PayingAtOutlets, TakingCodes, Charging, Capturing, Canceling, Looking, Settling, frozen=True):
    """Money from customers to merchants."""

    def reading(self, payment_id: str, trip: Trip) -> Read[Payment | None]:
        """A payment as part of another capability's trip: whoever asks has to know that the caller may see it."""
        return self.store.find(payment_id, trip)

    def take_back(
        self, payment: Payment, refund_id: str, amount: Money, write: AtomicWrite, why: Why, moved: Exception
    ) -> None:
        """Counts a refund as part of its write; see PaymentStore.take_back for `why` and `moved`."""
        self.store.take_back(payment, refund_id, amount, write, why, moved)

    def require_refundable(self, payment: Payment, amount: Money, write: AtomicWrite, why: Why) -> None:
        """Requires in a write of another capability that this much of a payment is left to refund."""
        self.store.require_refundable(payment, amount, write, why)
