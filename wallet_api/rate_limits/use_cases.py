"""Taking a share of a limit as part of a trip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.metrics import Measure, Metrics
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.rate_limits.model import (
    Action,
    Limit,
    Share,
    longest_wait,
    merchant_shares,
    session_shares,
    source_shares,
)
from wallet_api.rate_limits.store import CountItem
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.keys import Keys

Admission = Callable[[Trip], Read[None]]
"""Takes a caller's shares in a trip. Calling the read raises RateLimited."""


class RateLimits(Struct, frozen=True):
    """Everybody's counts."""

    storage: Storage
    clock: Clock
    keys: Keys
    metrics: Metrics
    items: type[CountItem]

    @staticmethod
    def open(storage: Storage, clock: Clock, keys: Keys, metrics: Metrics) -> RateLimits:
        """Binds the counts to their table."""
        return RateLimits(storage, clock, keys, metrics, storage.bind(CountItem))

    def of_source(self, action: Action, source: str) -> Admission:
        """What one request from a source address takes. The address is the gateway's word, never a header's."""
        return lambda trip: self._admitted(source_shares(action, source), trip)

    def of_session(self, group: str, session_id: str) -> Admission:
        """What one request of a session takes."""
        return lambda trip: self._admitted(session_shares(group, session_id), trip)

    def of_merchant(self, group: str, merchant_id: str) -> Admission:
        """What one failure of a merchant takes."""
        return lambda trip: self._admitted(merchant_shares(group, merchant_id), trip)

    def unless_full(self, shares: Sequence[Share], trip: Trip) -> Read[None]:
        """Whether something is left of every share, taking none: for what is counted only once it has failed, so that those who
        do no wrong write nothing in common. Calling the read raises RateLimited.
        """
        now = self.clock.now()
        counts = [(share, trip.get(self.items, *self._place(share, now))) for share in shares]

        def bring() -> list[Share]:
            found = [(share, count()) for share, count in counts]
            return [share for share, item in found if item is not None and item.taken >= share.limit.quota]

        return Read(bring).map(self._require_none)

    def admit(self, admission: Admission) -> None:
        """Takes the shares in a trip of their own. Raises RateLimited."""
        with self.storage.trip() as trip:
            admitted = admission(trip)
        admitted()

    def take(self, shares: Sequence[Share], trip: Trip) -> Read[list[Share]]:
        """Takes one of each share; brings those that were used up already. The others are taken all the same.

        SMS that are held back for many at once are told to an alarm: it is an attack or a success.
        """
        now = self.clock.now()
        taken = [(share, self._take(share, now, trip)) for share in shares]

        def bring() -> list[Share]:
            full = [share for share, count in taken if count() is None]
            if any(share.limit.name.startswith("sms_") for share in full):
                self.metrics.tell(Measure("sms_held_back", 1))
            return full

        return Read(bring)

    def _admitted(self, shares: Sequence[Share], trip: Trip) -> Read[None]:
        return self.take(shares, trip).map(self._require_none)

    def _require_none(self, full: Sequence[Share]) -> None:
        if full:
            now = self.clock.now()
            strictest = max(full, key=lambda share: share.limit.seconds_left(now)).limit
            raise RateLimited(
                limit=strictest.name,
                quota=strictest.quota,
                window_seconds=strictest.seconds,
                retry_after_seconds=longest_wait(full, now),
            )

    def _take(self, share: Share, now: datetime, trip: Trip) -> Read[CountItem | None]:
        items, limit = self.items, share.limit
        return trip.update(
            items(*self._place(share, now)),
            [items.taken.set((items.taken | 0) + 1), items.expires_at.set(_end(limit, now))],
            items.taken.does_not_exist() | (items.taken < limit.quota),
        )

    def _place(self, share: Share, now: datetime) -> tuple[str, str]:
        name = share.limit.name
        place = f"limit/{name}/{self.keys.hex_digest('rate-limit', name, share.subject)}"
        return place, str(share.limit.start(now))


def _end(limit: Limit, now: datetime) -> datetime:
    return now + timedelta(seconds=limit.seconds_left(now))
