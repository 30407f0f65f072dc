"""Folding: the balances and statements of busy accounts, made from the journal's stream, exactly once.

For each account a batch is one transaction: every line, which must not be there yet, and one update of the balance by their sum.
The line is the statement that the merchant reads anyway *and* the mark that says "counted": a batch that is replayed, split,
bisected, reordered or redriven finds its lines already there, drops those and writes the rest.

Lambda takes a batch up again from the first record that failed, and in the end gives up on that record *and* those behind it. So
whatever else is in the batch is counted at once, at every attempt: what is given up on beside a poisoned record is done already.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from wallet_api.clock import epoch_milliseconds, wallet_day
from wallet_api.errors import WalletError
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.days import DayNotBegun, is_kept_by_day, parts_by_day
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.lines import Line, lines_of
from wallet_api.ledger.store import BALANCE, OPERATION
from wallet_api.metrics import Measure, Metrics, NoMetrics
from wallet_api.storage.errors import StorageFault

LINES_PER_WRITE = 99
"""With the balance they are as many items as a transaction takes; an account whose days are kept has room for one line less."""

logger = logging.getLogger(__name__)


class JournalRecordUnreadable(Exception):
    """A stream record that is no operation of the ledger: it goes to the dead-letter queue."""


class LineCounted(Exception):
    """This line is in the statement already, so its amount is in the balance already."""

    def __init__(self, line: Line) -> None:
        super().__init__(line.sk)
        self.line = line


class AccountNotOpened(Exception):
    """The first line of an account that nobody opened: the folding opens it."""


class _Batch(Struct):
    """What a batch of stream records brings."""

    lines: dict[str, list[tuple[str, Line]]] = field(default_factory=lambda: defaultdict(list))
    """By account, each with the sequence number of its record."""
    failed: list[str] = field(default_factory=list)
    entries: int = 0
    changed: int = 0
    oldest: datetime | None = None

    def take(self, entry: Entry, place: str, sequence: str) -> None:
        self.entries += 1
        self.oldest = min(entry.at, self.oldest or entry.at)
        for line in lines_of(entry, place):
            if not chart.is_guarded(line.account):
                self.lines[line.account].append((sequence, line))


class Folding(Struct, frozen=True):
    """Reads the ledger table's stream and keeps the folded accounts."""

    ledger: Ledger
    metrics: Metrics = field(default_factory=NoMetrics)

    def fold(self, records: Sequence[Mapping[str, Any]]) -> list[str]:
        """Folds a batch of raw stream records. Returns the sequence numbers of those that could not be folded.

        A record that cannot be read, or whose lines DynamoDB refuses, fails alone; all others of the batch are folded.
        """
        batch = self._read(records)
        for account, lines in batch.lines.items():
            left = {line.entry_id for line in self._left_over(account, [line for _, line in lines])}
            batch.failed.extend(sequence for sequence, line in lines if line.entry_id in left)
        failed = list(dict.fromkeys(batch.failed))
        self._measure(batch, len(failed))
        return failed

    def _read(self, records: Sequence[Mapping[str, Any]]) -> _Batch:
        batch = _Batch()
        for record in records:
            sequence = str(record.get("dynamodb", {}).get("SequenceNumber", ""))
            batch.changed += record.get("eventName") != "INSERT"
            try:
                entry, place = journal_entry(self.ledger, record)
            except JournalRecordUnreadable:
                logger.exception("a record of the journal's stream cannot be read", extra={"sequence": sequence})
                batch.failed.append(sequence)
                continue
            if entry is not None:
                batch.take(entry, place, sequence)
        return batch

    def _measure(self, batch: _Batch, failed: int) -> None:
        """How long the oldest entry of the batch waited to be folded, by the wallet's own clock: the stream's is in whole seconds."""
        measures = [Measure("folded_entries", batch.entries), Measure("fold_failures", failed)]
        if batch.oldest is not None:
            lag = epoch_milliseconds(self.ledger.clock.now()) - epoch_milliseconds(batch.oldest)
            measures.append(Measure("fold_lag_ms", max(0, lag), "Milliseconds"))
        if batch.changed:
            measures.append(Measure("journal_changed", batch.changed))
        self.metrics.tell(*measures)

    def _left_over(self, account: str, lines: list[Line]) -> list[Line]:
        """Adds the lines and gives back those that could not be written.

        What DynamoDB refuses as wrong is one line's doing: halves find it, and the others are counted.
        """
        try:
            self.add(account, lines)
        except WalletError:
            logger.exception("an account could not be folded", extra={"account": account})
            return lines
        except StorageFault:
            if len(lines) == 1:
                logger.exception("a line is refused", extra={"account": account, "line": lines[0].sk})
                return lines
            half = len(lines) // 2
            return self._left_over(account, lines[:half]) + self._left_over(account, lines[half:])
        return []

    def add(self, account: str, lines: Iterable[Line]) -> int:
        """Writes the lines that are not there yet and moves the balance by their sum. Returns how many were new."""
        unique = list({(line.pk, line.sk): line for line in lines}.values())
        if is_kept_by_day(account):
            parts = parts_by_day(unique, LINES_PER_WRITE - 1)
        else:
            parts = [unique[start : start + LINES_PER_WRITE] for start in range(0, len(unique), LINES_PER_WRITE)]
        return sum(self._add_part(account, part) for part in parts)

    def _add_part(self, account: str, lines: list[Line]) -> int:
        remaining = lines
        while remaining:
            write = self.ledger.storage.atomic_write()
            try:
                with write:
                    self._count(account, remaining, write)
                return len(remaining)
            except LineCounted:
                counted = {each.line.sk for each in write.refused if isinstance(each, LineCounted)}
                remaining = [line for line in remaining if line.sk not in counted]
            except AccountNotOpened:
                self._open(account)
            except DayNotBegun:
                self.ledger.days.begin(account, wallet_day(remaining[0].at))
        return 0

    def _count(self, account: str, lines: list[Line], write: Any) -> None:
        ledger = self.ledger
        sums: dict[str, int] = defaultdict(int)
        for line in lines:
            sums[line.money.currency] += line.money.amount
            write.put(ledger.line_item(line), LineCounted(line))
        actions = []
        for currency, amount in sums.items():
            balance = ledger.account_items.balances[currency]
            actions.append(balance.set((balance | 0) + amount))
        exists = ledger.account_items.pk.exists()
        write.update(ledger.account_items(account, BALANCE), actions, (exists, AccountNotOpened()))
        if is_kept_by_day(account):
            ledger.days.count(account, lines, write)

    def _open(self, account: str) -> None:
        try:
            with self.ledger.storage.atomic_write() as write:
                self.ledger.accounts.open(account, write)
        except StaleAccount:
            # Another batch opened it in the same moment, which is just as good.
            return


def journal_entry(ledger: Ledger, record: Mapping[str, Any]) -> tuple[Entry | None, str]:
    """The entry that a record of the journal's stream brings (None when it moved no money) and the place it is kept at.

    Raises JournalRecordUnreadable. A record that changes or removes an operation is an alarm: the journal is append-only.
    """
    change = record.get("dynamodb", {})
    if record.get("eventName") != "INSERT":
        logger.critical("journal_changed", extra={"keys": change.get("Keys"), "event_name": record.get("eventName")})
        return None, ""
    try:
        image = change["NewImage"]
        if image["sk"]["S"] != OPERATION:
            return None, ""
        item = ledger.operation_items.from_raw_data(dict(image))
        return item.entry(), item.pk
    except Exception as error:
        raise JournalRecordUnreadable(str(change.get("Keys"))) from error
