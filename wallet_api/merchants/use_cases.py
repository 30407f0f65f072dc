"""What an operator can do with merchants, and how a merchant's key is recognised."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from wallet_api.clock import Clock
from wallet_api.errors import NotFound
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.ledger import Ledger
from wallet_api.merchants.errors import ApiKeyRevoked, MerchantSuspended
from wallet_api.merchants.model import (
    ACTIVE,
    REVOKED,
    SECRET_BYTES,
    SUSPENDED,
    Merchant,
    MerchantCaller,
    Profile,
    api_key,
    read_api_key,
)
from wallet_api.merchants.store import MERCHANT, ApiKeyItem, MerchantItem, key_place
from wallet_api.settings import Mode
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.keys import Keys, plain_digest, same


@dataclass(frozen=True)
class Merchants:
    """The merchants of one deployment, which speaks one mode: a key of the other mode is a stranger's."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    keys: Keys
    mode: Mode
    items: type[MerchantItem]
    key_items: type[ApiKeyItem]

    @staticmethod
    def open(storage: Storage, clock: Clock, ledger: Ledger, keys: Keys, mode: Mode) -> Merchants:
        """Binds the merchants' items to their table."""
        return Merchants(storage, clock, ledger, keys, mode, storage.bind(MerchantItem), storage.bind(ApiKeyItem))

    def create(
        self,
        name: str,
        category: str,
        city: str,
        country: str = "CN",
        *,
        latin_name: str | None = None,
        latin_city: str | None = None,
    ) -> Merchant:
        """An active merchant with its ledger account. Operator only.

        A name or city that is not plain ASCII needs its Latin form beside it, which QR codes carry. Raises Invalid.
        """
        profile = Profile(name, latin_name or name, city, latin_city or city, country, category)
        now = self.clock.now()
        merchant = Merchant(new_id("mer", now), ACTIVE, profile, now)
        item = self.items.of(profile, pk=merchant.id, sk=MERCHANT, status=merchant.status, created_at=now)
        with self.storage.atomic_write() as write:
            write.put(item, StorageFault("a fresh id is taken"))
            self.ledger.accounts.open(chart.merchant(merchant.id), write)
        return merchant

    def issue_key(self, merchant_id: str, mode: Mode | None = None) -> str:
        """A new secret key of a merchant, shown this once. Operator only. Raises NotFound."""
        now, mode = self.clock.now(), mode or self.mode
        key_id = new_id("key", now)
        text = api_key(self.keys, merchant_id, key_id, mode, secrets.token_bytes(SECRET_BYTES))
        item = self.key_items(
            merchant_id, key_place(key_id), status=ACTIVE, mode=mode, key_hash=plain_digest(text), created_at=now
        )
        with self.storage.atomic_write() as write:
            write.check(self.items(merchant_id, MERCHANT), (self.items.pk.exists(), NotFound()))
            write.put(item, StorageFault("a fresh id is taken"))
        return text

    def revoke_key(self, merchant_id: str, key_id: str) -> None:
        """Ends a key at once; ending it again changes nothing. Operator only. Raises NotFound."""
        item = self.key_items(merchant_id, key_place(key_id))
        actions = [self.key_items.status.set(REVOKED), self.key_items.revoked_at.set(self.clock.now())]
        with self.storage.atomic_write() as write:
            write.update(item, actions, (self.key_items.pk.exists(), NotFound()))

    def suspend(self, merchant_id: str) -> None:
        """Ends what a merchant's servers may ask; payments already shown expire by themselves. Raises NotFound."""
        self._set_status(merchant_id, SUSPENDED)

    def reinstate(self, merchant_id: str) -> None:
        """Lifts a suspension. Raises NotFound."""
        self._set_status(merchant_id, ACTIVE)

    def presented(self, key: str) -> MerchantCaller | None:
        """Whom a key names, or None when we did not make it for this mode. Its record is asked by `authorized`."""
        caller = read_api_key(self.keys, key)
        return caller if caller is not None and caller.mode == self.mode else None

    def reading(self, merchant_id: str, trip: Trip) -> Read[Merchant | None]:
        """A merchant as part of another capability's trip; None when there is none."""
        return trip.get(self.items, merchant_id, MERCHANT).map(lambda item: None if item is None else item.merchant())

    def authorized(self, caller: MerchantCaller, trip: Trip) -> Read[Merchant]:
        """Reads the key's record and the merchant. Calling the read raises ApiKeyRevoked or MerchantSuspended."""
        key = trip.get(self.key_items, caller.id, key_place(caller.key_id))
        found = trip.get(self.items, caller.id, MERCHANT)

        def bring() -> Merchant:
            record, merchant = key(), found()
            if record is None or merchant is None or not _is_good(record, caller):
                raise ApiKeyRevoked
            if merchant.status != ACTIVE:
                raise MerchantSuspended
            return merchant.merchant()

        return Read(bring)

    def _set_status(self, merchant_id: str, status: str) -> None:
        with self.storage.atomic_write() as write:
            write.update(
                self.items(merchant_id, MERCHANT),
                [self.items.status.set(status)],
                (self.items.pk.exists(), NotFound()),
            )


def _is_good(record: ApiKeyItem, caller: MerchantCaller) -> bool:
    hashes_agree = same(record.key_hash.encode(), caller.key_hash.encode())
    return record.status == ACTIVE and record.mode == caller.mode and hashes_agree
