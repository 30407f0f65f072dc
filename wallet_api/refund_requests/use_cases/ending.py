"""A merchant's no, and a customer's second thought. Said again, it is answered with what it became."""

from __future__ import annotations

from collections.abc import Callable

from wallet_api.merchants.model import MerchantCaller
from wallet_api.refund_requests.errors import RequestMoved
from wallet_api.refund_requests.model import CANCELED, DECLINED, RefundRequest, Status, why_not_decidable
from wallet_api.refund_requests.use_cases.ground import RequestsGround, own
from wallet_api.sessions.model import Customer


class Ending(RequestsGround, frozen=True):
    """Ending requests without money."""

    def decline(self, caller: MerchantCaller, request_id: str, reason: str) -> RefundRequest:
        """Says no. Raises NotFound, RefundRequestEnded."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            found = self.store.find(request_id, trip)
        authorized()
        now = self.clock.now()
        return self._ended(own(found(), caller), DECLINED, lambda request: request.declined(reason, now))

    def cancel(self, caller: Customer, request_id: str) -> RefundRequest:
        """Takes a request back. Raises NotFound, RefundRequestEnded."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.find(request_id, trip)
        session()
        now = self.clock.now()
        return self._ended(
            own(found(), caller), CANCELED, lambda request: request.canceled("requested_by_customer", now)
        )

    def _ended(
        self, request: RefundRequest, wanted: Status, end: Callable[[RefundRequest], RefundRequest]
    ) -> RefundRequest:
        while request.status != wanted:
            error = why_not_decidable(request)
            if error is not None:
                raise error
            ended = end(request)
            try:
                with self.storage.atomic_write() as write:
                    self.store.turn(request, ended, write)
                return ended
            except RequestMoved:
                # This ends: a request moves on at most twice.
                request = self.found_again(request.id)
        return request
