"""The merchants' items, all of one merchant under its own id."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import partial

from pynamodb.attributes import BooleanAttribute

from wallet_api.errors import NotFound
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.merchants.model import Merchant, Profile, Standing, mark_of
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.items import Document, Item, Moment, UnicodeAttribute, WholeNumber

MERCHANT = "merchant"
STANDING = "standing"


def key_place(key_id: str) -> str:
    """The sort key of an API key's record."""
    return f"key/{key_id}"


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

    status = UnicodeAttribute()
    mode = UnicodeAttribute()
    key_hash = UnicodeAttribute()
    created_at = Moment()
    revoked_at = Moment(null=True)


@dataclass(frozen=True)
class MerchantStore:
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
