"""What a merchant can do with the files of its days: see which there are, and read one, a page at a time."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from wallet_api.clock import Clock, rfc3339, wallet_day
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Account
from wallet_api.ledger.days import Day, days_back
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.lines import Line
from wallet_api.merchants.model import MerchantCaller
from wallet_api.merchants.use_cases import Merchants
from wallet_api.metrics import Measure, Metrics
from wallet_api.money import Money
from wallet_api.payments.model import Payment
from wallet_api.payments.use_cases import Payments
from wallet_api.payouts.model import Payout
from wallet_api.payouts.use_cases import Payouts
from wallet_api.reconciliation.errors import ReconciliationChanged, ReconciliationNotReady
from wallet_api.reconciliation.model import BYTE_ORDER_MARK, COLUMNS, Names, edge, row_of, written
from wallet_api.refunds.model import Refund
from wallet_api.refunds.use_cases import Refunds
from wallet_api.settlement_days.model import closed_from, end_of
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.keys import Keys, same
from wallet_api.storage.pages import Page, PageRequest, cursor_at
from wallet_api.storage.trips import known

AT_ONCE = 25
"""How many lines' records one trip reads: each line has an operation and at most two records."""
LISTED = 90
"""How many days one page of the list names at most."""
_SUMS = re.compile(r"(?:[A-Z]{3}\.-?\d{1,30})(?::[A-Z]{3}\.-?\d{1,30})*|", re.ASCII)
_NEVER = "2000-01-01"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

logger = logging.getLogger(__name__)


class Reading(Struct, frozen=True):
    """Which part of a day's file: so many rows, after a cursor."""

    day: str
    limit: int
    cursor: str | None = None


class FilePart(Struct, frozen=True):
    """Some rows of a file as CSV, and the cursor of the next part or None at the end. `is_final`: nothing was counted late."""

    text: str
    next_cursor: str | None
    is_final: bool


class Reports(Struct, frozen=True):
    """The files of every merchant's days, made of the ledger's lines whenever they are asked for."""

    storage: Storage
    clock: Clock
    keys: Keys
    ledger: Ledger
    merchants: Merchants
    payments: Payments
    refunds: Refunds
    payouts: Payouts
    metrics: Metrics

    def days(self, caller: MerchantCaller, page: PageRequest) -> Page[Day]:
        """The merchant's days that are over, newest first; one that is not closed yet has no opening balance."""
        after = page.place()
        if after is not None and not _is_date(after):
            raise Invalid(FieldProblem("cursor", "cursor_not_ours"))
        account, limit = chart.merchant(caller.id), min(page.limit, LISTED)
        yesterday = days_back(wallet_day(self.clock.now()), 2)[1]
        first = yesterday if after is None else min(yesterday, days_back(after, 2)[1])
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            opened = self.ledger.accounts.reading(account, trip)
            reads = [self.ledger.days.find(account, day, trip) for day in days_back(first, limit)]
        authorized()
        begun = wallet_day(opened().opened_at)
        shown = tuple(day for day in (read() for read in reads) if day.date >= begun)
        more = len(shown) == limit and shown[-1].date > begun
        return Page(shown, cursor_at(shown[-1].date) if more else None)

    def part(self, caller: MerchantCaller, reading: Reading) -> FilePart:
        """Some rows of a day's file. Its rows begin with the opening balance and end with the closing one.

        Raises NotFound for a day that is not the merchant's, ReconciliationNotReady, and ReconciliationChanged instead of an end
        that the rows do not add up to.
        """
        account, is_date = chart.merchant(caller.id), _is_date(reading.day)
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            opened = self.ledger.accounts.reading(account, trip)
            # What is no date never reaches a storage key.
            found = self.ledger.days.find(account, reading.day if is_date else _NEVER, trip)
        authorized()
        if not is_date:
            raise NotFound
        day = self._closed(found(), opened())
        after, sums = self._place(caller, reading, day)
        head: list[Sequence[str]] = []
        if after is None:
            begun = end_of(days_back(day.date, 2)[1])
            currencies = sorted({*sums, *day.net})
            head = [COLUMNS, *(edge("opening", begun, Money(sums.get(each, 0), each)) for each in currencies)]
        rows, last = self._rows(account, day, after, reading.limit, sums)
        text = written([*head, *rows])
        if after is None:
            text = BYTE_ORDER_MARK + text
        if last is not None:
            return FilePart(text, cursor_at(self._cursor(caller, day, last, sums)), day.is_final)
        return FilePart(text + written(self._end(account, day, sums)), None, day.is_final)

    def _closed(self, day: Day, account: Account) -> Day:
        today = wallet_day(self.clock.now())
        if day.date > today or day.date < wallet_day(account.opened_at):
            raise NotFound
        if day.opening is None:
            raise ReconciliationNotReady(ready_at=rfc3339(closed_from(day.date)))
        return day

    def _rows(
        self, account: str, day: Day, after: str | None, limit: int, sums: dict[str, int]
    ) -> tuple[list[Sequence[str]], str | None]:
        """The next rows, with the place of the last when more may follow; `sums` is carried along."""
        rows: list[Sequence[str]] = []
        while len(rows) < limit:
            wanted = min(AT_ONCE, limit - len(rows))
            with self.storage.trip() as trip:
                reading = self.ledger.days.lines(account, day.date, trip, after=after, limit=wanted)
            lines = reading()
            rows += self._cells(lines, sums)
            if len(lines) < wanted:
                return rows, None
            after = lines[-1].sk
        return rows, after

    def _cells(self, lines: Sequence[Line], sums: dict[str, int]) -> Iterator[Sequence[str]]:
        for line, entry, names in self._looked_up(lines):
            currency = line.money.currency
            row = row_of(line, entry, names, Money(sums.get(currency, 0), currency))
            sums[currency] = row.after.amount
            yield row.cells()

    def _looked_up(self, lines: Sequence[Line]) -> Iterator[tuple[Line, Entry, Names]]:
        """Each line with its entry and what it is about. Two trips, however many lines."""
        with self.storage.trip() as trip:
            entries = [self.ledger.entry_at(line.operation, trip) for line in lines]
            subjects = [self._subject(line, trip) for line in lines]
        found = [read() for read in subjects]
        with self.storage.trip() as trip:
            of_refunds = {
                each.payment_id: self.payments.reading(each.payment_id, trip)
                for each in found
                if isinstance(each, Refund)
            }
        for line, read, subject in zip(lines, entries, found, strict=True):
            entry = read()
            if entry is None:
                raise LookupError(f"{line.sk} names {line.operation}, which is not there")
            yield line, entry, _names(line, subject, {name: payment() for name, payment in of_refunds.items()})

    def _subject(self, line: Line, trip: Trip) -> Read[Payment | Refund | Payout | None]:
        subject: Read[Any] = known(None)
        if line.subject.startswith("pay_"):
            subject = self.payments.reading(line.subject, trip)
        elif line.subject.startswith("ref_"):
            subject = self.refunds.reading(line.subject, trip)
        elif line.subject.startswith("po_"):
            subject = self.payouts.reading(line.subject, trip)
        return subject

    def _end(self, account: str, day: Day, sums: Mapping[str, int]) -> Iterator[Sequence[str]]:
        """The closing rows, if what was read adds up to them."""
        with self.storage.trip() as trip:
            found = self.ledger.days.find(account, day.date, trip)
        now = found()
        differing = {each for each in {*sums, *now.closing} if sums.get(each, 0) != now.closing.get(each, 0)}
        if differing:
            if now == day:
                # Nothing came between: lines and sums of the day themselves differ, and `verify` has to say why.
                logger.critical("a day does not add up", extra={"account": account, "day": day.date})
                self.metrics.tell(Measure("reconciliation_differs", 1))
            raise ReconciliationChanged
        ended = end_of(day.date) - timedelta(seconds=1)
        return (edge("closing", ended, Money(now.closing[each], each)) for each in sorted(now.closing))

    def _cursor(self, caller: MerchantCaller, day: Day, last: str, sums: Mapping[str, int]) -> str:
        told = ":".join(f"{currency}.{amount}" for currency, amount in sorted(sums.items()))
        return f"{last}|{told}|{self._tag(caller, day, last, told)}"

    def _place(self, caller: MerchantCaller, reading: Reading, day: Day) -> tuple[str | None, dict[str, int]]:
        """After which line to go on, and the balances there. Raises Invalid for a cursor that is not this file's."""
        place = PageRequest(1, reading.cursor).place()
        if place is None:
            return None, dict(day.opening or {})
        last, _, rest = place.partition("|")
        told, _, tag = rest.partition("|")
        if not _SUMS.fullmatch(told) or not same(tag.encode(), self._tag(caller, day, last, told).encode()):
            raise Invalid(FieldProblem("cursor", "cursor_not_ours"))
        parts = (each.partition(".") for each in told.split(":") if each)
        return last, {currency: int(amount) for currency, _, amount in parts}

    def _tag(self, caller: MerchantCaller, day: Day, last: str, told: str) -> str:
        """Balances ride in the cursor, so that no page reads what is before it; the tag keeps them ours."""
        return self.keys.hex_digest("reconciliation-cursor", caller.id, day.date, last, told, version=1)[:16]


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return text >= _NEVER


def _names(line: Line, subject: Payment | Refund | Payout | None, payments: Mapping[str, Payment | None]) -> Names:
    if isinstance(subject, Payment):
        return Names(payment_id=subject.id, order_id=subject.order.order_id or "")
    if isinstance(subject, Refund):
        payment = payments.get(subject.payment_id)
        order_id = payment.order.order_id if payment is not None else None
        return Names(payment_id=subject.payment_id, order_id=order_id or "", refund_id=subject.id)
    if isinstance(subject, Payout):
        sets_aside = {"payout": subject.fee, "payout_void": -subject.fee}
        return Names(payout_id=subject.id, fee_inside=sets_aside.get(line.kind))
    return Names()
