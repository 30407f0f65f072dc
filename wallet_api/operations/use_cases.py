"""What a caller can do with a key of theirs: ask what became of it, and make sure that nothing ever does."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.errors import WalletError
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.errors import IdempotencyKeyInUse
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.operations import AlreadyDecided, Operation
from wallet_api.merchants.model import MerchantCaller
from wallet_api.merchants.use_cases import Merchants
from wallet_api.operations.errors import OperationUnknown
from wallet_api.operations.model import Standing, decided, under_way
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.settings import Mode
from wallet_api.storage import AtomicWrite, Read, Storage, Trip

ABANDONING = "abandon"


class Beginnings(Protocol):
    """A capability that asks an outside company before it decides, and writes down first that it will."""

    def begun(self, operation: Operation, trip: Trip) -> Read[str | None]:
        """The id of what was begun under a key, whatever was asked under it."""

    def require_not_begun(self, operation: Operation, write: AtomicWrite) -> None:
        """Requires in a write that nothing was begun under a key; else IdempotencyKeyInUse."""

    def refusal_of(self, subject: str) -> WalletError | None:
        """Why what was begun has failed; None while it has not."""


class Operations(Struct, frozen=True):
    """The operations of a deployment, which speaks one mode."""

    storage: Storage
    clock: Clock
    mode: Mode
    ledger: Ledger
    sessions: Sessions
    merchants: Merchants
    beginnings: tuple[Beginnings, ...]

    def get(self, caller: Customer | MerchantCaller, key: str) -> Standing:
        """How the caller's operation under this key stands. Raises OperationUnknown, and what the caller's own check raises."""
        standing = self._look(caller, key)
        if standing is None:
            raise OperationUnknown
        return standing

    def abandon(self, caller: Customer | MerchantCaller, key: str) -> Standing:
        """Makes sure that nothing happens under this key from now on; if something did, or is under way, tells that.

        The record is the same one that a decision would be, so of the two exactly one is ever written.
        """
        standing = self._look(caller, key)
        if standing is not None:
            return standing
        operation = self._operation(caller, key)
        try:
            with self.storage.atomic_write() as write:
                self.ledger.abandon(operation, write)
                for each in self.beginnings:
                    each.require_not_begun(operation, write)
        except (AlreadyDecided, IdempotencyKeyInUse, StaleAccount) as overtaken:
            standing = self._look(caller, key)
            if standing is None:
                raise StaleAccount from overtaken
            return standing
        return Standing(key, "abandoned", None, "no", decided_at=operation.requested_at)

    def _look(self, caller: Customer | MerchantCaller, key: str) -> Standing | None:
        operation = self._operation(caller, key)
        with self.storage.trip() as trip:
            admitted = self._admitted(caller, trip)
            found = self.ledger.found(operation, trip)
            begun = [(each, each.begun(operation, trip)) for each in self.beginnings]
        admitted()
        decision = found()
        if decision is not None:
            return decided(key, decision)
        for each, read in begun:
            subject = read()
            if subject is not None:
                return under_way(key, subject, each.refusal_of(subject))
        return None

    def _admitted(self, caller: Customer | MerchantCaller, trip: Trip) -> Read[object]:
        if isinstance(caller, MerchantCaller):
            return self.merchants.authorized(caller, trip).map(lambda merchant: merchant)
        return self.sessions.live(caller, trip).map(lambda session: session)

    def _operation(self, caller: Customer | MerchantCaller, key: str) -> Operation:
        """The place of a key. Who abandons it asks for nothing in particular, so there is no fingerprint."""
        return Operation(caller.id, self.mode, key, "", ABANDONING, self.clock.now())
