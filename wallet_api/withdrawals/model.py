"""What a withdrawal is, and how it lives.

    processing → succeeded → returned
             ↘ failed → succeeded

The acquirer has the last word: one that was told as failed and reached its card after all is `succeeded`, and corrected by an entry of
its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.cards.model import Card
from wallet_api.clock import rfc3339
from wallet_api.gateways.acquirer import CreditDecline, CreditOrder, CreditOutcome
from wallet_api.gateways.asking import ask_again_at
from wallet_api.ledger.accounts import Payer
from wallet_api.ledger.limits import NEW_CARD, limits_of
from wallet_api.ledger.spending import spent_in
from wallet_api.money import Money, zero
from wallet_api.timeline import Step
from wallet_api.withdrawals.errors import CardTooNew

Status = Literal["processing", "succeeded", "failed", "returned"]
OPEN: tuple[Status, ...] = ("processing",)

FIRST_LOOK = timedelta(seconds=30)
"""When the acquirer is asked about a withdrawal for the first time: after whoever asked for it had their answer."""
LOOKED_AT_EVERY = timedelta(days=1)
LOOKED_AT_FOR = timedelta(days=10)
"""How long a withdrawal is asked about, once a day, after the acquirer last said how it ended: banks return money within days."""
ARRIVES_WITHIN = timedelta(days=1)
"""How long a card's bank takes at most, as far as anybody can say, until it shows the money."""

TRANSITIONS: Mapping[tuple[Status, str], Status] = {
    ("processing", "approved"): "succeeded",
    ("processing", "declined"): "failed",
    ("processing", "returned"): "succeeded",
    ("succeeded", "returned"): "returned",
    ("succeeded", "declined"): "returned",
    ("failed", "approved"): "succeeded",
}
"""What a withdrawal comes to when the acquirer says so; whatever is not here changes nothing. Money that was sent back before anybody
heard that it arrived has arrived first, and is returned by the same answer.
"""


class Asking(Struct, frozen=True):
    """What a person asks for: `amount` is what reaches the card."""

    amount: Money
    card_id: str
    quote_id: str | None = None


class Withdrawal(Struct, frozen=True):
    """Money from a wallet to a card. `amount` arrives; `fee` comes on top out of the wallet.

    `settled_at` is when the acquirer first said how it ended, `ended_at` when it said otherwise. `corrected_at` is set on one that was
    told as failed and arrived after all. `aside` says that what comes back of it, or has to be given once more, is suspense's and not the
    person's: their wallet is closed, or they had spent what had come back. In the latter case it is `borne`: the wallet gave the money
    once more out of its own, so that what a bank sends back then is the wallet's, and nobody's to be paid out. `to_new_card` and what
    was taken of a free `allowance` are kept so that they can be given back.
    """

    id: str
    person_id: str
    card_id: str
    card_brand: str
    card_last4: str
    token: str
    amount: Money
    fee: Money
    schedule_version: int
    quote_id: str | None
    status: Status
    mode: str
    created_at: datetime
    settled_at: datetime | None = None
    ended_at: datetime | None = None
    decline_code: CreditDecline | None = None
    corrected_at: datetime | None = None
    aside: bool = False
    borne: bool = False
    to_new_card: bool = False
    allowance: str | None = None
    allowance_taken: int = 0

    @property
    def total(self) -> Money:
        """What leaves the balance."""
        return self.amount + self.fee

    @property
    def is_open(self) -> bool:
        """Whether its end is not known."""
        return self.status in OPEN

    @property
    def corrected(self) -> bool:
        """Whether it was told as failed and arrived after all."""
        return self.corrected_at is not None

    @property
    def charged(self) -> Money:
        """The fee: none of one that arrived after it was given back, which is not charged again."""
        return zero(self.fee.currency) if self.corrected else self.fee

    @property
    def states(self) -> tuple[str, ...]:
        """Everything that it has been, as an acquirer's file calls it, the latest first."""
        arrived = self.status in ("succeeded", "returned")
        stood = {"returned": self.status == "returned", "withdrawn": arrived, "rejected": self.corrected or not arrived}
        return (self.status,) if self.is_open else tuple(state for state, holds in stood.items() if holds)

    @property
    def comes_back(self) -> Money:
        """What a return gives back: the fee too, unless it was given back before and never charged again."""
        return self.amount + self.charged

    def expected_at(self, now: datetime) -> datetime | None:
        """By when the money should be seen on the card; None once it does not come, and once it takes longer than was announced."""
        if self.status == "processing":
            announced = self.created_at + ARRIVES_WITHIN
            return announced if now < announced else None
        arrived = self.corrected_at or self.settled_at or self.created_at
        return arrived + ARRIVES_WITHIN if self.status == "succeeded" else None

    @property
    def order(self) -> CreditOrder:
        """The withdrawal as the acquirer knows it."""
        return CreditOrder(self.id, self.token, self.amount, self.created_at)

    def after(self, outcome: CreditOutcome, now: datetime) -> Withdrawal:
        """The withdrawal once the acquirer has said this; the same when that changes nothing."""
        status = TRANSITIONS.get((self.status, outcome.status))
        if status is None:
            return self
        was_told = "withdrawal_returned" if status == "returned" else "withdrawal_declined"
        return replace(
            self,
            status=status,
            settled_at=self.settled_at or now,
            ended_at=None if self.is_open else now,
            decline_code=None if status == "succeeded" else outcome.decline_code or was_told,
            corrected_at=now if self.status == "failed" else self.corrected_at,
        )

    def next_look(self, now: datetime) -> datetime | None:
        """When to ask again: soon at first, then ever less often; None once nothing more is to be heard."""
        if self.is_open:
            return ask_again_at(self.created_at, now, FIRST_LOOK)
        since = self.ended_at or self.settled_at or now
        if self.status == "returned" or now - since > LOOKED_AT_FOR:
            return None
        return now + LOOKED_AT_EVERY


def require_old_enough(card: Card, amount: Money, now: datetime, payer: Payer | None = None) -> None:
    """Lets an amount pass that may go to this card by now, beside what `payer` has sent to new cards today. Raises CardTooNew."""
    if now >= card.new_until:
        return
    limit = limits_of(NEW_CARD, amount.currency).daily
    sent = zero(amount.currency) if payer is None else spent_in(payer.account, "day", amount.currency, now, of=NEW_CARD)
    if limit < sent + amount:
        raise CardTooNew(limit=limit, usable_from=rfc3339(card.new_until))


def story_of_withdrawal(withdrawal: Withdrawal, now: datetime) -> tuple[Step, ...]:
    """From the person's yes to the money's arrival or return, and what is still expected."""

    def step(at: datetime | None, what: str, amount: Money, expected_at: datetime | None = None) -> Step:
        return Step(at, f"withdrawal.{what}", withdrawal.id, amount, expected_at)

    amount, back, expected_at = withdrawal.amount, withdrawal.total, withdrawal.expected_at(now)
    steps = [step(withdrawal.created_at, "created", back)]
    if withdrawal.is_open:
        return (*steps, step(None, "delayed" if expected_at is None else "expected", amount, expected_at))
    where = "kept" if withdrawal.aside and not withdrawal.corrected else "on_balance"
    if withdrawal.status == "failed" or withdrawal.corrected:
        steps += [step(withdrawal.settled_at, "failed", amount), step(withdrawal.settled_at, where, back)]
        if withdrawal.status == "failed":
            return tuple(steps)
    if withdrawal.corrected:
        what = "borne" if withdrawal.borne else "corrected"
        steps.append(step(withdrawal.corrected_at, what, amount, expected_at))
    else:
        steps.append(step(withdrawal.settled_at, "succeeded", amount, expected_at))
    if withdrawal.status == "returned":
        where = "recovered" if withdrawal.borne else "kept" if withdrawal.aside else "on_balance"
        steps += [
            step(withdrawal.ended_at, "returned", amount),
            step(withdrawal.ended_at, where, withdrawal.comes_back),
        ]
    return tuple(steps)
