"""A customer says yes: the money goes to the merchant, or is set aside for a capture or a review."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from wallet_api.authorizations.model import Shown
from wallet_api.authorizations.use_cases import Approval, Asked
from wallet_api.declines import DeclineCode, decline_code_of, told_to_merchants
from wallet_api.errors import Declined
from wallet_api.fees.model import Charge
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Payer
from wallet_api.ledger.holds import Holder
from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.merchants.model import Standing
from wallet_api.outlets.errors import MerchantUnavailable
from wallet_api.payments.model import PROCESSING, SUCCEEDED, Payment, why_not_payable
from wallet_api.payments.postings import authorization_entry, payment_entry
from wallet_api.payments.store import PaymentStore
from wallet_api.payments.use_cases.ground import fit, move_of
from wallet_api.payments.use_cases.reviewing import Reviewing, case_of
from wallet_api.sessions.model import Customer
from wallet_api.storage import AtomicWrite


class Confirmation(Struct, frozen=True):
    """A customer's yes."""

    payment_id: str
    shown: Shown
    quote_id: str | None


class Refused(Struct):
    """Why a yes was refused, kept on the payment in the refusal's own write, as its merchant may know it."""

    store: PaymentStore
    payment_id: str
    code: DeclineCode | None = None

    def noting(self, attempt: Callable[[], Payment]) -> Callable[[], Payment]:
        """The same attempt; a rule about money that refuses it is remembered."""

        def noted() -> Payment:
            try:
                return attempt()
            except Declined as refusal:
                self.code = decline_code_of(refusal.code)
                raise

        return noted

    def keep(self, write: AtomicWrite) -> None:
        """Adds to the write of a recorded refusal why it was one; nothing when it was no rule about money."""
        if self.code is not None:
            self.store.decline(self.payment_id, told_to_merchants(self.code), write)


class Confirming(Reviewing, frozen=True):
    """Paying."""

    def confirm(self, caller: Customer, confirmation: Confirmation, operation: Operation) -> Decided[Payment]:
        """Pays. One trip reserves the PIN's attempt and reads everything; one write of four items moves the money.

        A payment with manual capture becomes `authorized`, one that is reviewed `processing` until its review ends. A refusal
        leaves the payment waiting, and keeps why. Raises PaymentAlreadyPaid, PaymentAlreadyConfirmed, PaymentTaken,
        PaymentCanceled, PaymentExpired, PaymentFailed, NotFound, InsufficientFunds, WalletFrozen, the limits' errors, the
        quote's errors, and what an authorization that is wrong or too weak raises.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            claimed = self.authorizations.reading(caller, confirmation.shown, trip)
            found = self.store.find(confirmation.payment_id, trip)
            standing = self.merchants.standing(confirmation.payment_id, trip)
            fee_read = self.fees.reading(trip, confirmation.quote_id)
        claim, refused = claimed(), Refused(self.store, confirmation.payment_id)

        @refused.noting
        def attempt() -> Payment:
            self.authorizations.begin(claim)
            payment = self._payable(caller, found(), standing())
            move = move_of(payment, confirmation.quote_id)
            approval = self.authorizations.approve(claim, move, session())
            charge = self.fees.charge(
                fee_read,
                operation="payment",
                amount=payment.amount,
                person_id=caller.id,
                payee=payment.merchant_id,
                category=payment.order.merchant.category,
                payer=approval.payer.account,
                now=self.clock.now(),
            )
            return self._pay(payment, approval, charge, operation)

        return self.ledger.once(
            operation,
            decided,
            attempt=attempt,
            replay=lambda decision: self._confirmed_by(decision, found()),
            allow=session,
            payer=claim.payer,
            refusing=refused.keep,
        )

    def ask(self, caller: Customer, payment_id: str, quote_id: str | None, pin: str | None) -> Asked:
        """What the server wants signed or proven for a payment. Raises what `Challenges.ask` and a confirmation raise."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.find(payment_id, trip)
            standing = self.merchants.standing(payment_id, trip)
        live, payment = session(), self._payable(caller, found(), standing())
        return self.challenges.ask(caller, live, move_of(payment, quote_id), pin)

    def _payable(self, caller: Customer, payment: Payment | None, standing: Standing | None) -> Payment:
        """The payment when its state, its time and its merchant let it be paid. Raises what speaks against it."""
        now = self.clock.now()
        fitting = fit(payment, lambda current: why_not_payable(current, caller.id, now))
        if standing is None or standing.merchant_id != fitting.merchant_id or not standing.takes_payments:
            raise MerchantUnavailable
        return fitting

    def _pay(self, payment: Payment, approval: Approval, charge: Charge, operation: Operation) -> Payment:
        now, caller = self.clock.now(), approval.claim.caller
        confirmed = self._with_yes(payment, caller.id, charge)
        with self.storage.atomic_write() as write:
            # Whoever has paid it under another key is told so, and not that the rest does not suffice to pay twice.
            self.store.confirm(confirmed, now, write, lambda current: why_not_payable(current, caller.id, now))
            self._move(confirmed, operation, approval.payer, write)
            self.fees.use(charge, write)
            self.authorizations.use(approval, write)
        return self.reviewed(confirmed) if confirmed.status == PROCESSING else confirmed

    def _with_yes(self, payment: Payment, customer_id: str, charge: Charge) -> Payment:
        now, reviewed = self.clock.now(), self.screening.concerns(case_of(payment, customer_id))
        if payment.order.capture == "automatic" and not reviewed:
            return payment.confirmed(customer_id, charge.fee, charge.bearer, now)
        return payment.set_aside(customer_id, charge.fee, charge.bearer, now, reviewed=reviewed)

    def _move(self, payment: Payment, operation: Operation, payer: Payer, write: AtomicWrite) -> None:
        entry_id = new_id("ent", self.clock.now())
        if payment.status == SUCCEEDED:
            self.ledger.decide(operation, payment_entry(payment, entry_id), write, payer=payer)
            return
        self.ledger.decide(
            operation,
            authorization_entry(payment, entry_id),
            write,
            answer={"status": payment.status},
            payer=payer,
            holder=Holder(chart.customer(payment.customer_id or "")),
        )

    def _confirmed_by(self, decision: Decision, seen: Payment | None) -> Payment:
        if seen is None or seen.id != decision.subject or seen.fee is None:
            seen = self.found_again(decision.subject)
        return seen.as_confirmed(decision.answer.get("status", SUCCEEDED))
