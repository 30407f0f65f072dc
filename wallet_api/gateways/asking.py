"""Asking again: how long to wait before an outside company is asked once more for an outcome that nobody knows."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST_WAIT = timedelta(hours=1)


def ask_again_at(since: datetime, now: datetime, first: timedelta) -> datetime:
    """When to ask again for what has been open since then: after `first`, then ever less often (each time when half as much time
    again has gone by), at least hourly.
    """
    return now + min(max(first, (now - since) / 2), LONGEST_WAIT)
