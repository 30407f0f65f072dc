"""Scanning: both tables read once from end to end, each item as the ledger speaks of it; what cannot be read is named in the report."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from wallet_api.ledger.days import DAY, Day
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.fingerprints import Place
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.lines import LINE, Line
from wallet_api.ledger.store import BALANCE, OPERATION
from wallet_api.money import Money
from wallet_api.storage.items import Raw

NAMED = 1000
"""How many findings are named; the others are counted."""


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


def entries(ledger: Ledger, report: Report | None = None) -> Iterator[tuple[str, Entry, str | None]]:
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


def accounts(ledger: Ledger, report: Report | None = None) -> Iterator[tuple[Place, Line | int | Held | Day]]:
    """Every line with its place; every balance, and what is held, with its account and currency; every day with its account and
    date.
    """
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
            elif sk == DAY:
                day = ledger.days.items.from_raw_data(raw).as_record(Day)
                yield (day.account, day.date), day
            elif report:
                report.name(f"{pk} {sk} is neither a balance, a line nor a day")
        except Exception as error:  # noqa: BLE001  whatever is wrong with the item is the finding
            if report:
                report.name(f"{pk} {sk} cannot be read: {error}")


def _line(ledger: Ledger, raw: Raw) -> Line:
    item = ledger.line_items.from_raw_data(raw)
    return item.as_record(Line, money=Money(item.amount, item.currency))
