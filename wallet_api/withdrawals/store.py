"""The withdrawals' items: pk = withdrawal id, sk = `withdrawal`, in the records table; those that are asked about stand in `by_due`,
those that have their end apart from those that have none, for they are many and can wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import product

from msgspec import Struct
from pynamodb.attributes import BooleanAttribute

from wallet_api.clock import rfc3339
from wallet_api.ids import decode
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
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

    @staticmethod
    def open(storage: Storage) -> WithdrawalStore:
        """Binds the items to their table."""
        return WithdrawalStore(storage, storage.bind(WithdrawalItem))

    def add(self, withdrawal: Withdrawal, write: AtomicWrite) -> None:
        """Adds a new withdrawal; the acquirer is asked about it once whoever wanted it had their answer."""
        item = self.items.of(
            withdrawal,
            pk=withdrawal.id,
            sk=WITHDRAWAL,
            owner_bucket=_owner_bucket(withdrawal.person_id),
            owner_order=withdrawal.id,
            due_bucket=_due_bucket(withdrawal),
            due_at=rfc3339(withdrawal.created_at + FIRST_LOOK),
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

    def due(self, now: datetime) -> Iterator[str]:
        """Ids of withdrawals that the acquirer should be asked about by now, those that have no end before all others."""
        places = product((WITHDRAWAL, ENDED), range(DUE_BUCKETS))
        return self.storage.due(self.items, (f"{kind}/{number}" for kind, number in places), now)

    def move(self, before: Withdrawal, after: Withdrawal, now: datetime, write: AtomicWrite) -> None:
        """Keeps what the acquirer said, and when to ask again. Leaving the write's block may raise WithdrawalMoved."""
        items = self.items
        actions = [items.status.set(after.status), *items.changes(before, after, _TOLD_BY_AN_OUTCOME)]
        look = after.next_look(now)
        if look is None:
            actions += [items.due_bucket.remove(), items.due_at.remove()]
        else:
            actions += [items.due_bucket.set(_due_bucket(after)), items.due_at.set(rfc3339(look))]
        write.update(items(before.id, WITHDRAWAL), actions, (items.status == before.status, WithdrawalMoved()))


def _owner_bucket(person_id: str) -> str:
    return f"{person_id}/{WITHDRAWAL}"


def _due_bucket(withdrawal: Withdrawal) -> str:
    kind = WITHDRAWAL if withdrawal.is_open else ENDED
    return f"{kind}/{decode(withdrawal.id.partition('_')[2]) % DUE_BUCKETS}"
