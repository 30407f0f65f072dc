"""Time: one clock for codes, tokens, quotes, limits and schedules. It is handed in, so that a test or a sandbox can move it.

Every time in the wallet is an aware UTC `datetime`; on the wire it is RFC 3339 with a `Z`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

WALLET_DAY = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Limits count by the calendar day of China Standard Time, which has had no daylight saving since 1991."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """What the wallet asks of a clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Waits between two attempts at a storage call; a movable clock returns at once."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Waits for real."""
        time.sleep(seconds)


def rfc3339(moment: datetime) -> str:
    """`2026-11-22T01:05:00Z`: whole seconds, UTC (RFC 3339 section 5.6). Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a time without its zone is not a moment")
    return f"{moment.astimezone(UTC).isoformat(timespec='seconds').removesuffix('+00:00')}Z"


def epoch_milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, exact: never through a binary fraction of a second."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def epoch_seconds(moment: datetime) -> int:
    """Whole seconds since 1970, as DynamoDB's time-to-live wants them."""
    return epoch_milliseconds(moment) // 1000


def wallet_day(moment: datetime) -> str:
    """The calendar day that a limit counts this moment in, such as `2026-11-22`."""
    return moment.astimezone(WALLET_DAY).date().isoformat()


def month_of(moment: datetime) -> str:
    """The calendar month in UTC, such as `2026-11`."""
    return moment.astimezone(UTC).date().isoformat()[:7]


def months_back(newest: datetime, oldest: datetime) -> Iterator[datetime]:
    """The first moment of each month from the newest to the oldest, both included."""
    month = newest.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while month_of(month) >= month_of(oldest):
        yield month
        month = (month - timedelta(days=1)).replace(day=1)
