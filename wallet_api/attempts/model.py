"""How many tries there are, and how long a lock lasts."""

from __future__ import annotations

from datetime import timedelta

MAX_TRIES = 5
_FIRST_LOCK = timedelta(minutes=1)
_LONGEST_LOCK = timedelta(hours=24)


def lock_length(locks: int) -> timedelta:
    """How long the n-th lock in a row lasts: one minute, then twice as long each time, at most a day."""
    return min(_FIRST_LOCK * (1 << min(locks - 1, 20)), _LONGEST_LOCK)
