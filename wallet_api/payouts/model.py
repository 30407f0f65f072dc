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

from wallet_api.gateways.bank import BankOrder, BankOutcome, BankReason, BankStatus
from wallet_api.ledger.accounts import Account
from wallet_api.ledger.days import Day
from wallet_api.money import Money, zero
from wallet_api.payouts.errors import PayoutBelowMinimum, PayoutExceedsAvailable
from wallet_api.settlement_accounts.model import Details

Status = Literal["processing", "paid", "failed", "returned"]
Kind = Literal["scheduled", "requested"]

MINIMUM = 1_00
"""The least that is paid out, in minor units of any currency: below it, a day's money waits for the next."""
FIRST_LOOK = timedelta(seconds=30)
"""When the bank is asked about a payout for the first time: after whoever ordered it had their answer."""
LONGEST_WAIT = timedelta(hours=1)
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
            return now + min(max(FIRST_LOOK, (now - self.created_at) / 2), LONGEST_WAIT)
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


def require_payable(amount: Money, fee: Money, there: Money) -> None:
    """Raises PayoutBelowMinimum, PayoutExceedsAvailable."""
    if amount.amount < MINIMUM:
        raise PayoutBelowMinimum(minimum=Money(MINIMUM, amount.currency))
    if there < amount + fee:
        raise PayoutExceedsAvailable(available=max(there, zero(there.currency), key=lambda money: money.amount))
