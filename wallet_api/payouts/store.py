"""The payouts' items in the records table: pk = payout id, sk = `payout`, and `payout_destination` for where it goes; and each
merchant's schedule, pk = merchant id, sk = `payout_schedule`, once it was changed.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from pynamodb.attributes import BinaryAttribute

from wallet_api.ledger.accounts import StaleAccount
from wallet_api.payouts.errors import PayoutMoved
from wallet_api.payouts.model import FIRST_LOOK, Payout, Schedule
from wallet_api.settlement_accounts.model import SettlementAccount
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.due import DueWork
from wallet_api.storage.items import Moment, MoneyAttribute, UnicodeAttribute, WholeNumber
from wallet_api.storage.pages import Page, PageRequest

PAYOUT, DESTINATION, SCHEDULE = "payout", "payout_destination", "payout_schedule"
DUE_BUCKETS = 8
"""Over how many index partitions the payouts are spread that the bank is asked about."""
_TOLD_BY_AN_OUTCOME = ("settled_at", "ended_at", "failure_code", "bank_reference")


class PayoutItem(Item):
    """One payout. Nothing of it says where exactly it goes."""

    table = "records"

    merchant_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    day = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    amount = MoneyAttribute()
    fee = MoneyAttribute()
    bank = UnicodeAttribute()
    last4 = UnicodeAttribute()
    mode = UnicodeAttribute()
    created_at = Moment()
    settled_at = Moment(null=True)
    ended_at = Moment(null=True)
    failure_code = UnicodeAttribute(null=True)
    bank_reference = UnicodeAttribute(null=True)
    owner_bucket = UnicodeAttribute()
    owner_order = UnicodeAttribute()
    due_bucket = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    def payout(self) -> Payout:
        """The item as the wallet speaks of it."""
        return self.as_record(Payout, id=self.pk)


class DestinationItem(Item):
    """The settlement account as it was when the payout was made, sealed as there: a later change leads no payout elsewhere."""

    table = "records"

    merchant_id = UnicodeAttribute()
    bank = UnicodeAttribute()
    last4 = UnicodeAttribute()
    data_key = BinaryAttribute(legacy_encoding=False)
    number_sealed = BinaryAttribute(legacy_encoding=False)
    holder_sealed = BinaryAttribute(legacy_encoding=False)
    usable_from = Moment()
    changed_at = Moment()
    revision = WholeNumber()


class ScheduleItem(Item):
    """When one merchant is paid out; a merchant that never said has none."""

    table = "records"

    interval = UnicodeAttribute()
    minimum = MoneyAttribute()
    changed_at = Moment()
    revision = WholeNumber()


class ScheduleStore(Struct, frozen=True):
    """Finds and changes merchants' schedules."""

    items: type[ScheduleItem]

    @staticmethod
    def open(storage: Storage) -> ScheduleStore:
        """Binds the items to their table."""
        return ScheduleStore(storage.bind(ScheduleItem))

    def find(self, merchant_id: str, trip: Trip) -> Read[Schedule]:
        """A merchant's schedule; that of everybody when it never said."""
        found = trip.get(self.items, merchant_id, SCHEDULE)
        return found.map(
            lambda item: Schedule(merchant_id) if item is None else item.as_record(Schedule, merchant_id=merchant_id)
        )

    def change(self, before: Schedule, after: Schedule, write: AtomicWrite) -> None:
        """Puts a schedule in the place of the one that was read. Leaving the write's block may raise StaleAccount."""
        item = self.items.of(after, pk=after.merchant_id, sk=SCHEDULE)
        if before.revision:
            write.replace(item, (self.items.revision == before.revision, StaleAccount()))
        else:
            write.put(item, StaleAccount())

    def require(self, schedule: Schedule, write: AtomicWrite) -> None:
        """Requires in a write that a schedule is as it was read. Leaving the write's block may raise StaleAccount."""
        items = self.items
        same = items.revision == schedule.revision if schedule.revision else items.pk.does_not_exist()
        write.check(items(schedule.merchant_id, SCHEDULE), (same, StaleAccount()))


class PayoutStore(Struct, frozen=True):
    """Adds, finds and changes payouts."""

    storage: Storage
    items: type[PayoutItem]
    destinations: type[DestinationItem]
    work: DueWork

    @staticmethod
    def open(storage: Storage) -> PayoutStore:
        """Binds the items to their table."""
        work = DueWork.open(storage, PAYOUT, DUE_BUCKETS)
        return PayoutStore(storage, storage.bind(PayoutItem), storage.bind(DestinationItem), work)

    def add(self, payout: Payout, account: SettlementAccount, write: AtomicWrite) -> None:
        """Adds a new payout and where it goes; the bank is asked about it once whoever ordered it had their answer."""
        item = self.items.of(
            payout,
            pk=payout.id,
            sk=PAYOUT,
            owner_bucket=_owner_bucket(payout.merchant_id),
            owner_order=payout.id,
            **self.work.place(payout.id, payout.created_at + FIRST_LOOK),
        )
        write.put(item, StaleAccount())
        write.put(self.destinations.of(account, pk=payout.id, sk=DESTINATION), StaleAccount())

    def find(self, payout_id: str, trip: Trip) -> Read[Payout | None]:
        """A payout by its id, or None."""
        return trip.get(self.items, payout_id, PAYOUT).map(lambda item: None if item is None else item.payout())

    def destination(self, payout_id: str, trip: Trip) -> Read[SettlementAccount | None]:
        """Where a payout goes, sealed, or None."""
        found = trip.get(self.destinations, payout_id, DESTINATION)
        return found.map(lambda item: None if item is None else item.as_record(SettlementAccount))

    def newest(self, merchant_id: str, page: PageRequest, trip: Trip) -> Read[Page[Payout]]:
        """A merchant's payouts, newest first. An index is behind by moments."""
        return self.storage.newest(self.items, _owner_bucket(merchant_id), page, "po", trip, self.items.payout)

    def move(self, before: Payout, after: Payout, now: datetime, write: AtomicWrite) -> None:
        """Keeps what the bank said of a payout, and when to ask again. The write's block may raise PayoutMoved."""
        items = self.items
        actions = [items.status.set(after.status), *items.changes(before, after, _TOLD_BY_AN_OUTCOME)]
        actions += self.work.moved(items, before.id, after.next_look(now))
        write.update(items(before.id, PAYOUT), actions, (items.status == before.status, PayoutMoved()))


def _owner_bucket(merchant_id: str) -> str:
    return f"{merchant_id}/payouts"
