"""The fees' items in the records table.

Schedules: pk = `fee_schedule`, sk = version. Quotes: pk = quote id, sk = `fee_quote`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict

from wallet_api.fees.errors import QuoteMissing, QuoteUsed, ScheduleRaced
from wallet_api.fees.model import CACHE_AGE, FIRST, FeeLine, Quote, Rule, Schedule
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.allowances import Taken
from wallet_api.money import Money
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.items import Document, Moment, MoneyAttribute, UnicodeAttribute, WholeNumber
from wallet_api.storage.trips import known

SCHEDULES, QUOTE = "fee_schedule", "fee_quote"


class ScheduleItem(Item):
    """One published version, never changed."""

    table = "records"

    version = WholeNumber()
    effective_at = Moment()
    published_at = Moment()
    rules = Document()


class QuoteItem(Item):
    """One quote; only its status changes, once."""

    table = "records"

    id = UnicodeAttribute()
    person_id = UnicodeAttribute()
    operation = UnicodeAttribute()
    channel = UnicodeAttribute(null=True)
    payee = UnicodeAttribute(null=True)
    amount = MoneyAttribute()
    fee = MoneyAttribute()
    bearer = UnicodeAttribute()
    schedule_version = WholeNumber()
    lines = Document()
    status = UnicodeAttribute()
    created_at = Moment()
    expires_at = Moment()
    tier = UnicodeAttribute(null=True)
    allowance = Document(null=True)


class _Known(Struct):
    """The schedules that this container has read, and when."""

    schedules: tuple[Schedule, ...] = (FIRST,)
    read_at: datetime | None = None


class FeeStore(Struct, frozen=True):
    """Schedules, kept for `CACHE_AGE` in each container since they are published ahead of time, and quotes."""

    storage: Storage
    schedule_items: type[ScheduleItem]
    quote_items: type[QuoteItem]
    _known: _Known = field(default_factory=_Known)

    @staticmethod
    def open(storage: Storage) -> FeeStore:
        """Binds the items to their table."""
        return FeeStore(storage, storage.bind(ScheduleItem), storage.bind(QuoteItem))

    def schedules(self, trip: Trip, now: datetime) -> Read[tuple[Schedule, ...]]:
        """Every schedule, the first one among them; read in the trip only when what is known is too old."""
        kept = self._known
        if kept.read_at is not None and kept.read_at <= now < kept.read_at + CACHE_AGE:
            return known(kept.schedules)
        return trip.call(lambda: self.read_schedules(now))

    def read_schedules(self, now: datetime) -> tuple[Schedule, ...]:
        """Every schedule as the table holds it now, newest first."""
        items = self.storage.query(self.schedule_items, SCHEDULES, newest_first=True)
        self._known.schedules = (*map(_schedule, items), FIRST)
        self._known.read_at = now
        return self._known.schedules

    def forget(self) -> None:
        """Drops what is known, as when the tables were emptied."""
        self._known.read_at = None

    def publish(self, schedule: Schedule, write: AtomicWrite) -> None:
        """Adds a version to the write; it must be the next one."""
        rules = [asdict(rule) for rule in schedule.rules]
        item = self.schedule_items.of(schedule, pk=SCHEDULES, sk=f"{schedule.version:08}", rules=rules)
        write.put(item, ScheduleRaced())
        self._known.read_at = None

    def quote(self, quote_id: str, trip: Trip) -> Read[Quote | None]:
        """A quote by its id, or None."""
        return trip.get(self.quote_items, quote_id, QUOTE).map(_quote)

    def add(self, quote: Quote, write: AtomicWrite) -> None:
        """Adds a new quote to the write."""
        lines = [[line.code, line.amount.amount] for line in quote.lines]
        allowance = None if quote.allowance is None else asdict(quote.allowance)
        item = self.quote_items.of(quote, pk=quote.id, sk=QUOTE, lines=lines, allowance=allowance)
        write.put(item, StaleAccount())

    def use(self, quote: Quote, write: AtomicWrite) -> None:
        """Marks a quote as used; of two writes that do, one fails with QuoteUsed."""
        items = self.quote_items
        write.update(
            items(quote.id, QUOTE),
            [items.status.set("used")],
            (items.pk.exists(), QuoteMissing()),
            (items.status == "open", QuoteUsed()),
        )


def _schedule(item: ScheduleItem) -> Schedule:
    rules: list[dict[str, Any]] = item.rules
    made = (Rule(**{**rule, "categories": tuple(rule.get("categories", ()))}) for rule in rules)
    return item.as_record(Schedule, rules=tuple(made))


def _quote(item: QuoteItem | None) -> Quote | None:
    if item is None:
        return None
    rows: list[Any] = item.lines
    lines = tuple(FeeLine(code, Money(amount, item.amount.currency)) for code, amount in rows)
    allowance = None if item.allowance is None else Taken(**item.allowance)
    return item.as_record(Quote, lines=lines, allowance=allowance)
