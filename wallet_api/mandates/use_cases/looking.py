"""Each side looks at its mandates: by id, by the merchant's own reference, newest first."""

from __future__ import annotations

from functools import partial

from wallet_api.errors import NotFound
from wallet_api.ledger import chart
from wallet_api.mandates.model import Mandate
from wallet_api.mandates.use_cases.ground import MandatesGround, Party, of
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page, PageRequest, cursor_at, page_by_month


class Looking(MandatesGround, frozen=True):
    """Looking at mandates."""

    def get(self, caller: Party, mandate_id: str) -> Mandate:
        """A mandate that the merchant asked for, or that the customer confirmed. Raises NotFound."""
        return self.own(caller, mandate_id)

    def shown(self, mandate_id: str) -> Mandate:
        """A mandate as it stands now, for whoever was given its id to confirm it. Raises NotFound."""
        with self.storage.trip() as trip:
            found = self.store.find(mandate_id, trip)
        mandate = found()
        if mandate is None:
            raise NotFound
        return mandate.at(self.clock.now())

    def is_suspended(self, caller: Customer) -> bool:
        """Whether nothing can be charged to the person now, whatever they agreed to: their wallet is not active."""
        return self.ledger.accounts.require(chart.customer(caller.id)).status != "active"

    def granted(self, caller: Customer, page: PageRequest, *, ended: bool = False) -> Page[Mandate]:
        """The mandates that a person said yes to, newest first: those that may charge, or those that ended."""
        place = page.place_of("man")
        self.sessions.require_live(caller)
        named = self.store.granted(caller.id, ended=ended, after=place, limit=page.limit + 1)
        with self.storage.trip() as trip:
            reads = [self.store.find(mandate_id, trip) for mandate_id in named[: page.limit]]
        mandates = tuple(mandate for read in reads if (mandate := read()) is not None)
        more = len(named) > page.limit
        return Page(mandates, cursor_at(named[page.limit - 1]) if more else None)

    def find_reference(self, caller: MerchantCaller, reference: str) -> list[Mandate]:
        """The merchant's mandate of a reference: one, or none."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            named = self.store.find_reference(caller.id, caller.mode, reference, trip)
        authorized()
        mandate_id = named()
        if mandate_id is None:
            return []
        return [of(self.found_again(mandate_id), caller).at(self.clock.now())]

    def newest(self, caller: MerchantCaller, page: PageRequest) -> Page[Mandate]:
        """The merchant's mandates, newest first, a moment after the facts."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
        merchant, now = authorized(), self.clock.now()
        found = page_by_month(
            page,
            "man",
            now=now,
            since=merchant.created_at,
            read=partial(self.store.newest, caller.id, caller.mode),
            id_of=lambda mandate: mandate.id,
        )
        return Page(tuple(mandate.at(now) for mandate in found.rows), found.next_cursor)
