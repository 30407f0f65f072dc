"""A till takes a customer's payment code: a small amount is paid at once, anything else waits for the customer's yes on the phone."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.authorizations.model import changed_lately
from wallet_api.declines import DeclineCode, decline_code_of, told_to_merchants
from wallet_api.errors import Declined, Unavailable, WalletError
from wallet_api.events.model import made_event
from wallet_api.fees.model import Charge
from wallet_api.fees.use_cases import Basis
from wallet_api.ids import new_id
from wallet_api.ledger.accounts import Account, Payer, StaleAccount, admit
from wallet_api.ledger.errors import DailyLimitReached, InsufficientFunds, WalletClosed, WalletFrozen
from wallet_api.ledger.limits import PAYMENT_CODE, REACHED, limits_of
from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.ledger.spending import counter_reached
from wallet_api.merchants.model import Merchant, MerchantCaller
from wallet_api.money import Money
from wallet_api.payment_codes.errors import PaymentCodeRefused, PaymentDeclined
from wallet_api.payment_codes.model import CONFIRM_WITHIN
from wallet_api.payment_codes.use_cases import Good, Shown
from wallet_api.payments.model import (
    LIFE,
    PROCESSING,
    REQUIRES_ACTION,
    REQUIRES_CONFIRMATION,
    SUCCEEDED,
    Order,
    Payment,
)
from wallet_api.payments.use_cases.confirming import Confirming
from wallet_api.payments.use_cases.creating import Asking
from wallet_api.storage import AtomicWrite, Read

DECLINED = "payment.declined"
"""The event by which a customer is told why their code did not pay; its till is told less."""


class _Till(Struct):
    """One request of a till, and what it came to know of the customer: what a refusal has to keep, and whom to tell."""

    merchant_id: str
    asking: Asking
    shown: Shown
    good: Good | None = None
    declined: DeclineCode | None = None


class TakingCodes(Confirming, frozen=True):
    """Payments by customers' codes."""

    def take_code(self, caller: MerchantCaller, asking: Asking, code: str, operation: Operation) -> Decided[Payment]:
        """Pays by a code, or asks its customer. Two trips read, one write makes the payment, uses the code and moves the money.

        Raises PaymentCodeRefused for every reason that is the code's, PaymentDeclined for one that is the money's, RateLimited,
        OrderIdTaken, and what a merchant's key raises.
        """
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            shown = self.payment_codes.reading(code, caller.id, trip)
            fee_read = self.fees.reading(trip)
        till = _Till(caller.id, asking, shown())
        try:
            return self.ledger.once(
                operation,
                decided,
                attempt=lambda: self._taken(till, authorized(), fee_read, operation),
                replay=self._taken_by,
                allow=authorized,
                refusing=lambda write: self._keep_declined(till, write),
            )
        except PaymentCodeRefused:
            self.payment_codes.count_wrong(caller.id)
            raise
        finally:
            self.payment_codes.settle(till.shown)

    def _taken(self, till: _Till, merchant: Merchant, fee_read: Read[Basis], operation: Operation) -> Payment:
        till.good = good = self.payment_codes.prove(till.shown)
        person_id, asking, now = good.secret.person_id, till.asking, self.clock.now()
        charge = self.fees.charge(
            fee_read,
            operation="payment",
            amount=asking.amount,
            person_id=person_id,
            payee=merchant.id,
            category=merchant.profile.category,
            payer=good.owner.account,
            now=now,
        )
        payment = self._presented(merchant, asking, person_id)
        try:
            payer = self._payer(good, asking.amount + charge.on_top)
            made = self._pay_by_code(payment, good, payer, charge, operation)
        except (WalletFrozen, WalletClosed) as stopped:
            self._tell_stopped(till, stopped)
            till.shown.counted = False
            raise PaymentCodeRefused from None
        except Declined as refusal:
            till.declined = decline_code_of(refusal.code) or "declined_by_wallet"
            raise PaymentDeclined(decline_code=told_to_merchants(till.declined)) from None
        till.shown.counted = False
        return self.reviewed(made) if made.status == PROCESSING else made

    def _presented(self, merchant: Merchant, asking: Asking, person_id: str) -> Payment:
        now = self.clock.now()
        order = Order(
            asking.order_id,
            asking.description,
            asking.metadata,
            merchant.profile,
            asking.capture,
            presented_by="customer",
        )
        return Payment(
            id=self.merchants.new_id("pay", merchant.id, now),
            merchant_id=merchant.id,
            status=REQUIRES_CONFIRMATION,
            amount=asking.amount,
            order=order,
            created_at=now,
            expires_at=now + LIFE,
            customer_id=person_id,
        )

    def _payer(self, good: Good, needed: Money) -> Payer:
        """Who pays, when their wallet may and can. Raises WalletFrozen, WalletClosed, InsufficientFunds, and the limits' errors."""
        account, now = _usable(good.owner.account), self.clock.now()
        session = good.owner.session
        payer = Payer(account, reserved=False, restricted=session is not None and session.device.is_limited(now))
        admit(payer, needed)
        reached = counter_reached(payer, needed, now)
        if reached is not None and reached.limit is not None:
            raise REACHED[reached.period](limit=reached.limit)
        if account.balance(needed.currency) < needed:
            raise InsufficientFunds(needed=needed)
        return payer

    def _pay_by_code(self, payment: Payment, good: Good, payer: Payer, charge: Charge, operation: Operation) -> Payment:
        payer.payment_code = True
        if not self._pays_by_itself(good, payer, payment.amount + charge.on_top):
            return self._ask_customer(payment, good, operation)
        paid = self._with_yes(payment, good.secret.person_id, charge)
        try:
            with self.storage.atomic_write() as write:
                self.payment_codes.use(good, write)
                self._move(paid, operation, payer, write)
                self.fees.use(charge, write)
                self.payment_codes.require_small(good, write, StaleAccount())
                self.store.add(paid, self.merchants.mode, write)
        except DailyLimitReached:
            # Another movement took the rest of the day: what is left to do is decided by what is there now.
            raise StaleAccount from None
        return paid

    def _pays_by_itself(self, good: Good, payer: Payer, needed: Money) -> bool:
        """Whether the customer need not be asked: a small amount, on a device that is not new, with nothing else that gives pause."""
        person, now = good.owner.person, self.clock.now()
        if person is None or payer.restricted or changed_lately(person, now) or person.recovered_lately(now):
            return False
        largest = min(good.owner.small, limits_of(PAYMENT_CODE, needed.currency).per_transaction.amount)
        return needed.amount <= largest and counter_reached(payer, needed, now) is None

    def _ask_customer(self, payment: Payment, good: Good, operation: Operation) -> Payment:
        asked = replace(payment, status=REQUIRES_ACTION, expires_at=payment.created_at + CONFIRM_WITHIN)
        with self.storage.atomic_write() as write:
            self.payment_codes.use(good, write)
            self.ledger.record(operation, write, subject=asked.id, answer={"status": asked.status})
            self.store.add(asked, self.merchants.mode, write)
        return asked

    def _keep_declined(self, till: _Till, write: AtomicWrite) -> None:
        """A code that was declined is used: it is no means of asking how much somebody has. Its customer is told why."""
        if till.declined is None or till.good is None:
            return
        self.payment_codes.use(till.good, write)
        self._tell(till, till.good, till.declined, write)
        till.shown.counted = False

    def _tell_stopped(self, till: _Till, stopped: WalletError) -> None:
        """The till is told nothing of a frozen wallet, its owner all. Nothing depends on it, so it may fail."""
        code = decline_code_of(stopped.code)
        if till.good is None or code is None:
            return
        try:
            with self.storage.atomic_write() as write:
                self._tell(till, till.good, code, write)
        except Unavailable:
            return

    def _tell(self, till: _Till, good: Good, code: DeclineCode, write: AtomicWrite) -> None:
        now, secret = self.clock.now(), good.secret
        data = {
            "id": secret.device_id,
            "object": "device",
            "amount": till.asking.amount,
            "merchant_id": till.merchant_id,
            "decline_code": code,
        }
        self.events.tell(made_event(DECLINED, secret.person_id, data, now, new_id("evt", now)), write)

    def _taken_by(self, decision: Decision) -> Payment:
        payment = self.found_again(decision.subject)
        answered = decision.answer.get("status", SUCCEEDED)
        return payment.as_created() if answered == REQUIRES_ACTION else payment.as_confirmed(answered)


def _usable(account: Account | None) -> Account:
    if account is None:
        raise WalletClosed
    account.require_active()
    return account
