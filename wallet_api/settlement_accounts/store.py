"""The settlement accounts' items in the people table: pk = merchant id, sk = `settlement_account`."""

from __future__ import annotations

from msgspec import Struct
from pynamodb.attributes import BinaryAttribute

from wallet_api.ledger.accounts import StaleAccount
from wallet_api.settlement_accounts.model import SettlementAccount
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.items import Moment, UnicodeAttribute, WholeNumber

SETTLEMENT_ACCOUNT = "settlement_account"


class SettlementAccountItem(Item):
    """One merchant's account. Number and holder are sealed."""

    table = "people"

    bank = UnicodeAttribute()
    last4 = UnicodeAttribute()
    data_key = BinaryAttribute(legacy_encoding=False)
    number_sealed = BinaryAttribute(legacy_encoding=False)
    holder_sealed = BinaryAttribute(legacy_encoding=False)
    usable_from = Moment()
    changed_at = Moment()
    revision = WholeNumber()

    def account(self) -> SettlementAccount:
        """The item as the wallet speaks of it."""
        return self.as_record(SettlementAccount, merchant_id=self.pk)


class SettlementAccountStore(Struct, frozen=True):
    """Finds and changes settlement accounts."""

    items: type[SettlementAccountItem]

    @staticmethod
    def open(storage: Storage) -> SettlementAccountStore:
        """Binds the items to their table."""
        return SettlementAccountStore(storage.bind(SettlementAccountItem))

    def find(self, merchant_id: str, trip: Trip) -> Read[SettlementAccount | None]:
        """A merchant's account, or None."""
        found = trip.get(self.items, merchant_id, SETTLEMENT_ACCOUNT)
        return found.map(lambda item: None if item is None else item.account())

    def put(self, account: SettlementAccount, former: SettlementAccount | None, write: AtomicWrite) -> None:
        """Puts an account in the place of the one that was read. Leaving the write's block may raise StaleAccount."""
        item = self.items.of(account, pk=account.merchant_id, sk=SETTLEMENT_ACCOUNT)
        if former is None:
            write.put(item, StaleAccount())
        else:
            write.replace(item, (self.items.revision == former.revision, StaleAccount()))
