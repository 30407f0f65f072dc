"""What is done with each merchant's day once it is over: it is closed, and what was earned until then is paid out."""

from __future__ import annotations

import logging

from wallet_api.clock import wallet_day
from wallet_api.errors import Declined, Unavailable
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Account
from wallet_api.ledger.closing import close
from wallet_api.merchants.model import ACTIVE
from wallet_api.metrics import Measure
from wallet_api.payouts.errors import NothingScheduled
from wallet_api.payouts.use_cases.ordering import Ordering
from wallet_api.settlement_days.model import DueDay, next_day

logger = logging.getLogger(__name__)


class Daily(Ordering, frozen=True):
    """The run of the schedule. It may be run twice, beside itself, and die anywhere: each merchant and day is paid out once."""

    def settle_days(self) -> int:
        """Closes every day that is over and pays out what was earned; how many days were dealt with."""
        done = 0
        for due in self.days.due(self.clock.now()):
            try:
                self.settle_day(due)
                done += self.days.done(due)
            except Exception:
                # One merchant whose day cannot be closed must not keep the others waiting; it comes up again, ever less often.
                logger.exception("a merchant's day stays open", extra={"merchant_id": due.merchant_id})
                self.days.put_off(due.merchant_id)
        failing = self.days.store.work.failing_count()
        self.metrics.tell(Measure("days_settled", done), Measure("days_not_settled", failing))
        return done

    def settle_day(self, due: DueDay) -> None:
        """Closes a merchant's day; its money is paid out unless a later day is over already, which will do it."""
        account = self.ledger.accounts.require(chart.merchant(due.merchant_id))
        close(self.ledger.days, account.name, due.day, wallet_day(account.opened_at))
        if next_day(due.day) == wallet_day(self.clock.now()) and self._is_active(due.merchant_id):
            self._pay_out(due, account)

    def _is_active(self, merchant_id: str) -> bool:
        with self.storage.trip() as trip:
            found = self.merchants.reading(merchant_id, trip)
        merchant = found()
        return merchant is not None and merchant.status == ACTIVE

    def _pay_out(self, due: DueDay, account: Account) -> None:
        """Whatever speaks against a payout today (no account, too little, below zero) may not tomorrow, so nothing is recorded."""
        for currency, balance in sorted(account.balances.items()):
            if balance <= 0:
                continue
            try:
                self.order_day(due.merchant_id, due.day, currency)
            except NothingScheduled:
                return
            except Declined as reason:
                logger.info("no payout today", extra={"merchant_id": due.merchant_id, "code": reason.code})
            except Unavailable:
                logger.exception("a payout waits for the next run", extra={"merchant_id": due.merchant_id})
                raise
