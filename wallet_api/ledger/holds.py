"""Holds: money that an entry sets aside for one purpose, shown on its owner's balance item as `held`.

A hold's account is folded like a merchant's; that it is posted or voided once is held by the state of the object that it was
made for. What is held of somebody's money is counted here, in the entry's own write.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet_api.ledger import chart
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.errors import AccountMissing
from wallet_api.ledger.store import BALANCE, AccountItem
from wallet_api.money import Money
from wallet_api.storage import AtomicWrite


class DayTurned(Exception):
    """The day that the hold was counted in is over for this wallet: its limit is not what this one counts any more."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose money an entry sets aside or sets free: the account.

    `unspent` is what returns to the limits of the day `spent_on`, the wallet's day in which the hold was counted: to the counters
    of these names.
    """

    account: str
    unspent: Money | None = None
    spent_on: str = ""
    counters: tuple[str, ...] = ()


def count_held(items: type[AccountItem], entry: Entry, holder: Holder, write: AtomicWrite) -> None:
    """Adds to the write what the entry's holds change of their owner's `held`, and what the day's limit gets back.

    Leaving the write's block may raise AccountMissing, StaleAccount, DayTurned.
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
    returned = holder.unspent.amount if holder.unspent else 0
    for name in holder.counters if returned else ():
        spent = items.spent[name]
        same_day = ((items.spent_day == holder.spent_on) & (spent >= returned), DayTurned())
        write.update(item, [spent.set(spent - returned)], same_day)
