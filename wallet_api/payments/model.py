"""What a payment is, which states it has, and who may see which side of it. `TRANSITIONS` is the whole machine.

Expiry of what nobody confirmed needs no write: such a payment *is* canceled from then on. A hold that nobody captured in
time is canceled from then on too; its money goes back by the schedule, or by whoever looks first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from wallet_api.clock import month_of, rfc3339
from wallet_api.errors import NotFound, WalletError
from wallet_api.gateways.asking import ask_again_at
from wallet_api.ledger.lines import shard_of
from wallet_api.merchants.model import Profile
from wallet_api.money import MAX_AMOUNT, Money, zero
from wallet_api.payments.errors import (
    CaptureCurrencyDiffers,
    CaptureExceedsHold,
    CaptureTooLate,
    ForbiddenTransition,
    PaymentAlreadyCaptured,
    PaymentAlreadyConfirmed,
    PaymentAlreadyPaid,
    PaymentCanceled,
    PaymentExpired,
    PaymentFailed,
    PaymentNotAuthorized,
    PaymentProcessing,
    PaymentTaken,
)

Status = Literal[
    "requires_confirmation", "requires_action", "processing", "authorized", "succeeded", "failed", "canceled"
]
REQUIRES_CONFIRMATION: Final = "requires_confirmation"
REQUIRES_ACTION: Final = "requires_action"
PROCESSING: Final = "processing"
AUTHORIZED: Final = "authorized"
SUCCEEDED: Final = "succeeded"
FAILED: Final = "failed"
CANCELED: Final = "canceled"

TRANSITIONS: Mapping[Status, tuple[Status, ...]] = {
    # waits for a customer's yes; a business refusal leaves it here, so that the customer may try again
    REQUIRES_CONFIRMATION: (REQUIRES_ACTION, PROCESSING, AUTHORIZED, SUCCEEDED, CANCELED),
    # waits for one customer, who has to prove more
    REQUIRES_ACTION: (PROCESSING, AUTHORIZED, SUCCEEDED, CANCELED),
    # the money is set aside while the payment is reviewed
    PROCESSING: (AUTHORIZED, SUCCEEDED, FAILED),
    # the money is set aside until the merchant captures it
    AUTHORIZED: (SUCCEEDED, CANCELED),
    # refunds change `refunded`, never the state
    SUCCEEDED: (),
    FAILED: (),
    CANCELED: (),
}
WAITING: tuple[Status, ...] = (REQUIRES_CONFIRMATION, REQUIRES_ACTION)
ENDS: tuple[Status, ...] = tuple(status for status, following in TRANSITIONS.items() if not following)

Capture = Literal["automatic", "manual"]
Presented = Literal["merchant", "customer"]
Bearer = Literal["payer", "merchant"]
CAPTURE_WITHIN = timedelta(days=7)
"""How long a hold waits for its merchant."""
FIRST_LOOK = timedelta(seconds=60)
LIFE = timedelta(minutes=15)
"""How long a payment waits for its customer."""
MAX_PAYMENT = MAX_AMOUNT - 1
"""In minor units: the largest amount whose decimal text has the 13 characters that an EMVCo code gives it."""
MAX_REFUNDS = 100
"""How many refunds one payment may have; their ids are kept on it."""


class Order(Struct, frozen=True):
    """What the payment is for, in the merchant's words, and the merchant as it was named then. Never changed. A payment at an
    outlet has no order id; its description is the outlet's name, and `note` is the customer's. One by a mandate names it.
    """

    order_id: str | None
    description: str
    metadata: Mapping[str, str]
    merchant: Profile
    capture: Capture = "automatic"
    outlet_id: str | None = None
    note: str | None = None
    mandate_id: str | None = None
    presented_by: Presented = "merchant"


class Payment(Struct, frozen=True):
    """One payment. `refunded` and `refundable` are minor units of its currency; their sum is what was captured.

    `refunds` holds the amount of each refund by its id, oldest first. `ended_at` is when it succeeded, failed or was canceled. `fee`
    was fixed by the customer's yes, for the whole amount. `decline_code` says why it failed, `last_decline` why a yes was refused.
    """

    id: str
    merchant_id: str
    status: Status
    amount: Money
    order: Order
    created_at: datetime
    expires_at: datetime
    refundable: int = 0
    refunded: int = 0
    refunds: Mapping[str, int] = field(default_factory=dict)
    customer_id: str | None = None
    fee: Money | None = None
    fee_bearer: Bearer | None = None
    authorized_at: datetime | None = None
    capture_before: datetime | None = None
    ended_at: datetime | None = None
    decline_code: str | None = None
    last_decline: str | None = None

    @property
    def captured(self) -> Money:
        """What the merchant was paid, before fees and refunds."""
        return Money(self.refunded + self.refundable, self.amount.currency)

    @property
    def charged_fee(self) -> Money:
        """The fee of what was captured: all of it, or in proportion, rounded down, when a part of a hold was."""
        whole = self.fee or zero(self.amount.currency)
        return Money(whole.amount * self.captured.amount // self.amount.amount, self.amount.currency)

    @property
    def on_top(self) -> Money:
        """The part of the fee that the customer pays beyond the amount, as the yes was given to it."""
        return self.fee if self.fee is not None and self.fee_bearer == "payer" else zero(self.amount.currency)

    @property
    def held(self) -> Money:
        """What is set aside for the payment while it is processing or authorized."""
        return self.amount + self.on_top

    @property
    def returned(self) -> Money:
        """What of the hold went back when it was captured."""
        taken = self.captured + self.charged_fee if self.fee_bearer == "payer" else self.captured
        return self.held - taken

    @property
    def ran_out(self) -> bool:
        """Whether it was canceled because its time was over, and not by its merchant."""
        return self.status == CANCELED and self.ended_at in (self.expires_at, self.capture_before)

    def expired(self, now: datetime) -> bool:
        """Whether its time is over without a confirmation."""
        return self.status in WAITING and now >= self.expires_at

    def lapsed(self, now: datetime) -> bool:
        """Whether its hold's time is over without a capture."""
        return self.status == AUTHORIZED and self.capture_before is not None and now >= self.capture_before

    def at(self, now: datetime) -> Payment:
        """The payment as it stands at this time: canceled when its time is over."""
        if self.expired(now):
            return self._turned(CANCELED, ended_at=self.expires_at)
        return self.voided(now) if self.lapsed(now) else self

    def as_created(self) -> Payment:
        """As it was when the merchant had just asked for it, of anybody or of the customer whose code was shown."""
        status: Status = REQUIRES_ACTION if self.order.presented_by == "customer" else REQUIRES_CONFIRMATION
        return Payment(self.id, self.merchant_id, status, self.amount, self.order, self.created_at, self.expires_at)

    def as_confirmed(self, answered: str) -> Payment:
        """As it was when the customer had just confirmed it, in the state that was answered: the rest came later.

        What was processing then is told as it stands now.
        """
        if answered == PROCESSING:
            return self
        before = replace(self, refundable=0, refunded=0, refunds={}, last_decline=None)
        if answered == AUTHORIZED:
            return replace(before, status=AUTHORIZED, ended_at=None)
        return replace(before, status=SUCCEEDED, refundable=self.amount.amount)

    def as_captured(self) -> Payment:
        """As it was when the merchant had just captured it: refunds came later."""
        return replace(self, refundable=self.captured.amount, refunded=0, refunds={})

    def confirmed(self, customer_id: str, fee: Money, bearer: Bearer, now: datetime) -> Payment:
        """The payment with its customer's yes, paid at once."""
        said = replace(self, customer_id=customer_id, fee=fee, fee_bearer=bearer)
        return said._turned(SUCCEEDED, refundable=self.amount.amount, ended_at=now)

    def set_aside(
        self, customer_id: str, fee: Money, bearer: Bearer, now: datetime, *, reviewed: bool = False
    ) -> Payment:
        """The payment with its customer's yes and its money set aside: until it is captured, or `reviewed` first."""
        said = replace(self, customer_id=customer_id, fee=fee, fee_bearer=bearer, authorized_at=now)
        if reviewed:
            return said._turned(PROCESSING)
        return said._turned(AUTHORIZED, capture_before=now + CAPTURE_WITHIN)

    def passed(self, now: datetime) -> Payment:
        """The payment after its review let it pass: paid, or waiting for its merchant."""
        if self.order.capture == "manual":
            return self._turned(AUTHORIZED, capture_before=now + CAPTURE_WITHIN)
        return self.captured_with(self.amount, now)

    def blocked(self, decline_code: str, now: datetime) -> Payment:
        """The payment after its review stopped it."""
        return self._turned(FAILED, decline_code=decline_code, ended_at=now)

    def captured_with(self, amount: Money, now: datetime) -> Payment:
        """The payment after this much of its hold was captured."""
        return self._turned(SUCCEEDED, refundable=amount.amount, ended_at=now)

    def voided(self, now: datetime) -> Payment:
        """The payment after its hold was given back; one whose time was over ended then, whoever noticed when."""
        return self._turned(CANCELED, ended_at=self.capture_before if self.lapsed(now) else now)

    def canceled(self, now: datetime) -> Payment:
        """The payment after its merchant took it back."""
        return self._turned(CANCELED, ended_at=now)

    def _turned(self, status: Status, **changes: Any) -> Payment:
        if status not in TRANSITIONS[self.status]:
            raise ForbiddenTransition(f"{self.id} from {self.status} to {status}")
        return replace(self, status=status, **changes)


Why = Callable[[Payment | None], WalletError | None]
"""What speaks against a change of a payment as it is found; None when nothing does."""


def why_not_payable(payment: Payment | None, customer_id: str, now: datetime) -> WalletError | None:
    """What speaks against confirming, or None. What waits for one customer does not exist for another."""
    if payment is None or (payment.status == REQUIRES_ACTION and payment.customer_id != customer_id):
        return NotFound()
    if payment.status in (SUCCEEDED, PROCESSING, AUTHORIZED) and not payment.lapsed(now):
        if payment.customer_id != customer_id:
            return PaymentTaken()
        return PaymentAlreadyPaid() if payment.status == SUCCEEDED else PaymentAlreadyConfirmed()
    return _why_ended(payment, now)


def why_not_cancelable(payment: Payment | None, now: datetime) -> WalletError | None:
    """What speaks against the merchant's canceling, or None. What expired is not canceled again: it has ended."""
    if payment is None:
        return NotFound()
    if payment.status == SUCCEEDED:
        return PaymentAlreadyPaid()
    if payment.status == PROCESSING:
        return PaymentProcessing()
    return _why_ended(payment, now)


def why_not_capturable(payment: Payment | None, amount: Money | None, now: datetime) -> WalletError | None:
    """What speaks against capturing this amount, or all, of a hold; None when nothing does."""
    if payment is None:
        return NotFound()
    if payment.status == SUCCEEDED:
        return PaymentAlreadyCaptured() if payment.authorized_at else PaymentAlreadyPaid()
    if payment.status == PROCESSING:
        return PaymentProcessing()
    if payment.lapsed(now) or (payment.ran_out and payment.ended_at == payment.capture_before):
        return CaptureTooLate(capture_before=rfc3339(payment.capture_before or now))
    if payment.status != AUTHORIZED:
        return _why_ended(payment, now) or PaymentNotAuthorized()
    if amount is not None and amount.currency != payment.amount.currency:
        return CaptureCurrencyDiffers(currency=payment.amount.currency)
    if amount is not None and payment.amount < amount:
        return CaptureExceedsHold(authorized=payment.amount)
    return None


def _why_ended(payment: Payment, now: datetime) -> WalletError | None:
    if payment.status == FAILED:
        return PaymentFailed()
    if payment.expired(now):
        return PaymentExpired(expired_at=rfc3339(payment.expires_at))
    if payment.status == CANCELED or payment.lapsed(now):
        return PaymentCanceled()
    return None


def next_look(payment: Payment, now: datetime) -> datetime:
    """When to ask again how a review ends."""
    return ask_again_at(payment.authorized_at or now, now, FIRST_LOOK)


def list_bucket(merchant_id: str, mode: str, month: str, shard: int) -> str:
    """The index partition of some of a merchant's payments of one month: never one partition for a whole merchant."""
    return f"{merchant_id}/{mode}/payments/{month}/{shard}"


def bucket_of(payment: Payment, mode: str) -> str:
    """The index partition that a payment belongs to."""
    return list_bucket(payment.merchant_id, mode, month_of(payment.created_at), shard_of(payment.id))
