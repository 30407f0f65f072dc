"""The settlement days' items in the records table: pk = merchant id, sk = `settlement_day`, in the `by_due` index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from wallet_api.clock import rfc3339
from wallet_api.ids import decode
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.settlement_days.model import DueDay, closed_from, next_day
from wallet_api.storage import AtomicWrite, Item, Storage
from wallet_api.storage.items import UnicodeAttribute

SETTLEMENT_DAY = "settlement_day"
DUE_BUCKETS = 16
"""Over how many index partitions the merchants are spread."""
AT_ONCE = 100
"""How many merchants of a bucket one run takes up."""


class DayAdvanced(Exception):
    """Another run dealt with this day first."""


class SettlementDayItem(Item):
    """The next day of a merchant that is to be closed."""

    table = "records"

    day = UnicodeAttribute()
    due_bucket = UnicodeAttribute()
    due_at = UnicodeAttribute()


class SettlementDayStore(Struct, frozen=True):
    """Adds merchants, finds those that are due, moves them on."""

    storage: Storage
    items: type[SettlementDayItem]

    @staticmethod
    def open(storage: Storage) -> SettlementDayStore:
        """Binds the items to their table."""
        return SettlementDayStore(storage, storage.bind(SettlementDayItem))

    def add(self, merchant_id: str, day: str, write: AtomicWrite) -> None:
        """Adds a merchant whose first day this is."""
        item = self.items(
            merchant_id, SETTLEMENT_DAY, day=day, due_bucket=_bucket(merchant_id), due_at=rfc3339(closed_from(day))
        )
        write.put(item, StaleAccount())

    def due(self, now: datetime) -> Iterator[str]:
        """Ids of merchants with a day that may be closed, a bucket at a time."""
        buckets = (f"{SETTLEMENT_DAY}/{number}" for number in range(DUE_BUCKETS))
        return self.storage.due(self.items, buckets, now, limit=AT_ONCE)

    def require(self, merchant_id: str) -> DueDay:
        """A merchant's next day, as it is now. Raises LookupError for none of ours."""
        item = self.storage.get(self.items, merchant_id, SETTLEMENT_DAY)
        if item is None:
            raise LookupError(f"{merchant_id} has no settlement day")
        return DueDay(merchant_id, item.day)

    def advance(self, due: DueDay, write: AtomicWrite) -> None:
        """Moves a merchant on to the day after. Leaving the write's block may raise DayAdvanced."""
        items, following = self.items, next_day(due.day)
        actions = [items.day.set(following), items.due_at.set(rfc3339(closed_from(following)))]
        write.update(items(due.merchant_id, SETTLEMENT_DAY), actions, (items.day == due.day, DayAdvanced()))


def _bucket(merchant_id: str) -> str:
    return f"{SETTLEMENT_DAY}/{decode(merchant_id.partition('_')[2]) % DUE_BUCKETS}"
