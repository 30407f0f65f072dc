"""When a merchant is paid out without asking: shown, and changed by its owner or its servers."""

from __future__ import annotations

from wallet_api.ledger.accounts import StaleAccount
from wallet_api.merchants.model import MerchantCaller
from wallet_api.money import Money
from wallet_api.payouts.model import Interval, Schedule
from wallet_api.payouts.use_cases.daily import Daily
from wallet_api.sessions.model import Customer

CHANGES_MEANWHILE = 5
"""How often a schedule is changed anew because somebody else changed it at the same time."""


class Scheduling(Daily, frozen=True):
    """The schedule of every merchant."""

    def schedule(self, party: Customer | MerchantCaller, merchant_id: str) -> Schedule:
        """A merchant's schedule as it is now. Raises what acting for the merchant raises."""
        with self.storage.trip() as trip:
            acting = self.merchants.acting(party, merchant_id, trip)
            found = self.schedules.find(merchant_id, trip)
        acting()
        return found()

    def reschedule(
        self, party: Customer | MerchantCaller, merchant_id: str, interval: Interval | None, minimum: Money | None
    ) -> Schedule:
        """Changes a schedule; what is None stays. The payout of a night that is being written meanwhile sees the change, or came
        before it. Raises Invalid, StaleAccount, and what acting for the merchant raises.
        """
        for _ in range(CHANGES_MEANWHILE):
            before = self.schedule(party, merchant_id)
            after = before.changed(interval, minimum, self.clock.now())
            if (after.interval, after.minimum) == (before.interval, before.minimum):
                return before
            try:
                with self.storage.atomic_write() as write:
                    self.schedules.change(before, after, write)
                    self.events.tell(after.event(), write)
                return after
            except StaleAccount:
                continue
        raise StaleAccount
