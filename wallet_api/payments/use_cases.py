"""What a merchant and a customer can do with payments: ask for one, confirm it, take it back, look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wallet_api.authorizations.model import Move, Shown
from wallet_api.authorizations.use_cases import Asked, Authorizations, Challenges
from wallet_api.clock import Clock
from wallet_api.errors import FieldProblem, Invalid, NotFound, WalletError
from wallet_api.fees.use_cases import Fees
from wallet_api.ids import is_id, new_id
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.merchants.model import Merchant, MerchantCaller
from wallet_api.merchants.use_cases import Merchants
from wallet_api.money import Money
from wallet_api.payments.model import (
    LIFE,
    MAX_PAYMENT,
    REQUIRES_CONFIRMATION,
    Order,
    Payment,
    Why,
    first_id_after,
    made_at,
    months_back,
    why_not_cancelable,
    why_not_payable,
)
from wallet_api.payments.postings import payment_entry
from wallet_api.payments.store import PaymentItem, PaymentStore
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.pages import Page, PageRequest, cursor_at

MONTHS_A_PAGE = 12
"""A page looks through this many months; if it is not full then, its cursor says where to look on."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a merchant asks a customer for. `order_id` is the merchant's own name for it, unique among its payments."""

    amount: Money
    description: str
    order_id: str
    metadata: Mapping[str, str]

    def __post_init__(self) -> None:
        if self.amount.amount > MAX_PAYMENT:
            raise Invalid(FieldProblem("/amount/amount", "too_large", (("limit", MAX_PAYMENT),)))


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A customer's yes."""

    payment_id: str
    shown: Shown
    quote_id: str | None


@dataclass(frozen=True)
class Payments:
    """Money from customers to merchants."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    sessions: Sessions
    authorizations: Authorizations
    challenges: Challenges
    fees: Fees
    merchants: Merchants
    store: PaymentStore

    def create(self, caller: MerchantCaller, asking: Asking, operation: Operation) -> Decided[Payment]:
        """A payment that waits for its customer. Raises OrderIdTaken, ApiKeyRevoked, MerchantSuspended."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            decided = self.ledger.decision_on(operation, trip)

        def attempt() -> Payment:
            payment = self._new(authorized(), asking)
            with self.storage.atomic_write() as write:
                self.ledger.record(operation, write, subject=payment.id)
                self.store.add(payment, caller.mode, write)
            return payment

        return self.ledger.once(
            operation,
            decided,
            attempt=attempt,
            replay=lambda decision: self._decided_on(decision).as_created(),
            allow=authorized,
        )

    def confirm(self, caller: Customer, confirmation: Confirmation, operation: Operation) -> Decided[Payment]:
        """Pays. One trip reserves the PIN's attempt and reads everything; one write of four items moves the money.

        Raises PaymentAlreadyPaid, PaymentTaken, PaymentCanceled, PaymentExpired, NotFound, InsufficientFunds,
        WalletFrozen, the limits' errors, the quote's errors, and what an authorization that is wrong or too weak raises.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            claimed = self.authorizations.reading(caller, confirmation.shown, trip)
            found = self.store.find(confirmation.payment_id, trip)
            fee_read = self.fees.reading(trip, confirmation.quote_id)
        claim = claimed()

        def attempt() -> Payment:
            self.authorizations.begin(claim)
            now = self.clock.now()
            payment = _fit(found(), lambda current: why_not_payable(current, caller.id, now))
            approval = self.authorizations.approve(claim, _move(payment, confirmation.quote_id), session())
            charge = self.fees.charge(
                fee_read,
                operation="payment",
                amount=payment.amount,
                person_id=caller.id,
                payee=payment.merchant_id,
                now=now,
            )
            confirmed = payment.confirmed(caller.id, charge.fee, charge.bearer, now)
            with self.storage.atomic_write() as write:
                self.ledger.decide(operation, payment_entry(confirmed, new_id("ent", now)), write, payer=approval.payer)
                self.fees.use(charge, write)
                self.store.confirm(
                    payment, caller.id, charge, now, write, lambda current: why_not_payable(current, caller.id, now)
                )
                self.authorizations.use(approval, write)
            return confirmed

        return self.ledger.once(
            operation,
            decided,
            attempt=attempt,
            replay=lambda decision: self._ended(decision, found()).as_confirmed(),
            allow=session,
            payer=claim.payer,
        )

    def ask(self, caller: Customer, payment_id: str, quote_id: str | None, pin: str | None) -> Asked:
        """What the server wants signed or proven for a payment. Raises what `Challenges.ask` and a confirmation raise."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.find(payment_id, trip)
        live, now = session(), self.clock.now()
        payment = _fit(found(), lambda current: why_not_payable(current, caller.id, now))
        return self.challenges.ask(caller, live, _move(payment, quote_id), pin)

    def cancel(self, caller: MerchantCaller, payment_id: str, operation: Operation) -> Decided[Payment]:
        """Takes back a payment that nobody confirmed yet.

        Raises NotFound, PaymentAlreadyPaid, PaymentCanceled, PaymentExpired.
        """
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            found = self.store.find(payment_id, trip)

        def attempt() -> Payment:
            now = self.clock.now()
            payment = _fit(_own(found(), caller), lambda current: why_not_cancelable(current, now))
            with self.storage.atomic_write() as write:
                self.ledger.record(operation, write, subject=payment.id)
                self.store.cancel(payment, now, write, lambda current: why_not_cancelable(current, now))
            return payment.canceled(now)

        return self.ledger.once(
            operation,
            decided,
            attempt=attempt,
            replay=lambda decision: self._ended(decision, found()),
            allow=authorized,
        )

    def get(self, caller: Customer | MerchantCaller, payment_id: str) -> Payment:
        """A payment that the merchant asked for, or that the customer paid. Raises NotFound."""
        with self.storage.trip() as trip:
            admitted = self.admitted(caller, trip)
            found = self.store.find(payment_id, trip)
        admitted()
        return _own(found(), caller).at(self.clock.now())

    def shown(self, payment_id: str) -> Payment:
        """A payment as it stands now, for whoever was given its id to pay it. Raises NotFound."""
        with self.storage.trip() as trip:
            found = self.store.find(payment_id, trip)
        payment = found()
        if payment is None:
            raise NotFound
        return payment.at(self.clock.now())

    def find_order(self, caller: MerchantCaller, order_id: str) -> list[Payment]:
        """The merchant's payment for an order: one, or none."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            payment_id = self.store.find_order_id(caller.id, caller.mode, order_id, trip)
        authorized()
        known = payment_id()
        if known is None:
            return []
        with self.storage.trip() as trip:
            found = self.store.find(known, trip)
        return [_own(found(), caller).at(self.clock.now())]

    def newest(self, caller: MerchantCaller, page: PageRequest) -> Page[Payment]:
        """The merchant's payments, newest first."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
        merchant, place, now = authorized(), page.place(), self.clock.now()
        if place is not None and not is_id(place, "pay"):
            raise Invalid(FieldProblem("cursor", "cursor_not_ours"))
        rows: list[PaymentItem] = []
        next_place: str | None = None
        start = now if place is None else min(made_at(place), now)
        for looked, month in enumerate(months_back(start, merchant.created_at)):
            if len(rows) > page.limit:
                break
            if looked == MONTHS_A_PAGE:
                next_place = first_id_after(month)
                break
            rows += self.store.newest(caller.id, caller.mode, month, place, page.limit + 1 - len(rows))
        if len(rows) > page.limit:
            next_place = rows[page.limit - 1].pk
        payments = self.store.with_orders(rows[: page.limit])
        cursor = None if next_place is None else cursor_at(next_place)
        return Page(tuple(payment.at(now) for payment in payments), cursor)

    def reading(self, payment_id: str, trip: Trip) -> Read[Payment | None]:
        """A payment as part of another capability's trip: whoever asks has to know that the caller may see it."""
        return self.store.find(payment_id, trip)

    def take_back(
        self, payment: Payment, refund_id: str, amount: Money, write: AtomicWrite, why: Why, moved: Exception
    ) -> None:
        """Counts a refund as part of its write; see PaymentStore.take_back for `why` and `moved`."""
        self.store.take_back(payment, refund_id, amount, write, why, moved)

    def _new(self, merchant: Merchant, asking: Asking) -> Payment:
        now = self.clock.now()
        return Payment(
            id=new_id("pay", now),
            merchant_id=merchant.id,
            status=REQUIRES_CONFIRMATION,
            amount=asking.amount,
            order=Order(asking.order_id, asking.description, asking.metadata, merchant.profile),
            created_at=now,
            expires_at=now + LIFE,
        )

    def admitted(self, caller: Customer | MerchantCaller, trip: Trip) -> Read[object]:
        """Whether the caller's key or session still lives. Calling the read raises what its owner's capability raises."""
        if isinstance(caller, MerchantCaller):
            return self.merchants.authorized(caller, trip).map(lambda merchant: merchant)
        return self.sessions.live(caller, trip).map(lambda session: session)

    def _ended(self, decision: Decision, seen: Payment | None) -> Payment:
        """The payment that a decision ended: as the first trip saw it, unless that was a moment before the end."""
        if seen is not None and seen.id == decision.subject and seen.ended_at is not None:
            return seen
        return self._decided_on(decision)

    def _decided_on(self, decision: Decision) -> Payment:
        with self.storage.trip() as trip:
            found = self.store.find(decision.subject, trip)
        payment = found()
        if payment is None:
            raise LookupError(f"the journal names {decision.subject}, which is not there")
        return payment


def _move(payment: Payment, quote_id: str | None) -> Move:
    return Move("payment", payment.id, payment.merchant_id, payment.amount, quote_id)


def _own(payment: Payment | None, caller: Customer | MerchantCaller) -> Payment:
    """The payment when it is the caller's: a merchant's own, a customer's paid one. Raises NotFound."""
    side = (
        None if payment is None else payment.merchant_id if isinstance(caller, MerchantCaller) else payment.customer_id
    )
    if payment is None or side != caller.id:
        raise NotFound
    return payment


def _fit(payment: Payment | None, why: Why) -> Payment:
    """The payment when nothing speaks against the wish. Raises what does."""
    error: WalletError | None = why(payment)
    if error is not None or payment is None:
        raise error or NotFound()
    return payment
