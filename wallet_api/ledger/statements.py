"""Statements: a guarded account's lines as its owner reads them, newest first, at a cost that does not grow.

Entry ids sort by time, so a stretch of time is a range of sort keys in one partition: one query, never a scan.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from wallet_api.ids import first_id
from wallet_api.ledger.lines import LINE, Line
from wallet_api.ledger.store import LineItem
from wallet_api.money import Money
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.trips import known

_ENTRIES = f"{LINE}ent_"
_LOWEST, _HIGHEST = _ENTRIES, f"{_ENTRIES}~"


class Statements(Struct, frozen=True):
    """Reads the lines of guarded accounts."""

    storage: Storage
    items: type[LineItem]

    def newest(
        self,
        account: str,
        trip: Trip,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        before: str | None = None,
        limit: int,
    ) -> Read[list[Line]]:
        """At most `limit` lines, newest first: from `since` on, earlier than `until`, older than the line at `before`.

        `before` is what `place_of` gives for a line.
        """
        low = _LOWEST if since is None else _bound(since)
        high = _HIGHEST if until is None else _bound(until)
        after = None if before is None else f"{_ENTRIES}{before}"
        if low > high or (after is not None and after <= low):
            return known([])
        # DynamoDB refuses to begin outside the query's bounds; a place above them changes nothing.
        start = after if after is not None and after <= high else None
        found = trip.call(
            lambda: self.storage.query(
                self.items, account, between=(low, high), after=start, limit=limit, newest_first=True
            )
        )
        return found.map(lambda items: [_line(item) for item in items])

    def find(self, account: str, entry_id: str, trip: Trip) -> Read[Line | None]:
        """The account's line of an entry; None when the entry did not touch this account."""
        found = trip.call(lambda: self.storage.query(self.items, account, prefix=f"{LINE}{entry_id}/", limit=1))
        return found.map(lambda items: _line(items[0]) if items else None)


def place_of(line: Line) -> str:
    """Where a line stands in its statement, in the order of time."""
    return line.sk.removeprefix(_ENTRIES)


def _bound(moment: datetime) -> str:
    """A sort key below every line of this moment and above every earlier one."""
    return f"{LINE}{first_id('ent', moment)}"


def _line(item: LineItem) -> Line:
    return item.as_record(Line, money=Money(item.amount, item.currency))
