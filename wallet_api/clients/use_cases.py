"""What is done about clients: an operator publishes a policy, everybody may read it, and a client that is too old is refused."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from wallet_api.clients.errors import UpdateRequired
from wallet_api.clients.model import Client, ClientPolicy, Standing, admit
from wallet_api.clients.store import POLICIES, ClientPolicyItem
from wallet_api.clock import Clock
from wallet_api.errors import Unavailable
from wallet_api.storage import Storage

logger = logging.getLogger(__name__)

KNOWN_FOR = timedelta(minutes=1)
"""How long a container goes by what it read: a policy counts everywhere a minute after it was published."""
MOST_PLATFORMS = 100


class _Known(Struct):
    """The policies as a container read them last."""

    policies: tuple[ClientPolicy, ...] = ()
    read_at: datetime | None = None
    lock: threading.Lock = msgspec.field(default_factory=threading.Lock)


class Clients(Struct, frozen=True):
    """The policies of all platforms."""

    storage: Storage
    clock: Clock
    items: type[ClientPolicyItem]
    known: _Known = msgspec.field(default_factory=_Known)

    @staticmethod
    def open(storage: Storage, clock: Clock) -> Clients:
        """Binds the policies' items to their table."""
        return Clients(storage, clock, storage.bind(ClientPolicyItem))

    def policies(self) -> tuple[ClientPolicy, ...]:
        """Every platform's policy by name, at most a minute old. Raises Unavailable while nothing was ever read."""
        known, now = self.known, self.clock.now()
        with known.lock:
            # A clock that was put back must not make what is known last for longer.
            if known.read_at is None or not timedelta() <= now - known.read_at < KNOWN_FOR:
                try:
                    known.policies, known.read_at = self._read(), now
                except Unavailable:
                    if known.read_at is None:
                        raise
                    logger.warning("the client policies could not be read again; those of before still count")
            return known.policies

    def standing(self, client: Client) -> tuple[Standing, ClientPolicy | None]:
        """What a client is told, and by which policy; what no policy speaks of is supported."""
        policy = next((each for each in self.policies() if each.platform == client.platform), None)
        return ("supported", None) if policy is None else (policy.standing(client.version), policy)

    def require_supported(self, client: Client) -> None:
        """Raises UpdateRequired for a client that is too old.

        A policy that cannot be read shuts nobody out: it protects people from old apps, and an outage is no reason to
        keep them from their money.
        """
        try:
            standing, policy = self.standing(client)
        except Unavailable:
            return
        if standing == "update_required" and policy is not None:
            raise UpdateRequired(minimum=policy.minimum, store_url=policy.store_url)

    def publish(self, policy: ClientPolicy) -> ClientPolicy:
        """Says from now on what counts for a platform. Raises PolicyRefused."""
        admit(policy)
        with self.storage.atomic_write() as write:
            write.replace(self.items.of(policy, pk=POLICIES, sk=policy.platform))
        self.forget()
        return policy

    def withdraw(self, platform: str) -> None:
        """Ends a platform's policy: every version of it is supported."""
        with self.storage.atomic_write() as write:
            write.delete(self.items(POLICIES, platform))
        self.forget()

    def _read(self) -> tuple[ClientPolicy, ...]:
        return tuple(item.policy() for item in self.storage.query(self.items, POLICIES, limit=MOST_PLATFORMS))

    def forget(self) -> None:
        """Drops what is known, as when the tables were emptied."""
        with self.known.lock:
            self.known.read_at = None
