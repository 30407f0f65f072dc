"""The merchants' items, all of one merchant under its own id."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import asdict, replace
from pynamodb.attributes import BooleanAttribute

from wallet_api.errors import NotFound
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.merchants.errors import ApiKeyNotActive
from wallet_api.merchants.model import ACTIVE, REVOKED, USE_NOTED_EVERY, ApiKey, Merchant, Profile, Standing, mark_of
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.items import Document, Item, Moment, UnicodeAttribute, WholeNumber

MERCHANT = "merchant"
STANDING = "standing"
KEY = "key/"


class MerchantItem(Item):
    """pk = merchant id, sk = `merchant`."""

    table = "records"

    status = UnicodeAttribute()
    name = UnicodeAttribute()
    latin_name = UnicodeAttribute()
    city = UnicodeAttribute()
    latin_city = UnicodeAttribute()
    country = UnicodeAttribute()
    category = UnicodeAttribute()
    created_at = Moment()
    owner_id = UnicodeAttribute(null=True)
    website = UnicodeAttribute(null=True)
    signed_requests_only = BooleanAttribute(default=False)
    suspension_reason = UnicodeAttribute(null=True)
    revision = WholeNumber(default=0)
    owner_bucket = UnicodeAttribute(null=True)
    owner_order = UnicodeAttribute(null=True)

    def merchant(self) -> Merchant:
        """The item as the wallet speaks of it."""
        return self.as_record(Merchant, id=self.pk, profile=self.as_record(Profile))


class StandingItem(Item):
    """pk = `merchant_mark/{mark}`, sk = `standing`: what the merchant's item says, where an outlet's id leads. The two are
    written together.
    """

    table = "records"

    merchant_id = UnicodeAttribute()
    status = UnicodeAttribute()
    profile = Document()

    def standing(self) -> Standing:
        """The item as the wallet speaks of it."""
        return Standing(self.merchant_id, self.status, Profile(**self.profile))


class ApiKeyItem(Item):
    """pk = merchant id, sk = `key/{key id}`. Holds a hash of the key, never the key."""

    table = "records"

    name = UnicodeAttribute()
    status = UnicodeAttribute()
    mode = UnicodeAttribute()
    key_hash = UnicodeAttribute()
    last4 = UnicodeAttribute()
    scopes = Document(null=True)
    created_at = Moment()
    expires_at = Moment(null=True)
    revoked_at = Moment(null=True)
    last_used_at = Moment(null=True)
    rolled_to = UnicodeAttribute(null=True)

    def key(self) -> ApiKey:
        """The item as the wallet speaks of it."""
        scopes = None if self.scopes is None else tuple(self.scopes)
        return self.as_record(ApiKey, id=self.sk.removeprefix(KEY), merchant_id=self.pk, scopes=scopes)


class MerchantStore(Struct, frozen=True):
    """Adds, finds and changes merchants, each with its standing."""

    storage: Storage
    items: type[MerchantItem]
    standing_items: type[StandingItem]

    @staticmethod
    def open(storage: Storage) -> MerchantStore:
        """Binds the items to their table."""
        return MerchantStore(storage, storage.bind(MerchantItem), storage.bind(StandingItem))

    def add(self, merchant: Merchant, write: AtomicWrite) -> None:
        """Adds a new merchant to a write."""
        write.put(self._item(merchant), StorageFault("a fresh id is taken"))
        write.put(self._standing(merchant), StorageFault("a fresh mark is taken"))

    def replace(self, merchant: Merchant, write: AtomicWrite) -> None:
        """Writes a merchant as it was read and changed since. Leaving the write's block may raise StaleAccount."""
        changed = replace(merchant, revision=merchant.revision + 1)
        write.replace(self._item(changed), (self.items.revision == merchant.revision, StaleAccount()))
        write.replace(self._standing(merchant))

    def find(self, merchant_id: str, trip: Trip) -> Read[Merchant | None]:
        """A merchant, or None."""
        return trip.get(self.items, merchant_id, MERCHANT).map(lambda item: None if item is None else item.merchant())

    def standing(self, identifier: str, trip: Trip) -> Read[Standing | None]:
        """The standing of the merchant that an id belongs to, or None."""
        found = trip.get(self.standing_items, _standing_place(identifier), STANDING)
        return found.map(lambda item: None if item is None else item.standing())

    def require(self, merchant_id: str, write: AtomicWrite) -> None:
        """Requires in a write that the merchant exists. Leaving the write's block may raise NotFound."""
        write.check(self.items(merchant_id, MERCHANT), (self.items.pk.exists(), NotFound()))

    def owned(self, person_id: str, before: str | None, limit: int, trip: Trip) -> Read[list[Merchant]]:
        """A person's merchants before an id, newest first."""
        query = partial(self.storage.query_index, self.items, "by_owner", _owner_bucket(person_id))
        rows = trip.call(lambda: query(before=before, limit=limit, newest_first=True))
        return rows.map(lambda found: [self.items.from_raw_data(raw).merchant() for raw in found])

    def _item(self, merchant: Merchant) -> MerchantItem:
        owner_id = merchant.owner_id
        return self.items.of(
            merchant,
            pk=merchant.id,
            sk=MERCHANT,
            **asdict(merchant.profile),
            owner_bucket=None if owner_id is None else _owner_bucket(owner_id),
            owner_order=None if owner_id is None else merchant.id,
        )

    def _standing(self, merchant: Merchant) -> StandingItem:
        place, profile = _standing_place(merchant.id), asdict(merchant.profile)
        return self.standing_items.of(merchant.standing, pk=place, sk=STANDING, profile=profile)


def _standing_place(identifier: str) -> str:
    return f"merchant_mark/{mark_of(identifier)}"


def _owner_bucket(person_id: str) -> str:
    return f"{person_id}/merchants"


class ApiKeyStore(Struct, frozen=True):
    """Adds, finds and changes API keys."""

    storage: Storage
    items: type[ApiKeyItem]

    @staticmethod
    def open(storage: Storage) -> ApiKeyStore:
        """Binds the items to their table."""
        return ApiKeyStore(storage, storage.bind(ApiKeyItem))

    def add(self, key: ApiKey, write: AtomicWrite) -> None:
        """Adds a new key to a write."""
        scopes = None if key.scopes is None else list(key.scopes)
        item = self.items.of(key, pk=key.merchant_id, sk=KEY + key.id, scopes=scopes)
        write.put(item, StorageFault("a fresh id is taken"))

    def find(self, merchant_id: str, key_id: str, trip: Trip) -> Read[ApiKey | None]:
        """A key of this merchant, or None."""
        return trip.get(self.items, merchant_id, KEY + key_id).map(lambda item: None if item is None else item.key())

    def newest(self, merchant_id: str, after: str | None, limit: int) -> list[ApiKey]:
        """A merchant's keys, newest first, beginning after a key's id."""
        place = None if after is None else KEY + after
        rows = self.storage.query(self.items, merchant_id, prefix=KEY, after=place, limit=limit, newest_first=True)
        return [row.key() for row in rows]

    def revoke(self, merchant_id: str, key_id: str, now: datetime, write: AtomicWrite) -> None:
        """Ends a key; one that was ended keeps its time. Leaving the write's block may raise NotFound."""
        items = self.items
        actions = [items.status.set(REVOKED), items.revoked_at.set(items.revoked_at | now)]
        write.update(items(merchant_id, KEY + key_id), actions, (items.pk.exists(), NotFound()))

    def roll(self, old: ApiKey, new_id: str, ends_at: datetime, write: AtomicWrite) -> None:
        """Lets a key end when its successor has taken over. Leaving the write's block may raise ApiKeyNotActive."""
        items = self.items
        unrolled = (items.status == ACTIVE) & items.rolled_to.does_not_exist()
        actions = [items.rolled_to.set(new_id), items.expires_at.set(ends_at)]
        write.update(items(old.merchant_id, KEY + old.id), actions, (unrolled, ApiKeyNotActive()))

    def note_use(self, merchant_id: str, key_id: str, now: datetime, trip: Trip) -> None:
        """Notes beside a trip's reads that a key is used, unless that was noted less than an hour ago. Nobody depends on it,
        so it may fail.
        """
        items = self.items
        unnoted = items.last_used_at.does_not_exist() | (items.last_used_at < now - USE_NOTED_EVERY)
        good = items.pk.exists() & (items.status == ACTIVE) & unnoted
        trip.note(items(merchant_id, KEY + key_id), [items.last_used_at.set(now)], good)
