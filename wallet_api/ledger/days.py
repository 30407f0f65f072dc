"""Days: what a merchant's account changed in each day of the wallet, kept beside its balance in the very same writes.

A day's item is what splits a balance into what may be paid out (earned until midnight) and what is still pending, and what a
day's statement is held against: its opening balance and its lines must give its closing balance. It has a partition of its own, so
that a busy merchant's balance item is not written to twice as often.

A line counts in the day of its entry, however late it is folded. Opening balances are set when a day is closed, each from the day
before; days that were closed are looked at again for some time, so that what was folded late arrives in all that follow.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.clock import wallet_day
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.lines import LINE, SHARDS, Line, bucket, lines_of
from wallet_api.ledger.store import BALANCE, AccountItem, LineItem
from wallet_api.money import Money
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.items import Counters, UnicodeAttribute, WholeNumber

DAY = "day"
SETTLING = frozenset({"payout", "payout_void", "payout_return", "payout_correction"})
"""Kinds of entries that move what was earned before, and so neither earn nor spend anything of the day they fall in."""
_KEPT = ("net", "earned", "lines", "opening", "closed_lines")
LOOKED_AT_AGAIN = 16
"""How many days back a closing looks: longer than dead letters of the folding are kept."""


class DayNotBegun(Exception):
    """The first line of an account's day: whoever writes it begins the day."""


class DayItem(Item):
    """pk = `{account}/{day}/day`, sk = `day`. Sums in minor units by currency; `opening` from the day's closing on."""

    table = "accounts"

    account = UnicodeAttribute()
    date = UnicodeAttribute()
    net = Counters()
    earned = Counters()
    lines = WholeNumber()
    opening = Counters(null=True)
    closed_lines = WholeNumber(null=True)


class Day(Struct, frozen=True):
    """One account's day: the sum of its lines, the part of it that was earned, and the balance that it began with.

    `closed_lines` is how many lines there were when the day was closed; None before. A day that nothing was written of yet is not
    `begun`.
    """

    account: str
    date: str
    net: Mapping[str, int]
    earned: Mapping[str, int]
    lines: int
    opening: Mapping[str, int] | None
    closed_lines: int | None
    begun: bool = True

    @property
    def closing(self) -> Mapping[str, int]:
        """The balance that it ended with. Raises ValueError before it was closed."""
        if self.opening is None:
            raise ValueError(f"{self.date} of {self.account} is not closed")
        return summed(self.opening, self.net)

    @property
    def is_final(self) -> bool:
        """Whether nothing was counted since it was closed."""
        return self.opening is not None and self.closed_lines == self.lines

    def counting(self, lines: Iterable[Line]) -> Day:
        """The day with the sums of these lines."""
        net: dict[str, int] = defaultdict(int)
        earned: dict[str, int] = defaultdict(int)
        count = 0
        for line in lines:
            count += 1
            net[line.money.currency] += line.money.amount
            if line.kind not in SETTLING:
                earned[line.money.currency] += line.money.amount
        return replace(self, net=dict(net), earned=dict(earned), lines=count, begun=True)

    def pending(self, currency: str) -> Money:
        """What was earned in this day so far; nothing when more went back than came in."""
        return Money(max(0, self.earned.get(currency, 0)), currency)


class Cover(Struct, frozen=True):
    """That an account has to have what goes out of it, beyond what it earned in a day that is not over.

    `short` is the refusal when it has not; the write raises StaleAccount when more was earned since the day was read.
    """

    day: Day
    short: Exception


class Days(Struct, frozen=True):
    """Reads, counts and closes days, and moves money out of folded accounts that must have it."""

    storage: Storage
    items: type[DayItem]
    account_items: type[AccountItem]
    line_items: type[LineItem]

    def find(self, account: str, day: str, trip: Trip) -> Read[Day]:
        """An account's day, empty when nothing happened."""
        found = trip.get(self.items, place_of_day(account, day), DAY)
        return found.map(lambda item: empty(account, day) if item is None else item.as_record(Day))

    def lines(self, account: str, day: str, trip: Trip, *, after: str | None, limit: int) -> Read[list[Line]]:
        """Some lines of a day in the order of their entries, after the place (`sk`) of one, from all its partitions at once."""

        def reading(shard: int) -> Read[list[LineItem]]:
            place = bucket(account, day, shard)
            return trip.call(lambda: self.storage.query(self.line_items, place, prefix=LINE, after=after, limit=limit))

        reads = [reading(shard) for shard in range(SHARDS)]

        def bring() -> list[Line]:
            items = sorted((item for read in reads for item in read()), key=lambda item: item.sk)
            return [each.as_record(Line, money=Money(each.amount, each.currency)) for each in items[:limit]]

        return Read(bring)

    def count(self, account: str, lines: Sequence[Line], write: AtomicWrite) -> None:
        """Adds lines of one day to its sums. Leaving the write's block may raise DayNotBegun."""
        items, day = self.items, wallet_day(lines[0].at)
        actions, counted = [items.lines.set(items.lines + len(lines))], empty(account, day).counting(lines)
        for name, sums in (("net", counted.net), ("earned", counted.earned)):
            for currency, amount in sums.items():
                counter = getattr(items, name)[currency]
                actions.append(counter.set((counter | 0) + amount))
        write.update(items(place_of_day(account, day), DAY), actions, (items.pk.exists(), DayNotBegun()))

    def begin(self, account: str, day: str) -> None:
        """An empty day, in a write of its own; one that is there stays."""
        try:
            with self.storage.atomic_write() as write:
                write.put(self._new(empty(account, day)), StaleAccount())
        except StaleAccount:
            return

    def _new(self, day: Day) -> DayItem:
        """The item of a day that nothing was written of yet."""
        return self.items.of(day, pk=place_of_day(day.account, day.date), sk=DAY)

    def move_out(self, entry: Entry, place: str, account: str, cover: Cover, write: AtomicWrite) -> None:
        """Adds a folded account's side of an entry that it must be able to pay: its line, its balance and its day.

        The folding finds the line counted. Leaving the write's block may raise the cover's refusal, StaleAccount.
        """
        lines = [line for line in lines_of(entry, place) if line.account == account]
        items = self.account_items
        for line in lines:
            money, pending = line.money, cover.day.pending(line.money.currency)
            balance = items.balances[money.currency]
            enough = (balance >= pending.amount - money.amount, cover.short)
            write.update(items(account, BALANCE), [balance.set(balance + money.amount)], enough)
            item = self.line_items.of(line, pk=line.pk, sk=line.sk, amount=money.amount, currency=money.currency)
            write.put(item, StaleAccount())
        self._count_covered(account, lines, cover.day, write)

    def _count_covered(self, account: str, lines: Sequence[Line], day: Day, write: AtomicWrite) -> None:
        """Counts lines in a day as it was read: begins it if it was not, else requires that no more was earned in it since."""
        items = self.items
        if not day.begun:
            write.put(self._new(day.counting(lines)), StaleAccount())
            return
        for currency in {line.money.currency for line in lines}:
            earned = items.earned[currency]
            unchanged = earned.does_not_exist() | (earned <= day.pending(currency).amount)
            write.check(items(place_of_day(account, day.date), DAY), (unchanged, StaleAccount()))
        self.count(account, lines, write)

    def amend(self, changes: Iterable[tuple[Day, Day]]) -> None:
        """Puts opening balances, or sums that were counted anew, in the place of what was read of some days, all at once.

        Leaving the write's block may raise StaleAccount: something was counted in one of them meanwhile.
        """
        items = self.items
        with self.storage.atomic_write() as write:
            for before, after in changes:
                if not before.begun:
                    write.put(self._new(after), StaleAccount())
                    continue
                item = items(place_of_day(after.account, after.date), DAY)
                changed = [name for name in _KEPT if getattr(after, name) != getattr(before, name)]
                actions = [getattr(items, name).set(getattr(after, name)) for name in changed]
                write.update(item, actions, (items.lines == before.lines, StaleAccount()))


def is_kept_by_day(account: str) -> bool:
    """Whether an account's days are kept: a merchant's, who is paid out and given a file by day."""
    return account.startswith("merchant/")


def place_of_day(account: str, day: str) -> str:
    """The partition key of a day's item."""
    return bucket(account, day, 0).removesuffix("/0") + f"/{DAY}"


def empty(account: str, day: str) -> Day:
    """A day in which nothing happened so far."""
    return Day(account, day, {}, {}, 0, None, None, begun=False)


def days_back(day: str, count: int) -> list[str]:
    """So many days, newest first, beginning with this one."""
    newest = date.fromisoformat(day)
    return [(newest - timedelta(days=back)).isoformat() for back in range(count)]


def summed(some: Mapping[str, int], others: Mapping[str, int]) -> dict[str, int]:
    """The sums by currency; one that comes to nothing stays as 0."""
    return {name: some.get(name, 0) + others.get(name, 0) for name in sorted({*some, *others})}


def parts_by_day(lines: Iterable[Line], size: int) -> list[list[Line]]:
    """The lines in parts of at most `size`, each of one day."""
    by_day: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_day[wallet_day(line.at)].append(line)
    return [each[start : start + size] for each in by_day.values() for start in range(0, len(each), size)]


def stored(day: Day) -> Counter[tuple[str, str]]:
    """What a day holds, by name and currency: `net` and `earned`, and how many `lines`. What is 0 equals what is not there."""
    sums: Counter[tuple[str, str]] = Counter({("lines", ""): day.lines})
    for name, amounts in (("net", day.net), ("earned", day.earned)):
        sums.update({(name, currency): amount for currency, amount in amounts.items() if amount})
    return sums


def open_days(storage: Storage, account_items: type[AccountItem], line_items: type[LineItem]) -> Days:
    """Binds the days' items to their table."""
    bound: Any = storage.bind(DayItem)
    return Days(storage, bound, account_items, line_items)
