"""Looking at refund requests: customers at their own, merchants at those that are theirs to decide."""

from __future__ import annotations

from collections.abc import Iterable

from wallet_api.merchants.model import MerchantCaller
from wallet_api.refund_requests.model import SHARDS, RefundRequest, Slot, Status, story_of_request
from wallet_api.refund_requests.use_cases.ground import RequestsGround, own
from wallet_api.refunds.model import Refund, story_of_refund
from wallet_api.sessions.model import Customer
from wallet_api.storage import Read, Trip
from wallet_api.storage.pages import Page, PageRequest, page_of
from wallet_api.timeline import Step, in_order

WINDOW = 100
"""How many requests a filtered page looks at: a call's work is bounded, and its cursor goes on from there."""


class Looking(RequestsGround, frozen=True):
    """Finding requests."""

    def get(self, caller: Customer | MerchantCaller, request_id: str) -> tuple[RefundRequest, tuple[Step, ...]]:
        """A request with its timeline, the refund's included. Raises NotFound."""
        with self.storage.trip() as trip:
            admitted = self.payments.admitted(caller, trip)
            found = self.store.find(request_id, trip)
        admitted()
        request = own(found(), caller)
        if request.refund_id is None:
            return request, in_order(story_of_request(request))
        refund = self.refunds.found_again(request.refund_id)
        return request, told_to(caller, [*story_of_request(request), *story_of_refund(refund, self.clock.now())])

    def story_of_refund(self, caller: Customer | MerchantCaller, refund: Refund) -> tuple[Step, ...]:
        """What happened to a refund, from the request that it answers on. Whoever asks has to know that the caller may see it."""
        if refund.refund_request_id is None:
            return told_to(caller, story_of_refund(refund, self.clock.now()))
        request = self.found_again(refund.refund_request_id)
        return told_to(caller, [*story_of_request(request), *story_of_refund(refund, self.clock.now())])

    def newest(
        self, caller: Customer | MerchantCaller, page: PageRequest, statuses: tuple[Status, ...] = ()
    ) -> Page[RefundRequest]:
        """The caller's side of requests, newest first; of some states only, a page may hold fewer rows than its limit."""
        before = page.place_of("rfr")
        limit = WINDOW if statuses else page.limit
        shards = SHARDS if isinstance(caller, MerchantCaller) else 1
        with self.storage.trip() as trip:
            admitted = self.payments.admitted(caller, trip)
            ids = self.store.newest_ids(caller.id, shards, before, limit + 1, trip)
        admitted()
        with self.storage.trip() as trip:
            found = self.store.find_all(ids()[:limit], trip)
        return page_of(
            found(),
            page,
            place=lambda request: request.id,
            more=len(ids()) > limit,
            keep=lambda request: not statuses or request.status in statuses,
        )

    def reading(self, request_id: str, trip: Trip) -> Read[RefundRequest | None]:
        """A request as part of another capability's trip: whoever asks has to know that the caller may see it."""
        return self.store.find(request_id, trip)

    def of_payment(self, payment_id: str, trip: Trip) -> Read[Slot]:
        """Which requests a payment has, as part of another capability's trip."""
        return self.store.slot(payment_id, trip)

    def of_ids(self, request_ids: tuple[str, ...]) -> list[RefundRequest]:
        """Requests for another capability: whoever asks has to know that the caller may see them."""
        if not request_ids:
            return []
        with self.storage.trip() as trip:
            found = self.store.find_all(request_ids, trip)
        return found()


def told_to(caller: Customer | MerchantCaller, steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps in their order, without what a merchant need not know of its customer's wallet and cards."""
    hidden = "refund.diverted_" if isinstance(caller, MerchantCaller) else "-"
    return in_order(step for step in steps if not step.what.startswith(hidden))
