"""A customer asks for money back from a payment that they made."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.cards.errors import CardMissing
from wallet_api.cards.model import Card, CardBox
from wallet_api.ids import new_id
from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.money import Money
from wallet_api.payments.model import Payment
from wallet_api.payments.use_cases.ground import own as own_payment
from wallet_api.refund_requests.errors import SlotMoved, TooManyRefundRequests
from wallet_api.refund_requests.model import (
    ANSWER_WITHIN,
    MAX_REQUESTS,
    OPEN,
    Reason,
    RefundRequest,
    Slot,
    Wished,
)
from wallet_api.refund_requests.use_cases.ground import RequestsGround
from wallet_api.refunds.model import why_not_refundable
from wallet_api.sessions.model import Customer


class Wish(Struct, frozen=True):
    """What a customer asks for: without an amount, all that is left of the payment; without a card's id, their default card."""

    payment_id: str
    amount: Money | None
    reason: Reason
    note: str | None
    destination: Wished = "balance"
    card_id: str | None = None


class Asking(RequestsGround, frozen=True):
    """Making requests."""

    def create(self, caller: Customer, wish: Wish, operation: Operation) -> Decided[RefundRequest]:
        """Asks for money back. One trip reads, one write asks.

        Raises NotFound, PaymentNotRefundable, RefundExceedsPayment, RefundCurrencyDiffers, TooManyRefunds, RefundRequestOpen,
        TooManyRefundRequests, CardMissing, CardNotActive, CardExpired.
        """
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            found = self.payments.reading(wish.payment_id, trip)
            slot_read = self.store.slot(wish.payment_id, trip)
            cards = self.cards.reading(caller.id, trip) if wish.destination == "card" else None

        def attempt() -> RefundRequest:
            payment, slot = own_payment(found(), caller), slot_read()
            card = None if cards is None else self._card(cards(), wish.card_id)
            while True:
                try:
                    return self._asked(payment, slot, card, wish, operation)
                except SlotMoved:
                    # This ends: each turn means that another request was made, and a payment takes twenty.
                    slot = self._slot(payment.id)

        return self.ledger.once(operation, decided, attempt=attempt, replay=self._as_created, allow=session)

    def _asked(
        self, payment: Payment, slot: Slot, card: Card | None, wish: Wish, operation: Operation
    ) -> RefundRequest:
        now = self.clock.now()
        amount = wish.amount or Money(payment.refundable, payment.amount.currency)
        error = why_not_refundable(payment, amount)
        if error is not None:
            raise error
        if len(slot.requests) >= MAX_REQUESTS and slot.undecided is None:
            raise TooManyRefundRequests(limit=MAX_REQUESTS)
        request = RefundRequest(
            id=new_id("rfr", now),
            payment_id=payment.id,
            merchant_id=payment.merchant_id,
            customer_id=payment.customer_id or "",
            status=OPEN,
            amount=amount,
            reason=wish.reason,
            note=wish.note,
            card_id=None if card is None else card.id,
            created_at=now,
            answer_by=now + ANSWER_WITHIN,
        )
        with self.storage.atomic_write() as write:
            self.ledger.record(operation, write, subject=request.id)
            self.payments.require_refundable(
                payment, amount, write, lambda current: why_not_refundable(current, amount)
            )
            self.store.add(request, slot, write)
        return request

    def _card(self, cards: CardBox, card_id: str | None) -> Card:
        """The card that the money should go to. Raises CardMissing, CardNotActive, CardExpired."""
        chosen = cards.default() if card_id is None else cards.find(card_id)
        if chosen is None:
            raise CardMissing
        return cards.usable(chosen.id, self.clock.now())

    def _slot(self, payment_id: str) -> Slot:
        with self.storage.trip() as trip:
            found = self.store.slot(payment_id, trip)
        return found()

    def _as_created(self, decision: Decision) -> RefundRequest:
        return self.found_again(decision.subject).as_created()
