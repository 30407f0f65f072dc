"""What a person sees of a movement: pure functions from a line of their statement, and the record it names, to one row."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from wallet_api.ledger import chart
from wallet_api.ledger.lines import Line
from wallet_api.merchants.model import Merchant
from wallet_api.money import Money, zero
from wallet_api.payments.model import Payment
from wallet_api.refunds.model import Refund
from wallet_api.transfers.model import Transfer

Kind = Literal["payment", "refund", "transfer", "top_up"]
Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which transactions: of a kind, from `since` on, earlier than `until`, with a text in what a person reads of them."""

    kind: Kind | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None

    @property
    def filters(self) -> bool:
        """Whether rows have to be looked at to know; a stretch of time is found by key."""
        return self.kind is not None or self.text is not None

    def admits(self, line: Line) -> bool:
        """Whether the line is of the kind that is wanted."""
        return self.kind in (None, line.kind)

    def matches(self, transaction: Transaction) -> bool:
        """Whether the text stands in the transaction, in any case and width of letters."""
        return self.text is None or _folded(self.text) in _folded("\n".join(transaction.texts))


@dataclass(frozen=True, slots=True)
class Counterparty:
    """The other side, as far as it is known."""

    kind: Literal["merchant", "person", "card"]
    id: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened on the way, named as its event is; `id` is the object it happened to."""

    at: datetime
    what: str
    id: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """One row of a history.

    `amount` is what reached the other side and `fee` what this person bore on top of it, both never negative;
    `balance_change` is signed. They differ where a fee was charged outside the wallet, to a card.
    """

    id: str
    kind: str
    direction: Direction
    amount: Money
    fee: Money
    balance_change: Money
    subject: str
    created_at: datetime
    status: str = "succeeded"
    counterparty: Counterparty | None = None
    description: str | None = None
    order_id: str | None = None
    payment_id: str | None = None
    refunded: Money | None = None
    refunds: tuple[str, ...] = ()
    timeline: tuple[Step, ...] = field(default=())

    @property
    def total(self) -> Money:
        """What the movement cost this person, or brought them, fee included."""
        return self.amount + self.fee

    @property
    def texts(self) -> list[str]:
        """What a search looks through."""
        name = self.counterparty.name if self.counterparty else None
        return [
            text for text in (self.description, self.order_id, name, self.subject, self.payment_id, self.id) if text
        ]


def of_line(line: Line) -> Transaction:
    """What the statement alone tells."""
    size = line.money if line.money.amount > 0 else -line.money
    return Transaction(
        id=line.entry_id,
        kind=line.kind,
        direction="in" if line.money.amount > 0 else "out",
        amount=size,
        fee=zero(size.currency),
        balance_change=line.money,
        subject=line.subject,
        created_at=line.at,
    )


def of_payment(base: Transaction, payment: Payment | None) -> Transaction:
    """The payer's side of a payment; what the merchant bears of the fee is none of it."""
    if payment is None:
        return base
    return replace(
        base,
        amount=payment.amount,
        fee=payment.on_top,
        counterparty=Counterparty("merchant", payment.merchant_id, payment.order.merchant.name),
        description=payment.order.description,
        order_id=payment.order.order_id,
        payment_id=payment.id,
        refunded=Money(payment.refunded, payment.amount.currency),
        refunds=tuple(payment.refunds),
    )


def of_refund(base: Transaction, refund: Refund | None, merchant: Merchant | None) -> Transaction:
    """What came back, and which payment it belongs to; `fee` is the part of a fee that came back on top."""
    if refund is None:
        return base
    returned = refund.fee_returned if refund.fee_bearer == "payer" else zero(refund.amount.currency)
    return replace(
        base,
        status=refund.status,
        amount=refund.amount,
        fee=returned,
        counterparty=Counterparty("merchant", refund.merchant_id, merchant.profile.name if merchant else None),
        description=refund.reason,
        payment_id=refund.payment_id,
    )


def of_transfer(base: Transaction, transfer: Transfer | None, other: str | None) -> Transaction:
    """One side of a transfer; the fee is the payer's alone."""
    if transfer is None:
        return base
    return replace(
        base,
        amount=transfer.amount,
        fee=transfer.fee if base.direction == "out" else base.fee,
        counterparty=Counterparty("person", other, None),
        description=transfer.note,
    )


def person_of(line: Line) -> str | None:
    """The id of the person on the other side of a transfer."""
    return chart.owner_of(line.other or "") if line.kind == "transfer" else None


def merchant_of(line: Line) -> str | None:
    """The id of the merchant on the other side of a refund; a payment names its merchant itself."""
    return chart.owner_of(line.other or "") if line.kind == "refund" else None


def story_of_payment(payment: Payment, refunds: list[Refund]) -> tuple[Step, ...]:
    """From the merchant's asking to the last refund."""
    steps = [Step(payment.created_at, "payment.created", payment.id, payment.amount)]
    if payment.ended_at is not None:
        steps.append(Step(payment.ended_at, f"payment.{payment.status}", payment.id, payment.amount))
    steps += [Step(refund.created_at, f"refund.{refund.status}", refund.id, refund.amount) for refund in refunds]
    return tuple(sorted(steps, key=lambda step: step.at))


def story_of_transfer(transaction: Transaction) -> tuple[Step, ...]:
    """A transfer arrives in the moment it is sent."""
    what = "transfer.received" if transaction.direction == "in" else "transfer.sent"
    return (Step(transaction.created_at, what, transaction.subject, transaction.amount),)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
