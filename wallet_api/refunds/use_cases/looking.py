"""Looking at refunds: merchants at those they made, customers at those they got."""

from __future__ import annotations

from wallet_api.errors import NotFound
from wallet_api.merchants.model import MerchantCaller
from wallet_api.refunds.model import Refund
from wallet_api.refunds.use_cases.ground import RefundsGround
from wallet_api.sessions.model import Customer
from wallet_api.storage.pages import Page, PageRequest, cursor_at


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

    def of_payment(self, caller: Customer | MerchantCaller, payment_id: str, page: PageRequest) -> Page[Refund]:
        """The refunds of a payment that the caller may see, newest first. Raises NotFound."""
        place = page.place_of("ref")
        payment = self.payments.get(caller, payment_id)
        ids = [each for each in sorted(payment.refunds, reverse=True) if place is None or each < place]
        shown = ids[: page.limit]
        with self.storage.trip() as trip:
            refunds = self.store.find_all(shown, trip)
        return Page(tuple(refunds()), cursor_at(shown[-1]) if len(ids) > len(shown) else None)
