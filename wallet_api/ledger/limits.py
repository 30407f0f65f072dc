"""Limits: how much a tier may move out in one transaction, and in one day, month and year of the wallet's calendar.

A tier is what a person's proof of identity has earned. `TABLE` is the whole of it, in CNY: a deployment's default. The yearly sums
are what may be paid from the balances of China's payment accounts of classes II and III (announcement 43 of 2015 of the People's
Bank of China, in force since July 2016: 100,000 and 200,000 yuan a year, and of class I 1,000 yuan in all). A month and a year begin
with their first day in the zone that days are counted in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Literal, get_args

from msgspec import Struct

from wallet_api.clock import WALLET_DAY
from wallet_api.errors import Declined
from wallet_api.ledger.errors import (
    DailyLimitReached,
    MonthlyLimitReached,
    TransactionLimitExceeded,
    YearlyLimitReached,
)
from wallet_api.money import Money

BASIC = "basic"
VERIFIED = "verified"
TIERS = (BASIC, VERIFIED)
"""The tiers that people have, the lowest first."""
NEW_DEVICE = "new_device"
"""No tier that anybody has: what any person may move in a day from a device that is new to them."""
STATIC_CODE = "static_code"
"""Nor is this: what any person may pay in a day by codes that hang on a wall, which anybody may have pasted over."""
PAYMENT_CODE = "payment_code"
"""Nor this: what any person's payment codes may pay in a day by themselves, which is asked of nobody's PIN."""
NEW_CARD = "new_card"
"""Nor this: what any person may withdraw in a day to cards that are new to them, which somebody else may have bound."""

Period = Literal["day", "month", "year"]
PERIODS: tuple[Period, ...] = get_args(Period)
"""The shortest first: whoever is in the same day is in the same month and year."""

_LABEL_LENGTH: Mapping[Period, int] = {"day": len("2026-11-22"), "month": len("2026-11"), "year": len("2026")}
REACHED: Mapping[Period, type[Declined]] = {
    "day": DailyLimitReached,
    "month": MonthlyLimitReached,
    "year": YearlyLimitReached,
}


class Limits(Struct, frozen=True):
    """What one tier may move out, each in minor units of one currency; None where there is no limit of its own."""

    per_transaction: Money
    daily: Money
    monthly: Money | None = None
    yearly: Money | None = None

    def of(self, period: Period) -> Money | None:
        """The sum that one period takes."""
        return {"day": self.daily, "month": self.monthly, "year": self.yearly}[period]

    def admit(self, amount: Money) -> None:
        """Raises TransactionLimitExceeded, DailyLimitReached, MonthlyLimitReached or YearlyLimitReached for an amount that no
        counter could ever let through.
        """
        if self.per_transaction < amount:
            raise TransactionLimitExceeded(limit=self.per_transaction)
        for period in PERIODS:
            limit = self.of(period)
            if limit is not None and limit < amount:
                raise REACHED[period](limit=limit)


TABLE: Mapping[str, tuple[int, int, int | None, int | None]] = {
    # in one transaction, a day, a month, a year
    BASIC: (10_000_00, 20_000_00, 50_000_00, 100_000_00),
    VERIFIED: (50_000_00, 200_000_00, 200_000_00, 200_000_00),
    NEW_DEVICE: (3_000_00, 5_000_00, None, None),
    STATIC_CODE: (2_000_00, 5_000_00, None, None),
    PAYMENT_CODE: (1_000_00, 1_000_00, None, None),
    NEW_CARD: (1_000_00, 1_000_00, None, None),
}
"""In minor units of CNY."""


def limits_of(tier: str, currency: str) -> Limits:
    """The limits of a tier, given in CNY and counted one to one in any other currency until exchange rates exist."""
    per_transaction, daily, monthly, yearly = TABLE[tier]
    return Limits(
        Money(per_transaction, currency),
        Money(daily, currency),
        None if monthly is None else Money(monthly, currency),
        None if yearly is None else Money(yearly, currency),
    )


def label_of(period: Period, day: str) -> str:
    """The period that a day of the wallet's calendar belongs to: `2026-11-22` is in the month `2026-11`."""
    return day[: _LABEL_LENGTH[period]]


def ends_at(period: Period, moment: datetime) -> datetime:
    """When the next period of this length begins, and its counters with it."""
    day = moment.astimezone(WALLET_DAY).date()
    if period == "day":
        following = day + timedelta(days=1)
    elif period == "month":
        following = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    else:
        following = day.replace(year=day.year + 1, month=1, day=1)
    return datetime.combine(following, time(), WALLET_DAY).astimezone(UTC)
