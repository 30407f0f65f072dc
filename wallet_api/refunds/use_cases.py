"""What a merchant can do with refunds: give money back, look at what went back. Customers see theirs."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.ids import is_id, new_id
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.merchants.model import MerchantCaller
from wallet_api.merchants.use_cases import Merchants
from wallet_api.money import Money
from wallet_api.payments.model import Payment
from wallet_api.payments.use_cases import Payments
from wallet_api.refunds.errors import RefundsRaced
from wallet_api.refunds.model import Refund, refund_of, why_not_refundable
from wallet_api.refunds.postings import refund_entry
from wallet_api.refunds.store import RefundStore
from wallet_api.sessions.model import Customer
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.pages import Page, PageRequest, cursor_at


class GivingBack(Struct, frozen=True):
    """What a merchant wants to give back; without an amount, all that is left of the payment."""

    payment_id: str
    amount: Money | None
    reason: str


class Refunds(Struct, frozen=True):
    """Money back from merchants to customers."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    merchants: Merchants
    payments: Payments
    store: RefundStore

    def create(self, caller: MerchantCaller, wish: GivingBack, operation: Operation) -> Decided[Refund]:
        """Gives money back at once. One trip reads, one write moves.

        Raises NotFound, PaymentNotRefundable, RefundExceedsPayment, RefundCurrencyDiffers, TooManyRefunds.
        """
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            found = self.payments.reading(wish.payment_id, trip)

        def attempt() -> Refund:
            payment = _own(found(), caller)
            while True:
                try:
                    return self._give_back(payment, wish, operation)
                except RefundsRaced:
                    # This ends: each turn means that another refund was counted, and a payment takes a hundred.
                    payment = self.payments.get(caller, wish.payment_id)

        return self.ledger.once(operation, decided, attempt=attempt, replay=self._decided_on, allow=authorized)

    def get(self, caller: Customer | MerchantCaller, refund_id: str) -> Refund:
        """A refund that the merchant made, or that the customer got. Raises NotFound."""
        with self.storage.trip() as trip:
            admitted = self.payments.admitted(caller, trip)
            found = self.store.find(refund_id, trip)
        admitted()
        refund = found()
        if refund is None or caller.id not in (refund.merchant_id, refund.customer_id):
            raise NotFound
        return refund

    def of_payment(self, caller: Customer | MerchantCaller, payment_id: str, page: PageRequest) -> Page[Refund]:
        """The refunds of a payment that the caller may see, newest first. Raises NotFound."""
        place = page.place()
        if place is not None and not is_id(place, "ref"):
            raise Invalid(FieldProblem("cursor", "cursor_not_ours"))
        payment = self.payments.get(caller, payment_id)
        ids = [each for each in sorted(payment.refunds, reverse=True) if place is None or each < place]
        shown = ids[: page.limit]
        with self.storage.trip() as trip:
            refunds = self.store.find_all(shown, trip)
        return Page(tuple(refunds()), cursor_at(shown[-1]) if len(ids) > len(shown) else None)

    def reading(self, refund_id: str, trip: Trip) -> Read[Refund | None]:
        """A refund as part of another capability's trip: whoever asks has to know that the caller may see it."""
        return self.store.find(refund_id, trip)

    def _give_back(self, payment: Payment, wish: GivingBack, operation: Operation) -> Refund:
        now = self.clock.now()
        refund = refund_of(payment, wish.amount, wish.reason, new_id("ref", now), now)
        with self.storage.atomic_write() as write:
            self.ledger.decide(operation, refund_entry(refund, new_id("ent", now)), write)
            self.payments.take_back(
                payment,
                refund.id,
                refund.amount,
                write,
                lambda current: why_not_refundable(current, refund.amount),
                RefundsRaced(),
            )
            self.store.add(refund, write)
        return refund

    def _decided_on(self, decision: Decision) -> Refund:
        with self.storage.trip() as trip:
            found = self.store.find(decision.subject, trip)
        refund = found()
        if refund is None:
            raise LookupError(f"the journal names {decision.subject}, which is not there")
        return refund


def _own(payment: Payment | None, caller: MerchantCaller) -> Payment:
    if payment is None or payment.merchant_id != caller.id:
        raise NotFound
    return payment
