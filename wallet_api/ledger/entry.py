"""Entries: immutable journal records of one movement each. An unbalanced one cannot be constructed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from wallet_api.money import Money


class Unbalanced(Exception):
    """Postings that do not sum to zero in every currency: a defect of the postings.py that made them."""


class Posting(Struct, frozen=True):
    """One signed amount on one account: positive when the account receives."""

    account: str
    money: Money


class Entry(Struct, frozen=True):
    """One movement of money. `subject` is the id of the object it belongs to (a payment, a top-up); it holds no personal data.

    Raises Unbalanced when a posting is zero or a currency's postings do not sum to zero.
    """

    id: str
    kind: str
    at: datetime
    subject: str
    postings: tuple[Posting, ...]

    def __post_init__(self) -> None:
        sums: dict[str, int] = defaultdict(int)
        for posting in self.postings:
            if not posting.money:
                raise Unbalanced(f"a posting of nothing on {posting.account}")
            sums[posting.money.currency] += posting.money.amount
        if len(self.postings) < 2 or any(sums.values()):
            raise Unbalanced(f"{self.kind} {self.subject}: {dict(sums)}")

    def net(self) -> dict[tuple[str, str], Money]:
        """What changes in all, by account and currency; an account whose postings cancel out is left away."""
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for posting in self.postings:
            sums[posting.account, posting.money.currency] += posting.money.amount
        return {key: Money(amount, key[1]) for key, amount in sums.items() if amount}


def move(amount: Money, source: str, destination: str) -> tuple[Posting, ...]:
    """The two postings that move an amount; none when the amount is zero, so that a free fee leaves no trace of nothing."""
    if not amount:
        return ()
    if amount.amount < 0:
        raise Unbalanced(f"a move of {amount}")
    return (Posting(source, -amount), Posting(destination, amount))


def postings(*moves: Iterable[Posting]) -> tuple[Posting, ...]:
    """All the moves' postings, one after the other."""
    return tuple(posting for each in moves for posting in each)
