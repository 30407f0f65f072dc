"""The items of signatures: keys in the records table beside their merchant's, nonces in the ephemeral one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from pynamodb.attributes import BinaryAttribute

from wallet_api.errors import NotFound
from wallet_api.signatures.model import NONCE_LIFE, Claimed, SigningKey
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.items import Expiry, Moment, UnicodeAttribute
from wallet_api.storage.keys import plain_digest

SIGNING_KEY, NONCE = "signing_key/", "nonce"


class SigningKeyItem(Item):
    """pk = merchant id, sk = `signing_key/{id}`. A secret of ours is sealed under the key's own data key."""

    table = "records"

    name = UnicodeAttribute()
    algorithm = UnicodeAttribute()
    created_at = Moment()
    public_key = BinaryAttribute(legacy_encoding=False, null=True)
    data_key = BinaryAttribute(legacy_encoding=False, null=True)
    secret_sealed = BinaryAttribute(legacy_encoding=False, null=True)
    revoked_at = Moment(null=True)

    def key(self) -> SigningKey:
        """The item as the wallet speaks of it."""
        return self.as_record(SigningKey, id=self.sk.removeprefix(SIGNING_KEY), merchant_id=self.pk)


class NonceItem(Item):
    """pk = `nonce/{merchant}/{hash of key and nonce}`, sk = `nonce`: which request used it."""

    table = "ephemeral"

    request = UnicodeAttribute()
    expires_at = Expiry()


class SignatureStore(Struct, frozen=True):
    """Adds and finds signing keys, and remembers nonces."""

    storage: Storage
    items: type[SigningKeyItem]
    nonces: type[NonceItem]

    @staticmethod
    def open(storage: Storage) -> SignatureStore:
        """Binds the items to their tables."""
        return SignatureStore(storage, storage.bind(SigningKeyItem), storage.bind(NonceItem))

    def add(self, key: SigningKey, write: AtomicWrite) -> None:
        """Adds a new key to a write."""
        item = self.items.of(key, pk=key.merchant_id, sk=SIGNING_KEY + key.id)
        write.put(item, StorageFault("a fresh id is taken"))

    def revoke(self, merchant_id: str, key_id: str, now: datetime, write: AtomicWrite) -> None:
        """Takes a key back; one that was keeps its time. Leaving the write's block may raise NotFound."""
        items = self.items
        item = items(merchant_id, SIGNING_KEY + key_id)
        write.update(item, [items.revoked_at.set(items.revoked_at | now)], (items.pk.exists(), NotFound()))

    def find(self, merchant_id: str, key_id: str, trip: Trip) -> Read[SigningKey | None]:
        """A key of this merchant, or None."""
        found = trip.get(self.items, merchant_id, SIGNING_KEY + key_id)
        return found.map(lambda item: None if item is None else item.key())

    def all(self, merchant_id: str, limit: int) -> Sequence[SigningKey]:
        """A merchant's keys, newest first."""
        rows = self.storage.query(self.items, merchant_id, prefix=SIGNING_KEY, limit=limit, newest_first=True)
        return [row.key() for row in rows]

    def use(self, merchant_id: str, claim: Claimed, request: str, now: datetime, trip: Trip) -> Read[bool]:
        """Remembers a nonce as this request's; False when another request used it."""
        nonces = self.nonces
        place = f"nonce/{merchant_id}/{plain_digest(claim.key_id, claim.nonce)[:40]}"
        actions = [nonces.request.set(request), nonces.expires_at.set(now + NONCE_LIFE)]
        ours = nonces.request.does_not_exist() | (nonces.request == request)
        return trip.update(nonces(place, NONCE), actions, ours).map(lambda item: item is not None)
