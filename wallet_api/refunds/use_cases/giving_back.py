"""A merchant gives money back: of its own accord to the balance, or because its customer asked, the way the customer wished."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.cards.errors import CardExpired, CardMissing, CardNotActive
from wallet_api.cards.model import Card, CardBox
from wallet_api.errors import NotFound
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.holds import Holder
from wallet_api.ledger.operations import Decided, Operation
from wallet_api.merchants.model import MerchantCaller
from wallet_api.money import Money
from wallet_api.payments.model import Payment
from wallet_api.refunds.errors import RefundsRaced, WayStopped
from wallet_api.refunds.model import TO_BALANCE, Options, Refund, Way, refund_of, sent, why_not_refundable
from wallet_api.refunds.postings import refund_entry, refund_hold_entry
from wallet_api.refunds.use_cases.ground import RefundsGround, why_stopped
from wallet_api.storage import AtomicWrite, Read, Trip
from wallet_api.top_ups.errors import ChargeUsedUp


class GivingBack(Struct, frozen=True):
    """What a merchant wants to give back; without an amount, all that is left of the payment.

    `refund_request_id` is the customer's request that is answered by it.
    """

    payment_id: str
    amount: Money | None
    reason: str
    refund_request_id: str | None = None


Along = Callable[[Refund, AtomicWrite], None]
"""What else a refund's write changes."""


def _nothing(_refund: Refund, _write: AtomicWrite) -> None:
    return None


class GivingMoneyBack(RefundsGround, frozen=True):
    """Giving money back."""

    def create(self, caller: MerchantCaller, wish: GivingBack, operation: Operation) -> Decided[Refund]:
        """Gives money back to the balance at once. One trip reads, one write moves.

        Raises NotFound, PaymentNotRefundable, RefundExceedsPayment, RefundCurrencyDiffers, TooManyRefunds.
        """
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            found = self.payments.reading(wish.payment_id, trip)

        def attempt() -> Refund:
            return self.give_back(_own(found(), caller), wish, operation)

        return self.ledger.once(operation, decided, attempt=attempt, replay=self.decided_on, allow=authorized)

    def options(self, customer_id: str, card_id: str | None, trip: Trip) -> Read[Options]:
        """The ways that a customer's money may go back to this card, or else to the balance."""
        if card_id is None:
            return Read(lambda: TO_BALANCE)
        cards, charges = self.cards.reading(customer_id, trip), self.top_ups.returnable(customer_id, trip)
        return Read(lambda: Options(card_id, self._bound(cards(), card_id), charges()))

    def give_back(
        self,
        payment: Payment,
        wish: GivingBack,
        operation: Operation,
        options: Options = TO_BALANCE,
        along: Along = _nothing,
    ) -> Refund:
        """Gives money back in one write, with what goes along with it. What is meant for a card is set aside and has to be
        delivered afterwards. Raises what `create` raises, and what `along` does.
        """
        while True:
            # This ends: each turn means that another refund was counted, and a payment takes a hundred, or that a way is closed.
            try:
                return self._give_back(payment, wish, operation, options, along)
            except RefundsRaced:
                payment = self.payments.found_again(payment.id)
            except WayStopped as stopped:
                options = replace(options, stopped=stopped.reason)
            except ChargeUsedUp:
                options = replace(options, charges=())
            except (CardMissing, CardNotActive):
                options = replace(options, bound=None)

    def _give_back(
        self, payment: Payment, wish: GivingBack, operation: Operation, options: Options, along: Along
    ) -> Refund:
        now = self.clock.now()
        planned = refund_of(payment, wish.amount, wish.reason, new_id("ref", now), now, wish.refund_request_id)
        way = options.way(planned.total)
        refund, entry_id = sent(planned, way), new_id("ent", now)
        account = chart.customer(refund.customer_id)
        with self.storage.atomic_write() as write:
            if refund.is_open:
                self.ledger.decide(operation, refund_hold_entry(refund, entry_id), write, holder=Holder(account))
            else:
                self.ledger.decide(operation, refund_entry(refund, entry_id), write)
            along(refund, write)
            self.payments.take_back(
                payment,
                refund.id,
                refund.amount,
                write,
                lambda current: why_not_refundable(current, refund.amount),
                RefundsRaced(),
            )
            self._require_way(refund, way, write)
            self.store.add(refund, operation.mode, write)
        return refund

    def _require_way(self, refund: Refund, way: Way, write: AtomicWrite) -> None:
        """The way is open at the moment of the write, and a charge that is taken back holds that much."""
        account = chart.customer(refund.customer_id)
        if refund.destination == "balance":
            self.ledger.accounts.require_status(account, write, "active", "frozen", otherwise=why_stopped)
        elif refund.destination == "card":
            self.ledger.accounts.require_status(account, write, "active", otherwise=why_stopped)
        if way.charge is not None:
            self.top_ups.give_back(way.charge.id, way.charge.total, refund.total, write)
        if way.bound is not None:
            self.cards.require_active(way.bound, write)

    def _bound(self, cards: CardBox, card_id: str) -> Card | None:
        try:
            return cards.usable(card_id, self.clock.now())
        except (CardMissing, CardNotActive, CardExpired):
            return None


def _own(payment: Payment | None, caller: MerchantCaller) -> Payment:
    if payment is None or payment.merchant_id != caller.id:
        raise NotFound
    return payment
