"""Verify: every balance again from its lines, every line again from its entry, and what differs is named.

It reads both tables once and keeps neither (fingerprints.py), so its memory does not grow with the ledger. Only when something
differs does it read again, and then keeps the parts that differ, up to LINES_HELD lines. It runs as a job, never on a request's path.

The wallet may go on meanwhile. What was found is looked at once more, line by line, before it is named; a balance that moves under
the reading is told as unsettled. Folded accounts agree once the stream is read to its end: `grace` is how long a line may be awaited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import TypeVar

from wallet_api.ledger import chart
from wallet_api.ledger.days import Day
from wallet_api.ledger.fingerprints import PARTS, Fingerprints, Place, part_of
from wallet_api.ledger.holds import set_aside
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.lines import Line, lines_of
from wallet_api.ledger.scanning import Held, Report, accounts, entries
from wallet_api.ledger.store import BALANCE, OPERATION, AccountItem
from wallet_api.ledger.verify_days import DayPrints, name_days
from wallet_api.storage import Item, Read

LINES_HELD = 100_000
"""How many lines the second reading keeps at most; parts beyond it are counted, and named when it is run again."""
Sums = dict[tuple[str, str], int]
I = TypeVar("I", bound=Item)  # noqa: E741


def verify(ledger: Ledger, *, grace: timedelta = timedelta()) -> Report:
    """Checks everything: entries balance, lines say what their entries say, balances are the sums of their lines, no guarded one
    is below zero, all of them together are nothing, what is held of somebody's money is what the journal has set aside of it, and
    merchants' days are the sums of their lines, each beginning with what the one before ended with. Raises Unavailable when the
    tables do not answer: a reading that ended half-way says nothing.
    """
    report, prints = Report(), Fingerprints()
    days = DayPrints(prints)
    _read(ledger, report, prints, days)
    if differing := prints.differing_lines():
        _name_lines(ledger, report, differing, grace)
    if differing := prints.differing_balances():
        _name_balances(ledger, report, set(differing))
    if differing := prints.differing_held():
        _name_held(ledger, report, set(differing))
    name_days(ledger, report, days)
    if report.found:
        # Where lines and balances agree, totals cannot differ by themselves: something moved between two reads.
        for currency, total in report.totals.items():
            if total:
                report.name(f"all {currency} balances sum to {total}, not to 0")
    return report


def _read(ledger: Ledger, report: Report, prints: Fingerprints, days: DayPrints) -> None:
    for place, entry, holder in entries(ledger, report):
        for line in lines_of(entry, place):
            prints.expect(line)
        for at, amount in set_aside(entry, holder):
            prints.hold(*at, -amount)
    for at, found in accounts(ledger, report):
        if isinstance(found, Line):
            prints.find(at, found)
            days.find(found)
        elif isinstance(found, Day):
            days.store(found)
        elif isinstance(found, Held):
            prints.hold(*at, found.amount)
        else:
            _take_balance(report, prints, *at, found)


def _take_balance(report: Report, prints: Fingerprints, account: str, currency: str, amount: int) -> None:
    prints.store(account, currency, amount)
    report.totals[currency] = report.totals.get(currency, 0) + amount
    if chart.is_guarded(account) and amount < 0:
        report.name(f"balance of {account} is below zero: {amount} {currency}")


def _name_lines(ledger: Ledger, report: Report, differing: list[int], grace: timedelta) -> None:
    """Reads the parts whose lines differ again, and names the lines."""
    in_each = max(report.lines, 3 * report.entries) // PARTS + 1
    parts = set(differing[: max(1, LINES_HELD // in_each)])
    expected: dict[Place, Line] = {}
    for place, entry, _ in entries(ledger):
        for line in lines_of(entry, place):
            if part_of(line.pk, line.sk) not in parts:
                continue
            twin = expected.setdefault((line.pk, line.sk), line)
            if twin is not line:
                report.name(f"journal {place}: entry {entry.id} is in {twin.operation} as well")
    for at, found in accounts(ledger):
        if isinstance(found, Line) and part_of(*at) in parts:
            wanted = expected.pop(at, None)
            if found != wanted and found != (wanted := _said_now(ledger, at, found.operation) or wanted):
                report.name(_difference(at, found, wanted))
    for at, missing in sorted(expected.items(), key=lambda each: each[0]):
        _name_missing(ledger, report, at, missing, grace)
    if left := len(differing) - len(parts):
        report.name(f"{left} more of {PARTS} parts of the lines differ: mend what is named and verify again")


def _said_now(ledger: Ledger, at: Place, operation: str) -> Line | None:
    """The line that an operation's entry has at this place, read now: it may be younger than the reading of the journal."""
    found = _asked_now(ledger, ledger.operation_items, operation, OPERATION)
    try:
        item = found()
        entry = item.entry() if item else None
    except Exception:  # noqa: BLE001  what cannot be read is named where the journal is read, and says nothing here
        return None
    return next((line for line in lines_of(entry, operation) if (line.pk, line.sk) == at), None) if entry else None


def _name_missing(ledger: Ledger, report: Report, at: Place, missing: Line, grace: timedelta) -> None:
    found = _asked_now(ledger, ledger.line_items, *at)
    try:
        item = found()
    except Exception:  # noqa: BLE001  it is there, cannot be read, and was named for that
        return
    if item is not None:
        return
    if not chart.is_guarded(missing.account) and missing.at > ledger.clock.now() - grace:
        report.awaited += 1
        return
    report.name(f"line {' '.join(at)} is missing: {_said(missing)}")


def _difference(at: Place, line: Line, wanted: Line | None) -> str:
    if wanted is None:
        return f"line {' '.join(at)}: holds {_said(line)}, and no entry says so"
    names = [name for name in Line.__struct_fields__ if getattr(line, name) != getattr(wanted, name)]
    return f"line {' '.join(at)}: holds {_said(line)}, its entry says {_said(wanted)}; {', '.join(names)} differ"


def _said(line: Line) -> str:
    return f"{line.money} for {line.account}"


def _name_balances(ledger: Ledger, report: Report, parts: set[int]) -> None:
    """Reads the parts whose balances differ again, and names the balances that stood still and differ even so."""
    suspects: Sums = defaultdict(int)
    for at, found in accounts(ledger):
        if isinstance(found, Held | Day):
            continue
        if not isinstance(found, Line):
            account, currency, amount = *at, found
        else:
            account, currency, amount = found.account, found.money.currency, -found.money.amount
        if part_of(account, currency) in parts:
            suspects[account, currency] += amount
    asked = sorted(name for name, difference in suspects.items() if difference)
    before = _balances_now(ledger, asked)
    lines = _sums_of(ledger, asked)
    after = _balances_now(ledger, asked)
    for account, currency in asked:
        stored, later = before[account, currency], after[account, currency]
        sum_ = lines.get((account, currency), 0)
        if sum_ in (stored, later):
            continue
        if stored != later:
            report.unsettled.append(account)
        else:
            report.name(f"balance of {account}: stored {stored} {currency}, its lines sum to {sum_}")


def _name_held(ledger: Ledger, report: Report, parts: set[int]) -> None:
    """Reads the parts again in which what is held differs, and names what stood still and differs even so."""
    suspects = _set_aside_of(ledger, parts)
    for at, found in accounts(ledger):
        if isinstance(found, Held) and part_of(*at) in parts:
            suspects[at] -= found.amount
    asked = sorted(at for at, difference in suspects.items() if difference)
    before, sums, after = _held_now(ledger, asked), _set_aside_of(ledger, parts), _held_now(ledger, asked)
    for account, currency in asked:
        at = account, currency
        if before[at] != after[at]:
            report.unsettled.append(account)
        elif before[at] != sums[at]:
            report.name(f"held of {account}: stored {before[at]} {currency}, the journal has set {sums[at]} aside")


def _set_aside_of(ledger: Ledger, parts: set[int]) -> defaultdict[Place, int]:
    sums = defaultdict[Place, int](int)
    for _, entry, holder in entries(ledger):
        for at, amount in set_aside(entry, holder):
            if part_of(*at) in parts:
                sums[at] += amount
    return sums


def _held_now(ledger: Ledger, asked: Collection[Place]) -> Sums:
    return _sums_now(ledger, asked, lambda item: item.held or {})


def _sums_of(ledger: Ledger, asked: Collection[Place]) -> Sums:
    wanted, sums = set(asked), defaultdict[Place, int](int)
    for _, found in accounts(ledger) if wanted else ():
        if isinstance(found, Line) and (found.account, found.money.currency) in wanted:
            sums[found.account, found.money.currency] += found.money.amount
    return sums


def _balances_now(ledger: Ledger, asked: Collection[Place]) -> Sums:
    return _sums_now(ledger, asked, lambda item: item.balances)


def _sums_now(ledger: Ledger, asked: Collection[Place], of: Callable[[AccountItem], Mapping[str, int]]) -> Sums:
    """What accounts' items hold at this moment."""
    sums = {}
    for account, currency in asked:
        found = _asked_now(ledger, ledger.account_items, account, BALANCE)
        try:
            item = found()
            sums[account, currency] = of(item).get(currency, 0) if item else 0
        except Exception:  # noqa: BLE001  it was named as unreadable, and holds nothing that could be compared
            sums[account, currency] = 0
    return sums


def _asked_now(ledger: Ledger, items: type[I], pk: str, sk: str) -> Read[I | None]:
    """An item as it is at this moment. The table has answered then: what calling the read raises is wrong with the item alone."""
    with ledger.storage.trip() as trip:
        return trip.get(items, pk, sk)
