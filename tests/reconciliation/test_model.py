"""Rows that are said as they are, files that are read strictly, and every kind of break."""

from datetime import UTC, datetime
from typing import get_args

import pytest

from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry, move, postings
from wallet_api.ledger.lines import lines_of
from wallet_api.money import Money
from wallet_api.reconciliation.errors import BankFileUnreadable
from wallet_api.reconciliation.model import (
    BankRecord,
    BankState,
    Names,
    breaks_between,
    read_bank_file,
    record_of,
    row_of,
    safe,
)

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
SHOP, CUSTOMER = chart.merchant("mer_1"), chart.customer("usr_1")
HEAD = "reference,status,amount,currency"


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def record(reference: str, state: str = "paid", amount: int = 1000) -> BankRecord:
    return BankRecord(reference, state, cny(amount))


def kinds(ours: list[BankRecord], theirs: list[BankRecord], **elsewhere: BankRecord) -> list[tuple[str, str]]:
    known = {(each.reference, state): each for each in elsewhere.values() for state in get_args(BankState)}
    return [(each.kind, each.reference) for each in breaks_between(ours, theirs, known)]


def test_a_row_tells_gross_fee_and_net() -> None:
    entry = Entry(
        "ent_1", "payment", NOW, "pay_1", postings(move(cny(1000), CUSTOMER, SHOP), move(cny(6), SHOP, "fees"))
    )
    (line,) = [each for each in lines_of(entry, "place") if each.account == SHOP]
    row = row_of(line, entry, Names(payment_id="pay_1"), cny(5))
    assert (row.gross, row.fee, row.line.money, row.after) == (cny(1000), cny(6), cny(994), cny(999))
    with pytest.raises(ValueError, match="not what"):
        row_of(line, Entry("ent_2", "payment", NOW, "pay_1", move(cny(1), CUSTOMER, SHOP)), Names(), cny(0))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\x00"])
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    """P13."""
    assert safe(text) == f"'{text}"
    assert safe(f"a{text}") == f"a{text}"


def test_books_that_agree_have_no_breaks() -> None:
    ours = [record("po_1"), record("po_1", "returned"), record("po_2", amount=5)]
    assert kinds(ours, list(reversed(ours))) == []
    assert kinds([], []) == []


def test_every_kind_of_break_is_found_and_named() -> None:
    """O7: missing, extra, another amount, another state, twice; never a silent fix."""
    assert kinds([record("po_1")], []) == [("missing", "po_1")]
    assert kinds([], [record("po_1")]) == [("extra", "po_1")]
    assert kinds([record("po_1")], [record("po_1", amount=999)]) == [("different_amount", "po_1")]
    assert kinds([record("po_1")], [record("po_1", "rejected")]) == [("different_state", "po_1")]
    assert kinds([record("po_1")], [record("po_1"), record("po_1")]) == [("duplicate", "po_1")]
    assert kinds([record("po_1")], [BankRecord("po_1", "paid", Money(1000, "EUR"))]) == [("different_amount", "po_1")]


def test_what_our_day_does_not_have_is_compared_with_how_it_stands() -> None:
    """A bank's midnight need not be ours; and what it paid while we still wait is no unknown order."""
    assert kinds([], [record("po_1")], po_1=record("po_1")) == []
    assert kinds([], [record("po_1")], po_1=record("po_1", "processing")) == [("different_state", "po_1")]


def test_a_bank_hears_nothing_of_what_is_only_set_aside() -> None:
    made = Entry("ent_1", "payout", NOW, "po_1", move(cny(5), SHOP, "holds/po_1"))
    assert [record_of(line) for line in lines_of(made, "place")] == [None, None]


def test_a_file_is_read_in_any_order_of_its_columns() -> None:
    text = ["\ufeffdate,Currency,amount,status,reference", "2026-11-22,CNY,12.5,paid,po_1", "", "x,JPY,7,returned,po_2"]
    assert list(read_bank_file(text)) == [record("po_1", amount=1250), BankRecord("po_2", "returned", Money(7, "JPY"))]


@pytest.mark.parametrize(
    "lines",
    [
        [], ["reference,status"], [f"{HEAD},amount"], [HEAD, "po_1,paid,1.00"], [HEAD, "po_1,paid,1.001,CNY"],
        [HEAD, "po_1,paid,-1,CNY"], [HEAD, "po_1,paid,1e3,CNY"], [HEAD, "po_1,paid,１,CNY"], [HEAD, ",paid,1,CNY"],
        [HEAD, "po_1,done,1,CNY"], [HEAD, "po_1,paid,1,XXX"], [HEAD, "po_1,paid,1,JPY,x"], [HEAD, "po_1,paid,1.5,JPY"],
        [HEAD, "付款,paid,1,CNY"], [HEAD, f"{'x' * 65},paid,1,CNY"], [HEAD, 'po_1,"paid,1,CNY'],
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused_with_its_line(lines: list[str]) -> None:
    with pytest.raises(BankFileUnreadable, match=r"^line \d"):
        list(read_bank_file(lines))
