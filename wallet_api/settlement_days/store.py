"""The settlement days' items in the records table: pk = merchant id, sk = `settlement_day`, in the `by_due` index."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.ledger.accounts import StaleAccount
from wallet_api.settlement_days.model import DueDay, closed_from, next_day
from wallet_api.storage import AtomicWrite, Item, Storage
from wallet_api.storage.due import DueWork
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
    work: DueWork

    @staticmethod
    def open(storage: Storage) -> SettlementDayStore:
        """Binds the items to their table."""
        work = DueWork.open(storage, SETTLEMENT_DAY, DUE_BUCKETS, limit=AT_ONCE)
        return SettlementDayStore(storage, storage.bind(SettlementDayItem), work)

    def add(self, merchant_id: str, day: str, write: AtomicWrite) -> None:
        """Adds a merchant whose first day this is."""
        place = self.work.place(merchant_id, closed_from(day))
        item = self.items(merchant_id, SETTLEMENT_DAY, day=day, **place)
        write.put(item, StaleAccount())

    def require(self, merchant_id: str) -> DueDay:
        """A merchant's next day, as it is now. Raises LookupError for none of ours."""
        item = self.storage.get(self.items, merchant_id, SETTLEMENT_DAY)
        if item is None:
            raise LookupError(f"{merchant_id} has no settlement day")
        return DueDay(merchant_id, item.day)

    def advance(self, due: DueDay, write: AtomicWrite) -> None:
        """Moves a merchant on to the day after. Leaving the write's block may raise DayAdvanced."""
        items, following = self.items, next_day(due.day)
        actions = [items.day.set(following), *self.work.moved(items, due.merchant_id, closed_from(following))]
        write.update(items(due.merchant_id, SETTLEMENT_DAY), actions, (items.day == due.day, DayAdvanced()))
