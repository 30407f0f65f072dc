"""A merchant asks a customer for a payment."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from wallet_api.errors import FieldProblem, Invalid
from wallet_api.ledger.operations import Decided, Operation
from wallet_api.merchants.model import Merchant, MerchantCaller
from wallet_api.money import Money
from wallet_api.payments.model import LIFE, MAX_PAYMENT, REQUIRES_CONFIRMATION, Capture, Order, Payment
from wallet_api.payments.use_cases.ground import PaymentsGround


class Asking(Struct, frozen=True):
    """What a merchant asks a customer for. `order_id` is the merchant's own name for it, unique among its payments."""

    amount: Money
    description: str
    order_id: str
    metadata: Mapping[str, str]
    capture: Capture = "automatic"

    def __post_init__(self) -> None:
        if self.amount.amount > MAX_PAYMENT:
            raise Invalid(FieldProblem("/amount/amount", "too_large", (("limit", MAX_PAYMENT),)))


class Creating(PaymentsGround, frozen=True):
    """Asking for payments."""

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
            replay=lambda decision: self.found_again(decision.subject).as_created(),
            allow=authorized,
        )

    def _new(self, merchant: Merchant, asking: Asking, mandate_id: str | None = None) -> Payment:
        now, order_id = self.clock.now(), asking.order_id
        return Payment(
            id=self.merchants.new_id("pay", merchant.id, now),
            merchant_id=merchant.id,
            status=REQUIRES_CONFIRMATION,
            amount=asking.amount,
            order=Order(
                order_id,
                asking.description,
                asking.metadata,
                merchant.profile,
                asking.capture,
                mandate_id=mandate_id,
            ),
            created_at=now,
            expires_at=now + LIFE,
        )
