"""What a merchant can do with its outlets, and how another capability reads one that somebody wants to pay at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.errors import NotFound
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.merchants.model import MerchantCaller
from wallet_api.merchants.use_cases import Merchants
from wallet_api.outlets.model import MAX_LABEL, Outlet, Place
from wallet_api.outlets.store import OutletStore
from wallet_api.sessions.model import Customer
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.pages import Page, PageRequest, cursor_at

CHANGES_MEANWHILE = 3
NOBODY = "mer_00000000000000000000000000"
"""The id of no merchant."""
Party = Customer | MerchantCaller


class Opening(Struct, frozen=True):
    """An outlet to be. `label` is its name in ASCII, for a name that is not."""

    merchant_id: str
    name: str
    label: str | None
    address: str | None


class Outlets(Struct, frozen=True):
    """The outlets of every merchant."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    merchants: Merchants
    store: OutletStore

    @staticmethod
    def open(storage: Storage, clock: Clock, ledger: Ledger, merchants: Merchants) -> Outlets:
        """Binds the outlets' items to their table."""
        return Outlets(storage, clock, ledger, merchants, OutletStore.open(storage))

    def create(self, caller: Party, opening: Opening, operation: Operation) -> Decided[Place]:
        """A new outlet of the merchant that the caller acts for. Raises Invalid, NotFound, and what acting for it raises."""
        with self.storage.trip() as trip:
            merchant = self.merchants.acting(caller, opening.merchant_id, trip)
            decided = self.ledger.decision_on(operation, trip)

        def attempt() -> Place:
            now = operation.requested_at
            outlet = Outlet(
                id=self.merchants.new_id("out", opening.merchant_id, now),
                merchant_id=opening.merchant_id,
                status="active",
                name=opening.name,
                label=_label(opening),
                address=opening.address,
                created_at=now,
            )
            with self.storage.atomic_write() as write:
                self.ledger.record(operation, write, subject=outlet.id, answer=_first_answer(outlet))
                self.store.add(outlet, write)
            return Place(outlet, merchant().standing)

        return self.ledger.once(
            operation,
            decided,
            attempt=attempt,
            replay=lambda decision: Place(_as_created(decision, opening.merchant_id), merchant().standing),
            allow=merchant,
        )

    def reading(self, outlet_id: str, trip: Trip) -> Read[Place | None]:
        """An outlet with its merchant's standing, in the trip of whoever is given its id alone; None when there is none."""
        found = self.store.find(outlet_id, trip)
        standing = self.merchants.standing(outlet_id, trip)

        def bring() -> Place | None:
            outlet, merchant = found(), standing()
            if outlet is None or merchant is None or merchant.merchant_id != outlet.merchant_id:
                return None
            return Place(outlet, merchant)

        return Read(bring)

    def shown(self, outlet_id: str) -> Place:
        """An outlet as whoever scanned its code sees it. Raises NotFound."""
        with self.storage.trip() as trip:
            found = self.reading(outlet_id, trip)
        place = found()
        if place is None:
            raise NotFound
        return place

    def get(self, caller: Party, outlet_id: str) -> Place:
        """An outlet of a merchant that the caller acts for. Raises NotFound, and what acting for it raises."""
        if isinstance(caller, MerchantCaller):
            with self.storage.trip() as trip:
                merchant = self.merchants.authorized(caller, trip)
                found = self.reading(outlet_id, trip)
            merchant()
            return _own(found(), caller.id)
        with self.storage.trip() as trip:
            session = self.merchants.sessions.live(caller, trip)
            found = self.reading(outlet_id, trip)
        session()
        place = found()
        with self.storage.trip() as trip:
            # Asked for a missing outlet too, of nobody: or a stranger would tell from the time that another one is there.
            owned = self.merchants.acting(caller, NOBODY if place is None else place.outlet.merchant_id, trip)
        return _own(place, owned().id)

    def list(self, caller: Party, merchant_id: str, page: PageRequest) -> Page[Place]:
        """A merchant's outlets, newest first, a moment after the facts. Raises NotFound, and what acting for it raises."""
        before = page.place_of("out")
        with self.storage.trip() as trip:
            merchant = self.merchants.acting(caller, merchant_id, trip)
            found = self.store.newest(merchant_id, before, page.limit + 1, trip)
        standing, outlets = merchant().standing, found()
        shown = tuple(Place(outlet, standing) for outlet in outlets[: page.limit])
        return Page(shown, cursor_at(shown[-1].outlet.id) if len(outlets) > page.limit else None)

    def change(self, caller: Party, outlet_id: str, changes: Mapping[str, Any]) -> Place:
        """Renames, moves, closes or opens an outlet again. Raises Invalid, NotFound, and what acting for it raises."""
        for _ in range(CHANGES_MEANWHILE):
            place = self.get(caller, outlet_id)
            changed = place.outlet.changed(changes)
            try:
                with self.storage.atomic_write() as write:
                    self.store.replace(changed, write)
                return Place(changed, place.standing)
            except StaleAccount:
                continue
        raise StaleAccount


def _own(place: Place | None, merchant_id: str) -> Place:
    if place is None or place.outlet.merchant_id != merchant_id:
        raise NotFound
    return place


def _label(opening: Opening) -> str:
    """The label that was given, else the name when it is ASCII; else nothing, which is refused with the field's name."""
    if opening.label is not None:
        return opening.label
    return opening.name[:MAX_LABEL] if opening.name.isascii() else ""


def _first_answer(outlet: Outlet) -> dict[str, Any]:
    return {"name": outlet.name, "label": outlet.label, "address": outlet.address}


def _as_created(decision: Decision, merchant_id: str) -> Outlet:
    return Outlet(
        id=decision.subject,
        merchant_id=merchant_id,
        status="active",
        created_at=decision.decided_at,
        **decision.answer,
    )
