"""Verify: every balance again from its lines, every line again from its entry, and what differs is named.

It reads the whole tables, so it runs as a job and never on a request's path. Folded accounts agree once the stream is read to its end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from wallet_api.ledger import chart
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.lines import LINE, lines_of
from wallet_api.ledger.store import BALANCE, OPERATION

Sums = dict[tuple[str, str], int]


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
    """Checks invariants over everything: entries balance, lines match entries, balances match lines, no guarded balance below zero."""
    report = Report()
    expected = _expected_lines(ledger, report)
    balances: Sums = {}
    from_lines: Sums = defaultdict(int)
    for raw in ledger.storage.scan(ledger.account_items):
        if raw["sk"]["S"] == BALANCE:
            report.accounts += 1
            for currency, amount in ledger.account_items.from_raw_data(raw).balances.items():
                balances[raw["pk"]["S"], currency] = amount
        elif raw["sk"]["S"].startswith(LINE):
            report.lines += 1
            line = ledger.line_items.from_raw_data(raw)
            from_lines[line.account, line.currency] += line.amount
            wanted = expected.pop((line.pk, line.sk), None)
            if wanted != (line.account, line.amount):
                report.findings.append(f"line {line.pk} {line.sk}: holds {line.amount}, its entry says {wanted}")
    report.findings.extend(f"line {pk} {sk} is missing: {what}" for (pk, sk), what in sorted(expected.items()))
    report.findings.extend(_compare(balances, from_lines))
    for (_, currency), amount in balances.items():
        report.totals[currency] = report.totals.get(currency, 0) + amount
    report.findings.extend(f"all {cur} balances sum to {sum_}, not to 0" for cur, sum_ in report.totals.items() if sum_)
    return report


def _expected_lines(ledger: Ledger, report: Report) -> dict[tuple[str, str], tuple[str, int]]:
    expected: dict[tuple[str, str], tuple[str, int]] = {}
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
            expected[line.pk, line.sk] = (line.account, line.money.amount)
    return expected


def _compare(balances: Sums, from_lines: Sums) -> Iterator[str]:
    for account, currency in sorted({*balances, *from_lines}):
        stored = balances.get((account, currency), 0)
        counted = from_lines.get((account, currency), 0)
        if stored != counted:
            yield f"balance of {account}: stored {stored} {currency}, its lines sum to {counted}"
        if chart.is_guarded(account) and stored < 0:
            yield f"balance of {account} is below zero: {stored} {currency}"
