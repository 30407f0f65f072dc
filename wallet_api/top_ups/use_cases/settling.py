"""What a schedule does: the acquirer is asked by our reference until a top-up has its end, and once more a day later.

An answer that contradicts the first one is believed, and corrected by an entry of its own kind; what was answered to a person and
what stands in the journal is never changed.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from wallet_api.errors import Declined
from wallet_api.gateways.acquirer import ChargeOutcome
from wallet_api.ids import new_id
from wallet_api.ledger.entry import Entry
from wallet_api.ledger.operations import AlreadyDecided, Operation
from wallet_api.metrics import Measure
from wallet_api.storage.due import WOKEN_AFTER
from wallet_api.top_ups.model import LOOK_AGAIN_AFTER, TopUp, next_look
from wallet_api.top_ups.postings import charge_reversal_entry, compensation_entry
from wallet_api.top_ups.store import TopUpSettled
from wallet_api.top_ups.use_cases.requests import Requests, asked_of

STUCK_AFTER = timedelta(hours=4)
"""From then on somebody is woken for a top-up whose outcome nobody knows."""

logger = logging.getLogger(__name__)


class Settling(Requests, frozen=True):
    """Driving top-ups to their ends."""

    def settle_due(self) -> int:
        """Asks the acquirer about every top-up that is due and ends those it knows the outcome of; how many it ended.

        Runs may overlap: of two that learn the same outcome one posts it.
        """
        ended, stuck, now = 0, 0, self.clock.now()
        for top_up_id in self.store.work.by(now):
            try:
                top_up = self._require(top_up_id)
                outcome = asked_of(self.acquirer.find, top_up)
                if top_up.is_open:
                    is_open = self._settle(top_up, outcome).is_open
                    ended += not is_open
                    stuck += is_open and now - top_up.created_at > STUCK_AFTER
                else:
                    self._look_again(top_up, outcome)
            except Exception:
                # One top-up that cannot be settled must not keep the others waiting.
                logger.exception("a top-up stays open", extra={"top_up_id": top_up_id})
                stuck += self.store.work.put_off(top_up_id, now) >= WOKEN_AFTER
        self.metrics.tell(Measure("stuck_processing", stuck))
        return ended

    def _look_again(self, top_up: TopUp, outcome: ChargeOutcome) -> None:
        """Holds a late answer against the first one. No answer says nothing: it is asked for again, ever less often."""
        now = self.clock.now()
        if outcome.status == "approved" and top_up.status == "failed":
            self._correct(top_up, compensation_entry(top_up, new_id("ent", now), now))
        elif outcome.status == "declined" and top_up.status == "succeeded":
            try:
                self._correct(top_up, charge_reversal_entry(top_up, new_id("ent", now), now))
            except Declined:
                # The person has spent it, or may not pay now: the wallet bears what it gave out too early.
                self._correct(top_up, charge_reversal_entry(top_up, new_id("ent", now), now, borne_by_wallet=True))
        elif outcome.status in ("approved", "declined"):
            with self.storage.atomic_write() as write:
                self.store.looked_again(top_up, write)
        else:
            looked_since = (top_up.settled_at or top_up.created_at) + LOOK_AGAIN_AFTER
            with self.storage.atomic_write() as write:
                self.store.look_later(top_up, next_look(looked_since, now), write)

    def _correct(self, top_up: TopUp, entry: Entry) -> None:
        asked = Operation(
            f"wallet/{top_up.id}", top_up.asked.mode, "correction", "correction", "top-up correction", self.clock.now()
        )
        try:
            with self.storage.atomic_write() as write:
                self.store.looked_again(top_up, write, corrected_at=entry.at)
                self.ledger.decide(asked, entry, write)
        except (AlreadyDecided, TopUpSettled):
            return
        logger.warning("a top-up was corrected", extra={"top_up_id": top_up.id, "entry": entry.kind})
