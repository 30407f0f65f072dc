"""Rebuild: what folding missed is folded again from the journal, which has everything for ever.

A stream keeps its records for a day. What was given up on earlier than that is read here: from the journal itself, through the
folding's own write. A line that is there stays as it is, a missing one is written and moves the balance by its amount in the same
transaction. No balance is ever set: one that does not fit its lines stays so, and `verify` goes on naming it. A merchant's days are
counted anew from its lines, for they say nothing of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from wallet_api.clock import wallet_day
from wallet_api.ledger import chart
from wallet_api.ledger.closing import mend
from wallet_api.ledger.days import is_kept_by_day
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.folding import LINES_PER_WRITE, Folding
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.lines import Line, lines_of
from wallet_api.ledger.store import OPERATION


class Rebuilt(Struct, frozen=True):
    """How many lines the journal says that an account has, how many of them were missing and are written now, and how many of a
    merchant's days were off and are put right.

    `unreadable` names the places in the journal that cannot be read, so that nobody takes the account for complete.
    """

    lines: int
    written: int
    unreadable: tuple[str, ...] = ()
    days: int = 0


def rebuild(folding: Folding, account: str) -> Rebuilt:
    """Writes an account's missing lines, each with its move of the balance. May be run at any time, beside everything else.

    The whole journal is read. Raises AccountMissing for a wallet that was never opened: only folded accounts open themselves;
    StaleAccount for a merchant's day that does not stand still.
    """
    if chart.is_guarded(account):
        folding.ledger.accounts.require(account)
    unreadable: list[str] = []
    lines, written, first = 0, 0, None
    for part in _parts(_lines_of(folding.ledger, account, unreadable)):
        lines += len(part)
        written += folding.add(account, part)
        first = min(first or part[0].at, *(line.at for line in part))
    days = _mended(folding.ledger, account, first) if is_kept_by_day(account) else 0
    return Rebuilt(lines, written, tuple(unreadable), days)


def _mended(ledger: Ledger, account: str, first: datetime | None) -> int:
    """Puts an account's days right, from the one on in which it was opened, or its first line falls."""
    with ledger.storage.trip() as trip:
        found = ledger.accounts.find(account, trip)
    known = found()
    if known is None:
        return 0
    since = min(known.opened_at, first or known.opened_at)
    return mend(ledger.days, account, wallet_day(since), wallet_day(ledger.clock.now()))


def journal_records(ledger: Ledger, since: datetime, until: datetime) -> Iterator[Mapping[str, Any]]:
    """The operations decided in a stretch of time, as the stream brought them: for the handlers that gave up on them.

    What cannot be read is among them, whatever its time: it may be what was given up on, and its handler says so again.
    """
    for raw in ledger.storage.scan(ledger.operation_items):
        try:
            wanted = since <= ledger.operation_items.from_raw_data(dict(raw)).decided_at <= until
        except Exception:  # noqa: BLE001  whatever is wrong with it, its handler is to see it
            wanted = True
        if wanted:
            sequence = f"{raw['pk']['S']} {raw['sk']['S']}"
            yield {"eventName": "INSERT", "dynamodb": {"SequenceNumber": sequence, "NewImage": raw}}


def _lines_of(ledger: Ledger, account: str, unreadable: list[str]) -> Iterator[Line]:
    for raw in ledger.storage.scan(ledger.operation_items):
        place = raw["pk"]["S"]
        try:
            if raw["sk"]["S"] != OPERATION:
                raise ValueError("not an operation")
            entry: Entry | None = ledger.operation_items.from_raw_data(raw).entry()
        except Exception:  # noqa: BLE001  whatever is wrong with it, the others are rebuilt
            unreadable.append(place)
            continue
        if entry is not None:
            yield from (line for line in lines_of(entry, place) if line.account == account)


def _parts(lines: Iterable[Line]) -> Iterator[list[Line]]:
    part: list[Line] = []
    for line in lines:
        part.append(line)
        if len(part) == LINES_PER_WRITE:
            yield part
            part = []
    if part:
        yield part
