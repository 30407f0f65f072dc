"""The refunds' items: pk = refund id, sk = `refund`, in the records table; open ones stand in the `by_due` index, and all in `by_owner`
under their merchant, its mode and their month, spread over partitions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Struct
from pynamodb.attributes import BooleanAttribute

from wallet_api.clock import month_of
from wallet_api.ids import decode
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.refunds.errors import RefundMoved
from wallet_api.refunds.model import LEASE, OPEN, Refund, next_look
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.due import DueWork
from wallet_api.storage.items import Moment, MoneyAttribute, UnicodeAttribute

REFUND = "refund"
DUE_BUCKETS = 4
"""Over how many index partitions the open refunds are spread."""
SHARDS = 4
"""Over how many a merchant's refunds of one month are."""


class RefundItem(Item):
    """One refund."""

    table = "records"

    id = UnicodeAttribute()
    payment_id = UnicodeAttribute()
    merchant_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    status = UnicodeAttribute()
    amount = MoneyAttribute()
    fee_returned = MoneyAttribute()
    fee_bearer = UnicodeAttribute()
    reason = UnicodeAttribute()
    created_at = Moment()
    destination = UnicodeAttribute()
    diverted = UnicodeAttribute(null=True)
    refund_request_id = UnicodeAttribute(null=True)
    card_id = UnicodeAttribute(null=True)
    card_brand = UnicodeAttribute(null=True)
    card_last4 = UnicodeAttribute(null=True)
    token = UnicodeAttribute(null=True)
    charge = UnicodeAttribute(null=True)
    submitted_at = Moment(null=True)
    ended_at = Moment(null=True)
    decline_code = UnicodeAttribute(null=True)
    kept = BooleanAttribute(null=True)
    returned_at = Moment(null=True)
    owner_bucket = UnicodeAttribute(null=True)
    owner_order = UnicodeAttribute(null=True)
    due_bucket = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)


class RefundStore(Struct, frozen=True):
    """Adds, finds and changes refunds."""

    storage: Storage
    items: type[RefundItem]
    work: DueWork

    @staticmethod
    def open(storage: Storage) -> RefundStore:
        """Binds the refunds' items to their table."""
        return RefundStore(storage, storage.bind(RefundItem), DueWork.open(storage, REFUND, DUE_BUCKETS))

    def add(self, refund: Refund, mode: str, write: AtomicWrite) -> None:
        """Adds a new refund to the write; an open one is due when the lease of its request is over."""
        due = self.work.place(refund.id, refund.created_at + LEASE) if refund.is_open else {}
        bucket = _list_bucket(refund.merchant_id, mode, month_of(refund.created_at), _shard(refund.id))
        listed = {"owner_bucket": bucket, "owner_order": refund.id}
        write.put(self.items.of(refund, pk=refund.id, sk=REFUND, **listed, **due), StaleAccount())

    def bring_on(self, before: Refund, after: Refund, now: datetime, write: AtomicWrite) -> None:
        """Keeps what the acquirer said of an open refund; RefundMoved when somebody else was first to bring it on."""
        items = self.items
        changed = {
            name: getattr(after, name)
            for name in ("status", "submitted_at", "ended_at", "decline_code", "kept", "returned_at")
        }
        actions: list[Any] = [getattr(items, name).set(value) for name, value in changed.items() if value is not None]
        actions += self.work.moved(items, after.id, next_look(after, now) if after.status in OPEN else None)
        write.update(items(after.id, REFUND), actions, (items.status == before.status, RefundMoved()))

    def newest(self, merchant_id: str, mode: str, month: datetime, before: str | None, limit: int) -> list[Refund]:
        """Some refunds of one month, newest first, from all of its partitions at once. An index is behind by moments."""
        buckets = [_list_bucket(merchant_id, mode, month_of(month), shard) for shard in range(SHARDS)]
        query = partial(self.storage.query_index, self.items, "by_owner", before=before, limit=limit, newest_first=True)
        with self.storage.trip() as trip:
            reads = [trip.call(partial(query, bucket)) for bucket in buckets]
        rows = [self.items.from_raw_data(raw).as_record(Refund) for read in reads for raw in read()]
        return sorted(rows, key=lambda row: row.id, reverse=True)[:limit]

    def find(self, refund_id: str, trip: Trip) -> Read[Refund | None]:
        """A refund by its id, or None."""
        found = trip.get(self.items, refund_id, REFUND)
        return found.map(lambda item: None if item is None else item.as_record(Refund))

    def find_all(self, refund_ids: Sequence[str], trip: Trip) -> Read[list[Refund]]:
        """The refunds of these ids, in their order; at most a hundred."""
        reads = [self.find(refund_id, trip) for refund_id in refund_ids]
        return Read(lambda: [refund for refund in (read() for read in reads) if refund is not None])


def _list_bucket(merchant_id: str, mode: str, month: str, shard: int) -> str:
    """The index partition of some of a merchant's refunds of one month: never one partition for a whole merchant."""
    return f"{merchant_id}/{mode}/refunds/{month}/{shard}"


def _shard(refund_id: str) -> int:
    return decode(refund_id.partition("_")[2]) % SHARDS
