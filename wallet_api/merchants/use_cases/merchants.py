"""What an operator and an owner can do with a merchant, and how whoever acts for one is recognised."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.clock import Clock
from wallet_api.errors import NotFound
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.ledger import Ledger
from wallet_api.merchants.errors import ApiKeyOfOtherMode, ApiKeyRevoked, MerchantSuspended
from wallet_api.merchants.model import (
    ACTIVE,
    SECRET_BYTES,
    SUSPENDED,
    ApiKey,
    Merchant,
    MerchantCaller,
    NewKey,
    Profile,
    Standing,
    id_of_merchants,
    made_key,
    mode_of,
    read_api_key,
)
from wallet_api.merchants.store import ApiKeyStore, MerchantStore
from wallet_api.merchants.use_cases.key_uses import KeyUses
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.settings import Mode
from wallet_api.settlement_days.use_cases import SettlementDays
from wallet_api.signatures.errors import SignatureRequired, SigningKeyMissing
from wallet_api.signatures.use_cases import Signatures
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.keys import Keys
from wallet_api.storage.pages import Page, PageRequest, cursor_at

CHANGES_MEANWHILE = 3
"""How often a change begins anew when the merchant was changed while it was written."""


class Merchants(Struct, frozen=True):
    """The merchants of one deployment, which speaks one mode: test and live share no table and no key."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    keys: Keys
    mode: Mode
    sessions: Sessions
    signatures: Signatures
    store: MerchantStore
    key_store: ApiKeyStore
    uses: KeyUses
    days: SettlementDays

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        ledger: Ledger,
        keys: Keys,
        mode: Mode,
        sessions: Sessions,
        signatures: Signatures,
    ) -> Merchants:
        """Binds the merchants' items to their table."""
        store, key_store = MerchantStore.open(storage), ApiKeyStore.open(storage)
        uses = KeyUses(clock, key_store)
        days = SettlementDays.open(storage, clock)
        return Merchants(storage, clock, ledger, keys, mode, sessions, signatures, store, key_store, uses, days)

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
        """Adds a new merchant with its ledger account to a write; its days are closed from today on."""
        self.store.add(merchant, write)
        self.days.join(merchant.id, write)
        self.ledger.accounts.open(chart.merchant(merchant.id), write)

    def new_key(self, merchant_id: str, wanted: NewKey, mode: Mode | None = None) -> tuple[ApiKey, str]:
        """A key's record, not written yet, and its text."""
        now, entropy = self.clock.now(), secrets.token_bytes(SECRET_BYTES)
        return made_key(self.keys, merchant_id, mode or self.mode, wanted, now, entropy)

    def issue_key(self, merchant_id: str, mode: Mode | None = None, wanted: NewKey | None = None) -> str:
        """A new secret key of a merchant, shown this once. Operator only. Raises NotFound."""
        key, text = self.new_key(merchant_id, wanted or NewKey("operator"), mode)
        with self.storage.atomic_write() as write:
            self.store.require(merchant_id, write)
            self.key_store.add(key, write)
        return text

    def revoke_key(self, merchant_id: str, key_id: str) -> None:
        """Ends a key at once; ending it again changes nothing. Operator only. Raises NotFound."""
        with self.storage.atomic_write() as write:
            self.key_store.revoke(merchant_id, key_id, self.clock.now(), write)

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

    def update(self, party: Customer | MerchantCaller, merchant_id: str, changes: Mapping[str, Any]) -> Merchant:
        """Changes what a merchant says of itself. Raises Invalid, NotFound, SigningKeyMissing, and what acting for it raises."""
        with self.storage.trip() as trip:
            acting = self.acting(party, merchant_id, trip)
        acting()
        if changes.get("signed_requests_only") and not self.signatures.active(merchant_id):
            raise SigningKeyMissing
        return self.change(merchant_id, lambda merchant: merchant.updated(changes))

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
        """Whom a key names, or None when we did not make it. Its record is asked by `authorized`.

        Raises ApiKeyOfOtherMode for what has the form of one: the other mode's keys are made with other secrets, so whether it
        is genuine cannot be told here.
        """
        mode = mode_of(key)
        if mode is not None and mode != self.mode:
            raise ApiKeyOfOtherMode(mode=self.mode)
        return read_api_key(self.keys, key)

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
        """Reads the key's record, the merchant, and what the request's signature is judged by.

        Calling the read raises ApiKeyRevoked, SignatureRequired, what a signature that does not hold raises, MerchantSuspended,
        ScopeMissing.
        """
        record = self.key_store.find(caller.id, caller.key_id, trip)
        found = self.reading(caller.id, trip)
        signed = None if caller.signed is None else self.signatures.checking(caller.id, caller.signed, trip)
        self.uses.note(caller, trip)

        def bring() -> Merchant:
            key, merchant = record(), found()
            if key is None or merchant is None or not key.admits(caller, self.clock.now()):
                raise ApiKeyRevoked
            if signed is not None:
                signed()
            elif merchant.signed_requests_only:
                raise SignatureRequired
            if merchant.status != ACTIVE:
                raise MerchantSuspended
            key.require_scope(caller.scope)
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

    def get(self, party: Customer | MerchantCaller, merchant_id: str) -> Merchant:
        """A merchant that the caller acts for. Raises what `acting` raises."""
        with self.storage.trip() as trip:
            acting = self.acting(party, merchant_id, trip)
        return acting()

    def owned(self, caller: Customer, page: PageRequest) -> Page[Merchant]:
        """The merchants that a person owns, newest first, a moment after the facts."""
        before = page.place_of("mer")
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
