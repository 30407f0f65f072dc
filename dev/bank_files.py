"""A bank's file of a day: written for trying things out, with deliberate breaks, and held against a wallet's ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, get_args

from msgspec.structs import replace

from wallet_api.money import Money, decimal_text
from wallet_api.reconciliation.model import (
    BANK_COLUMNS,
    BankRecord,
    Break,
    BreakKind,
    Rail,
    read_bank_file,
    written,
)
from wallet_api.wallet import Wallet

BREAKS: tuple[BreakKind, ...] = get_args(BreakKind)
RAILS: tuple[Rail, ...] = get_args(Rail)


class TooFewRecords(Exception):
    """A break is made in a record of its own; the text says how many there are."""


def sample(records: Iterable[BankRecord], breaks: Sequence[str]) -> str:
    """The file with these records, in which each of these breaks is made once, in a record of its own. Raises TooFewRecords."""
    whole = list(records)
    if len(breaks) > len(whole):
        raise TooFewRecords(f"{len(breaks)} breaks take as many records, and the day has {len(whole)}.")
    spoilt: list[BankRecord] = []
    for number, record in enumerate(whole):
        spoilt += _spoilt(record, breaks[number] if number < len(breaks) else "")
    rows = [(each.reference, each.state, decimal_text(each.amount), each.amount.currency) for each in spoilt]
    return written([BANK_COLUMNS, *rows])


def compared(wallet: Wallet, rail: Rail, day: str, file: Iterable[str], beside: Iterable[Iterable[str]]) -> list[Break]:
    """Every break between a file and the ledger. Raises BankFileUnreadable, Unavailable."""
    others = [record for each in beside for record in read_bank_file(each)]
    return wallet.comparing.breaks(rail, day, read_bank_file(file), others)


def shown(found: Break) -> dict[str, Any]:
    """A break as JSON; what one side has not is null."""
    sides = {"ours": found.ours, "theirs": found.theirs}
    return {"kind": found.kind, "reference": found.reference, **{name: _side(each) for name, each in sides.items()}}


def said(found: dict[str, Any]) -> str:
    """A break that was shown as JSON, in a line."""
    sides = ((name, found[name]) for name in ("ours", "theirs"))
    told = (
        f"{name} {each['state']} {each['amount']} {each['currency']}" if each else f"{name} nothing"
        for name, each in sides
    )
    return f"{found['kind']}  {found['reference']}  {'; '.join(told)}"


def _side(record: BankRecord | None) -> dict[str, str] | None:
    if record is None:
        return None
    return {"state": record.state, "amount": decimal_text(record.amount), "currency": record.amount.currency}


def _spoilt(record: BankRecord, how: str) -> list[BankRecord]:
    made = {
        "missing": [],
        "extra": [record, replace(record, reference=f"{record.reference[:-4]}0000")],
        "different_amount": [replace(record, amount=record.amount + Money(1, record.amount.currency))],
        "different_state": [replace(record, state="returned" if record.state == "rejected" else "rejected")],
        "duplicate": [record, record],
    }
    return made.get(how, [record])
