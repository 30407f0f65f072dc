"""When a key was last used: noted about once an hour, beside reads that are made anyway."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime

from msgspec import Struct, field

from wallet_api.clock import Clock
from wallet_api.merchants.model import USE_NOTED_EVERY, MerchantCaller
from wallet_api.merchants.store import ApiKeyStore
from wallet_api.storage import Trip

REMEMBERED = 10_000
"""How many keys one container knows to be noted; of more, some are asked about oftener."""


class KeyUses(Struct, frozen=True):
    """What this container noted. Another one may note the same key once more, which changes nothing."""

    clock: Clock
    store: ApiKeyStore
    noted: OrderedDict[str, datetime] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, caller: MerchantCaller, trip: Trip) -> None:
        """Adds the note to a trip, unless it was made within the hour."""
        now = self.clock.now()
        if not self.is_noted(caller.key_id, now):
            self.remember(caller.key_id, now)
            self.store.note_use(caller.id, caller.key_id, now, trip)

    def is_noted(self, key_id: str, now: datetime) -> bool:
        """Whether this container noted the key less than an hour ago."""
        noted = self.noted.get(key_id)
        return noted is not None and now - noted < USE_NOTED_EVERY

    def remember(self, key_id: str, now: datetime) -> None:
        """Takes the key as noted at this time."""
        with self.lock:
            self.noted[key_id] = now
            self.noted.move_to_end(key_id)
            while len(self.noted) > REMEMBERED:
                self.noted.popitem(last=False)
