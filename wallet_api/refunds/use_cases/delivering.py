"""Money for a card is handed to the acquirer, outside of every write, and asked about until its end is known.

What was written down and not handed over yet is handed over by the schedule; what was handed over is never sent again, but
asked about by our reference. What no card took lands on the balance, by an entry of its own kind.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from wallet_api.errors import Unavailable
from wallet_api.gateways.acquirer import AcquirerSilent, RefundOrder, RefundOutcome
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.holds import Holder
from wallet_api.ledger.operations import AlreadyDecided, Operation
from wallet_api.metrics import Measure
from wallet_api.refunds.errors import RefundMoved, WayStopped
from wallet_api.refunds.model import CREATED, FAILED, Refund
from wallet_api.refunds.postings import delivery_entry, reversal_entry
from wallet_api.refunds.use_cases.ground import RefundsGround, why_stopped
from wallet_api.storage.due import WOKEN_AFTER

STUCK_AFTER = timedelta(days=1)
"""From then on somebody is woken for a refund whose end nobody knows: banks take their time with refunds."""

logger = logging.getLogger(__name__)


class Delivering(RefundsGround, frozen=True):
    """Driving refunds to cards to their ends."""

    def deliver(self, refund: Refund) -> Refund:
        """Hands a new refund to the acquirer. Never raises: the money has left the merchant, and the schedule goes on with it."""
        if not refund.is_open:
            return refund
        try:
            return self._bring_on(refund, self.acquirer.refund)
        except Unavailable:
            logger.warning("what became of a refund was not kept", extra={"refund_id": refund.id})
            return refund

    def settle_due(self) -> int:
        """Brings on every refund that is due; how many reached their end. Runs may overlap: of two, one moves the money."""
        ended, stuck, now = 0, 0, self.clock.now()
        for refund_id in self.store.work.by(now):
            try:
                refund = self.found_again(refund_id)
                if not refund.is_open:
                    # An index is behind by moments; whatever else stands there is not to stand before the others.
                    stuck += self.store.work.put_off(refund_id, now) >= WOKEN_AFTER
                    continue
                ask = self.acquirer.refund if refund.status == CREATED else self.acquirer.find_refund
                is_open = self._bring_on(refund, ask).is_open
                ended += not is_open
                stuck += is_open and now - refund.created_at > STUCK_AFTER
            except Exception:
                # One refund that cannot be brought on must not keep the others waiting.
                logger.exception("a refund stays open", extra={"refund_id": refund_id})
                stuck += self.store.work.put_off(refund_id, now) >= WOKEN_AFTER
        self.metrics.tell(Measure("stuck_processing", stuck))
        return ended

    def ask_again(self, refund_id: str) -> Refund:
        """Asks about one to a card whatever its age, and posts what is said: what a bank sends back after it took it lands on the
        balance. Raises LookupError for one that is not there, or goes to no card.
        """
        return self._bring_on(self.found_again(refund_id), self.acquirer.find_refund)

    def _bring_on(self, refund: Refund, ask: Callable[[RefundOrder], RefundOutcome]) -> Refund:
        """Asks, and keeps what is said; if somebody else was first, theirs stands."""
        after = refund.after(_asked(ask, refund.order), self.clock.now())
        if after is refund and not refund.is_open:
            return refund
        try:
            try:
                self._keep(refund, after)
            except WayStopped:
                after = replace(after, kept=True)
                self._keep(refund, after)
        except (AlreadyDecided, RefundMoved):
            return self.found_again(refund.id)
        return after

    def _keep(self, before: Refund, after: Refund) -> None:
        now, account = self.clock.now(), chart.customer(after.customer_id)
        with self.storage.atomic_write() as write:
            self.store.bring_on(before, after, now, write)
            if after.is_open:
                return
            entry_id, failed = new_id("ent", now), after.status == FAILED
            entry = reversal_entry(after, entry_id, now) if failed else delivery_entry(after, entry_id, now)
            holder = None if after.returned_at else Holder(account)
            self.ledger.decide(self._own_operation(after), entry, write, holder=holder)
            if failed and not after.kept:
                self.ledger.accounts.require_status(account, write, "active", "frozen", otherwise=why_stopped)
            if failed and after.charge is not None:
                self.top_ups.keep_back(after.charge, after.total, write)

    def _own_operation(self, refund: Refund) -> Operation:
        """What ends a refund: one key for every end, so that exactly one can exist, and one for its return."""
        mode, key = self.merchants.mode, "return" if refund.returned_at else "delivery"
        return Operation(f"wallet/{refund.id}", mode, key, key, "refund delivery", self.clock.now())


def _asked(ask: Callable[[RefundOrder], RefundOutcome], order: RefundOrder) -> RefundOutcome:
    """What the acquirer says; no answer is no outcome."""
    try:
        return ask(order)
    except AcquirerSilent:
        return RefundOutcome("pending")
