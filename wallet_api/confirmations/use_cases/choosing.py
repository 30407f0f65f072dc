"""What a person does with their preferences: see them, change them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.confirmations.errors import ChangedMeanwhile
from wallet_api.confirmations.model import DEFAULTS, LOOKED_THROUGH, PUSHED_TO, Change, Preferences
from wallet_api.confirmations.store import PreferencesItem, PreferenceStore
from wallet_api.notifications.use_cases import Notifications
from wallet_api.sessions.model import Customer, PushAddress
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Storage
from wallet_api.storage.errors import StorageBusy

ATTEMPTS = 10


class Chosen(Struct, frozen=True):
    """What a person chose, and the phones that they are pushed to, the newest sessions first."""

    preferences: Preferences
    phones: Sequence[PushAddress]


class Choosing(Struct, frozen=True):
    """Everybody's preferences."""

    storage: Storage
    clock: Clock
    sessions: Sessions
    notifications: Notifications
    store: PreferenceStore

    @staticmethod
    def open(storage: Storage, clock: Clock, sessions: Sessions, notifications: Notifications) -> Choosing:
        """Binds the preferences to their table."""
        return Choosing(storage, clock, sessions, notifications, PreferenceStore(storage.bind(PreferencesItem)))

    def get(self, caller: Customer) -> Chosen:
        """What the caller chose, or what everybody begins with, and their phones. Raises SessionEnded."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.find(caller.id, trip)
            phones = self.sessions.pushes.newest(caller.id, self.clock.now(), trip, LOOKED_THROUGH)
        session()
        return Chosen(found() or DEFAULTS, phones()[:PUSHED_TO])

    def change(self, caller: Customer, change: Change) -> Chosen:
        """Changes what the caller is told of from the next movement on.

        Whoever is told less than before hears of that over every channel, as of all that happens to their access: a
        thief would begin with this. Raises SessionEnded, StorageBusy.
        """
        for _ in range(ATTEMPTS):
            chosen = self.get(caller)
            seen = chosen.preferences
            new = change.applied(seen)
            if new == seen:
                return chosen
            try:
                with self.storage.atomic_write() as write:
                    self.store.change(caller.id, seen, new, self.clock.now(), write)
                    if new.less_than(seen):
                        self.notifications.tell(caller.id, "confirmations_reduced", write)
            except ChangedMeanwhile:
                continue
            return Chosen(new, chosen.phones)
        raise StorageBusy
