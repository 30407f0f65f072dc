"""What of a charge goes back to its card, counted on the top-up, so that it is never more than was charged."""

from __future__ import annotations

from wallet_api.money import Money
from wallet_api.storage import AtomicWrite, Read, Trip
from wallet_api.top_ups.model import TopUp
from wallet_api.top_ups.use_cases.requests import Requests

LOOKED_THROUGH = 50
"""Among this many of a person's newest top-ups a charge is looked for that money can go back by."""


class GivingBack(Requests, frozen=True):
    """Charges that are taken back, as part of another capability's trips and writes."""

    def returnable(self, person_id: str, trip: Trip) -> Read[tuple[TopUp, ...]]:
        """A person's newest top-ups, whose charges may be taken back. An index is behind by moments."""
        return self.store.recent(person_id, trip, None, LOOKED_THROUGH)

    def give_back(self, top_up_id: str, total: Money, amount: Money, write: AtomicWrite) -> None:
        """Counts what of a charge of this `total` goes back to its card; no more than all of it may be asked for.

        Leaving the write's block may raise ChargeUsedUp.
        """
        self.store.give_back(top_up_id, total.amount, amount.amount, write)

    def keep_back(self, top_up_id: str, amount: Money, write: AtomicWrite) -> None:
        """Uncounts what did not reach the card after all."""
        self.store.keep_back(top_up_id, amount.amount, write)
