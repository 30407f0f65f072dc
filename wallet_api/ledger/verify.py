"""Verify: every balance again from its lines, every line again from its entry, and what differs is named.

It reads both tables once and keeps neither (fingerprints.py), so its memory does not grow with the ledger. Only when something
differs does it read again, and then keeps the parts that differ, up to LINES_HELD lines. It runs as a job, never on a request's path.

The wallet may go on meanwhile. What was found is looked at once more, line by line, before it is named; a balance that moves under
the reading is told as unsettled. Folded accounts agree once the stream is read to its end: `grace` is how long a line may be awaited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import timedelta

from msgspec import Struct, field

from wallet_api.ledger import chart
from wallet_api.ledger.days import DAY
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.fingerprints import PARTS, Fingerprints, Place, part_of
from wallet_api.ledger.holds import set_aside
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.lines import LINE, Line, lines_of
from wallet_api.ledger.store import BALANCE, OPERATION
from wallet_api.money import Money
from wallet_api.storage.items import Raw

LINES_HELD = 100_000
"""How many lines the second reading keeps at most; parts beyond it are counted, and named when it is run again."""
NAMED = 1000
"""How many findings are named; the others are counted."""

Sums = dict[tuple[str, str], int]


class Report(Struct):
    """What was read and what differs; the ledger is true when nothing was found.

    `awaited` lines are younger than the grace and not folded yet. The balances of `unsettled` accounts moved while they were read.
    """

    operations: int = 0
    entries: int = 0
    lines: int = 0
    accounts: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)
    found: int = 0
    awaited: int = 0
    unsettled: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not self.found

    def name(self, finding: str) -> None:
        """Counts a finding, and names it while there is room."""
        self.found += 1
        if len(self.findings) < NAMED:
            self.findings.append(finding)


class Held(Struct, frozen=True):
    """What an account's item shows as set aside of its owner's money."""

    amount: int


def verify(ledger: Ledger, *, grace: timedelta = timedelta()) -> Report:
    """Checks everything: entries balance, lines say what their entries say, balances are the sums of their lines, no guarded one
    is below zero, all of them together are nothing, and what is held of somebody's money is what the journal has set aside of it.
    """
    report, prints = Report(), Fingerprints()
    _read(ledger, report, prints)
    if differing := prints.differing_lines():
        _name_lines(ledger, report, differing, grace)
    if differing := prints.differing_balances():
        _name_balances(ledger, report, set(differing))
    if differing := prints.differing_held():
        _name_held(ledger, report, set(differing))
    if report.found:
        # Where lines and balances agree, totals cannot differ by themselves: something moved between two reads.
        for currency, total in report.totals.items():
            if total:
                report.name(f"all {currency} balances sum to {total}, not to 0")
    return report


def _read(ledger: Ledger, report: Report, prints: Fingerprints) -> None:
    for place, entry, holder in _entries(ledger, report):
        for line in lines_of(entry, place):
            prints.expect(line)
        for at, amount in set_aside(entry, holder):
            prints.hold(*at, -amount)
    for at, found in _accounts(ledger, report):
        if isinstance(found, Line):
            prints.find(at, found)
        elif isinstance(found, Held):
            prints.hold(*at, found.amount)
        else:
            _take_balance(report, prints, *at, found)


def _take_balance(report: Report, prints: Fingerprints, account: str, currency: str, amount: int) -> None:
    prints.store(account, currency, amount)
    report.totals[currency] = report.totals.get(currency, 0) + amount
    if chart.is_guarded(account) and amount < 0:
        report.name(f"balance of {account} is below zero: {amount} {currency}")


def _entries(ledger: Ledger, report: Report | None = None) -> Iterator[tuple[str, Entry, str | None]]:
    """Every entry with its operation's place, and whose money it sets aside or free; what cannot be read is named in the report."""
    for raw in ledger.storage.scan(ledger.operation_items):
        place = raw["pk"]["S"]
        try:
            if raw["sk"]["S"] != OPERATION:
                raise ValueError("not an operation")
            item = ledger.operation_items.from_raw_data(raw)
            entry, holder = item.entry(), item.holder
        except Exception as error:  # noqa: BLE001  whatever is wrong with the record is the finding
            if report:
                report.name(f"journal {place} ({raw.get('entry_id', {}).get('S', 'no entry')}): {error}")
            entry, holder = None, None
        if report:
            report.operations += 1
            report.entries += entry is not None
        if entry is not None:
            yield place, entry, holder


def _accounts(ledger: Ledger, report: Report | None = None) -> Iterator[tuple[Place, Line | int | Held]]:
    """Every line with its place, and every balance, and what is held, with its account and currency."""
    for raw in ledger.storage.scan(ledger.account_items):
        pk, sk = raw["pk"]["S"], raw["sk"]["S"]
        try:
            if sk == BALANCE:
                item = ledger.account_items.from_raw_data(raw)
                if report:
                    report.accounts += 1
                yield from (((pk, currency), amount) for currency, amount in item.balances.items())
                yield from (((pk, currency), Held(amount)) for currency, amount in (item.held or {}).items())
            elif sk.startswith(LINE):
                line = _line(ledger, raw)
                if report:
                    report.lines += 1
                yield (pk, sk), line
            elif report and sk != DAY:
                report.name(f"{pk} {sk} is neither a balance, a line nor a day")
        except Exception as error:  # noqa: BLE001  whatever is wrong with the item is the finding
            if report:
                report.name(f"{pk} {sk} cannot be read: {error}")


def _line(ledger: Ledger, raw: Raw) -> Line:
    item = ledger.line_items.from_raw_data(raw)
    return item.as_record(Line, money=Money(item.amount, item.currency))


def _name_lines(ledger: Ledger, report: Report, differing: list[int], grace: timedelta) -> None:
    """Reads the parts whose lines differ again, and names the lines."""
    in_each = max(report.lines, 3 * report.entries) // PARTS + 1
    parts = set(differing[: max(1, LINES_HELD // in_each)])
    expected: dict[Place, Line] = {}
    for place, entry, _ in _entries(ledger):
        for line in lines_of(entry, place):
            if part_of(line.pk, line.sk) not in parts:
                continue
            twin = expected.setdefault((line.pk, line.sk), line)
            if twin is not line:
                report.name(f"journal {place}: entry {entry.id} is in {twin.operation} as well")
    for at, found in _accounts(ledger):
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
    try:
        item = ledger.storage.get(ledger.operation_items, operation, OPERATION)
        entry = item.entry() if item else None
    except Exception:  # noqa: BLE001  what cannot be read is named where the journal is read, and says nothing here
        return None
    return next((line for line in lines_of(entry, operation) if (line.pk, line.sk) == at), None) if entry else None


def _name_missing(ledger: Ledger, report: Report, at: Place, missing: Line, grace: timedelta) -> None:
    try:
        item = ledger.storage.get(ledger.line_items, *at)
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
    for at, found in _accounts(ledger):
        if isinstance(found, Held):
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
    for at, found in _accounts(ledger):
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
    for _, entry, holder in _entries(ledger):
        for at, amount in set_aside(entry, holder):
            if part_of(*at) in parts:
                sums[at] += amount
    return sums


def _held_now(ledger: Ledger, asked: Collection[Place]) -> Sums:
    items = {account: ledger.storage.get(ledger.account_items, account, BALANCE) for account, _ in asked}
    return {
        (name, currency): (item.held or {}).get(currency, 0) if (item := items[name]) else 0 for name, currency in asked
    }


def _sums_of(ledger: Ledger, asked: Collection[Place]) -> Sums:
    wanted, sums = set(asked), defaultdict[Place, int](int)
    for _, found in _accounts(ledger) if wanted else ():
        if isinstance(found, Line) and (found.account, found.money.currency) in wanted:
            sums[found.account, found.money.currency] += found.money.amount
    return sums


def _balances_now(ledger: Ledger, asked: Collection[Place]) -> Sums:
    found = {}
    for account, currency in asked:
        try:
            item = ledger.storage.get(ledger.account_items, account, BALANCE)
            found[account, currency] = item.balances.get(currency, 0) if item else 0
        except Exception:  # noqa: BLE001  it was named as unreadable, and holds nothing that could be compared
            found[account, currency] = 0
    return found
