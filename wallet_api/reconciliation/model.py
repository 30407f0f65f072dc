"""Rows of a merchant's file, and breaks between a bank's file and ours: pure rules, no reading and no writing."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from wallet_api.clock import rfc3339
from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.lines import Line
from wallet_api.money import Money, decimal_text, exponent, is_currency, zero
from wallet_api.reconciliation.errors import BankFileUnreadable

BYTE_ORDER_MARK = "\ufeff"
"""What tells a spreadsheet that a file is UTF-8; only the first page begins with it."""
COLUMNS = (
    "time", "kind", "entry_id", "payment_id", "order_id", "refund_id", "payout_id", "currency", "gross", "fee", "net",
    "balance_before", "balance_after",
)  # fmt: skip
BANK_COLUMNS = ("reference", "status", "amount", "currency")
"""What a bank's or an acquirer's file has, in any order and among others; the amount in major units, such as 12.50."""
MAX_ROWS = 1_000_000
"""More rows than one day's file has; a longer one is another file."""

Rail = Literal["payouts", "cards"]
BankState = Literal["paid", "returned", "rejected", "charged", "reversed", "refunded", "withdrawn"]
STATES: Mapping[str, BankState] = {
    "payout_paid": "paid",
    "payout_correction": "paid",
    "payout_return": "returned",
    "top_up": "charged",
    "compensation": "charged",
    "charge_reversal": "reversed",
    "refund_delivery": "refunded",
    "reversal": "returned",
    "withdrawal_settlement": "withdrawn",
    "withdrawal_correction": "withdrawn",
    "withdrawal_return": "returned",
}
"""What an entry that touches a bank's clearing account is called in that bank's file. A reversal touches one only when a refund came
back that a card had taken.
"""
RAILS: Mapping[Rail, str] = {"payouts": chart.bank("payouts"), "cards": chart.bank("cards")}
Key = tuple[str, str]
"""A record's reference and state."""
BreakKind = Literal["missing", "extra", "different_amount", "different_state", "duplicate"]

_FORMULA = re.compile(r"^[=+\-@\t\r\x00]")
_AMOUNT = re.compile(r"\d{1,15}(?:\.\d{1,3})?", re.ASCII)


class Names(Struct, frozen=True):
    """What a line is about, as far as it is known: ids, and the merchant's own order id."""

    payment_id: str = ""
    order_id: str = ""
    refund_id: str = ""
    payout_id: str = ""
    fee_inside: Money | None = None
    """The fee of a payout, which its entry sets aside together with the amount."""


class Row(Struct, frozen=True):
    """One line of a merchant's day. `net` is what the balance changed by: `gross` less `fee`."""

    line: Line
    gross: Money
    fee: Money
    names: Names
    before: Money

    @property
    def after(self) -> Money:
        """The balance that the line left."""
        return self.before + self.line.money

    def cells(self) -> tuple[str, ...]:
        """As the file says it."""
        line, names = self.line, self.names
        ids = names.payment_id, safe(names.order_id), names.refund_id, names.payout_id
        sums = (decimal_text(each) for each in (self.gross, self.fee, line.money, self.before, self.after))
        return (rfc3339(line.at), line.kind, line.entry_id, *ids, line.money.currency, *sums)


def row_of(line: Line, entry: Entry, names: Names, before: Money) -> Row:
    """A line with its parts: what went between the merchant and the wallet's fees is fee, all else is gross.

    Raises ValueError for a line that its entry does not say.
    """
    if entry.net().get((line.account, line.money.currency)) != line.money:
        raise ValueError(f"{line.sk} is not what {entry.id} says")
    fee = names.fee_inside
    if fee is None:
        fee = zero(line.money.currency)
        moves = zip(entry.postings[::2], entry.postings[1::2], strict=True)
        for one, other in moves:
            own, against = (one, other) if one.account == line.account else (other, one)
            if own.account == line.account and against.account == chart.FEES and own.money.currency == fee.currency:
                fee = fee - own.money
    return Row(line, line.money + fee, fee, names, before)


def safe(text: str) -> str:
    """A text of somebody else's that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if _FORMULA.match(text) else text


def written(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV (RFC 4180)."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def edge(kind: Literal["opening", "closing"], at: datetime, balance: Money) -> tuple[str, ...]:
    """The row that a day's balance begins or ends with."""
    text = decimal_text(balance)
    return (rfc3339(at), kind, "", "", "", "", "", balance.currency, "", "", "", text, text)


class BankRecord(Struct, frozen=True):
    """One thing that happened at a bank, by our reference: what their file says, or what our ledger says they should."""

    reference: str
    state: str
    amount: Money


class Break(Struct, frozen=True):
    """Where two books differ. `ours` or `theirs` is None where one side has nothing."""

    kind: BreakKind
    reference: str
    ours: BankRecord | None
    theirs: BankRecord | None

    def __str__(self) -> str:
        sides = (f"{name} {_said(side)}" for name, side in (("ours", self.ours), ("theirs", self.theirs)))
        return f"{self.kind}  {self.reference}  {'; '.join(sides)}"


def record_of(line: Line) -> BankRecord | None:
    """What a bank's file should say about a line of its clearing account; None for what it knows nothing of."""
    state = STATES.get(line.kind)
    if state is None:
        return None
    amount = line.money if line.money.amount > 0 else -line.money
    return BankRecord(line.subject, state, amount)


def read_bank_file(lines: Iterable[str]) -> Iterator[BankRecord]:
    """The records of a file. Raises BankFileUnreadable at the first line that is not in the form that is agreed."""
    reader = csv.reader(lines, strict=True)
    try:
        header = [each.removeprefix(BYTE_ORDER_MARK).strip().lower() for each in next(reader, [])]
        if any(header.count(name) != 1 for name in BANK_COLUMNS):
            raise BankFileUnreadable(f"line 1: the columns are {', '.join(BANK_COLUMNS)}, each once")
        places = [header.index(name) for name in BANK_COLUMNS]
        for number, cells in enumerate(reader, 2):
            if number > MAX_ROWS:
                raise BankFileUnreadable(f"more than {MAX_ROWS} rows")
            if cells:
                yield _read(number, cells, places, len(header))
    except csv.Error as error:
        raise BankFileUnreadable(f"line {reader.line_num}: {error}") from None


def _read(number: int, cells: Sequence[str], places: Sequence[int], width: int) -> BankRecord:
    if len(cells) != width:
        raise BankFileUnreadable(f"line {number}: {len(cells)} cells, not {width}")
    reference, state, text, currency = (cells[place].strip() for place in places)
    if not reference or len(reference) > 64 or not reference.isascii() or not reference.isprintable():
        raise BankFileUnreadable(f"line {number}: no reference")
    if state not in STATES.values() and state != "rejected":
        raise BankFileUnreadable(f"line {number}: no state of ours")
    if not is_currency(currency) or not _AMOUNT.fullmatch(text):
        raise BankFileUnreadable(f"line {number}: no amount")
    whole, _, fraction = text.partition(".")
    digits = exponent(currency)
    if len(fraction) > digits:
        raise BankFileUnreadable(f"line {number}: {currency} has {digits} decimal digits")
    return BankRecord(reference, state, Money(int(whole + fraction.ljust(digits, "0")), currency))


def breaks_between(
    ours: Iterable[BankRecord],
    theirs: Iterable[BankRecord],
    elsewhere: Mapping[Key, BankRecord],
    beside: Iterable[BankRecord] = (),
) -> list[Break]:
    """Everywhere that their file and our ledger differ, by reference. `elsewhere` is how we have what of theirs our day does not
    have; `beside` is what their files of other days say, in which what we heard of late may stand.

    Both sides may hold a reference in more than one state: a payout is paid, and returned later.
    """
    left: dict[str, list[BankRecord]] = defaultdict(list)
    for record in ours:
        left[record.reference].append(record)
    seen: set[tuple[str, str]] = set()
    unmatched: list[BankRecord] = []
    found: list[Break] = []
    for record in theirs:
        if (record.reference, record.state) in seen:
            found.append(Break("duplicate", record.reference, None, record))
            continue
        seen.add((record.reference, record.state))
        same = next((each for each in left[record.reference] if each.state == record.state), None)
        if same is None:
            unmatched.append(record)
            continue
        left[record.reference].remove(same)
        if same.amount != record.amount:
            found.append(Break("different_amount", record.reference, same, record))
    for record in unmatched:
        own = _own(record, left[record.reference], elsewhere)
        if own is None:
            found.append(Break("extra", record.reference, None, record))
        elif own.state != record.state:
            found.append(Break("different_state", record.reference, own, record))
        elif own.amount != record.amount:
            found.append(Break("different_amount", record.reference, own, record))
    told = set(map(_whole, beside))
    missing = (each for rest in left.values() for each in rest if _whole(each) not in told)
    found += [Break("missing", each.reference, each, None) for each in missing]
    return sorted(found, key=lambda each: (each.reference, each.kind))


def _whole(record: BankRecord) -> tuple[str, str, int, str]:
    return record.reference, record.state, record.amount.amount, record.amount.currency


def _own(record: BankRecord, left: list[BankRecord], elsewhere: Mapping[Key, BankRecord]) -> BankRecord | None:
    """What of ours a record is held against: what says the same elsewhere, else what our day has left of it."""
    found = elsewhere.get((record.reference, record.state))
    return left.pop(0) if left and (found is None or found.state != record.state) else found


def _said(record: BankRecord | None) -> str:
    return "nothing" if record is None else f"{record.state} {record.amount}"
