"""What a refund request is and how it lives. `TRANSITIONS` is the whole machine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.errors import WalletError
from wallet_api.money import Money
from wallet_api.refund_requests.errors import ForbiddenTransition, RefundExceedsRequest, RefundRequestEnded
from wallet_api.refunds.errors import RefundCurrencyDiffers
from wallet_api.timeline import Step

Status = Literal["open", "escalated", "approved", "declined", "canceled"]
OPEN: Final = "open"
ESCALATED: Final = "escalated"
APPROVED: Final = "approved"
DECLINED: Final = "declined"
CANCELED: Final = "canceled"

TRANSITIONS: Mapping[Status, tuple[Status, ...]] = {
    # waits for the merchant, until `answer_by`
    OPEN: (APPROVED, DECLINED, ESCALATED, CANCELED),
    # the merchant was silent for too long; it may still decide
    ESCALATED: (APPROVED, DECLINED, CANCELED),
    # the money went back with the merchant's yes
    APPROVED: (),
    DECLINED: (),
    # the customer took it back, or everything was refunded without it
    CANCELED: (),
}
UNDECIDED: tuple[Status, ...] = (OPEN, ESCALATED)

Reason = Literal["not_received", "not_as_described", "damaged", "returned", "duplicate", "wrong_amount", "other"]
Cancellation = Literal["requested_by_customer", "already_refunded"]
Wished = Literal["balance", "card"]

ANSWER_WITHIN = timedelta(hours=72)
"""How long a merchant has before a request is escalated."""
MAX_REQUESTS = 20
"""How many requests one payment may have, one after the other."""
SHARDS = 8
"""A merchant's requests are spread over this many partitions of the index."""


class RefundRequest(Struct, frozen=True):
    """A customer's wish to have an amount of a payment back, to the balance or to the card `card_id`.

    `refund_id` is the refund that the merchant's yes was, `approved` its amount. `ended_at` is when the request was decided or
    taken back.
    """

    id: str
    payment_id: str
    merchant_id: str
    customer_id: str
    status: Status
    amount: Money
    reason: Reason
    note: str | None
    card_id: str | None
    created_at: datetime
    answer_by: datetime
    escalated_at: datetime | None = None
    ended_at: datetime | None = None
    refund_id: str | None = None
    approved: Money | None = None
    decline_reason: str | None = None
    cancellation: Cancellation | None = None

    @property
    def destination(self) -> Wished:
        """Where the customer wants the money."""
        return "balance" if self.card_id is None else "card"

    @property
    def undecided(self) -> bool:
        """Whether the merchant may still decide it."""
        return self.status in UNDECIDED

    def as_created(self) -> RefundRequest:
        """As it was when the customer had just made it."""
        made = self.id, self.payment_id, self.merchant_id, self.customer_id, OPEN, self.amount, self.reason, self.note
        return RefundRequest(*made, self.card_id, self.created_at, self.answer_by)  # type: ignore[arg-type]

    def approved_with(self, refund_id: str, amount: Money, now: datetime) -> RefundRequest:
        """The request after the merchant's yes."""
        return self._turned(APPROVED, refund_id=refund_id, approved=amount, ended_at=now)

    def declined(self, reason: str, now: datetime) -> RefundRequest:
        """The request after the merchant's no."""
        return self._turned(DECLINED, decline_reason=reason, ended_at=now)

    def canceled(self, why: Cancellation, now: datetime) -> RefundRequest:
        """The request after nobody wants it answered any more."""
        return self._turned(CANCELED, cancellation=why, ended_at=now)

    def escalated(self, now: datetime) -> RefundRequest:
        """The request after its merchant was silent for too long."""
        return self._turned(ESCALATED, escalated_at=now)

    def _turned(self, status: Status, **changes: Any) -> RefundRequest:
        if status not in TRANSITIONS[self.status]:
            raise ForbiddenTransition(f"{self.id} from {self.status} to {status}")
        return replace(self, status=status, **changes)


class Slot(Struct, frozen=True):
    """The requests of one payment, oldest first, and the undecided one, if there is one."""

    requests: tuple[str, ...] = ()
    undecided: str | None = None


def why_not_decidable(request: RefundRequest) -> WalletError | None:
    """What speaks against deciding it or taking it back, or None."""
    return None if request.undecided else RefundRequestEnded(request_status=request.status)


def why_not_approvable(request: RefundRequest, amount: Money | None) -> WalletError | None:
    """What speaks against approving it with this amount, or with all that was asked for; None when nothing does."""
    error = why_not_decidable(request)
    if error is not None or amount is None:
        return error
    if amount.currency != request.amount.currency:
        return RefundCurrencyDiffers(currency=request.amount.currency)
    return RefundExceedsRequest(requested=request.amount) if amount.amount > request.amount.amount else None


def story_of_request(request: RefundRequest) -> tuple[Step, ...]:
    """From the customer's asking to the answer; while there is none, by when it is expected."""

    def step(at: datetime | None, what: str, expected_at: datetime | None = None) -> Step:
        return Step(at, f"refund_request.{what}", request.id, request.approved or request.amount, expected_at)

    steps = [Step(request.created_at, "refund_request.created", request.id, request.amount)]
    if request.escalated_at is not None:
        steps.append(step(request.escalated_at, ESCALATED))
    if request.ended_at is not None:
        settled = request.cancellation == "already_refunded"
        steps.append(step(request.ended_at, "settled" if settled else request.status))
    elif request.status == OPEN:
        steps.append(step(None, "answer", request.answer_by))
    return tuple(steps)
