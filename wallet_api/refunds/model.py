"""What a refund is and how it lives, what may be refunded, which part of the fee comes back, and which way the money goes.

To the balance a refund is over when it begins. To a card it is `created` with its money set aside, `pending` once it was handed
to the acquirer, and ends as succeeded, or as failed with its money on the balance. `TRANSITIONS` is the whole machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.cards.model import Card
from wallet_api.errors import NotFound, WalletError
from wallet_api.gateways.acquirer import RefundDecline, RefundOrder, RefundOutcome
from wallet_api.gateways.asking import ask_again_at
from wallet_api.money import Money, zero
from wallet_api.payments.errors import PaymentProcessing
from wallet_api.payments.model import MAX_REFUNDS, PROCESSING, SUCCEEDED, Bearer, Payment
from wallet_api.refunds.errors import (
    ForbiddenTransition,
    PaymentNotRefundable,
    RefundCurrencyDiffers,
    RefundExceedsPayment,
    TooManyRefunds,
)
from wallet_api.timeline import Step
from wallet_api.top_ups.model import TopUp

Status = Literal["created", "pending", "succeeded", "failed"]
CREATED: Final = "created"
PENDING: Final = "pending"
FAILED: Final = "failed"

TRANSITIONS: Mapping[Status, tuple[Status, ...]] = {
    # the money is set aside; the acquirer has perhaps not been asked yet
    CREATED: (PENDING, SUCCEEDED, FAILED),
    # handed to the acquirer, which has not said how it ended
    PENDING: (SUCCEEDED, FAILED),
    # the card's bank sent back what it had taken, so it is on the balance
    SUCCEEDED: (FAILED,),
    # no card took it, so it is on the balance
    FAILED: (),
}
OPEN: tuple[Status, ...] = (CREATED, PENDING)

Destination = Literal["balance", "card", "suspense"]
"""`suspense` keeps the money of a customer whose wallet is closed."""
Diverted = Literal["card_unavailable", "wallet_frozen", "wallet_closed"]
"""Why money went another way than the customer wished."""

LEASE = timedelta(seconds=30)
"""How long the request that made a refund has for handing it to the acquirer before the schedule does."""
CARD_WITHIN, SHOWN_WITHIN = timedelta(days=5), timedelta(days=1)
"""How long a card's bank takes at most, as far as anybody can say, until it shows the money."""
FIRST_LOOK = timedelta(seconds=60)
"""When the acquirer is asked about a refund again, at the earliest."""


class Refund(Struct, frozen=True):
    """Money that goes back. `fee_returned` comes back beside it, to `fee_bearer`.

    `refund_request_id` is the customer's request that it answers. Of a card it keeps what names it towards its owner and the acquirer;
    `charge` is the top-up whose charge is taken back. `submitted_at` is when the acquirer was first asked, `ended_at` when the
    refund succeeded or failed. `kept` says that a failed one's money lies in suspense, since the wallet is closed.
    `returned_at` is set on one that failed after it had succeeded: a card's bank sent the money back.
    """

    id: str
    payment_id: str
    merchant_id: str
    customer_id: str
    status: Status
    amount: Money
    fee_returned: Money
    fee_bearer: Bearer
    reason: str
    created_at: datetime
    destination: Destination = "balance"
    diverted: Diverted | None = None
    refund_request_id: str | None = None
    card_id: str | None = None
    card_brand: str | None = None
    card_last4: str | None = None
    token: str | None = None
    charge: str | None = None
    submitted_at: datetime | None = None
    ended_at: datetime | None = None
    decline_code: RefundDecline | None = None
    kept: bool | None = None
    returned_at: datetime | None = None

    @property
    def total(self) -> Money:
        """What reaches the customer: the amount, and the part of the fee that they bore on top of it."""
        return self.amount + self.fee_returned if self.fee_bearer == "payer" else self.amount

    @property
    def is_open(self) -> bool:
        """Whether its end is not known."""
        return self.status in OPEN

    def expected_at(self, now: datetime) -> datetime:
        """By when the customer should see the money: on the balance at once, on a card when its bank shows it.

        A card's bank that says nothing in the time announced has as long again; a late yes has a day to be seen.
        """
        if self.status == FAILED or self.destination != "card":
            return self.returned_at or self.ended_at or self.created_at
        announced = self.created_at + CARD_WITHIN
        if self.is_open:
            return announced + CARD_WITHIN * max(0, (now - self.created_at) // CARD_WITHIN)
        return max(announced, (self.ended_at or announced) + SHOWN_WITHIN)

    @property
    def order(self) -> RefundOrder:
        """The refund as the acquirer knows it. Raises LookupError for one that goes to no card."""
        if self.token is None:
            raise LookupError(f"{self.id} goes to no card")
        return RefundOrder(self.id, self.token, self.total, self.created_at, self.charge)

    def after(self, outcome: RefundOutcome, now: datetime) -> Refund:
        """The refund after the acquirer was asked, whatever it said: one that it took before, and knows no more, was not sent back."""
        is_back = outcome.status == "declined" and outcome.decline_code != "refund_not_received"
        if self.status == SUCCEEDED and self.destination == "card" and is_back:
            return self._turned(FAILED, returned_at=now, decline_code=outcome.decline_code or "refund_declined")
        if not self.is_open:
            return self
        asked = replace(self, submitted_at=self.submitted_at or now)
        if outcome.status == "approved":
            return asked._turned(SUCCEEDED, ended_at=now)
        if outcome.status == "declined":
            return asked._turned(FAILED, ended_at=now, decline_code=outcome.decline_code or "refund_declined")
        return asked if self.status == PENDING else asked._turned(PENDING)

    def _turned(self, status: Status, **changes: Any) -> Refund:
        if status not in TRANSITIONS[self.status]:
            raise ForbiddenTransition(f"{self.id} from {self.status} to {status}")
        return replace(self, status=status, **changes)


class Way(Struct, frozen=True):
    """Where the money goes: to a card, by the charge of a top-up or as a credit to a bound card, or elsewhere and why."""

    destination: Destination
    diverted: Diverted | None = None
    charge: TopUp | None = None
    bound: Card | None = None


class Options(Struct, frozen=True):
    """What there is to choose a way from; without a card's id, the money goes to the balance.

    A charge can be taken back also when its card is not bound any more. A frozen wallet's money goes to no card: whoever holds the
    phone may have chosen it.
    """

    card_id: str | None = None
    bound: Card | None = None
    charges: tuple[TopUp, ...] = ()
    stopped: Literal["wallet_frozen", "wallet_closed"] | None = None

    def way(self, total: Money) -> Way:
        """The way of an amount."""
        if self.stopped == "wallet_closed":
            return Way("suspense", self.stopped)
        if self.card_id is None or self.stopped is not None:
            return Way("balance", self.stopped)
        fitting = (each for each in self.charges if each.card_id == self.card_id and _holds(each, total))
        charge = next(fitting, None)
        if charge is None and self.bound is None:
            return Way("balance", "card_unavailable")
        return Way("card", charge=charge, bound=None if charge else self.bound)


def _holds(charge: TopUp, total: Money) -> bool:
    return charge.returnable.currency == total.currency and charge.returnable.amount >= total.amount


TO_BALANCE = Options()


def refund_of(
    payment: Payment,
    amount: Money | None,
    reason: str,
    refund_id: str,
    now: datetime,
    refund_request_id: str | None = None,
) -> Refund:
    """The refund of an amount of a payment, or of all that is left, to the balance. Raises what speaks against it."""
    wanted = amount or Money(payment.refundable, payment.amount.currency)
    error = why_not_refundable(payment, wanted)
    if error is not None:
        raise error
    return Refund(
        id=refund_id,
        payment_id=payment.id,
        merchant_id=payment.merchant_id,
        customer_id=payment.customer_id or "",
        status=SUCCEEDED,
        amount=wanted,
        fee_returned=fee_to_return(payment, wanted),
        fee_bearer=payment.fee_bearer or "merchant",
        reason=reason,
        created_at=now,
        refund_request_id=refund_request_id,
        ended_at=now,
    )


def sent(refund: Refund, way: Way) -> Refund:
    """A new refund that goes this way."""
    end = way.charge or way.bound
    if end is None:
        return replace(refund, destination=way.destination, diverted=way.diverted)
    brand, last4 = (end.card_brand, end.card_last4) if isinstance(end, TopUp) else (end.brand, end.last4)
    return replace(
        refund,
        status=CREATED,
        destination="card",
        ended_at=None,
        card_id=end.card_id if isinstance(end, TopUp) else end.id,
        card_brand=brand,
        card_last4=last4,
        token=end.token,
        charge=way.charge.id if way.charge else None,
    )


def next_look(refund: Refund, now: datetime) -> datetime:
    """When to ask again how a refund ended."""
    return ask_again_at(refund.created_at, now, FIRST_LOOK)


def story_of_refund(refund: Refund, now: datetime) -> tuple[Step, ...]:
    """From the merchant's yes to the money's arrival, and what is still expected."""

    def step(at: datetime | None, what: str, expected_at: datetime | None = None) -> Step:
        return Step(at, f"refund.{what}", refund.id, refund.total, expected_at)

    steps = [step(refund.created_at, f"diverted_{refund.diverted}")] if refund.diverted else []
    if refund.destination == "suspense":
        return (*steps, step(refund.created_at, "kept"))
    if refund.destination == "balance":
        return (*steps, step(refund.created_at, "succeeded"))
    steps.append(step(refund.created_at, "created"))
    if refund.submitted_at is not None:
        steps.append(step(refund.submitted_at, "pending"))
    if refund.returned_at is not None:
        steps.append(step(refund.ended_at, "sent_to_card"))
    if refund.status == FAILED:
        failed_at, what = refund.returned_at or refund.ended_at, "failed" if refund.returned_at is None else "returned"
        steps += [step(failed_at, what), step(failed_at, "kept" if refund.kept else "on_balance")]
    elif refund.status == SUCCEEDED:
        steps.append(step(refund.ended_at, "sent_to_card", refund.expected_at(now)))
    else:
        late = now - refund.created_at >= CARD_WITHIN
        steps.append(step(None, "delayed" if late else "expected", refund.expected_at(now)))
    return tuple(steps)


def why_not_refundable(payment: Payment | None, amount: Money) -> WalletError | None:
    """What speaks against giving this amount back, or None."""
    if payment is None:
        return NotFound()
    if payment.status == PROCESSING:
        return PaymentProcessing()
    if payment.status != SUCCEEDED:
        return PaymentNotRefundable(payment_status=payment.status)
    currency = payment.amount.currency
    if amount.currency != currency:
        return RefundCurrencyDiffers(currency=currency)
    if amount.amount > payment.refundable or not amount:
        return RefundExceedsPayment(refundable=Money(payment.refundable, currency))
    if len(payment.refunds) >= MAX_REFUNDS:
        return TooManyRefunds(limit=MAX_REFUNDS)
    return None


def fee_to_return(payment: Payment, amount: Money) -> Money:
    """The fee that comes back with this refund: in proportion, rounded down over all refunds so far.

    It is the difference of two running totals, so the parts add up to exactly the fee once everything is refunded, in
    whatever pieces, and never pass it before.
    """
    if payment.fee is None:
        return zero(amount.currency)
    before = _share(payment.charged_fee, payment.refunded, payment.captured)
    after = _share(payment.charged_fee, payment.refunded + amount.amount, payment.captured)
    return Money(after - before, amount.currency)


def _share(fee: Money, part: int, whole: Money) -> int:
    return fee.amount * part // whole.amount
