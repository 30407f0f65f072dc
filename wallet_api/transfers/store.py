"""The transfers' items: pk = transfer id, sk = `transfer`, in the records table; those that have no end yet stand in `by_due`.

One that arrived at once has nothing but its sides and its amount.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from pynamodb.attributes import BooleanAttribute
from pynamodb.expressions.condition import Condition

from wallet_api.errors import WalletError
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.due import DueWork
from wallet_api.storage.items import Moment, MoneyAttribute, Raw, UnicodeAttribute, WholeNumber
from wallet_api.transfers.errors import TransferMoved
from wallet_api.transfers.model import Delayed, Transfer

TRANSFER = "transfer"
DUE_BUCKETS = 8
"""Over how many index partitions the transfers that are on their way are spread."""
Why = Callable[[Transfer], WalletError | None]


class TransferItem(Item):
    """One transfer. What begins with `delay` is there only of those that do not arrive at once."""

    table = "records"

    id = UnicodeAttribute()
    payer_id = UnicodeAttribute()
    payee_id = UnicodeAttribute()
    amount = MoneyAttribute()
    fee = MoneyAttribute()
    note = UnicodeAttribute(null=True)
    entry_id = UnicodeAttribute()
    created_at = Moment()
    delay = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    arrives_at = Moment(null=True)
    mode = UnicodeAttribute(null=True)
    freezes = WholeNumber(null=True)
    ended_at = Moment(null=True)
    decline_code = UnicodeAttribute(null=True)
    aside = BooleanAttribute(null=True)
    allowance = UnicodeAttribute(null=True)
    allowance_taken = WholeNumber(null=True)
    due_bucket = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    def transfer(self) -> Transfer:
        """The item as the wallet speaks of it."""
        at_once = self.attribute_values.get("delay") is None
        return self.as_record(Transfer, delayed=None if at_once else self.as_record(Delayed))


class TransferStore(Struct, frozen=True):
    """Adds, finds and ends transfers."""

    items: type[TransferItem]
    work: DueWork

    @staticmethod
    def open(storage: Storage) -> TransferStore:
        """Binds the items to their table."""
        return TransferStore(storage.bind(TransferItem), DueWork.open(storage, TRANSFER, DUE_BUCKETS))

    def add(self, transfer: Transfer, write: AtomicWrite) -> None:
        """Adds a new transfer to the write."""
        late = {} if transfer.delayed is None else self._late(transfer, transfer.delayed)
        write.put(self.items.of(transfer, pk=transfer.id, sk=TRANSFER, **late), StaleAccount())

    def find(self, transfer_id: str, trip: Trip) -> Read[Transfer | None]:
        """A transfer by its id, or None."""
        return trip.get(self.items, transfer_id, TRANSFER).map(lambda item: None if item is None else item.transfer())

    def end(self, after: Transfer, write: AtomicWrite) -> None:
        """Keeps how a scheduled transfer ended by itself, and never that it arrived before its time. Leaving the write's block may raise
        TransferMoved.
        """
        arrives_at = self.items.arrives_at
        in_time = arrives_at <= after.ended_at if after.status == "succeeded" else None
        self._end(after, write, lambda _: TransferMoved(), in_time)

    def cancel(self, after: Transfer, write: AtomicWrite, why: Why) -> None:
        """Keeps that a scheduled transfer was taken back; `why` names the error of one that has its end."""

        def refusal(found: Raw | None) -> Exception:
            current = None if found is None else self.items.from_raw_data(found).transfer()
            return (None if current is None else why(current)) or StaleAccount()

        self._end(after, write, refusal)

    def _end(
        self,
        after: Transfer,
        write: AtomicWrite,
        refusal: Callable[[Raw | None], Exception],
        in_time: Condition | None = None,
    ) -> None:
        items, end = self.items, after.delayed
        if end is None or end.ended_at is None:
            raise ValueError(f"{after.id} has not ended")
        actions = self.work.moved(items, after.id, None)
        for name in ("status", "ended_at", "aside", "decline_code"):
            value = getattr(end, name)
            actions += [] if value is None else [getattr(items, name).set(value)]
        condition = items.status == "scheduled"
        if in_time is not None:
            condition &= in_time
        write.update(items(after.id, TRANSFER), actions, (condition, refusal))

    def _late(self, transfer: Transfer, delayed: Delayed) -> dict[str, Any]:
        """What is kept of a transfer that does not arrive at once, and when it is found."""
        kept = {name: getattr(delayed, name) for name in Delayed.__struct_fields__}
        return {**kept, **self.work.place(transfer.id, delayed.arrives_at)}
