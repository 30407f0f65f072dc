"""What an owner can do with a merchant's settlement account: give it, change it, see what may be seen of it."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.authorizations.use_cases import PaymentPins
from wallet_api.clock import Clock
from wallet_api.events.use_cases import Events
from wallet_api.merchants.model import MerchantCaller
from wallet_api.merchants.use_cases import Merchants
from wallet_api.notifications.use_cases import Notifications
from wallet_api.sessions.model import Customer
from wallet_api.settlement_accounts.errors import SettlementAccountMissing
from wallet_api.settlement_accounts.model import Details, SettlementAccount, changed_event, usable_from
from wallet_api.settlement_accounts.store import SETTLEMENT_ACCOUNT, SettlementAccountStore
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.crypto import FieldCipher
from wallet_api.storage.data_keys import Renewal

_NUMBER, _HOLDER = "settlement_number", "settlement_holder"


class SettlementAccounts(Struct, frozen=True):
    """The settlement account of every merchant."""

    storage: Storage
    clock: Clock
    cipher: FieldCipher
    merchants: Merchants
    pins: PaymentPins
    notifications: Notifications
    events: Events
    store: SettlementAccountStore

    def get(self, caller: Customer | MerchantCaller, merchant_id: str) -> SettlementAccount:
        """The account as far as it may be seen. Raises SettlementAccountMissing, and what acting for the merchant raises."""
        with self.storage.trip() as trip:
            merchant = self.merchants.acting(caller, merchant_id, trip)
            found = self.store.find(merchant_id, trip)
        merchant()
        account = found()
        if account is None:
            raise SettlementAccountMissing
        return account

    def change(self, caller: Customer, merchant_id: str, details: Details, pin: str) -> SettlementAccount:
        """Puts an account in the place of the one there is. Owners only: a key that leaked must not lead money elsewhere.

        Raises NotFound, what a wrong PIN raises, KeyServiceDown, StaleAccount.
        """
        with self.storage.trip() as trip:
            merchant = self.merchants.acting(caller, merchant_id, trip)
            found = self.store.find(merchant_id, trip)
        merchant()
        with self.storage.trip() as trip:
            reserved = self.pins.reserve(caller.id, trip)
        payer = self.pins.prove(reserved(), caller.id, pin)
        former = found()
        account = self.sealed(merchant_id, details, former)
        with self.storage.atomic_write() as write:
            self.pins.accounts.restore(payer, write)
            self.store.put(account, former, write)
            self.notifications.tell(caller.id, "settlement_account_changed", write)
            self.events.tell(changed_event(account), write)
        return account

    def sealed(self, merchant_id: str, details: Details, former: SettlementAccount | None = None) -> SettlementAccount:
        """An account as the table holds it. Raises KeyServiceDown."""
        now, data_key = self.clock.now(), self.cipher.new_key(merchant_id)
        return SettlementAccount(
            merchant_id=merchant_id,
            bank=details.bank,
            last4=details.number[-4:],
            data_key=data_key,
            number_sealed=self.cipher.seal(merchant_id, data_key, _NUMBER, details.number),
            holder_sealed=self.cipher.seal(merchant_id, data_key, _HOLDER, details.holder_name),
            usable_from=usable_from(former, now),
            changed_at=now,
            revision=0 if former is None else former.revision + 1,
        )

    def renewal(self) -> Renewal:
        """How the accounts' data keys are brought under another KMS key. For an operator's job."""
        return Renewal(self.storage, self.cipher, self.store.items, SETTLEMENT_ACCOUNT, lambda item: str(item.pk))

    def reading(self, merchant_id: str, trip: Trip) -> Read[SettlementAccount | None]:
        """A merchant's account as part of another capability's trip; None when it has none."""
        return self.store.find(merchant_id, trip)

    def put(self, account: SettlementAccount, former: SettlementAccount | None, write: AtomicWrite) -> None:
        """Adds an account to the write of who knows that it is the merchant's. Leaving its block may raise StaleAccount."""
        self.store.put(account, former, write)

    def opened(self, account: SettlementAccount) -> Details:
        """The account in clear, for paying out to it. Raises KeyServiceDown, SealBroken."""
        number = self.cipher.open(account.merchant_id, account.data_key, _NUMBER, account.number_sealed)
        holder = self.cipher.open(account.merchant_id, account.data_key, _HOLDER, account.holder_sealed)
        return Details(account.bank, holder, number)
