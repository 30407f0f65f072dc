"""When tests begin: no day, and so no month and no year, turns in the middle of one that does not turn it."""

from datetime import UTC, datetime, timedelta

from wallet_api.clock import wallet_day

LONGEST = timedelta(minutes=2)
"""No test takes as long."""


def away_from_midnight(now: datetime | None = None) -> datetime:
    """The present moment; just before a midnight in UTC or in China, a little earlier than that."""
    now = now or datetime.now(UTC)
    later = now + LONGEST
    return now if (now.date(), wallet_day(now)) == (later.date(), wallet_day(later)) else now - LONGEST
