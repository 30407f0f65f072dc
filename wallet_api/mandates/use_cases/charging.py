"""What payments need of mandates: one is read, a charge is counted in the money's own write, and given back when it came to nothing."""

from __future__ import annotations

from datetime import datetime

from wallet_api.errors import NotFound
from wallet_api.mandates.model import Mandate, counted_month, why_not_chargeable
from wallet_api.mandates.use_cases.ground import MandatesGround, of
from wallet_api.merchants.model import MerchantCaller
from wallet_api.money import Money
from wallet_api.storage import AtomicWrite, Read, Trip


class Charging(MandatesGround, frozen=True):
    """Counting charges."""

    def reading(self, mandate_id: str, trip: Trip) -> Read[Mandate | None]:
        """A mandate as part of a payment's trip: whose it is, `chargeable` says."""
        return self.store.find(mandate_id, trip)

    def chargeable(self, caller: MerchantCaller, mandate: Mandate | None, amount: Money) -> Mandate:
        """The merchant's mandate when it lets this amount through.

        Raises NotFound, MandateNotConfirmed, MandateRevoked, MandateCanceled, MandateExpired, MandateCurrencyDiffers,
        MandateLimitExceeded.
        """
        error = why_not_chargeable(of(mandate, caller), amount, self.clock.now())
        if error is not None or mandate is None:
            raise error or NotFound()
        return mandate

    def charge(self, mandate: Mandate, amount: Money, now: datetime, write: AtomicWrite) -> None:
        """Adds to the money's write that the mandate lives and lets it through, and counts it in its month.

        Leaving the write's block may raise what `chargeable` raises, and StaleAccount.
        """
        self.store.charge(mandate, amount, now, write, lambda current: why_not_chargeable(current, amount, now))

    def give_back(self, mandate_id: str, amount: Money, charged_at: datetime, write: AtomicWrite) -> None:
        """Adds to the write that sets a charge's money free that its month counts it no more. May raise MonthTurned."""
        self.store.give_back(mandate_id, amount, counted_month(charged_at), write)
