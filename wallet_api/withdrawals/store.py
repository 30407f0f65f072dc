"""The withdrawals' items: pk = withdrawal id, sk = `withdrawal`, in the records table; those that are asked about stand in `by_due`,
those that have their end apart from those that have none, for they are many and can wait.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from pynamodb.attributes import BooleanAttribute

from wallet_api.ledger.accounts import StaleAccount
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.due import DueWork
from wallet_api.storage.items import Moment, MoneyAttribute, UnicodeAttribute, WholeNumber
from wallet_api.storage.pages import Page, PageRequest
from wallet_api.withdrawals.errors import WithdrawalMoved
from wallet_api.withdrawals.model import FIRST_LOOK, Withdrawal

WITHDRAWAL, ENDED = "withdrawal", "withdrawal_ended"
DUE_BUCKETS = 4
"""Over how many index partitions the withdrawals that are asked about are spread, in each of the two states."""
_TOLD_BY_AN_OUTCOME = ("settled_at", "ended_at", "decline_code", "corrected_at", "aside", "borne")


class WithdrawalItem(Item):
    """One withdrawal."""

    table = "records"

    id = UnicodeAttribute()
    person_id = UnicodeAttribute()
    card_id = UnicodeAttribute()
    card_brand = UnicodeAttribute()
    card_last4 = UnicodeAttribute()
    token = UnicodeAttribute()
    amount = MoneyAttribute()
    fee = MoneyAttribute()
    schedule_version = WholeNumber()
    quote_id = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    mode = UnicodeAttribute()
    created_at = Moment()
    settled_at = Moment(null=True)
    ended_at = Moment(null=True)
    decline_code = UnicodeAttribute(null=True)
    corrected_at = Moment(null=True)
    aside = BooleanAttribute()
    borne = BooleanAttribute(default=False)
    to_new_card = BooleanAttribute()
    allowance = UnicodeAttribute(null=True)
    allowance_taken = WholeNumber()
    owner_bucket = UnicodeAttribute()
    owner_order = UnicodeAttribute()
    due_bucket = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)


class WithdrawalStore(Struct, frozen=True):
    """Adds, finds and changes withdrawals."""

    storage: Storage
    items: type[WithdrawalItem]
    work: DueWork

    @staticmethod
    def open(storage: Storage) -> WithdrawalStore:
        """Binds the items to their table."""
        work = DueWork.open(storage, WITHDRAWAL, DUE_BUCKETS, kinds=(WITHDRAWAL, ENDED))
        return WithdrawalStore(storage, storage.bind(WithdrawalItem), work)

    def add(self, withdrawal: Withdrawal, write: AtomicWrite) -> None:
        """Adds a new withdrawal; the acquirer is asked about it once whoever wanted it had their answer."""
        item = self.items.of(
            withdrawal,
            pk=withdrawal.id,
            sk=WITHDRAWAL,
            owner_bucket=_owner_bucket(withdrawal.person_id),
            owner_order=withdrawal.id,
            **self.work.place(withdrawal.id, withdrawal.created_at + FIRST_LOOK, _kind(withdrawal)),
        )
        write.put(item, StaleAccount())

    def find(self, withdrawal_id: str, trip: Trip) -> Read[Withdrawal | None]:
        """A withdrawal by its id, or None."""
        found = trip.get(self.items, withdrawal_id, WITHDRAWAL)
        return found.map(lambda item: None if item is None else item.as_record(Withdrawal))

    def newest(self, person_id: str, page: PageRequest, trip: Trip) -> Read[Page[Withdrawal]]:
        """A person's withdrawals, newest first. An index is behind by moments."""
        return self.storage.newest(
            self.items, _owner_bucket(person_id), page, "wdr", trip, lambda item: item.as_record(Withdrawal)
        )

    def move(self, before: Withdrawal, after: Withdrawal, now: datetime, write: AtomicWrite) -> None:
        """Keeps what the acquirer said, and when to ask again. Leaving the write's block may raise WithdrawalMoved."""
        items = self.items
        actions = [items.status.set(after.status), *items.changes(before, after, _TOLD_BY_AN_OUTCOME)]
        actions += self.work.moved(items, after.id, after.next_look(now), _kind(after))
        write.update(items(before.id, WITHDRAWAL), actions, (items.status == before.status, WithdrawalMoved()))


def _owner_bucket(person_id: str) -> str:
    return f"{person_id}/{WITHDRAWAL}"


def _kind(withdrawal: Withdrawal) -> str:
    return WITHDRAWAL if withdrawal.is_open else ENDED
