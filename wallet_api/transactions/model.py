"""What a person sees of a movement: pure functions from a line of their statement, and the record it names, to one row."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from wallet_api.ledger import chart
from wallet_api.ledger.lines import Line
from wallet_api.ledger.statements import place_of
from wallet_api.merchants.model import Merchant
from wallet_api.money import Money, zero
from wallet_api.payments.model import Payment
from wallet_api.refund_requests.model import RefundRequest, story_of_request
from wallet_api.refunds.model import FAILED, Refund, story_of_refund
from wallet_api.timeline import Step, in_order
from wallet_api.top_ups.model import TopUp, story_of_top_up
from wallet_api.transfers.model import Transfer, story_of_transfer
from wallet_api.withdrawals.model import Withdrawal, story_of_withdrawal

Kind = Literal["payment", "release", "refund", "transfer", "top_up", "withdrawal", "correction"]
KINDS: Mapping[str, Kind] = {
    "authorization": "payment",
    "capture": "release",
    "void": "release",
    "reversal": "release",
    "compensation": "correction",
    "charge_reversal": "correction",
    "withdrawal_void": "withdrawal",
    "withdrawal_return": "withdrawal",
    "withdrawal_correction": "correction",
    "transfer_hold": "transfer",
    "transfer_arrival": "transfer",
    "transfer_void": "release",
}
"""What an entry's kind is called in a history where it has another name: money set aside is a payment, or a transfer, and what comes
back of it a release; a withdrawal is one in both directions; a correction makes good what an outside company told wrongly."""
Direction = Literal["in", "out"]


class Wanted(Struct, frozen=True):
    """Which transactions: of a kind, from `since` on, earlier than `until`, with a text in what a person reads of them."""

    kind: Kind | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None

    @property
    def filters(self) -> bool:
        """Whether rows have to be looked at to know; a stretch of time is found by key."""
        return self.kind is not None or self.text is not None

    @property
    def top_ups(self) -> bool:
        """Whether top-ups are wanted, those among them that moved nothing and so have no line."""
        return self.kind in (None, "top_up")

    def admits(self, row: Row) -> bool:
        """Whether the row is one to show, and of the kind that is wanted."""
        return not row.hidden and self.kind in (None, kind_of(row.kind))

    def matches(self, transaction: Transaction) -> bool:
        """Whether the text stands in the transaction, in any case and width of letters."""
        return self.text is None or _folded(self.text) in _folded("\n".join(transaction.texts))


class Row(Struct, frozen=True):
    """One place in a history: a line of the statement, or a top-up that is open or failed and so moved nothing.

    A hidden row only marks how far a window reaches: its top-up succeeded and stands in the statement.
    """

    place: str
    kind: str
    line: Line | None = None
    top_up: TopUp | None = None
    hidden: bool = False


class Counterparty(Struct, frozen=True):
    """The other side, as far as it is known."""

    kind: Literal["merchant", "person", "card"]
    id: str | None
    name: str | None


class Transaction(Struct, frozen=True):
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


def merged(
    lines: Sequence[Line], top_ups: Sequence[TopUp], limit: int, since: datetime | None
) -> tuple[list[Row], bool]:
    """Two lists, newest first and each read one row further than `limit`, as one; and whether it goes on below.

    It ends where the first of the two was cut off, since what stands below in that one is not known.
    """
    ours = [Row(place_of(line), kind_of_line(line), line=line) for line in lines]
    named = {line.subject for line in lines}
    theirs = [
        Row(f"{each.id.removeprefix('top_')}/", "top_up", top_up=each, hidden=each.id in named or not each.unmoved)
        for each in top_ups
        if since is None or each.created_at >= since
    ]
    cuts = [rows[limit - 1].place for rows in (ours, theirs) if len(rows) > limit]
    horizon = max(cuts, default="")
    rows = [row for row in (*ours, *theirs) if row.place >= horizon]
    return sorted(rows, key=lambda row: row.place, reverse=True), bool(cuts)


def of_line(line: Line) -> Transaction:
    """What the statement alone tells."""
    size = line.money if line.money.amount > 0 else -line.money
    return Transaction(
        id=line.entry_id,
        kind=kind_of_line(line),
        direction="in" if line.money.amount > 0 else "out",
        amount=size,
        fee=zero(size.currency),
        balance_change=line.money,
        subject=line.subject,
        created_at=line.at,
    )


def kind_of(entry_kind: str) -> str:
    """What a history calls an entry of this kind."""
    return KINDS.get(entry_kind, entry_kind)


def kind_of_line(line: Line) -> str:
    """What a history calls a line: a reversal may give back a hold, or bring a refund that no card took."""
    return "refund" if line.kind == "reversal" and line.subject.startswith("ref_") else kind_of(line.kind)


def of_payment(base: Transaction, payment: Payment | None) -> Transaction:
    """The payer's side of a payment, or of what comes back of a hold; what the merchant bears of the fee is none of it."""
    if payment is None:
        return base
    released = base.kind == "release"
    return replace(
        base,
        status="succeeded" if released else payment.status,
        amount=base.amount if released else payment.amount,
        fee=base.fee if released else payment.on_top,
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
        status=base.status if refund.status == FAILED else refund.status,
        amount=refund.amount,
        fee=returned,
        counterparty=Counterparty("merchant", refund.merchant_id, merchant.profile.name if merchant else None),
        description=refund.reason,
        payment_id=refund.payment_id,
    )


def of_transfer(base: Transaction, transfer: Transfer | None, viewer: str) -> Transaction:
    """One side of a transfer, or what came back of it; the fee is the payer's alone."""
    if transfer is None:
        return base
    released = base.kind == "release"
    return replace(
        base,
        status=base.status if released else transfer.status,
        amount=base.amount if released else transfer.amount,
        fee=transfer.fee if base.direction == "out" else base.fee,
        counterparty=Counterparty("person", transfer.other_side(viewer), None),
        description=transfer.note,
        timeline=story_of_transfer(transfer, viewer),
    )


def of_top_up(base: Transaction, top_up: TopUp | None) -> Transaction:
    """What a card brought; its fee was charged to the card, so the balance did not feel it."""
    if top_up is None:
        return base
    corrects = base.kind == "correction"
    return replace(
        base,
        status=base.status if corrects else top_up.status,
        amount=base.amount if corrects else top_up.amount,
        fee=base.fee if corrects else top_up.fee,
        counterparty=Counterparty("card", top_up.card_id, f"{top_up.card_brand} {top_up.card_last4}"),
        timeline=story_of_top_up(top_up),
    )


def of_withdrawal(base: Transaction, withdrawal: Withdrawal | None, now: datetime) -> Transaction:
    """What went to a card, or came back of it with its fee."""
    if withdrawal is None:
        return base
    return replace(
        base,
        status=base.status if base.kind == "correction" else withdrawal.status,
        amount=withdrawal.amount,
        fee=base.amount - withdrawal.amount,
        counterparty=Counterparty("card", withdrawal.card_id, f"{withdrawal.card_brand} {withdrawal.card_last4}"),
        timeline=story_of_withdrawal(withdrawal, now),
    )


def of_unmoved(top_up: TopUp) -> Transaction:
    """A top-up that has moved nothing (yet): it is open, or it failed."""
    base = Transaction(
        id=top_up.id,
        kind="top_up",
        direction="in",
        amount=top_up.amount,
        fee=top_up.fee,
        balance_change=zero(top_up.amount.currency) if top_up.unmoved else top_up.amount,
        subject=top_up.id,
        created_at=top_up.created_at,
    )
    return of_top_up(base, top_up)


def person_of(line: Line) -> str | None:
    """The id of the person on the other side of a transfer, where the line says it: of what was set aside, the transfer does."""
    return chart.owner_of(line.other or "") if line.kind == "transfer" else None


def merchant_of(line: Line) -> str | None:
    """The id of the merchant on the other side of a refund; a payment names its merchant itself."""
    return chart.owner_of(line.other or "") if line.kind == "refund" else None


def story_of_payment(
    payment: Payment, refunds: list[Refund], requests: list[RefundRequest], now: datetime
) -> tuple[Step, ...]:
    """From the merchant's asking to the last refund, with what is still expected."""
    steps = [Step(payment.created_at, "payment.created", payment.id, payment.amount)]
    if payment.authorized_at is not None:
        what = "payment.processing" if payment.capture_before is None else "payment.authorized"
        steps.append(Step(payment.authorized_at, what, payment.id, payment.amount))
    if payment.ended_at is not None:
        amount = payment.captured or payment.amount
        steps.append(Step(payment.ended_at, f"payment.{payment.status}", payment.id, amount))
    steps += [step for request in requests for step in story_of_request(request)]
    steps += [step for refund in refunds for step in story_of_refund(refund, now)]
    return in_order(steps)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
