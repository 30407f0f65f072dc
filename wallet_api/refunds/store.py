"""The refunds' items: pk = refund id, sk = `refund`, in the records table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wallet_api.ledger.accounts import StaleAccount
from wallet_api.refunds.model import Refund
from wallet_api.storage import AtomicWrite, Item, Read, Trip
from wallet_api.storage.items import Moment, MoneyAttribute, UnicodeAttribute

REFUND = "refund"


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


@dataclass(frozen=True)
class RefundStore:
    """Adds and finds refunds."""

    items: type[RefundItem]

    def add(self, refund: Refund, write: AtomicWrite) -> None:
        """Adds a new refund to the write."""
        write.put(self.items.of(refund, pk=refund.id, sk=REFUND), StaleAccount())

    def find(self, refund_id: str, trip: Trip) -> Read[Refund | None]:
        """A refund by its id, or None."""
        found = trip.get(self.items, refund_id, REFUND)
        return found.map(lambda item: None if item is None else item.as_record(Refund))

    def find_all(self, refund_ids: Sequence[str], trip: Trip) -> Read[list[Refund]]:
        """The refunds of these ids, in their order; at most a hundred."""
        reads = [self.find(refund_id, trip) for refund_id in refund_ids]
        return Read(lambda: [refund for refund in (read() for read in reads) if refund is not None])
