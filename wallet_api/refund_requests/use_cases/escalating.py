"""What a schedule does: requests whose merchants were silent for too long are escalated."""

from __future__ import annotations

import logging

from wallet_api.metrics import Measure
from wallet_api.refund_requests.errors import RequestMoved
from wallet_api.refund_requests.model import OPEN, RefundRequest
from wallet_api.refund_requests.use_cases.ground import RequestsGround
from wallet_api.storage.due import WOKEN_AFTER

logger = logging.getLogger(__name__)


class Escalating(RequestsGround, frozen=True):
    """Watching deadlines."""

    def escalate_due(self) -> int:
        """Escalates every open request whose time is over; how many. One whose payment was refunded wholly meanwhile is settled
        by that. Runs may overlap: of two, one moves a request.
        """
        escalated, stuck, now = 0, 0, self.clock.now()
        for request_id in self.store.work.by(now):
            try:
                request = self.found_again(request_id)
                if request.status == OPEN and request.answer_by <= now:
                    escalated += self._escalate(request)
            except RequestMoved:
                continue
            except Exception:
                # One request that cannot be escalated must not keep the others waiting.
                logger.exception("a refund request stays open", extra={"request_id": request_id})
                stuck += self.store.work.put_off(request_id, now) >= WOKEN_AFTER
        self.refunds.metrics.tell(Measure("stuck_processing", stuck))
        return escalated

    def _escalate(self, request: RefundRequest) -> bool:
        now, payment = self.clock.now(), self.payments.found_again(request.payment_id)
        settled = payment.refundable == 0
        after = request.canceled("already_refunded", now) if settled else request.escalated(now)
        with self.storage.atomic_write() as write:
            self.store.turn(request, after, write)
        return not settled
