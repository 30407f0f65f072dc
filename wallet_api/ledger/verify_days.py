"""Verify, the part about merchants' days: each is the sum of its lines, and begins with what the one before ended with.

What of a balance may be paid out is told by its day, and a day's file is held against its sums, so a day that is off misleads about
money that is right. As everywhere, the first reading keeps fingerprints alone (and of each merchant its last closed day); only where
something differs it is read again, and named if it stands still and differs even so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta

from msgspec import Struct, field

from wallet_api.clock import wallet_day
from wallet_api.ledger.days import LOOKED_AT_AGAIN, SETTLING, Day, days_back, empty, is_kept_by_day, stored
from wallet_api.ledger.fingerprints import PARTS, Fingerprints, part_of
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.lines import Line
from wallet_api.ledger.scanning import Report, accounts

WEIGHTS_KEPT = 1024
At = tuple[str, str]
"""An account and a date."""
Sums = Counter[tuple[str, str]]
"""What a day holds: its `net` and `earned` by currency, and how many `lines`."""


class DayPrints(Struct):
    """Sums that are all zero when days are the sums of their lines, and when each begins as the one before ended."""

    prints: Fingerprints
    sums: list[int] = field(default_factory=lambda: [0] * PARTS)
    openings: list[int] = field(default_factory=lambda: [0] * PARTS)
    last: dict[str, tuple[str, Mapping[str, int]]] = field(default_factory=dict)
    weights: dict[tuple[str, str, str], tuple[int, int, int]] = field(default_factory=dict)

    def find(self, line: Line) -> None:
        """A statement has this line, which counts in its day."""
        if is_kept_by_day(line.account):
            at, currency = _day_of(line), line.money.currency
            lines, net, earned = self._weights_of(at, currency)
            each = net if line.kind in SETTLING else net + earned
            self.sums[part_of(*at)] -= lines + line.money.amount * each

    def store(self, day: Day) -> None:
        """A day's item says this."""
        at = day.account, day.date
        self.sums[part_of(*at)] += sum(n * self.prints.weight(*at, *name) for name, n in stored(day).items())
        if day.opening is None:
            return
        self._open(day.account, day.date, day.opening, 1)
        self._open(day.account, after(day.date), day.closing, -1)
        if day.date > self.last.get(day.account, ("", {}))[0]:
            self.last[day.account] = day.date, day.closing

    def differing_sums(self) -> set[int]:
        """The parts with a day that is not the sum of its lines."""
        return {part for part, sum_ in enumerate(self.sums) if sum_ % self.prints.prime}

    def differing_openings(self) -> set[int]:
        """The parts with an account of which a day does not begin as the one before ended. No day follows the last."""
        for account, (last, closing) in self.last.items():
            self._open(account, after(last), closing, 1)
        self.last = {}
        return {part for part, sum_ in enumerate(self.openings) if sum_ % self.prints.prime}

    def _weights_of(self, at: At, currency: str) -> tuple[int, int, int]:
        """What a line, a net amount and an earned one count in a day. Lines of one day come together, so few are kept."""
        known = self.weights.get((*at, currency))
        if known is None:
            if len(self.weights) == WEIGHTS_KEPT:
                self.weights.clear()
            weight, names = self.prints.weight, (("lines", ""), ("net", currency), ("earned", currency))
            lines, net, earned = (weight(*at, *name) for name in names)
            known = self.weights[(*at, currency)] = lines, net, earned
        return known

    def _open(self, account: str, day: str, balance: Mapping[str, int], times: int) -> None:
        amounts = sum(amount * self.prints.weight(account, day, currency) for currency, amount in balance.items())
        self.openings[part_of(account)] += times * amounts


def name_days(ledger: Ledger, report: Report, prints: DayPrints) -> None:
    """Names the days that differ from their lines, and those that do not begin as the day before ended."""
    if parts := prints.differing_sums():
        _name_sums(ledger, report, parts)
    if parts := prints.differing_openings():
        _name_openings(ledger, report, parts)


def _name_sums(ledger: Ledger, report: Report, parts: Collection[int]) -> None:
    suspects: defaultdict[At, Sums] = defaultdict(Counter)
    for _, found in accounts(ledger):
        if isinstance(found, Day) and part_of(found.account, found.date) in parts:
            suspects[found.account, found.date].update(stored(found))
        elif isinstance(found, Line) and part_of(*_day_of(found)) in parts and is_kept_by_day(found.account):
            suspects[_day_of(found)].subtract(sums_of(found))
    asked = sorted(at for at, difference in suspects.items() if any(difference.values()))
    before, lines, later = _now(ledger, asked), _sums_now(ledger, asked), _now(ledger, asked)
    for account, day in asked:
        held, wanted = stored(before[account, day]), lines[account, day]
        if before[account, day] != later[account, day]:
            report.unsettled.append(account)
        elif differing := [name for name in sorted({*held, *wanted}) if held[name] != wanted[name]]:
            said = ", ".join(f"{' '.join(name).strip()} is {held[name]}, not {wanted[name]}" for name in differing)
            report.name(f"day {day} of {account} is not the sum of its lines: {said}")


def _name_openings(ledger: Ledger, report: Report, parts: Collection[int]) -> None:
    closed: defaultdict[str, dict[str, Day]] = defaultdict(dict)
    for _, found in accounts(ledger):
        if isinstance(found, Day) and found.opening is not None and part_of(found.account) in parts:
            closed[found.account][found.date] = found
    today = wallet_day(ledger.clock.now())
    for account, days in sorted(closed.items()):
        for day in sorted(days):
            if _why_not_opened_so(days.get(before(day)), days[day], first=day == min(days), today=today):
                # A closing may have come between the readings of the two.
                now = _now(ledger, [(account, before(day)), (account, day)])
                why = _why_not_opened_so(*now.values(), first=day == min(days), today=today)
                if why:
                    report.name(f"day {day} of {account}: {why}")


def _why_not_opened_so(former: Day | None, day: Day, *, first: bool, today: str) -> str | None:
    """What is wrong with what a day begins with. What was folded late is carried on by the next closing, and is no finding before."""
    opening = day.opening or {}
    if first:
        return f"it is the first and opens with {_said(opening)}" if any(opening.values()) else None
    if former is None or former.opening is None:
        return f"it is closed, and {before(day.date)} is not"
    if not former.is_final:
        late = former.date < days_back(today, LOOKED_AT_AGAIN)[-1]
        return f"{former.date} has lines that no closing looks at any more" if late else None
    if _said(opening) == _said(former.closing):
        return None
    return f"it opens with {_said(opening)}, and {former.date} closed with {_said(former.closing)}"


def sums_of(line: Line) -> Sums:
    """What a line counts in its day."""
    return stored(empty(*_day_of(line)).counting([line]))


def before(day: str) -> str:
    """The date before."""
    return days_back(day, 2)[1]


def after(day: str) -> str:
    """The date after."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _day_of(line: Line) -> At:
    return line.account, wallet_day(line.at)


def _now(ledger: Ledger, asked: Collection[At]) -> dict[At, Day]:
    found = {}
    for at in asked:
        with ledger.storage.trip() as trip:
            reading = ledger.days.find(*at, trip)
        found[at] = reading()
    return found


def _sums_now(ledger: Ledger, asked: Collection[At]) -> defaultdict[At, Sums]:
    wanted, sums = set(asked), defaultdict[At, Sums](Counter)
    for _, found in accounts(ledger) if wanted else ():
        if isinstance(found, Line) and _day_of(found) in wanted:
            sums[_day_of(found)].update(sums_of(found))
    return sums


def _said(balance: Mapping[str, int]) -> str:
    return ", ".join(f"{amount} {currency}" for currency, amount in sorted(balance.items()) if amount) or "nothing"
