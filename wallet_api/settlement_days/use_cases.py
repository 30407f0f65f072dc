"""What is done with settlement days: merchants join, days come up, days are dealt with."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from wallet_api.clock import Clock, wallet_day
from wallet_api.settlement_days.model import DueDay, closed_from
from wallet_api.settlement_days.store import DayAdvanced, SettlementDayStore
from wallet_api.storage import AtomicWrite, Storage

logger = logging.getLogger(__name__)


class SettlementDays(Struct, frozen=True):
    """The days of every merchant."""

    storage: Storage
    clock: Clock
    store: SettlementDayStore

    @staticmethod
    def open(storage: Storage, clock: Clock) -> SettlementDays:
        """Binds the items to their table."""
        return SettlementDays(storage, clock, SettlementDayStore.open(storage))

    def join(self, merchant_id: str, write: AtomicWrite) -> None:
        """Adds to the write of a new merchant that its days are closed from today on."""
        self.store.add(merchant_id, wallet_day(self.clock.now()), write)

    def due(self, now: datetime) -> Iterator[DueDay]:
        """Merchants with a day that may be closed, each as it stands when it comes up."""
        for merchant_id in self.store.work.by(now):
            try:
                due = self.store.require(merchant_id)
                # An index is behind by moments: another run may have dealt with the day.
                is_over = closed_from(due.day) <= now
            except Exception:
                # One merchant whose day cannot be read must not keep the others waiting.
                logger.exception("a merchant's day cannot be read", extra={"merchant_id": merchant_id})
                self.put_off(merchant_id)
                continue
            if is_over:
                yield due

    def put_off(self, merchant_id: str) -> None:
        """Has a merchant's day that could not be dealt with come up later, behind the others."""
        self.store.work.put_off(merchant_id, self.clock.now())

    def done(self, due: DueDay) -> bool:
        """Moves a merchant on to its next day; False when another run did."""
        try:
            with self.storage.atomic_write() as write:
                self.store.advance(due, write)
        except DayAdvanced:
            return False
        return True
