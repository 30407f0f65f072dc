"""What a mandate is, which states it has, and what it lets through. `TRANSITIONS` is the whole machine.

Its months are those of the wallet's calendar. What nobody confirmed in time *is* canceled from then on, without a write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.authorizations.model import SMALL, Move
from wallet_api.clock import month_of, rfc3339, wallet_day
from wallet_api.errors import FieldProblem, Invalid, NotFound, WalletError
from wallet_api.ledger.limits import label_of
from wallet_api.ledger.lines import shard_of
from wallet_api.mandates.errors import (
    MandateAlreadyConfirmed,
    MandateCanceled,
    MandateCurrencyDiffers,
    MandateExpired,
    MandateLimitExceeded,
    MandateNotConfirmed,
    MandateRevoked,
    MandateTaken,
)
from wallet_api.merchants.model import Profile
from wallet_api.money import Money

Status = Literal["requires_confirmation", "active", "revoked", "canceled"]
REQUIRES_CONFIRMATION: Final = "requires_confirmation"
ACTIVE: Final = "active"
REVOKED: Final = "revoked"
CANCELED: Final = "canceled"

TRANSITIONS: Mapping[Status, tuple[Status, ...]] = {
    # waits for a customer's yes; its merchant may take it back, and its time ends it
    REQUIRES_CONFIRMATION: (ACTIVE, CANCELED),
    # its merchant charges; either side ends it
    ACTIVE: (REVOKED, CANCELED),
    REVOKED: (),
    CANCELED: (),
}

LIFE = timedelta(days=1)
"""How long a mandate waits for its customer, who may want to read it twice."""
MOST_PER_PAYMENT, MOST_PER_MONTH = SMALL, 10_000_00
"""Minor units, counted one to one in any currency as the limits are. No charge by a mandate is larger than what a PIN alone pays
under whatever circumstances, since nobody is there to be asked for more.
"""
NEVER = "never"
"""The month of the last charge of a mandate that charged nothing."""


class ForbiddenTransition(Exception):
    """A mandate was to go where its machine does not lead: a defect, never an answer."""


class MonthTurned(Exception):
    """The month that a charge was counted in is over for this mandate: there is nothing to give back to."""


class Terms(Struct, frozen=True):
    """What the customer says yes to. `reference` is the merchant's own name for the agreement, unique among its mandates.

    Raises Invalid for sums beyond what any mandate may allow, in two currencies, or with less a month than at a time.
    """

    description: str
    reference: str
    max_per_payment: Money
    max_per_month: Money

    def __post_init__(self) -> None:
        problems = [
            FieldProblem(f"/{name}/amount", "too_large", (("limit", most),))
            for name, money, most in (
                ("max_per_payment", self.max_per_payment, MOST_PER_PAYMENT),
                ("max_per_month", self.max_per_month, MOST_PER_MONTH),
            )
            if money.amount > most
        ]
        if self.max_per_month.currency != self.max_per_payment.currency:
            same = (("allowed", self.max_per_payment.currency),)
            problems.append(FieldProblem("/max_per_month/currency", "unknown_value", same))
        elif self.max_per_month < self.max_per_payment:
            least = (("limit", self.max_per_payment.amount),)
            problems.append(FieldProblem("/max_per_month/amount", "too_small", least))
        if problems:
            raise Invalid(*problems)


class Mandate(Struct, frozen=True):
    """One mandate, with the merchant as it was named when it asked. `charged` is the sum, in minor units, of what was charged in
    `month`; what came back of it as a refund counts all the same.
    """

    id: str
    merchant_id: str
    status: Status
    terms: Terms
    merchant: Profile
    created_at: datetime
    expires_at: datetime
    customer_id: str | None = None
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    lowered_at: datetime | None = None
    month: str = NEVER
    charged: int = 0

    @property
    def currency(self) -> str:
        """The currency that it is for."""
        return self.terms.max_per_payment.currency

    @property
    def ran_out(self) -> bool:
        """Whether it was canceled because nobody confirmed it in time."""
        return self.status == CANCELED and self.ended_at == self.expires_at

    @property
    def ended(self) -> bool:
        """Whether nothing becomes of it any more."""
        return not TRANSITIONS[self.status]

    def expired(self, now: datetime) -> bool:
        """Whether its time is over without a yes."""
        return self.status == REQUIRES_CONFIRMATION and now >= self.expires_at

    def at(self, now: datetime) -> Mandate:
        """The mandate as it stands at this time."""
        return self._turned(CANCELED, self.expires_at) if self.expired(now) else self

    def charged_in(self, month: str) -> Money:
        """What was charged in a month; a clock that is behind does not begin a month anew that was counted already."""
        return Money(self.charged if self.counts_in(month) else 0, self.currency)

    def counts_in(self, month: str) -> bool:
        """Whether a charge in this month goes to the counter as it stands, in place of a new one."""
        return self.month != NEVER and self.month >= month

    def left(self, now: datetime) -> Money:
        """The most that it lets through now."""
        rest = self.terms.max_per_month - self.charged_in(counted_month(now))
        return max(Money(0, self.currency), min(rest, self.terms.max_per_payment))

    def as_answered(self, status: Status, max_per_payment: int, max_per_month: int) -> Mandate:
        """As it was when it was asked for, or confirmed: what it charged, who ended it and what was lowered came later."""
        most, monthly = Money(max_per_payment, self.currency), Money(max_per_month, self.currency)
        terms = replace(self.terms, max_per_payment=most, max_per_month=monthly)
        before = replace(self, status=status, terms=terms, ended_at=None, lowered_at=None, month=NEVER, charged=0)
        return before if status == ACTIVE else replace(before, customer_id=None, confirmed_at=None)

    def confirmed(self, customer_id: str, now: datetime) -> Mandate:
        """The mandate with its customer's yes."""
        return replace(self, customer_id=customer_id, confirmed_at=now)._turned(ACTIVE, None)

    def ended_by(self, side: Literal["customer", "merchant"], now: datetime) -> Mandate:
        """The mandate after one of its sides ended it."""
        return self._turned(REVOKED if side == "customer" else CANCELED, now)

    def lowered(self, max_per_payment: Money | None, max_per_month: Money | None, now: datetime) -> Mandate:
        """The mandate with smaller limits, or the very same one when these are its limits already. A month that takes less than one
        payment bounds the payment as well.

        Raises Invalid for a limit that is larger than the present one, or in another currency: that needs a new yes.
        """
        terms = self.terms
        wanted = (
            ("max_per_payment", max_per_payment, terms.max_per_payment),
            ("max_per_month", max_per_month, terms.max_per_month),
        )
        problems = [problem for each in wanted if (problem := _why_not_lower(*each)) is not None]
        if problems:
            raise Invalid(*problems)
        month = max_per_month or terms.max_per_month
        payment = min(max_per_payment or terms.max_per_payment, month)
        smaller = replace(terms, max_per_payment=payment, max_per_month=month)
        return self if smaller == terms else replace(self, terms=smaller, lowered_at=now)

    def _turned(self, status: Status, ended_at: datetime | None) -> Mandate:
        if status not in TRANSITIONS[self.status]:
            raise ForbiddenTransition(f"{self.id} from {self.status} to {status}")
        return replace(self, status=status, ended_at=ended_at)


Why = Callable[[Mandate | None], WalletError | None]
"""What speaks against a change of a mandate as it is found; None when nothing does."""


def why_not_confirmable(mandate: Mandate | None, customer_id: str, now: datetime) -> WalletError | None:
    """What speaks against a customer's yes, or None."""
    if mandate is None:
        return NotFound()
    if mandate.status == ACTIVE:
        return MandateAlreadyConfirmed() if mandate.customer_id == customer_id else MandateTaken()
    return _why_ended(mandate, now)


def why_not_chargeable(mandate: Mandate | None, amount: Money, now: datetime) -> WalletError | None:
    """What speaks against charging this amount, or None."""
    if mandate is None:
        return NotFound()
    if mandate.status != ACTIVE:
        return _why_ended(mandate, now) or MandateNotConfirmed()
    if amount.currency != mandate.currency:
        return MandateCurrencyDiffers(currency=mandate.currency)
    left = mandate.left(now)
    return MandateLimitExceeded(left=left) if left < amount else None


def why_not_lowerable(mandate: Mandate, now: datetime) -> WalletError | None:
    """What speaks against lowering its limits, or None."""
    return None if mandate.status == ACTIVE else _why_ended(mandate, now) or MandateNotConfirmed()


def move_of(mandate: Mandate) -> Move:
    """What the customer says yes to: a month's charges of this merchant, so much at a time. A changed term voids the yes."""
    terms = mandate.terms
    return Move(
        "mandate", mandate.id, mandate.merchant_id, terms.max_per_month, None, max_per_payment=terms.max_per_payment
    )


def counted_month(moment: datetime) -> str:
    """The month of the wallet's calendar that a charge of this moment counts in, such as `2026-11`."""
    return label_of("month", wallet_day(moment))


def list_bucket(merchant_id: str, mode: str, month: str, shard: int) -> str:
    """The index partition of some of a merchant's mandates of one month: never one partition for a whole merchant."""
    return f"{merchant_id}/{mode}/mandates/{month}/{shard}"


def bucket_of(mandate: Mandate, mode: str) -> str:
    """The index partition that a mandate belongs to."""
    return list_bucket(mandate.merchant_id, mode, month_of(mandate.created_at), shard_of(mandate.id))


def _why_ended(mandate: Mandate, now: datetime) -> WalletError | None:
    if mandate.expired(now):
        return MandateExpired(expired_at=rfc3339(mandate.expires_at))
    if mandate.status == REVOKED:
        return MandateRevoked()
    return MandateCanceled() if mandate.status == CANCELED else None


def _why_not_lower(name: str, wanted: Money | None, present: Money) -> FieldProblem | None:
    if wanted is None:
        return None
    if wanted.currency != present.currency:
        return FieldProblem(f"/{name}/currency", "unknown_value", (("allowed", present.currency),))
    if present < wanted:
        return FieldProblem(f"/{name}/amount", "too_large", (("limit", present.amount),))
    return None
