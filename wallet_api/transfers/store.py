"""The transfers' items: pk = transfer id, sk = `transfer`, in the records table."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.ledger.accounts import StaleAccount
from wallet_api.storage import AtomicWrite, Item, Read, Trip
from wallet_api.storage.items import Moment, MoneyAttribute, UnicodeAttribute
from wallet_api.transfers.model import Transfer

SORT = "transfer"


class TransferItem(Item):
    """One transfer, written once."""

    table = "records"

    id = UnicodeAttribute()
    payer_id = UnicodeAttribute()
    payee_id = UnicodeAttribute()
    amount = MoneyAttribute()
    fee = MoneyAttribute()
    note = UnicodeAttribute(null=True)
    entry_id = UnicodeAttribute()
    created_at = Moment()


class TransferStore(Struct, frozen=True):
    """Adds and finds transfers."""

    items: type[TransferItem]

    def add(self, transfer: Transfer, write: AtomicWrite) -> None:
        """Adds a new transfer to the write."""
        write.put(self.items.of(transfer, pk=transfer.id, sk=SORT), StaleAccount())

    def find(self, transfer_id: str, trip: Trip) -> Read[Transfer | None]:
        """A transfer by its id, or None."""
        return trip.get(self.items, transfer_id, SORT).map(
            lambda item: None if item is None else item.as_record(Transfer)
        )
