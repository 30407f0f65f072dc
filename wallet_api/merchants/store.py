"""The merchants' items, all of one merchant under its own id."""

from __future__ import annotations

from wallet_api.merchants.model import Merchant, Profile
from wallet_api.storage.items import Item, Moment, UnicodeAttribute

MERCHANT = "merchant"


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

    def merchant(self) -> Merchant:
        """The item as the wallet speaks of it."""
        return Merchant(self.pk, self.status, self.as_record(Profile), self.created_at)


class ApiKeyItem(Item):
    """pk = merchant id, sk = `key/{key id}`. Holds a hash of the key, never the key."""

    table = "records"

    status = UnicodeAttribute()
    mode = UnicodeAttribute()
    key_hash = UnicodeAttribute()
    created_at = Moment()
    revoked_at = Moment(null=True)
