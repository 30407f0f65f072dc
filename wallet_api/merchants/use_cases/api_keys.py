"""What whoever acts for a merchant can do with its API keys: make one, see them, roll one, take one back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.merchants.errors import ApiKeyNotActive, ScopeMissing, TooManyApiKeys
from wallet_api.merchants.model import (
    ACTIVE,
    MAX_API_KEYS,
    ApiKey,
    MerchantCaller,
    NewKey,
    allows,
)
from wallet_api.merchants.store import ApiKeyStore
from wallet_api.merchants.use_cases.merchants import Merchants
from wallet_api.notifications.use_cases import Notifications
from wallet_api.sessions.model import Customer
from wallet_api.storage import Storage
from wallet_api.storage.pages import Page, PageRequest, cursor_at

LOOKED_AT = 100
Party = Customer | MerchantCaller


class ApiKeys(Struct, frozen=True):
    """The API keys of every merchant."""

    storage: Storage
    clock: Clock
    merchants: Merchants
    store: ApiKeyStore
    notifications: Notifications

    def create(self, caller: Party, merchant_id: str, wanted: NewKey) -> tuple[ApiKey, str]:
        """A new key and its text, which is shown this once. A key gives no other one more than it may do itself.

        Raises Invalid, NotFound, ScopeMissing, TooManyApiKeys, and what acting for the merchant raises.
        """
        now = self.clock.now()
        if wanted.expires_at is not None and wanted.expires_at <= now:
            raise Invalid(FieldProblem("/expires_at", "not_in_the_future"))
        owner_id = self._acting(caller, merchant_id, wanted.scopes)
        if sum(key.status_at(now) == ACTIVE for key in self.store.newest(merchant_id, None, LOOKED_AT)) >= MAX_API_KEYS:
            raise TooManyApiKeys(limit=MAX_API_KEYS)
        key, text = self.merchants.new_key(merchant_id, wanted)
        with self.storage.atomic_write() as write:
            self.store.add(key, write)
            if owner_id is not None:
                self.notifications.tell(owner_id, "api_key_created", write)
        return key, text

    def list(self, caller: Party, merchant_id: str, page: PageRequest) -> Page[ApiKey]:
        """A merchant's keys, newest first, those that ended among them. Raises what acting for the merchant raises."""
        place = page.place_of("key")
        with self.storage.trip() as trip:
            merchant = self.merchants.acting(caller, merchant_id, trip)
            found = trip.call(lambda: self.store.newest(merchant_id, place, page.limit + 1))
        merchant()
        keys = found()
        shown: Sequence[ApiKey] = keys[: page.limit]
        return Page(tuple(shown), cursor_at(shown[-1].id) if len(keys) > page.limit else None)

    def roll(self, caller: Party, merchant_id: str, key_id: str, overlap: timedelta) -> tuple[ApiKey, str]:
        """A successor with the same name, scopes and span of life; the key itself goes on for the overlap.

        Raises NotFound, ApiKeyNotActive, ScopeMissing, and what acting for the merchant raises.
        """
        now = self.clock.now()
        with self.storage.trip() as trip:
            merchant = self.merchants.acting(caller, merchant_id, trip)
            found = self.store.find(merchant_id, key_id, trip)
        owner_id = merchant().owner_id
        old = found()
        if old is None:
            raise NotFound
        if old.status_at(now) != ACTIVE or old.rolled_to is not None:
            raise ApiKeyNotActive
        self._require_no_more(caller, merchant_id, old.scopes)
        life = None if old.expires_at is None else now + (old.expires_at - old.created_at)
        key, text = self.merchants.new_key(merchant_id, NewKey(old.name, old.scopes, life))
        ends_at = now + overlap if old.expires_at is None else min(now + overlap, old.expires_at)
        with self.storage.atomic_write() as write:
            self.store.roll(old, key.id, ends_at, write)
            self.store.add(key, write)
            if owner_id is not None:
                self.notifications.tell(owner_id, "api_key_created", write)
        return key, text

    def revoke(self, caller: Party, merchant_id: str, key_id: str) -> None:
        """Ends a key at once, the caller's own among them; ending it again changes nothing.

        Raises NotFound, and what acting for the merchant raises.
        """
        with self.storage.trip() as trip:
            merchant = self.merchants.acting(caller, merchant_id, trip)
        merchant()
        self.merchants.revoke_key(merchant_id, key_id)

    def _acting(self, caller: Party, merchant_id: str, scopes: tuple[str, ...] | None) -> str | None:
        """The merchant's owner, once the caller may act for it and give these scopes."""
        with self.storage.trip() as trip:
            merchant = self.merchants.acting(caller, merchant_id, trip)
        owner_id = merchant().owner_id
        self._require_no_more(caller, merchant_id, scopes)
        return owner_id

    def _require_no_more(self, caller: Party, merchant_id: str, scopes: tuple[str, ...] | None) -> None:
        """A restricted key makes none that may do what it may not: else `keys:write` would be everything."""
        if isinstance(caller, Customer):
            return
        with self.storage.trip() as trip:
            found = self.store.find(merchant_id, caller.key_id, trip)
        own = found()
        if own is None or (own.scopes is not None and scopes is None):
            raise ScopeMissing(scope="*")
        for scope in scopes or ():
            if not allows(own.scopes, scope):
                raise ScopeMissing(scope=scope)
