"""When tests begin: at the same moment in each run, unless a run is told another.

A test that holds at ten in the morning may fail at midnight, on a month's last day or in a leap year. So runs at other moments
(`--at`) are how such tests are found, and none of them fails by surprise in somebody's change.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from wallet_api.clock import wallet_day

USUAL = "2026-11-24T02:00:00+00:00"
"""Ten o'clock on a Tuesday in China: no day, month or year turns within half a day."""

LONGEST = timedelta(minutes=2)
"""No test takes as long."""


def away_from_midnight(now: datetime | None = None) -> datetime:
    """The present moment; just before a midnight in UTC or in China, a little earlier than that."""
    now = now or datetime.now(UTC)
    later = now + LONGEST
    return now if (now.date(), wallet_day(now)) == (later.date(), wallet_day(later)) else now - LONGEST


def beginning(text: str) -> Callable[[], datetime]:
    """When each test begins: at a moment such as `2028-02-29T15:59:59.9Z`, or `now`."""
    if text == "now":
        return away_from_midnight
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} names no offset from UTC")
    return lambda: moment
