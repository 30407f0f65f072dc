"""A customer pays at an outlet by the code on its wall: the payment is made and paid in one write."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.authorizations.model import Move, Shown
from wallet_api.authorizations.use_cases import Asked
from wallet_api.errors import NotFound
from wallet_api.ledger.operations import Decided, Operation
from wallet_api.money import Money
from wallet_api.outlets.model import Place, why_not_payable
from wallet_api.payments.model import LIFE, PROCESSING, REQUIRES_CONFIRMATION, Order, Payment
from wallet_api.payments.use_cases.confirming import Confirming
from wallet_api.sessions.model import Customer


class AtOutlet(Struct, frozen=True):
    """What a customer wants to pay where: the amount is the customer's own to type, so it is theirs to sign as well."""

    outlet_id: str
    amount: Money
    note: str | None
    quote_id: str | None
    shown: Shown


class PayingAtOutlets(Confirming, frozen=True):
    """Paying by static codes."""

    def pay_at_outlet(self, caller: Customer, wish: AtOutlet, operation: Operation) -> Decided[Payment]:
        """Pays at an outlet. One trip reads, one write makes the payment and moves its money.

        Raises NotFound, OutletClosed, MerchantUnavailable, InsufficientFunds, WalletFrozen, the limits' errors (those of static
        codes among them), the quote's errors, and what an authorization that is wrong or too weak raises.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            claimed = self.authorizations.reading(caller, wish.shown, trip)
            place = self.outlets.reading(wish.outlet_id, trip)
            fee_read = self.fees.reading(trip, wish.quote_id)
        claim = claimed()

        def attempt() -> Payment:
            self.authorizations.begin(claim)
            payment = self._made_at(_payable(place()), wish)
            move = _move(payment.merchant_id, wish.outlet_id, wish.amount, wish.quote_id)
            approval = self.authorizations.approve(claim, move, session())
            charge = self.fees.charge(
                fee_read,
                operation="payment",
                amount=wish.amount,
                person_id=caller.id,
                payee=payment.merchant_id,
                category=payment.order.merchant.category,
                payer=approval.payer.account,
                now=payment.created_at,
            )
            paid = self._with_yes(payment, caller.id, charge)
            with self.storage.atomic_write() as write:
                self._move(paid, operation, approval.payer, write)
                self.fees.use(charge, write)
                self.store.add(paid, self.merchants.mode, write)
                self.authorizations.use(approval, write)
            return self.reviewed(paid) if paid.status == PROCESSING else paid

        return self.ledger.once(
            operation,
            decided,
            attempt=attempt,
            replay=lambda decision: self._confirmed_by(decision, None),
            allow=session,
            payer=claim.payer,
        )

    def ask_at_outlet(
        self, caller: Customer, outlet_id: str, amount: Money, quote_id: str | None, pin: str | None
    ) -> Asked:
        """What the server wants signed or proven for a payment at an outlet. Raises what `Challenges.ask` raises, NotFound,
        OutletClosed, MerchantUnavailable.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.outlets.reading(outlet_id, trip)
        live, place = session(), _payable(found())
        return self.challenges.ask(caller, live, _move(place.outlet.merchant_id, outlet_id, amount, quote_id), pin)

    def _made_at(self, place: Place, wish: AtOutlet) -> Payment:
        now, outlet = self.clock.now(), place.outlet
        profile = place.standing.profile
        return Payment(
            id=self.merchants.new_id("pay", outlet.merchant_id, now),
            merchant_id=outlet.merchant_id,
            status=REQUIRES_CONFIRMATION,
            amount=wish.amount,
            order=Order(None, outlet.name, {}, profile, outlet_id=outlet.id, note=wish.note),
            created_at=now,
            expires_at=now + LIFE,
        )


def _payable(place: Place | None) -> Place:
    """The outlet when it takes payments. Raises what speaks against it."""
    error = why_not_payable(place)
    if error is not None or place is None:
        raise error or NotFound()
    return place


def _move(merchant_id: str, outlet_id: str, amount: Money, quote_id: str | None) -> Move:
    return Move("outlet_payment", outlet_id, merchant_id, amount, quote_id)
