"""Verify: every balance again from its lines, every line again from its entry, and what differs is named.

It reads the whole tables, so it runs as a job and never on a request's path. Folded accounts agree once the stream is read to its end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from wallet_api.ledger import chart
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.lines import LINE, Line, lines_of
from wallet_api.ledger.store import BALANCE, OPERATION
from wallet_api.money import Money
from wallet_api.storage.items import Raw

Sums = dict[tuple[str, str], int]
Expected = dict[tuple[str, str], Line]


@dataclass(slots=True)
class Report:
    """What was read and what differs; `findings` is empty when the ledger is true."""

    operations: int = 0
    entries: int = 0
    lines: int = 0
    accounts: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not self.findings


def verify(ledger: Ledger) -> Report:
    """Checks everything: entries balance, lines say what their entries say, balances are the sums of their lines, no guarded one
    is below zero, and all of them together are nothing.
    """
    report = Report()
    expected = _expected_lines(ledger, report)
    balances: Sums = {}
    from_lines: Sums = defaultdict(int)
    for raw in ledger.storage.scan(ledger.account_items):
        place = (raw["pk"]["S"], raw["sk"]["S"])
        try:
            if place[1] == BALANCE:
                report.accounts += 1
                held = ledger.account_items.from_raw_data(raw).balances
                balances.update({(place[0], currency): amount for currency, amount in held.items()})
            elif place[1].startswith(LINE):
                report.lines += 1
                line = _line(ledger, raw)
                from_lines[line.account, line.money.currency] += line.money.amount
                report.findings.extend(_differences(place, line, expected.pop(place, None)))
            else:
                report.findings.append(f"{' '.join(place)} is neither a balance nor a line")
        except Exception as error:  # noqa: BLE001  whatever is wrong with the item is the finding
            report.findings.append(f"{' '.join(place)} cannot be read: {error}")
    report.findings.extend(f"line {pk} {sk} is missing: {_said(line)}" for (pk, sk), line in sorted(expected.items()))
    report.findings.extend(_compare(balances, from_lines))
    for (_, currency), amount in balances.items():
        report.totals[currency] = report.totals.get(currency, 0) + amount
    report.findings.extend(f"all {cur} balances sum to {sum_}, not to 0" for cur, sum_ in report.totals.items() if sum_)
    return report


def _expected_lines(ledger: Ledger, report: Report) -> Expected:
    expected: Expected = {}
    for raw in ledger.storage.scan(ledger.operation_items):
        report.operations += 1
        place = raw["pk"]["S"]
        try:
            if raw["sk"]["S"] != OPERATION:
                raise ValueError("not an operation")
            entry = ledger.operation_items.from_raw_data(raw).entry()
        except Exception as error:  # noqa: BLE001  whatever is wrong with the record is the finding
            report.findings.append(f"journal {place} ({raw.get('entry_id', {}).get('S', 'no entry')}): {error}")
            continue
        if entry is None:
            continue
        report.entries += 1
        for line in lines_of(entry, place):
            twin = expected.setdefault((line.pk, line.sk), line)
            if twin is not line:
                report.findings.append(f"journal {place}: entry {entry.id} is in {twin.operation} as well")
    return expected


def _line(ledger: Ledger, raw: Raw) -> Line:
    item = ledger.line_items.from_raw_data(raw)
    return item.as_record(Line, money=Money(item.amount, item.currency))


def _differences(place: tuple[str, str], line: Line, wanted: Line | None) -> Iterator[str]:
    if wanted is None:
        yield f"line {' '.join(place)}: holds {_said(line)}, and no entry says so"
    elif line != wanted:
        names = [each.name for each in fields(Line) if getattr(line, each.name) != getattr(wanted, each.name)]
        yield f"line {' '.join(place)}: holds {_said(line)}, its entry says {_said(wanted)}; {', '.join(names)} differ"


def _said(line: Line) -> str:
    return f"{line.money} for {line.account}"


def _compare(balances: Sums, from_lines: Sums) -> Iterator[str]:
    for account, currency in sorted({*balances, *from_lines}):
        stored = balances.get((account, currency), 0)
        counted = from_lines.get((account, currency), 0)
        if stored != counted:
            yield f"balance of {account}: stored {stored} {currency}, its lines sum to {counted}"
        if chart.is_guarded(account) and stored < 0:
            yield f"balance of {account} is below zero: {stored} {currency}"
