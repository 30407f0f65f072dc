"""What an operator and an owner can do with a merchant, and how whoever acts for one is recognised."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from wallet_api.clock import Clock
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.ids import is_id, new_id
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import StaleAccount
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
    Standing,
    api_key,
    id_of_merchants,
    read_api_key,
)
from wallet_api.merchants.store import ApiKeyItem, MerchantStore, key_place
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.settings import Mode
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.keys import Keys, plain_digest, same
from wallet_api.storage.pages import Page, PageRequest, cursor_at

CHANGES_MEANWHILE = 3
"""How often a change begins anew when the merchant was changed while it was written."""


@dataclass(frozen=True)
class Merchants:
    """The merchants of one deployment, which speaks one mode: a key of the other mode is a stranger's."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    keys: Keys
    mode: Mode
    sessions: Sessions
    store: MerchantStore
    key_items: type[ApiKeyItem]

    @staticmethod
    def open(storage: Storage, clock: Clock, ledger: Ledger, keys: Keys, mode: Mode, sessions: Sessions) -> Merchants:
        """Binds the merchants' items to their table."""
        store = MerchantStore.open(storage)
        return Merchants(storage, clock, ledger, keys, mode, sessions, store, storage.bind(ApiKeyItem))

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
        with self.storage.atomic_write() as write:
            self.add(merchant, write)
        return merchant

    def add(self, merchant: Merchant, write: AtomicWrite) -> None:
        """Adds a new merchant with its ledger account to a write."""
        self.store.add(merchant, write)
        self.ledger.accounts.open(chart.merchant(merchant.id), write)

    def issue_key(self, merchant_id: str, mode: Mode | None = None) -> str:
        """A new secret key of a merchant, shown this once. Operator only. Raises NotFound."""
        now, mode = self.clock.now(), mode or self.mode
        key_id = new_id("key", now)
        text = api_key(self.keys, merchant_id, key_id, mode, secrets.token_bytes(SECRET_BYTES))
        item = self.key_items(
            merchant_id, key_place(key_id), status=ACTIVE, mode=mode, key_hash=plain_digest(text), created_at=now
        )
        with self.storage.atomic_write() as write:
            self.store.require(merchant_id, write)
            write.put(item, StorageFault("a fresh id is taken"))
        return text

    def revoke_key(self, merchant_id: str, key_id: str) -> None:
        """Ends a key at once; ending it again changes nothing. Operator only. Raises NotFound."""
        item = self.key_items(merchant_id, key_place(key_id))
        actions = [self.key_items.status.set(REVOKED), self.key_items.revoked_at.set(self.clock.now())]
        with self.storage.atomic_write() as write:
            write.update(item, actions, (self.key_items.pk.exists(), NotFound()))

    def suspend(self, merchant_id: str, reason: str = "") -> Merchant:
        """Ends what a merchant's servers may ask, and that anybody pays it, a payment that is shown already among it.

        Operator only. Raises NotFound.
        """
        return self.change(
            merchant_id, lambda merchant: replace(merchant, status=SUSPENDED, suspension_reason=reason or None)
        )

    def reinstate(self, merchant_id: str) -> Merchant:
        """Lifts a suspension. Operator only. Raises NotFound."""
        return self.change(merchant_id, lambda merchant: replace(merchant, status=ACTIVE, suspension_reason=None))

    def change(self, merchant_id: str, changed: Callable[[Merchant], Merchant]) -> Merchant:
        """Changes a merchant, and what its standing says, at once. Raises NotFound, StaleAccount, and what `changed` raises."""
        for _ in range(CHANGES_MEANWHILE):
            with self.storage.trip() as trip:
                found = self.reading(merchant_id, trip)
            merchant = found()
            if merchant is None:
                raise NotFound
            wanted = changed(merchant)
            try:
                with self.storage.atomic_write() as write:
                    self.store.replace(wanted, write)
                return wanted
            except StaleAccount:
                continue
        raise StaleAccount

    def presented(self, key: str) -> MerchantCaller | None:
        """Whom a key names, or None when we did not make it for this mode. Its record is asked by `authorized`."""
        caller = read_api_key(self.keys, key)
        return caller if caller is not None and caller.mode == self.mode else None

    def reading(self, merchant_id: str, trip: Trip) -> Read[Merchant | None]:
        """A merchant as part of another capability's trip; None when there is none."""
        return self.store.find(merchant_id, trip)

    def standing(self, identifier: str, trip: Trip) -> Read[Standing | None]:
        """The standing of the merchant that an id of its own belongs to: its outlet's, or whatever `new_id` named.

        It needs nothing but the id, so it rides in the trip that reads the thing itself. Compare `merchant_id` with the
        thing's own.
        """
        return self.store.standing(identifier, trip)

    def new_id(self, prefix: str, merchant_id: str, now: datetime) -> str:
        """A fresh id for something of a merchant's, from which `standing` finds the merchant."""
        return id_of_merchants(prefix, merchant_id, now, secrets.token_bytes(4))

    def authorized(self, caller: MerchantCaller, trip: Trip) -> Read[Merchant]:
        """Reads the key's record and the merchant. Calling the read raises ApiKeyRevoked or MerchantSuspended."""
        key = trip.get(self.key_items, caller.id, key_place(caller.key_id))
        found = self.reading(caller.id, trip)

        def bring() -> Merchant:
            record, merchant = key(), found()
            if record is None or merchant is None or not _is_good(record, caller):
                raise ApiKeyRevoked
            if merchant.status != ACTIVE:
                raise MerchantSuspended
            return merchant

        return Read(bring)

    def acting(self, party: Customer | MerchantCaller, merchant_id: str, trip: Trip) -> Read[Merchant]:
        """Whoever may act for this merchant: its own key, or the person who owns it.

        Calling the read raises NotFound for everybody else, as for a merchant that does not exist, and what `authorized` or
        a session raises.
        """
        if isinstance(party, MerchantCaller):
            own = self.authorized(party, trip)
            return own.map(lambda merchant: _same(merchant, merchant_id))
        session, found = self.sessions.live(party, trip), self.reading(merchant_id, trip)

        def bring() -> Merchant:
            session()
            merchant = found()
            if merchant is None or merchant.owner_id != party.id:
                raise NotFound
            return merchant

        return Read(bring)

    def owned(self, caller: Customer, page: PageRequest) -> Page[Merchant]:
        """The merchants that a person owns, newest first, a moment after the facts."""
        before = page.place()
        if before is not None and not is_id(before, "mer"):
            raise Invalid(FieldProblem("cursor", "cursor_not_ours"))
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.owned(caller.id, before, page.limit + 1, trip)
        session()
        merchants = found()
        shown = tuple(merchants[: page.limit])
        return Page(shown, cursor_at(shown[-1].id) if len(merchants) > page.limit else None)


def _same(merchant: Merchant, merchant_id: str) -> Merchant:
    if merchant.id != merchant_id:
        raise NotFound
    return merchant


def _is_good(record: ApiKeyItem, caller: MerchantCaller) -> bool:
    hashes_agree = same(record.key_hash.encode(), caller.key_hash.encode())
    return record.status == ACTIVE and record.mode == caller.mode and hashes_agree
