"""When a day of the wallet ends, and when it is closed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from msgspec import Struct

from wallet_api.clock import WALLET_DAY, wallet_day

CLOSED_AFTER = timedelta(minutes=30)
"""How long after midnight a day is closed: the folding lags by seconds, and an alarm tells of a minute."""


class DueDay(Struct, frozen=True):
    """A merchant's day that is over and not closed."""

    merchant_id: str
    day: str


def end_of(day: str) -> datetime:
    """The midnight that ends a day, in China Standard Time; nothing later belongs to it."""
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), WALLET_DAY)


def closed_from(day: str) -> datetime:
    """From when on a day may be closed."""
    return end_of(day) + CLOSED_AFTER


def next_day(day: str) -> str:
    """The day after."""
    return wallet_day(end_of(day))
