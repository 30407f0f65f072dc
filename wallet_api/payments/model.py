"""What a payment is, which states it has, and who may see which side of it.

    requires_confirmation ──▶ succeeded     a customer confirmed; refunds change `refunded`, never the state
                          └─▶ canceled      the merchant took it back, or its time was over

Expiry needs no write: a payment that nobody confirmed in time *is* canceled from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from wallet_api.clock import rfc3339
from wallet_api.errors import NotFound, WalletError
from wallet_api.ids import decode, made_id
from wallet_api.ledger.lines import shard_of
from wallet_api.merchants.model import Profile
from wallet_api.money import MAX_AMOUNT, Money, zero
from wallet_api.payments.errors import PaymentAlreadyPaid, PaymentCanceled, PaymentExpired, PaymentTaken

Status = Literal["requires_confirmation", "succeeded", "canceled"]
REQUIRES_CONFIRMATION: Final = "requires_confirmation"
SUCCEEDED: Final = "succeeded"
CANCELED: Final = "canceled"

LIFE = timedelta(minutes=15)
"""How long a payment waits for its customer."""
MAX_PAYMENT = MAX_AMOUNT - 1
"""In minor units: the largest amount whose decimal text has the 13 characters that an EMVCo code gives it."""
MAX_REFUNDS = 100
"""How many refunds one payment may have; their ids are kept on it."""

Bearer = Literal["payer", "merchant"]


@dataclass(frozen=True, slots=True)
class Order:
    """What the payment is for, in the merchant's words, and the merchant as it was named then. Never changed."""

    order_id: str
    description: str
    metadata: Mapping[str, str]
    merchant: Profile


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment. `refunded` and `refundable` are minor units of its currency; their sum is what was captured.

    `refunds` holds the amount of each refund by its id, oldest first. `ended_at` is when it succeeded or was canceled.
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
    ended_at: datetime | None = None

    @property
    def captured(self) -> Money:
        """What the merchant was paid, before fees and refunds."""
        return Money(self.refunded + self.refundable, self.amount.currency)

    @property
    def on_top(self) -> Money:
        """The part of the fee that the customer paid beyond the amount."""
        return self.fee if self.fee is not None and self.fee_bearer == "payer" else zero(self.amount.currency)

    @property
    def ran_out(self) -> bool:
        """Whether it was canceled because its time was over, and not by its merchant."""
        return self.status == CANCELED and self.ended_at == self.expires_at

    def expired(self, now: datetime) -> bool:
        """Whether its time is over without a confirmation."""
        return self.status == REQUIRES_CONFIRMATION and now >= self.expires_at

    def at(self, now: datetime) -> Payment:
        """The payment as it stands at this time: canceled when its time is over."""
        return replace(self, status=CANCELED, ended_at=self.expires_at) if self.expired(now) else self

    def as_created(self) -> Payment:
        """As it was when the merchant had just asked for it."""
        return Payment(
            self.id,
            self.merchant_id,
            REQUIRES_CONFIRMATION,
            self.amount,
            self.order,
            self.created_at,
            self.expires_at,
        )

    def as_confirmed(self) -> Payment:
        """As it was when the customer had just confirmed it: refunds came later."""
        return replace(self, refundable=self.amount.amount, refunded=0, refunds={})

    def confirmed(self, customer_id: str, fee: Money, bearer: Bearer, now: datetime) -> Payment:
        """The payment with its customer's yes."""
        return replace(
            self,
            status=SUCCEEDED,
            customer_id=customer_id,
            fee=fee,
            fee_bearer=bearer,
            refundable=self.amount.amount,
            ended_at=now,
        )

    def canceled(self, now: datetime) -> Payment:
        """The payment after its merchant took it back."""
        return replace(self, status=CANCELED, ended_at=now)


Why = Callable[[Payment | None], WalletError | None]
"""What speaks against a change of a payment as it is found; None when nothing does."""


def why_not_payable(payment: Payment | None, customer_id: str, now: datetime) -> WalletError | None:
    """What speaks against confirming, or None."""
    if payment is None:
        return NotFound()
    if payment.status == SUCCEEDED:
        return PaymentAlreadyPaid() if payment.customer_id == customer_id else PaymentTaken()
    return _why_ended(payment, now)


def why_not_cancelable(payment: Payment | None, now: datetime) -> WalletError | None:
    """What speaks against the merchant's canceling, or None. What expired is not canceled again: it has ended."""
    if payment is None:
        return NotFound()
    if payment.status == SUCCEEDED:
        return PaymentAlreadyPaid()
    return _why_ended(payment, now)


def _why_ended(payment: Payment, now: datetime) -> WalletError | None:
    if payment.status == CANCELED:
        return PaymentCanceled()
    if payment.expired(now):
        return PaymentExpired(expired_at=rfc3339(payment.expires_at))
    return None


def list_bucket(merchant_id: str, mode: str, month: str, shard: int) -> str:
    """The index partition of some of a merchant's payments of one month: never one partition for a whole merchant."""
    return f"{merchant_id}/{mode}/payments/{month}/{shard}"


def bucket_of(payment: Payment, mode: str) -> str:
    """The index partition that a payment belongs to."""
    return list_bucket(payment.merchant_id, mode, month_of(payment.created_at), shard_of(payment.id))


def month_of(moment: datetime) -> str:
    """The calendar month in UTC, such as `2026-11`."""
    return moment.astimezone(UTC).strftime("%Y-%m")


def made_at(payment_id: str) -> datetime:
    """The time that is in an id, to the millisecond; an id may be made up, and its time beyond the last year there is."""
    milliseconds = decode(payment_id.partition("_")[2]) >> 80
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def first_id_after(month: datetime) -> str:
    """An id that every payment of the month sorts before; `month` is its first moment."""
    return made_id("pay", (month + timedelta(days=32)).replace(day=1), bytes(10))


def months_back(newest: datetime, oldest: datetime) -> Iterator[datetime]:
    """The first moment of each month from the newest to the oldest, both included."""
    month = newest.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month_of(month) >= month_of(oldest):
        yield month
        month = (month - timedelta(days=1)).replace(day=1)
