"""A payment that is reviewed before it is final: its money is set aside, and the review is asked for until it has an end."""

from __future__ import annotations

import logging
from datetime import datetime

from wallet_api.errors import Unavailable
from wallet_api.gateways.screening import Case, ScreeningSilent, Verdict
from wallet_api.ids import new_id
from wallet_api.ledger.holds import Holder
from wallet_api.ledger.operations import AlreadyDecided
from wallet_api.money import Money, zero
from wallet_api.payments.model import FAILED, SUCCEEDED, Payment
from wallet_api.payments.postings import capture_entry, reversal_entry
from wallet_api.payments.use_cases.ground import PaymentsGround
from wallet_api.storage import AtomicWrite

RISK = "risk_declined"
"""The decline code of a payment that its review stopped."""

logger = logging.getLogger(__name__)


class Settled(Exception):
    """Another request, or the schedule, brought this payment on first."""


class Reviewing(PaymentsGround, frozen=True):
    """Reviews. The company that reviews is asked outside of every write; no answer is no end."""

    def reviewed(self, payment: Payment) -> Payment:
        """The payment after its review was asked for, once: at an end, or processing as before. Never raises: the yes stands."""
        try:
            return self.settle_review(payment)
        except Unavailable:
            # The money is set aside, so nothing is refused any more: the schedule asks again.
            logger.warning("a review was not kept", extra={"payment_id": payment.id})
            return payment

    def settle_review(self, payment: Payment) -> Payment:
        """Asks how the review ends and keeps it; if somebody else was first, theirs stands."""
        settled = _after(payment, self._verdict(payment), self.clock.now())
        try:
            self._keep(payment, settled)
        except (AlreadyDecided, Settled):
            return self.found_again(payment.id)
        return settled

    def _verdict(self, payment: Payment) -> Verdict:
        try:
            return self.screening.ask(case_of(payment, payment.customer_id or ""))
        except ScreeningSilent:
            return "pending"

    def _keep(self, payment: Payment, settled: Payment) -> None:
        now, entry_id = self.clock.now(), new_id("ent", self.clock.now())
        if settled.status not in (SUCCEEDED, FAILED):
            with self.storage.atomic_write() as write:
                self.store.review(settled, now, write, Settled())
            return
        entry = reversal_entry(settled, entry_id, now) if settled.status == FAILED else capture_entry(settled, entry_id)
        returns: Money = payment.held if settled.status == FAILED else zero(payment.amount.currency)

        def act(holder: Holder, write: AtomicWrite) -> None:
            self.store.review(settled, now, write, Settled())
            self.ledger.decide(self.own_operation(payment, "review"), entry, write, holder=holder)

        self.setting_free(payment, returns, act)


def case_of(payment: Payment, customer_id: str) -> Case:
    """A payment as its reviewers know it."""
    return Case(payment.id, customer_id, payment.merchant_id, payment.amount, payment.authorized_at)


def _after(payment: Payment, verdict: Verdict, now: datetime) -> Payment:
    if verdict == "pending":
        return payment
    return payment.passed(now) if verdict == "pass" else payment.blocked(RISK, now)
