"""Each side looks at its payments: by id, by the merchant's own order id, newest first, by state and time."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from wallet_api.errors import NotFound
from wallet_api.merchants.model import MerchantCaller
from wallet_api.payments.model import Payment, Status
from wallet_api.payments.store import PaymentItem
from wallet_api.payments.use_cases.ground import own
from wallet_api.payments.use_cases.voiding import Voiding
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page, PageRequest, page_between, page_of

WINDOW = 100
"""How many payments a filtered page looks at: a request's work is bounded, and its cursor goes on from there."""


class Sought(Struct, frozen=True):
    """Which of a merchant's payments: in this state, at this outlet, asked for since and until (excluded) when."""

    status: Status | None = None
    outlet_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def filters(self) -> bool:
        """Whether payments of the time are left away."""
        return (self.status, self.outlet_id) != (None, None)

    def takes(self, payment: Payment) -> bool:
        """Whether a payment of the time, as it stands now, is among them."""
        return self.status in (None, payment.status) and self.outlet_id in (None, payment.order.outlet_id)


ALL = Sought()


class Looking(Voiding, frozen=True):
    """Looking at payments."""

    def get(self, caller: Customer | MerchantCaller, payment_id: str) -> Payment:
        """A payment that the merchant asked for, or that the customer confirmed. Raises NotFound."""
        with self.storage.trip() as trip:
            admitted = self.admitted(caller, trip)
            found = self.store.find(payment_id, trip)
        admitted()
        return self.void_if_lapsed(own(found(), caller)).at(self.clock.now())

    def shown(self, payment_id: str) -> Payment:
        """A payment as it stands now, for whoever was given its id to pay it; one by a customer's own code is given to nobody.
        Raises NotFound.
        """
        with self.storage.trip() as trip:
            found = self.store.find(payment_id, trip)
        payment = found()
        if payment is None or payment.order.presented_by == "customer":
            raise NotFound
        return payment.at(self.clock.now())

    def find_order(self, caller: MerchantCaller, order_id: str) -> list[Payment]:
        """The merchant's payment for an order: one, or none."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            payment_id = self.store.find_order_id(caller.id, caller.mode, order_id, trip)
        authorized()
        known = payment_id()
        if known is None:
            return []
        with self.storage.trip() as trip:
            found = self.store.find(known, trip)
        return [self.void_if_lapsed(own(found(), caller)).at(self.clock.now())]

    def newest(self, caller: MerchantCaller, page: PageRequest, sought: Sought = ALL) -> Page[Payment]:
        """The merchant's payments, newest first; filtered, a page may hold fewer than its limit, even none."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
        merchant, now = authorized(), self.clock.now()

        def read(month: datetime, before: str | None, limit: int) -> list[PaymentItem]:
            return self.store.newest(caller.id, caller.mode, month, before, limit)

        found = page_between(
            PageRequest(WINDOW, page.cursor) if sought.filters else page,
            "pay",
            now=now,
            begun_at=merchant.created_at,
            since=sought.since,
            until=sought.until,
            read=read,
            id_of=lambda row: row.pk,
        )
        below = found.next_cursor
        payments = [payment.at(now) for payment in self.store.with_orders(list(found.rows))]
        shown = page_of(payments, page, place=lambda row: row.id, more=below is not None, keep=sought.takes)
        return shown if len(shown.rows) == page.limit else Page(shown.rows, below)
