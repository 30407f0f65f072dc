"""A merchant's yes: the refund itself and the request's end are one write."""

from __future__ import annotations

from wallet_api.ledger.operations import Decided, Decision, Operation
from wallet_api.merchants.model import MerchantCaller
from wallet_api.money import Money
from wallet_api.refund_requests.errors import RequestMoved
from wallet_api.refund_requests.model import RefundRequest, why_not_approvable
from wallet_api.refund_requests.use_cases.ground import RequestsGround, own
from wallet_api.refunds.model import Refund
from wallet_api.refunds.use_cases import GivingBack
from wallet_api.storage import AtomicWrite


class Approving(RequestsGround, frozen=True):
    """Saying yes."""

    def approve(
        self, caller: MerchantCaller, request_id: str, amount: Money | None, operation: Operation
    ) -> Decided[RefundRequest]:
        """Gives back what was asked for, or less, and ends the request. Two trips read, one write moves; what is meant for a
        card is handed to the acquirer afterwards.

        Raises NotFound, RefundRequestEnded, RefundExceedsRequest, RefundCurrencyDiffers, RefundExceedsPayment, TooManyRefunds.
        """
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            decided = self.ledger.decision_on(operation, trip)
            found = self.store.find(request_id, trip)

        def attempt() -> RefundRequest:
            request = own(found(), caller)
            while True:
                try:
                    return self._approved(request, amount, operation)
                except RequestMoved:
                    # This ends: a request moves on at most twice.
                    request = self.found_again(request_id)

        return self.ledger.once(operation, decided, attempt=attempt, replay=self._approved_by, allow=authorized)

    def _approved(self, request: RefundRequest, amount: Money | None, operation: Operation) -> RefundRequest:
        error = why_not_approvable(request, amount)
        if error is not None:
            raise error
        with self.storage.trip() as trip:
            found = self.payments.reading(request.payment_id, trip)
            options = self.refunds.options(request.customer_id, request.card_id, trip)
        payment = found()
        if payment is None:
            raise LookupError(f"{request.id} names {request.payment_id}, which is not there")
        given = amount or request.amount
        approved: list[RefundRequest] = []

        def along(refund: Refund, write: AtomicWrite) -> None:
            approved.append(request.approved_with(refund.id, refund.amount, refund.created_at))
            self.store.turn(request, approved[-1], write)

        wish = GivingBack(payment.id, given, request.reason, request.id)
        refund = self.refunds.give_back(payment, wish, operation, options(), along)
        self.refunds.deliver(refund)
        return approved[-1]

    def _approved_by(self, decision: Decision) -> RefundRequest:
        refund = self.refunds.found_again(decision.subject)
        if refund.refund_request_id is None:
            raise LookupError(f"{refund.id} answers no request")
        return self.found_again(refund.refund_request_id)
