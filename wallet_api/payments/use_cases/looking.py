"""Each side looks at its payments: by id, by the merchant's own order id, newest first."""

from __future__ import annotations

from wallet_api.clock import months_back
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.ids import first_id_after, is_id, made_at
from wallet_api.merchants.model import MerchantCaller
from wallet_api.payments.model import Payment
from wallet_api.payments.store import PaymentItem
from wallet_api.payments.use_cases.ground import own
from wallet_api.payments.use_cases.voiding import Voiding
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page, PageRequest, cursor_at

MONTHS_A_PAGE = 12
"""A page looks through this many months; if it is not full then, its cursor says where to look on."""


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
        merchant, place, now = authorized(), page.place(), self.clock.now()
        if place is not None and not is_id(place, "pay"):
            raise Invalid(FieldProblem("cursor", "cursor_not_ours"))
        rows: list[PaymentItem] = []
        next_place: str | None = None
        start = now if place is None else min(made_at(place), now)
        for looked, month in enumerate(months_back(start, merchant.created_at)):
            if len(rows) > page.limit:
                break
            if looked == MONTHS_A_PAGE:
                next_place = first_id_after("pay", month)
                break
            rows += self.store.newest(caller.id, caller.mode, month, place, page.limit + 1 - len(rows))
        if len(rows) > page.limit:
            next_place = rows[page.limit - 1].pk
        payments = self.store.with_orders(rows[: page.limit])
        cursor = None if next_place is None else cursor_at(next_place)
        return Page(tuple(payment.at(now) for payment in payments), cursor)
