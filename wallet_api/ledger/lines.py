"""Lines: each account's side of an entry, in that account's statement. Which lines an entry has follows from the entry alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from wallet_api.clock import wallet_day
from wallet_api.ledger import chart
from wallet_api.ledger.entry import Entry
from wallet_api.money import Money

LINE = "line/"
SHARDS = 8
"""A folded account's day is spread over this many partitions, so that no partition of a busy merchant gets hot."""


class Line(Struct, frozen=True):
    """One account's net change by one entry in one currency; `other` is the account on the other side."""

    account: str
    entry_id: str
    kind: str
    subject: str
    at: datetime
    money: Money
    other: str | None
    operation: str

    @property
    def pk(self) -> str:
        """The statement's partition."""
        if chart.is_guarded(self.account):
            return self.account
        return bucket(self.account, wallet_day(self.at), shard_of(self.entry_id))

    @property
    def sk(self) -> str:
        """The place in the statement; entry ids sort by time."""
        return f"{LINE}{self.entry_id}/{self.money.currency}"


def lines_of(entry: Entry, operation: str) -> Iterator[Line]:
    """Every line of an entry; `operation` is the place of the record that holds the entry."""
    net = entry.net()
    accounts = [account for account, _ in net]
    for (account, _), money in net.items():
        yield Line(
            account=account,
            entry_id=entry.id,
            kind=entry.kind,
            subject=entry.subject,
            at=entry.at,
            money=money,
            other=_other(account, accounts),
            operation=operation,
        )


def bucket(account: str, day: str, shard: int) -> str:
    """The partition of a folded account's lines of one day and shard."""
    return f"{account}/{day}/{shard}"


def shard_of(entry_id: str) -> int:
    """Which shard a line goes to: always the same one for an entry."""
    return hashlib.sha256(entry_id.encode()).digest()[0] % SHARDS


def _other(account: str, accounts: list[str]) -> str | None:
    candidates = [each for each in accounts if each != account]
    return next((each for each in candidates if each != chart.FEES), candidates[0] if candidates else None)
