"""Free allowances: how much of what a month gives away a person has used, counted on their balance item.

Counted by condition in the write of the movement that is free because of it; what a withdrawal took that failed is given back. The
month is part of a counter's name, so a month needs no beginning.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from wallet_api.clock import WALLET_DAY, wallet_day
from wallet_api.ledger.accounts import Account, StaleAccount
from wallet_api.ledger.limits import label_of
from wallet_api.ledger.store import BALANCE, AccountItem
from wallet_api.storage import AtomicWrite


class AllowanceOver(Exception):
    """The month that an allowance was taken of is counted no more."""


class Taken(Struct, frozen=True):
    """What one movement takes of an allowance: `amount` of the `limit` that the month `month` gives, `left` for what comes after.

    `name` says which allowance of the month it is; one that is an amount of money names the currency as well.
    """

    account: str
    month: str
    name: str
    amount: int
    limit: int
    left: int

    @property
    def key(self) -> str:
        """What its counter is called."""
        return f"{self.month}/{self.name}"


def month_of_allowance(now: datetime) -> str:
    """The month of the wallet's calendar that a movement of this moment takes from."""
    return label_of("month", wallet_day(now))


def takes(account: Account, name: str, wanted: int, limit: int, now: datetime) -> Taken | None:
    """As much as there is of what is wanted; None when nothing is left, as this account was read."""
    month = month_of_allowance(now)
    used = (account.free_used or {}).get(f"{month}/{name}", 0)
    amount = min(wanted, limit - used)
    return Taken(account.name, month, name, amount, limit, limit - used - amount) if amount > 0 else None


def take(
    items: type[AccountItem], taken: Taken, account: Account, now: datetime, write: AtomicWrite, gone: Exception
) -> None:
    """Adds to the write that this much of an allowance is used. Leaving the write's block raises `gone` when there is no more that
    much left, StaleAccount when the counters changed otherwise since the account was read.
    """
    item, known, used = items(taken.account, BALANCE), account.free_used, items.free_used[taken.key]
    if known is None:
        begun = items.free_used.set({taken.key: taken.amount})
        write.update(item, [begun], (items.free_used.does_not_exist(), StaleAccount()))
        return
    removed = [items.free_used[key].remove() for key in _outdated(known, now)]
    if taken.key not in known:
        actions = [used.set(taken.amount), *removed]
        write.update(item, actions, (used.does_not_exist(), StaleAccount()), (items.free_used.exists(), StaleAccount()))
        return
    enough = (used <= taken.limit - taken.amount, gone)
    write.update(item, [used.set(used + taken.amount), *removed], enough)


def give_back(items: type[AccountItem], account: str, key: str, amount: int, write: AtomicWrite) -> None:
    """Adds to the write that this much of an allowance is used no more. Leaving the write's block may raise AllowanceOver."""
    used = items.free_used[key]
    write.update(items(account, BALANCE), [used.set(used - amount)], (used >= amount, AllowanceOver()))


def _outdated(keys: Iterable[str], now: datetime) -> list[str]:
    """Counters of months before the last one: nothing is taken from them any more."""
    first = now.astimezone(WALLET_DAY).replace(day=1)
    last_month = label_of("month", wallet_day(first - timedelta(days=1)))
    return [key for key in keys if key.partition("/")[0] < last_month]
