"""A merchant charges by a mandate: the payment is made and paid in one write, and nobody is asked again."""

from __future__ import annotations

from collections.abc import Callable

from wallet_api.declines import decline_code_of, told_to_merchants
from wallet_api.errors import Declined
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Payer
from wallet_api.ledger.errors import AccountMissing
from wallet_api.ledger.operations import Decided, Operation
from wallet_api.mandates.errors import MandateLimitExceeded, MandateRevoked
from wallet_api.merchants.model import MerchantCaller
from wallet_api.payment_codes.errors import PaymentDeclined
from wallet_api.payments.model import PROCESSING, Payment
from wallet_api.payments.use_cases.confirming import Confirming
from wallet_api.payments.use_cases.creating import Asking, Creating

ITS_OWN = (MandateRevoked, MandateLimitExceeded)
"""What a merchant is told as it is: it is between the merchant and its customer anyhow."""


class Charging(Confirming, Creating, frozen=True):
    """Charging without the customer."""

    def charge(self, caller: MerchantCaller, asking: Asking, mandate_id: str, operation: Operation) -> Decided[Payment]:
        """Pays by a mandate. One trip reads, another brings the customer's wallet, one write moves the money.

        A refusal makes no payment, and leaves the order free for another try under a new key. Raises NotFound, OrderIdTaken,
        MandateNotConfirmed, MandateRevoked, MandateCanceled, MandateExpired, MandateCurrencyDiffers, MandateLimitExceeded,
        PaymentDeclined, and what acting for a merchant raises.
        """
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            found = self.mandates.reading(mandate_id, trip)
            fee_read = self.fees.reading(trip, None)
        reads = iter([found])

        def attempt() -> Payment:
            # A mandate that changed meanwhile is read again, as the wallet is.
            read = next(reads, None)
            known = read() if read is not None else self.mandates.found_again(mandate_id)
            mandate = self.mandates.chargeable(caller, known, asking.amount)
            payment, customer_id = self._new(authorized(), asking, mandate_id), mandate.customer_id or ""
            payer = Payer(self.ledger.accounts.require(chart.customer(customer_id)), reserved=False)
            charge = self.fees.charge(
                fee_read,
                operation="payment",
                amount=payment.amount,
                person_id=customer_id,
                payee=payment.merchant_id,
                category=payment.order.merchant.category,
                payer=payer.account,
                now=payment.created_at,
            )
            paid = self._with_yes(payment, customer_id, charge)
            with self.storage.atomic_write() as write:
                # An ended mandate tells nothing of the wallet behind it, and an order that is paid is no matter of money.
                self.mandates.charge(mandate, payment.amount, payment.created_at, write)
                self.store.add(paid, caller.mode, write)
                self._move(paid, operation, payer, write)
                self.fees.use(charge, write)
            return self.reviewed(paid) if paid.status == PROCESSING else paid

        return self.ledger.once(
            operation,
            decided,
            attempt=lambda: _told(attempt),
            replay=lambda decision: self._confirmed_by(decision, None),
            allow=authorized,
        )


def _told(attempt: Callable[[], Payment]) -> Payment:
    """The attempt, whose refusals say no more of the customer than a merchant may know. Raises PaymentDeclined."""
    try:
        return attempt()
    except ITS_OWN:
        raise
    except AccountMissing:
        raise PaymentDeclined(decline_code="declined_by_wallet") from None
    except Declined as refusal:
        code = decline_code_of(refusal.code)
        if code is None:
            raise
        raise PaymentDeclined(decline_code=told_to_merchants(code)) from None
