"""Reserving a try, giving it back after a success, locking after too many failures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

from msgspec import Struct

from wallet_api.attempts.model import MAX_TRIES, lock_length
from wallet_api.attempts.store import GuardedItem
from wallet_api.clock import Clock
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.atomic import Requirement

G = TypeVar("G", bound=GuardedItem)


class _LockedMeanwhile(Exception):
    """Another request locked the item, or a success ended the counting."""


NOT_LOCKED = datetime(1970, 1, 1, tzinfo=UTC)
"""Long past for every instance: with the present moment in its place, one whose clock is behind would find a lock."""


class Attempts(Struct, frozen=True):
    """The counters on guarded items."""

    storage: Storage
    clock: Clock

    def unused(self) -> dict[str, Any]:
        """The counters of a new item."""
        return {"failures": 0, "locks": 0, "locked_until": NOT_LOCKED}

    def reserve(self, item: G, trip: Trip) -> Read[G | None]:
        """Reserves a try and reads the item with it; None when there is no such item or it is locked.

        Only the keys of `item` are read.
        """
        items = type(item)
        free = items.pk.exists() & (items.failures < MAX_TRIES) & (items.locked_until <= self.clock.now())
        return trip.update(item, [items.failures.set(items.failures + 1)], free)

    def accept(
        self,
        item: G,
        write: AtomicWrite,
        missing: Exception,
        *requirements: Requirement,
        actions: Sequence[Any] = (),
    ) -> None:
        """Adds the end of all counting to the write that a success allows, with what else it changes of the item.

        A lock ends as well: several right answers at once, as when a button is tapped again, may have used up the tries
        before the first of them counted.
        """
        items = type(item)
        reset = [items.failures.set(0), items.locks.set(0), items.locked_until.set(NOT_LOCKED)]
        write.update(item, [*reset, *actions], (items.pk.exists(), missing), *requirements)

    def lock_if_used_up(self, item: G, tell: Callable[[AtomicWrite], None]) -> None:
        """After a failure: locks the item when its last try is gone, and tells its owner with `tell`, in one write.

        Safe to call at any time and by many at once: one of them locks.

        A process that died between the last try and its lock left the item without tries and without an end; the next
        failed reservation comes here as well, so the lock is made then.
        """
        found = self.storage.get(type(item), item.pk, item.sk)
        now = self.clock.now()
        if found is None or found.failures < MAX_TRIES or found.locked_until > now:
            return
        items = type(item)
        actions = [
            items.failures.set(0),
            items.locks.set(found.locks + 1),
            items.locked_until.set(now + lock_length(found.locks + 1)),
        ]
        with suppress(_LockedMeanwhile), self.storage.atomic_write() as write:
            used_up = (items.failures >= MAX_TRIES) & (items.locks == found.locks)
            write.update(item, actions, (used_up, _LockedMeanwhile()))
            tell(write)
