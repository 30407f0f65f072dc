"""Each side looks at its payments: by id, by the merchant's own order id, newest first."""

from __future__ import annotations

from functools import partial

from wallet_api.errors import NotFound
from wallet_api.merchants.model import MerchantCaller
from wallet_api.payments.model import Payment
from wallet_api.payments.use_cases.ground import own
from wallet_api.payments.use_cases.voiding import Voiding
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page, PageRequest, page_by_month


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

    def newest(self, caller: MerchantCaller, page: PageRequest) -> Page[Payment]:
        """The merchant's payments, newest first."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
        merchant, now = authorized(), self.clock.now()
        found = page_by_month(
            page,
            "pay",
            now=now,
            since=merchant.created_at,
            read=partial(self.store.newest, caller.id, caller.mode),
            id_of=lambda row: row.pk,
        )
        payments = self.store.with_orders(list(found.rows))
        return Page(tuple(payment.at(now) for payment in payments), found.next_cursor)
