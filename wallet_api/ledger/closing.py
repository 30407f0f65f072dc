"""Closing: each day of an account gets its opening balance from the day before, and what was folded late is carried on.

A day that was counted into after it was closed is not final; every closing looks back over some days for such, and writes whatever
changes in one write: whoever dies leaves the late day not final, and the next closing finds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.days import LOOKED_AT_AGAIN, Day, Days, days_back, stored
from wallet_api.ledger.lines import Line

COUNTED_MEANWHILE = 5
"""How often a day is looked at anew because something was counted in it meanwhile."""
LINES_AT_ONCE = 500
DAYS_AT_ONCE = 50
"""How many days one write takes: more than a closing looks at, and no more than a transaction holds."""


def close(days: Days, account: str, day: str, opened_on: str) -> Day:
    """Closes a day, and every day before it that is open: each begins with what the one before ended with.

    `opened_on` is the day in which the account was opened, with nothing. It may be run again at any time; what was folded
    late into a closed day is carried into the days after it, for as long as LOOKED_AT_AGAIN. May raise StaleAccount.
    """
    for _ in range(COUNTED_MEANWHILE):
        found = _since_a_closed_one(days, account, day, opened_on)
        try:
            return _chained(days, found, found[0].opening or {})[-1]
        except StaleAccount:
            continue
    raise StaleAccount


def mend(days: Days, account: str, opened_on: str, today: str) -> int:
    """Counts every day of an account anew from its lines, and closes those that were closed anew from the first on. How many days
    were off. May be run at any time, beside everything else; raises StaleAccount for a day that does not stand still.
    """
    dates = _dates(opened_on, today)
    mended = sum(_counted_anew(days, account, each) for each in dates)
    found = _read(days, account, dates)
    closed = [place for place, each in enumerate(found) if each.opening is not None]
    if closed:
        before = found[: closed[-1] + 1]
        chain = _chained(days, before, opening={})
        mended += sum(one != other for one, other in zip(before, chain, strict=True))
    return mended


def _since_a_closed_one(days: Days, account: str, day: str, opened_on: str) -> list[Day]:
    """The days up to this one, beginning with the oldest closed one that a closing looks at, or with the first of all."""
    found: list[Day] = []
    last = day
    while True:
        dates = [each for each in days_back(last, LOOKED_AT_AGAIN) if each >= min(opened_on, day)]
        found = _read(days, account, list(reversed(dates))) + found
        closed = [place for place, each in enumerate(found) if each.opening is not None]
        if closed:
            return found[closed[0] :]
        if len(dates) < LOOKED_AT_AGAIN:
            return found
        last = days_back(last, LOOKED_AT_AGAIN + 1)[-1]


def _chained(days: Days, found: Sequence[Day], opening: Mapping[str, int]) -> list[Day]:
    """The days, the first beginning with this, each other with what the one before ended with; written where that is new."""
    chain: list[Day] = []
    for each in found:
        opening = chain[-1].closing if chain else opening
        chain.append(replace(each, opening=dict(opening), closed_lines=each.lines, begun=True))
    changed = [(before, after) for before, after in zip(found, chain, strict=True) if before != after]
    for start in range(0, len(changed), DAYS_AT_ONCE):
        days.amend(changed[start : start + DAYS_AT_ONCE])
    return chain


def _counted_anew(days: Days, account: str, day: str) -> bool:
    """Puts a day's sums right; whether they were off."""
    for _ in range(COUNTED_MEANWHILE):
        (before,) = _read(days, account, [day])
        after = before.counting(_lines(days, account, day))
        if stored(after) == stored(before):
            return False
        try:
            days.amend([(before, after)])
        except StaleAccount:
            continue
        return True
    raise StaleAccount


def _lines(days: Days, account: str, day: str) -> Iterator[Line]:
    after = None
    while True:
        with days.storage.trip() as trip:
            reading = days.lines(account, day, trip, after=after, limit=LINES_AT_ONCE)
        lines = reading()
        yield from lines
        if len(lines) < LINES_AT_ONCE:
            return
        after = lines[-1].sk


def _read(days: Days, account: str, dates: Sequence[str]) -> list[Day]:
    found: list[Day] = []
    for start in range(0, len(dates), LOOKED_AT_AGAIN):
        with days.storage.trip() as trip:
            reads = [days.find(account, each, trip) for each in dates[start : start + LOOKED_AT_AGAIN]]
        found += [read() for read in reads]
    return found


def _dates(first: str, last: str) -> list[str]:
    """Every date from one to the other, oldest first."""
    count = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    return list(reversed(days_back(last, count)))
