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


class Counter(Struct, frozen=True):
    """What a debit is added to: by its name among the counters of its period, and how far it may go; None for any far."""

    period: Period
    name: str
    limit: Money | None


def counter_names(
    period: Period, currency: str, *, static_code: bool, payment_code: bool = False, new_card: bool = False
) -> tuple[str, ...]:
    """What the counters of a period are called that a debit of this kind goes into."""
    kinds = {"static": static_code, "code": payment_code, "card": new_card}
    own = (f"{kind}_{currency}" for kind, counts in kinds.items() if counts)
    return (currency, *own) if period == "day" else (currency,)


def counters_of(payer: Payer, currency: str) -> Iterator[Counter]:
    """The counters that a debit of this payer goes into, the shortest period first: it is the first that is told of."""
    own, static_code = limits_for(payer, currency), limits_of(STATIC_CODE, currency)
    for period in PERIODS:
        names = counter_names(period, currency, static_code=payer.static_code)
        yield from (
            Counter(period, name, each.of(period)) for name, each in zip(names, (own, static_code), strict=False)
        )
        if payer.payment_code and period == "day":
            yield Counter(period, f"code_{currency}", limits_of(PAYMENT_CODE, currency).daily)
        if payer.new_card and period == "day":
            yield Counter(period, f"card_{currency}", limits_of(NEW_CARD, currency).daily)


def counter_reached(payer: Payer, amount: Money, now: datetime) -> Counter | None:
    """The first counter, as it was read, that an amount does not fit into any more; None when it fits into all."""
    account, today = payer.account, wallet_day(now)
    day = today if account.spent_day == NEVER or account.spent_day < today else account.spent_day
    for counter in counters_of(payer, amount.currency):
        same = label_of(counter.period, account.spent_day) == label_of(counter.period, day)
        spent = (account.counters(counter.period) or {}).get(counter.name, 0) if same else 0
        if counter.limit is not None and spent + amount.amount > counter.limit.amount:
            return counter
    return None


def spend(items: type[AccountItem], payer: Payer, amount: Money, now: datetime) -> tuple[list[Any], list[Requirement]]:
    """How an outgoing amount is counted: the amount itself is checked here, the sums by condition.

    Raises what `Limits.admit` raises; the requirements raise the limits' errors and StaleAccount.
    """
    account, today = payer.account, wallet_day(now)
    # A clock that is a little behind, just after midnight, must not begin yesterday anew: a day never turns back.
    turned = account.spent_day == NEVER or account.spent_day < today
    day = today if turned else account.spent_day
    actions: list[Any] = [items.spent_day.set(day)] if turned else []
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
    NEW_CARD, what of it codes paid that hang on a wall, or shown ones by themselves, or what went to new cards.
    """
    names = {STATIC_CODE: "static", PAYMENT_CODE: "code", NEW_CARD: "card"}
    name = f"{names[of]}_{currency}" if of in names else currency
    present = max(wallet_day(now), "" if account.spent_day == NEVER else account.spent_day)
    known = account.counters(period) or {}
    same = label_of(period, account.spent_day) == label_of(period, present)
    return Money(known.get(name, 0) if same else 0, currency)
