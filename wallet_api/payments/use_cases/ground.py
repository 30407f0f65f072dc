"""What every verb of payments stands on: its collaborators, and the small steps that more than one of them takes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec import Struct

from wallet_api.authorizations.model import Move
from wallet_api.authorizations.use_cases import Authorizations, Challenges
from wallet_api.clock import Clock
from wallet_api.errors import NotFound, WalletError
from wallet_api.events.use_cases import Events
from wallet_api.fees.use_cases import Fees
from wallet_api.gateways.screening import Screening
from wallet_api.ledger import chart
from wallet_api.ledger.holds import Holder, PeriodOver, holders
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import Decision, Operation
from wallet_api.mandates.model import MonthTurned
from wallet_api.mandates.use_cases import Mandates
from wallet_api.merchants.model import MerchantCaller
from wallet_api.merchants.use_cases import Merchants
from wallet_api.metrics import Metrics
from wallet_api.money import Money
from wallet_api.outlets.use_cases import Outlets
from wallet_api.payment_codes.model import CONFIRM_WITHIN
from wallet_api.payment_codes.use_cases import PaymentCodes
from wallet_api.payments.model import Payment, Why
from wallet_api.payments.store import PaymentStore
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import AtomicWrite, Storage, Trip


class PaymentsGround(Struct, frozen=True):
    """The collaborators."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    sessions: Sessions
    authorizations: Authorizations
    challenges: Challenges
    fees: Fees
    merchants: Merchants
    outlets: Outlets
    mandates: Mandates
    screening: Screening
    metrics: Metrics
    payment_codes: PaymentCodes
    events: Events
    store: PaymentStore

    def admitted(self, caller: Customer | MerchantCaller, trip: Trip) -> Callable[[], object]:
        """Whether the caller's key or session still lives. Calling what is returned raises what its owner's capability raises."""
        if isinstance(caller, MerchantCaller):
            return self.merchants.authorized(caller, trip)
        return self.sessions.live(caller, trip)

    def found_again(self, payment_id: str) -> Payment:
        """A payment that the journal or the index names. Raises LookupError when it is not there."""
        with self.storage.trip() as trip:
            found = self.store.find(payment_id, trip)
        payment = found()
        if payment is None:
            raise LookupError(f"{payment_id} is named, and is not there")
        return payment

    def ended(self, decision: Decision, seen: Payment | None) -> Payment:
        """The payment that a decision ended: as the first trip saw it, unless that was a moment before the end."""
        if seen is not None and seen.id == decision.subject and seen.ended_at is not None:
            return seen
        return self.found_again(decision.subject)

    def own_operation(self, payment: Payment, what: str) -> Operation:
        """What the wallet itself does to a payment, once: its key follows from the payment."""
        caller = f"wallet/{payment.id}"
        mode = self.merchants.mode
        return Operation(caller, mode, what, what, f"payment {what}", self.clock.now())

    def setting_free(self, payment: Payment, returns: Money, act: Callable[[Holder, AtomicWrite], None]) -> None:
        """Commits `act`, which sets a hold free. What returns to the customer returns to the limits as well, of the day, month
        and year that the hold was counted in, as far as they have not ended (M32), and to the month of its mandate.
        """
        account, now = chart.customer(payment.customer_id or ""), self.clock.now()
        kind = {"static_code": payment.order.outlet_id is not None, "payment_code": paid_unasked(payment)}
        for holder in holders(account, returns, payment.authorized_at or now, now, **kind):
            try:
                self._set_free(payment, returns, partial(act, holder))
                return
            except PeriodOver:
                continue

    def _set_free(self, payment: Payment, returns: Money, act: Callable[[AtomicWrite], None]) -> None:
        mandate_id, counted_at = payment.order.mandate_id, payment.authorized_at or self.clock.now()
        if mandate_id is not None and returns:
            try:
                with self.storage.atomic_write() as write:
                    act(write)
                    self.mandates.give_back(mandate_id, payment.amount, counted_at, write)
                return
            except MonthTurned:
                pass
        with self.storage.atomic_write() as write:
            act(write)


def paid_unasked(payment: Payment) -> bool:
    """Whether a shown code paid by itself: who has to be asked is given less time than any other payment has."""
    return payment.order.presented_by == "customer" and payment.expires_at - payment.created_at > CONFIRM_WITHIN


def move_of(payment: Payment, quote_id: str | None) -> Move:
    """What the customer says yes to."""
    return Move("payment", payment.id, payment.merchant_id, payment.amount, quote_id)


def own(payment: Payment | None, caller: Customer | MerchantCaller) -> Payment:
    """The payment when it is the caller's: a merchant's own, a customer's confirmed one. Raises NotFound."""
    side = (
        None if payment is None else payment.merchant_id if isinstance(caller, MerchantCaller) else payment.customer_id
    )
    if payment is None or side != caller.id:
        raise NotFound
    return payment


def fit(payment: Payment | None, why: Why) -> Payment:
    """The payment when nothing speaks against the wish. Raises what does."""
    error: WalletError | None = why(payment)
    if error is not None or payment is None:
        raise error or NotFound()
    return payment
