"""What every verb of refund requests stands on."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.cards.use_cases import Cards
from wallet_api.clock import Clock
from wallet_api.errors import NotFound
from wallet_api.ledger.ledger import Ledger
from wallet_api.merchants.model import MerchantCaller
from wallet_api.merchants.use_cases import Merchants
from wallet_api.payments.use_cases import Payments
from wallet_api.refund_requests.model import RefundRequest
from wallet_api.refund_requests.store import RefundRequestStore
from wallet_api.refunds.use_cases import Refunds
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Storage


class RequestsGround(Struct, frozen=True):
    """The collaborators."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    sessions: Sessions
    merchants: Merchants
    cards: Cards
    payments: Payments
    refunds: Refunds
    store: RefundRequestStore

    def found_again(self, request_id: str) -> RefundRequest:
        """A request that a record names. Raises LookupError when it is not there."""
        with self.storage.trip() as trip:
            found = self.store.find(request_id, trip)
        request = found()
        if request is None:
            raise LookupError(f"{request_id} is named, and is not there")
        return request


def own(request: RefundRequest | None, caller: Customer | MerchantCaller) -> RefundRequest:
    """The request when it is the caller's: a customer's own, a merchant's to decide. Raises NotFound."""
    merchants = isinstance(caller, MerchantCaller)
    side = None if request is None else request.merchant_id if merchants else request.customer_id
    if request is None or side != caller.id:
        raise NotFound
    return request
