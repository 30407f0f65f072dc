"""Spending: what a debit counts against, as counters on the payer's own balance item and in the debit's own condition.

A counter says what went out in one period. All of an item's counters belong to one day, `spent_day`, and to its month and year, so one
condition on that day guards every roll-over, and a day that never turns back keeps months and years from being begun anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from wallet_api.clock import wallet_day
from wallet_api.ledger.accounts import NEVER, Account, Payer, StaleAccount, admit, limits_for
from wallet_api.ledger.limits import NEW_CARD, PAYMENT_CODE, PERIODS, REACHED, STATIC_CODE, Period, label_of, limits_of
from wallet_api.ledger.store import AccountItem
from wallet_api.money import Money
from wallet_api.storage.atomic import Requirement

ATTRIBUTES: Mapping[Period, str] = {"day": "spent", "month": "spent_in_month", "year": "spent_in_year"}
_OWN: Mapping[str, str] = {STATIC_CODE: "static", PAYMENT_CODE: "code", NEW_CARD: "card"}
"""How the counters of what takes less in a day are called, each before its currency."""


class Counter(Struct, frozen=True):
    """What a debit is added to: by its name among the counters of its period, and how far it may go; None for any far."""

    period: Period
    name: str
    limit: Money | None


def counter_names(
    period: Period, currency: str, *, static_code: bool, payment_code: bool = False, new_card: bool = False
) -> tuple[str, ...]:
    """What the counters of a period are called that a debit of this kind goes into."""
    kinds = {STATIC_CODE: static_code, PAYMENT_CODE: payment_code, NEW_CARD: new_card}
    own = (_own_name(kind, currency) for kind, counts in kinds.items() if counts)
    return (currency, *own) if period == "day" else (currency,)


def counters_of(payer: Payer, currency: str) -> Iterator[Counter]:
    """The counters that a debit of this payer goes into, the shortest period first: it is the first that is told of."""
    kinds = {STATIC_CODE: payer.static_code, PAYMENT_CODE: payer.payment_code, NEW_CARD: payer.new_card}
    limits = limits_for(payer, currency)
    for period in PERIODS:
        yield Counter(period, currency, limits.of(period))
        for kind in (kind for kind, counts in kinds.items() if counts and period == "day"):
            yield Counter(period, _own_name(kind, currency), limits_of(kind, currency).daily)


def counter_reached(payer: Payer, amount: Money, now: datetime) -> Counter | None:
    """The first counter, as it was read, that an amount does not fit into any more; None when it fits into all."""
    for counter in counters_of(payer, amount.currency):
        spent = _counted(payer.account, counter.period, counter.name, now)
        if counter.limit is not None and spent + amount.amount > counter.limit.amount:
            return counter
    return None


def spend(items: type[AccountItem], payer: Payer, amount: Money, now: datetime) -> tuple[list[Any], list[Requirement]]:
    """How an outgoing amount is counted: the amount itself is checked here, the sums by condition.

    Raises what `Limits.admit` raises; the requirements raise the limits' errors and StaleAccount.
    """
    account = payer.account
    day = _counted_day(account, now)
    actions: list[Any] = [] if day == account.spent_day else [items.spent_day.set(day)]
    requirements: list[Requirement] = [(items.spent_day == account.spent_day, StaleAccount())]
    admit(payer, amount)
    counters = list(counters_of(payer, amount.currency))
    for period in PERIODS:
        here = [counter for counter in counters if counter.period == period]
        known = account.counters(period)
        if known is None or label_of(period, account.spent_day) != label_of(period, day):
            begun = {counter.name: amount.amount for counter in here}
            actions.append(getattr(items, ATTRIBUTES[period]).set(begun))
            if known is None:
                requirements.append((getattr(items, ATTRIBUTES[period]).does_not_exist(), StaleAccount()))
            continue
        for counter in here:
            more_actions, more_requirements = _add(items, counter, amount, begun=counter.name in known)
            actions += more_actions
            requirements += more_requirements
    return actions, requirements


def _add(
    items: type[AccountItem], counter: Counter, amount: Money, *, begun: bool
) -> tuple[list[Any], list[Requirement]]:
    spent = getattr(items, ATTRIBUTES[counter.period])[counter.name]
    if not begun:
        return [spent.set(amount.amount)], [(spent.does_not_exist(), StaleAccount())]
    actions = [spent.set(spent + amount.amount)]
    if counter.limit is None:
        return actions, []
    rest = counter.limit - amount
    return actions, [(spent <= rest.amount, REACHED[counter.period](limit=counter.limit))]


def spent_in(account: Account, period: Period, currency: str, now: datetime, *, of: str = "") -> Money:
    """What went out of a wallet in the present day, month or year, as its limits count it; `of` STATIC_CODE, PAYMENT_CODE or
    NEW_CARD, what of it codes paid that hang on a wall, or shown ones by themselves, or what went to new cards. What a new device
    moved has no counter of its own: it may move what is left of the smaller sum, whatever device moved the rest.
    """
    name = _own_name(of, currency) if of in _OWN else currency
    return Money(_counted(account, period, name, now), currency)


def _own_name(kind: str, currency: str) -> str:
    return f"{_OWN[kind]}_{currency}"


def _counted_day(account: Account, now: datetime) -> str:
    """The day that what is spent now counts in. A clock that is a little behind, just after midnight, must not begin yesterday
    anew: a day never turns back.
    """
    today = wallet_day(now)
    return today if account.spent_day == NEVER else max(today, account.spent_day)


def _counted(account: Account, period: Period, name: str, now: datetime) -> int:
    """What a counter holds of the present period, in minor units; nothing when the period has turned since it was counted."""
    if label_of(period, account.spent_day) != label_of(period, _counted_day(account, now)):
        return 0
    return (account.counters(period) or {}).get(name, 0)
