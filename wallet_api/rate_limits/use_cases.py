"""Taking a share of a limit as part of a trip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wallet_api.clock import Clock
from wallet_api.metrics import Measure, Metrics
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.rate_limits.model import Action, Limit, Share, longest_wait, session_shares, source_shares
from wallet_api.rate_limits.store import CountItem
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.keys import Keys

Admission = Callable[[Trip], Read[None]]
"""Takes a caller's shares in a trip. Calling the read raises RateLimited."""


@dataclass(frozen=True)
class RateLimits:
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
        place = f"limit/{limit.name}/{self.keys.hex_digest('rate-limit', limit.name, share.subject)}"
        return trip.update(
            items(place, str(limit.start(now))),
            [items.taken.set((items.taken | 0) + 1), items.expires_at.set(_end(limit, now))],
            items.taken.does_not_exist() | (items.taken < limit.quota),
        )


def _end(limit: Limit, now: datetime) -> datetime:
    return now + timedelta(seconds=limit.seconds_left(now))
