"""Looking at refunds: merchants at those they made, by payment, state and time; customers at those they got of a payment."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from wallet_api.errors import NotFound
from wallet_api.merchants.model import MerchantCaller
from wallet_api.refunds.model import Refund, Status
from wallet_api.refunds.use_cases.ground import RefundsGround
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page, PageRequest, page_between, page_of

WINDOW = 100
"""How many refunds a page by state looks at: a request's work is bounded, and its cursor goes on from there."""


class Sought(Struct, frozen=True):
    """Which refunds: in this state, made since and until (excluded) when."""

    status: Status | None = None
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, refund: Refund) -> bool:
        """Whether a refund is among them."""
        in_time = (self.since is None or self.since <= refund.created_at) and (
            self.until is None or refund.created_at < self.until
        )
        return in_time and self.status in (None, refund.status)


ALL = Sought()


class Looking(RefundsGround, frozen=True):
    """Finding refunds."""

    def get(self, caller: Customer | MerchantCaller, refund_id: str) -> Refund:
        """A refund that the merchant made, or that the customer got. Raises NotFound."""
        with self.storage.trip() as trip:
            admitted = self.payments.admitted(caller, trip)
            found = self.store.find(refund_id, trip)
        admitted()
        refund = found()
        if refund is None or caller.id not in (refund.merchant_id, refund.customer_id):
            raise NotFound
        return refund

    def of_payment(
        self, caller: Customer | MerchantCaller, payment_id: str, page: PageRequest, sought: Sought = ALL
    ) -> Page[Refund]:
        """The refunds of a payment that the caller may see, newest first. Raises NotFound."""
        place = page.place_of("ref")
        payment = self.payments.get(caller, payment_id)
        ids = [each for each in sorted(payment.refunds, reverse=True) if place is None or each < place]
        read = ids if sought.status is not None or sought.since or sought.until else ids[: page.limit]
        with self.storage.trip() as trip:
            refunds = self.store.find_all(read, trip)
        return page_of(refunds(), page, place=lambda refund: refund.id, more=len(ids) > len(read), keep=sought.takes)

    def newest(self, caller: MerchantCaller, page: PageRequest, sought: Sought = ALL) -> Page[Refund]:
        """All that the merchant gave back, newest first; by state, a page may hold fewer than its limit, even none."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
        merchant, now = authorized(), self.clock.now()

        def read(month: datetime, before: str | None, limit: int) -> list[Refund]:
            return self.store.newest(caller.id, caller.mode, month, before, limit)

        found = page_between(
            page if sought.status is None else PageRequest(WINDOW, page.cursor),
            "ref",
            now=now,
            begun_at=merchant.created_at,
            since=sought.since,
            until=sought.until,
            read=read,
            id_of=lambda refund: refund.id,
        )
        below = found.next_cursor
        shown = page_of(found.rows, page, place=lambda row: row.id, more=below is not None, keep=sought.takes)
        return shown if len(shown.rows) == page.limit else Page(shown.rows, below)
