"""Pauses between two attempts at a busy table: doubling, and random, so that those who collided do not collide again."""

from __future__ import annotations

import random
from datetime import timedelta

FIRST = timedelta(milliseconds=25)
LONGEST = timedelta(seconds=2)


def pause_after(attempt: int) -> timedelta:
    """How long to wait after the given attempt (1 is the first): between a half and the whole of a doubling time.

    The half is there because a transaction that is still in progress needs a retry at least 5 seconds after it was sent;
    eleven pauses are longer than that however the dice fall.
    """
    whole = min(LONGEST, FIRST * (1 << (attempt - 1)))
    return whole / 2 + whole / 2 * random.randint(0, 100) / 100  # noqa: S311  spreading retries needs no secret
