"""Limits: how much a tier may move out in one transaction and in one day of the wallet's calendar.

A tier is what a person's proof of identity has earned; the figures are a deployment's default and live here until an
operator may change them as data.
"""

from __future__ import annotations

from dataclasses import dataclass

from wallet_api.ledger.errors import DailyLimitReached, TransactionLimitExceeded
from wallet_api.money import Money

BASIC = "basic"
VERIFIED = "verified"
NEW_DEVICE = "new_device"
"""No tier that anybody has: what any person may move from a device that is new to them."""
STATIC_CODE = "static_code"
"""Nor is this: what any person may pay by codes that hang on a wall, which anybody may have pasted over."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one tier may move out, each in minor units of one currency."""

    per_transaction: Money
    daily: Money

    def admit(self, amount: Money) -> None:
        """Raises TransactionLimitExceeded or DailyLimitReached for an amount that no counter could ever let through."""
        if self.per_transaction < amount:
            raise TransactionLimitExceeded(limit=self.per_transaction)
        if self.daily < amount:
            raise DailyLimitReached(limit=self.daily)


_IN_YUAN = {
    BASIC: (10_000_00, 20_000_00),
    VERIFIED: (50_000_00, 200_000_00),
    NEW_DEVICE: (3_000_00, 5_000_00),
    STATIC_CODE: (2_000_00, 5_000_00),
}


def limits_of(tier: str, currency: str) -> Limits:
    """The limits of a tier, given in CNY and counted one to one in any other currency until exchange rates exist."""
    per_transaction, daily = _IN_YUAN[tier]
    return Limits(Money(per_transaction, currency), Money(daily, currency))
