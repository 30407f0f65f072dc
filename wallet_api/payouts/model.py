"""What a payout is, and how it lives.

    processing → paid → returned
             ↘ failed → paid

The bank has the last word: one that was told as failed and was paid after all is `paid`, and corrected by an entry of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.clock import wallet_day
from wallet_api.errors import FieldProblem, Invalid
from wallet_api.events.model import Event, made_event
from wallet_api.gateways.asking import ask_again_at
from wallet_api.gateways.bank import BankOrder, BankOutcome, BankReason, BankStatus
from wallet_api.ledger.accounts import Account
from wallet_api.ledger.days import Day
from wallet_api.money import Money, zero
from wallet_api.payouts.errors import PayoutBelowMinimum, PayoutExceedsAvailable
from wallet_api.settlement_accounts.model import Details
from wallet_api.settlement_days.model import CLOSED_AFTER, closed_from

Status = Literal["processing", "paid", "failed", "returned"]
Kind = Literal["scheduled", "requested"]
Interval = Literal["daily", "manual"]
SCHEDULE_CHANGED = "merchant.payout_schedule.changed"

MINIMUM = 1_00
"""The least that is paid out, in minor units of any currency: below it, a day's money waits for the next."""
FIRST_LOOK = timedelta(seconds=30)
"""When the bank is asked about a payout for the first time: after whoever ordered it had their answer."""
LOOKED_AT_EVERY = timedelta(days=1)
LOOKED_AT_FOR = timedelta(days=10)
"""How long a payout that has its end is asked about, once a day: banks return money within days."""

TRANSITIONS: Mapping[tuple[Status, BankStatus], Status] = {
    ("processing", "paid"): "paid",
    ("processing", "rejected"): "failed",
    ("processing", "returned"): "paid",
    ("paid", "returned"): "returned",
    ("paid", "rejected"): "returned",
    ("failed", "paid"): "paid",
}
"""What a payout comes to when the bank says so; whatever is not here changes nothing. Money that was returned before anybody heard
that it was paid is paid first, and returned the next time that the bank is asked.
"""


class Schedule(Struct, frozen=True):
    """When a merchant is paid out without asking: every night, or never. `minimum` is the least that a night pays out of its
    currency; of any other it is MINIMUM. A payout on request minds neither.
    """

    merchant_id: str
    interval: Interval = "daily"
    minimum: Money = Money(MINIMUM, "CNY")
    changed_at: datetime | None = None
    revision: int = 0

    def least(self, currency: str) -> Money:
        """The least that a night pays out in a currency."""
        return self.minimum if self.minimum.currency == currency else Money(MINIMUM, currency)

    def changed(self, interval: Interval | None, minimum: Money | None, now: datetime) -> Schedule:
        """The schedule with what is given; what is None stays as it is. Raises Invalid for less than is ever paid out."""
        if minimum is not None and minimum.amount < MINIMUM:
            raise Invalid(FieldProblem("/minimum/amount", "too_small", (("limit", MINIMUM),)))
        return replace(
            self,
            interval=interval or self.interval,
            minimum=minimum or self.minimum,
            changed_at=now,
            revision=self.revision + 1,
        )

    def next_payout(self, now: datetime) -> datetime | None:
        """When what was earned until midnight is paid out next; None when nothing is paid out by itself."""
        return closed_from(wallet_day(now - CLOSED_AFTER)) if self.interval == "daily" else None

    def event(self) -> Event:
        """What the merchant's servers are told: enough to notice a change that nobody there asked for."""
        at = self.changed_at
        if at is None:
            raise ValueError("nothing was changed")
        data = {
            "id": self.merchant_id,
            "object": "merchant",
            "interval": self.interval,
            "minimum": {"amount": self.minimum.amount, "currency": self.minimum.currency},
        }
        return made_event(SCHEDULE_CHANGED, self.merchant_id, data, at, str(self.revision))


class Payout(Struct, frozen=True):
    """Money to a merchant's bank account. `amount` arrives; `fee` comes out of the merchant's balance on top of it.

    `day` is the day that a scheduled payout settles. `failure_code` says why the bank did not pay, or sent it back.
    """

    id: str
    merchant_id: str
    kind: Kind
    day: str | None
    status: Status
    amount: Money
    fee: Money
    bank: str
    last4: str
    mode: str
    created_at: datetime
    settled_at: datetime | None = None
    ended_at: datetime | None = None
    failure_code: BankReason | None = None
    bank_reference: str | None = None

    @property
    def total(self) -> Money:
        """What the merchant's balance gives."""
        return self.amount + self.fee

    @property
    def was_rejected(self) -> bool:
        """Whether the bank ever said that it does not pay: a paid one that ended another time did before."""
        return self.status == "failed" or (self.status == "paid" and self.ended_at is not None)

    def order(self, account: Details) -> BankOrder:
        """The payout as the bank knows it."""
        return BankOrder(self.id, self.amount, account.bank, account.holder_name, account.number, self.created_at)

    def after(self, outcome: BankOutcome, now: datetime) -> Payout:
        """The payout once the bank has said this; the same when that changes nothing."""
        status = TRANSITIONS.get((self.status, outcome.status))
        if status is None:
            return self
        reason = outcome.reason or "bank_refused"
        return replace(
            self,
            status=status,
            settled_at=self.settled_at or now,
            ended_at=None if self.status == "processing" else now,
            failure_code=None if status == "paid" else reason,
            bank_reference=outcome.bank_reference or self.bank_reference,
        )

    def next_look(self, now: datetime) -> datetime | None:
        """When to ask the bank again: soon at first, then ever less often; None once nothing more is to be heard."""
        if self.status == "processing":
            return ask_again_at(self.created_at, now, FIRST_LOOK)
        since = self.settled_at or now
        if self.status == "returned" or now - since > LOOKED_AT_FOR:
            return None
        return now + LOOKED_AT_EVERY


def available(balance: Money, today: Day) -> Money:
    """What may be paid out now: the balance without what was earned since midnight. Negative when the merchant owes."""
    return balance - today.pending(balance.currency)


class Funds(Struct, frozen=True):
    """What a merchant has in one currency.

    `balance` is `available` and `pending` together; `reserved` is on its way to the bank and in neither.
    """

    balance: Money
    available: Money
    pending: Money
    reserved: Money


def funds_of(account: Account, today: Day) -> list[Funds]:
    """One for each currency that the account ever had something in, the wallet's own first."""
    currencies = sorted({*account.balances, *account.held, "CNY"}, key=lambda each: (each != "CNY", each))
    found = []
    for currency in currencies:
        balance, pending = account.balance(currency), today.pending(currency)
        reserved = Money(account.held.get(currency, 0), currency)
        found.append(Funds(balance, available(balance, today), pending, reserved))
    return found


def require_payable(amount: Money, fee: Money, there: Money, least: Money) -> None:
    """Raises PayoutBelowMinimum, PayoutExceedsAvailable."""
    if amount < least:
        raise PayoutBelowMinimum(minimum=least)
    if there < amount + fee:
        raise PayoutExceedsAvailable(available=max(there, zero(there.currency), key=lambda money: money.amount))
