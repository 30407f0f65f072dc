"""What a person does with their preferences: see them, change them."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.confirmations.errors import ChangedMeanwhile
from wallet_api.confirmations.model import DEFAULTS, Change, Preferences
from wallet_api.confirmations.store import PreferencesItem, PreferenceStore
from wallet_api.errors import Unavailable
from wallet_api.notifications.use_cases import Notifications
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Storage

ATTEMPTS = 5


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

    def get(self, caller: Customer) -> Preferences:
        """What the caller chose, or what everybody begins with. Raises SessionEnded."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.find(caller.id, trip)
        session()
        return found() or DEFAULTS

    def change(self, caller: Customer, change: Change) -> Preferences:
        """Changes what the caller is told of from the next movement on.

        Whoever is told less than before hears of that over every channel, as of all that happens to their access: a
        thief would begin with this. Raises SessionEnded.
        """
        for _ in range(ATTEMPTS):
            seen = self.get(caller)
            new = change.applied(seen)
            if new == seen:
                return seen
            try:
                with self.storage.atomic_write() as write:
                    self.store.change(caller.id, seen, new, self.clock.now(), write)
                    if new.less_than(seen):
                        self.notifications.tell(caller.id, "confirmations_reduced", write)
            except ChangedMeanwhile:
                continue
            return new
        raise Unavailable
