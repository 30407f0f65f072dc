"""Holds: money that an entry sets aside for one purpose, shown on its owner's balance item as `held`.

A hold's account is folded like a merchant's; that it is posted or voided once is held by the state of the object that it was
made for. What is held of somebody's money is counted here, in the entry's own write.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from wallet_api.clock import wallet_day
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.errors import AccountMissing
from wallet_api.ledger.limits import PERIODS, Period, label_of
from wallet_api.ledger.spending import ATTRIBUTES, counter_names
from wallet_api.ledger.store import BALANCE, AccountItem
from wallet_api.money import Money
from wallet_api.storage import AtomicWrite


class PeriodOver(Exception):
    """A period that the hold was counted in is over for this wallet: its counters are not what this one counts any more."""


class Holder(Struct, frozen=True):
    """Whose money an entry sets aside or sets free: the account.

    `unspent` is what returns to the limits of the `periods` of `spent_on`, the wallet's day in which the hold was counted, as a
    payment by a `static_code`, by a `payment_code` that asked nobody, as what goes to a `new_card`, or as none of them.
    """

    account: str
    unspent: Money | None = None
    spent_on: str = ""
    static_code: bool = False
    payment_code: bool = False
    new_card: bool = False
    periods: tuple[Period, ...] = ()


def holders(
    account: str,
    returns: Money,
    counted_at: datetime,
    now: datetime,
    *,
    static_code: bool = False,
    payment_code: bool = False,
    new_card: bool = False,
) -> Iterator[Holder]:
    """The holders to try one after the other while a write says PeriodOver: what returns goes back to the limits of every period
    that has not ended since it was counted. The last one gives back to none, and never fails for that.
    """
    day, today = wallet_day(counted_at), wallet_day(now)
    running = [period for period in PERIODS if returns and label_of(period, day) == label_of(period, today)]
    for number in range(len(running)):
        yield Holder(account, returns, day, static_code, payment_code, new_card, tuple(running[number:]))
    yield Holder(account)


def set_aside(entry: Entry, holder: str | None) -> Iterator[tuple[tuple[str, str], int]]:
    """What an entry changes of its holder's `held`, by account and currency; nothing without a holder."""
    for (account, currency), change in entry.net().items() if holder else ():
        if holder and chart.is_hold(account):
            yield (holder, currency), change.amount


def count_held(items: type[AccountItem], entry: Entry, holder: Holder, write: AtomicWrite) -> None:
    """Adds to the write what the entry's holds change of their owner's `held`, and what the limits get back.

    Leaving the write's block may raise AccountMissing, StaleAccount, PeriodOver.
    """
    item, exists = items(holder.account, BALANCE), (items.pk.exists(), AccountMissing())
    for (account, currency), change in entry.net().items():
        if not chart.is_hold(account):
            continue
        held = items.held[currency]
        if change.amount > 0:
            write.update(item, [held.set((held | 0) + change.amount)], exists)
        else:
            enough = (held >= -change.amount, StaleAccount())
            write.update(item, [held.set(held + change.amount)], exists, enough)
    if holder.unspent is not None:
        for period in holder.periods:
            _give_back(items, period, holder, holder.unspent, write)


def _give_back(items: type[AccountItem], period: Period, holder: Holder, returned: Money, write: AtomicWrite) -> None:
    label = label_of(period, holder.spent_on)
    # Every day of the period begins with its label, and `~` comes after all digits.
    same = (items.spent_day >= label) & (items.spent_day <= f"{label}~")
    kind = {"static_code": holder.static_code, "payment_code": holder.payment_code, "new_card": holder.new_card}
    for name in counter_names(period, returned.currency, **kind):
        spent = getattr(items, ATTRIBUTES[period])[name]
        condition = (same & (spent >= returned.amount), PeriodOver())
        write.update(items(holder.account, BALANCE), [spent.set(spent - returned.amount)], condition)
