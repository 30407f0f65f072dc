"""The refund requests' items, in the records table.

Requests: pk = request id, sk = `refund_request`; in `by_owner` under their customer, in `by_due` until they were escalated.
Listings: pk = request id, sk = `refund_request_listing`; in `by_owner` under their merchant, spread over partitions.
Slots: pk = payment id, sk = `refund_requests`: the payment's requests, and which of them is undecided.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from wallet_api.ledger.accounts import StaleAccount
from wallet_api.money import Money
from wallet_api.refund_requests.errors import RefundRequestOpen, RequestMoved, SlotMoved
from wallet_api.refund_requests.model import SHARDS, RefundRequest, Slot
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.due import DueWork
from wallet_api.storage.items import Document, Moment, MoneyAttribute, Raw, UnicodeAttribute, WholeNumber

REQUEST, LISTING, SLOT = "refund_request", "refund_request_listing", "refund_requests"
DUE_BUCKETS = 4
"""Over how many index partitions the open requests are spread."""
CHANGING = ("status", "escalated_at", "ended_at", "refund_id", "decline_reason", "cancellation")


class RefundRequestItem(Item):
    """One request."""

    table = "records"

    id = UnicodeAttribute()
    payment_id = UnicodeAttribute()
    merchant_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    status = UnicodeAttribute()
    amount = MoneyAttribute()
    reason = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
    card_id = UnicodeAttribute(null=True)
    created_at = Moment()
    answer_by = Moment()
    escalated_at = Moment(null=True)
    ended_at = Moment(null=True)
    refund_id = UnicodeAttribute(null=True)
    approved = WholeNumber(null=True)
    """In minor units of the amount's currency."""
    decline_reason = UnicodeAttribute(null=True)
    cancellation = UnicodeAttribute(null=True)
    owner_bucket = UnicodeAttribute()
    owner_order = UnicodeAttribute()
    due_bucket = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)


class ListingItem(Item):
    """That a merchant has a request; written once."""

    table = "records"

    owner_bucket = UnicodeAttribute()
    owner_order = UnicodeAttribute()


class SlotItem(Item):
    """The requests of one payment; `undecided` is there while one is."""

    table = "records"

    requests = Document()
    undecided = UnicodeAttribute(null=True)

    def slot(self) -> Slot:
        """The item as the wallet speaks of it."""
        return Slot(tuple(self.requests), self.undecided)


class RefundRequestStore(Struct, frozen=True):
    """Adds, finds and changes refund requests."""

    storage: Storage
    items: type[RefundRequestItem]
    listings: type[ListingItem]
    slots: type[SlotItem]
    work: DueWork

    @staticmethod
    def open(storage: Storage) -> RefundRequestStore:
        """Binds the items to their table."""
        bound = storage.bind(RefundRequestItem), storage.bind(ListingItem), storage.bind(SlotItem)
        return RefundRequestStore(storage, *bound, DueWork.open(storage, REQUEST, DUE_BUCKETS))

    def add(self, request: RefundRequest, before: Slot, write: AtomicWrite) -> None:
        """Adds a new request; RefundRequestOpen while another of the payment is undecided, SlotMoved when one was made since."""
        slots, requests = self.slots, [*before.requests, request.id]
        as_read = slots.requests == list(before.requests) if before.requests else slots.pk.does_not_exist()
        write.update(
            slots(request.payment_id, SLOT),
            [slots.requests.set(requests), slots.undecided.set(request.id)],
            (slots.undecided.does_not_exist(), self._open),
            (as_read, SlotMoved()),
        )
        item = self.items.of(
            request,
            pk=request.id,
            sk=REQUEST,
            owner_bucket=_bucket(request.customer_id),
            owner_order=request.id,
            **self.work.place(request.id, request.answer_by),
        )
        write.put(item, StaleAccount())
        bucket = _bucket(request.merchant_id, int.from_bytes(request.id[-2:].encode(), "big") % SHARDS)
        write.put(
            self.listings(request.id, LISTING, owner_bucket=bucket, owner_order=request.id),
            StaleAccount(),
        )

    def turn(self, before: RefundRequest, after: RefundRequest, write: AtomicWrite) -> None:
        """Keeps another state of a request, and frees its payment's slot at its end; RequestMoved when it changed since."""
        items, slots = self.items, self.slots
        changed = {name: getattr(after, name) for name in CHANGING}
        actions: list[Any] = [getattr(items, name).set(value) for name, value in changed.items() if value is not None]
        if after.approved is not None:
            actions.append(items.approved.set(after.approved.amount))
        if before.escalated_at is None:
            actions += self.work.moved(items, after.id, None)
        write.update(items(after.id, REQUEST), actions, (items.status == before.status, RequestMoved()))
        if not after.undecided:
            place = slots(after.payment_id, SLOT)
            write.update(place, [slots.undecided.remove()], (slots.undecided == after.id, RequestMoved()))

    def find(self, request_id: str, trip: Trip) -> Read[RefundRequest | None]:
        """A request by its id, or None."""
        return trip.get(self.items, request_id, REQUEST).map(_request)

    def find_all(self, request_ids: Sequence[str], trip: Trip) -> Read[list[RefundRequest]]:
        """The requests of these ids, in their order; at most a hundred."""
        reads = [self.find(request_id, trip) for request_id in request_ids]
        return Read(lambda: [request for request in (read() for read in reads) if request is not None])

    def slot(self, payment_id: str, trip: Trip) -> Read[Slot]:
        """The requests of a payment."""
        found = trip.get(self.slots, payment_id, SLOT)
        return found.map(lambda item: Slot() if item is None else item.slot())

    def newest_ids(self, owner: str, shards: int, before: str | None, limit: int, trip: Trip) -> Read[list[str]]:
        """Ids of a customer's or a merchant's requests, newest first, from all of their partitions at once."""
        query = partial(self.storage.query_index, self.items, "by_owner", before=before, limit=limit, newest_first=True)
        buckets = [_bucket(owner, shard) for shard in range(shards)]
        reads = [trip.call(partial(query, bucket)) for bucket in buckets]
        return Read(lambda: sorted((row["pk"]["S"] for read in reads for row in read()), reverse=True)[:limit])

    def _open(self, found: Raw | None) -> Exception:
        undecided = None if found is None else self.slots.from_raw_data(found).undecided
        return StaleAccount() if undecided is None else RefundRequestOpen(refund_request_id=undecided)


def _bucket(owner: str, shard: int = 0) -> str:
    return f"{owner}/{REQUEST}/{shard}"


def _request(item: RefundRequestItem | None) -> RefundRequest | None:
    if item is None:
        return None
    return item.as_record(RefundRequest, approved=_money(item.approved, item.amount.currency))


def _money(amount: int | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)
