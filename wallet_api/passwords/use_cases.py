"""What the wallet does with passwords: take one, prove one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from wallet_api.attempts.use_cases import Attempts
from wallet_api.clock import Clock
from wallet_api.passwords.errors import WrongPassword
from wallet_api.passwords.model import admit, normalised
from wallet_api.passwords.store import PASSWORD, PasswordItem
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.errors import StorageFault

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Try:
    """A reserved try at one person's password; `item` is None when there is no such person, or no try is left."""

    person_id: str
    item: PasswordItem | None


@dataclass(frozen=True)
class Passwords:
    """Every person's password."""

    storage: Storage
    clock: Clock
    attempts: Attempts
    items: type[PasswordItem]

    @staticmethod
    def open(storage: Storage, clock: Clock, attempts: Attempts) -> Passwords:
        """Binds the passwords' items to their table."""
        return Passwords(storage, clock, attempts, storage.bind(PasswordItem))

    def digest(self, password: str, personal: Sequence[str], pointer: str = "/password") -> str:
        """The hash of a new password, made slowly on purpose: call it outside of any trip or write.

        `personal` are the words a password may not hold, such as the phone number. Raises PasswordRefused.
        """
        return str(_hasher().hash(admit(password, _common(), personal, pointer)))

    def add(self, person_id: str, password_hash: str, write: AtomicWrite) -> None:
        """Adds a new person's password to the write that makes the person."""
        now = self.clock.now()
        item = self.items(person_id, PASSWORD, password_hash=password_hash, changed_at=now, **self.attempts.unused())
        write.put(item, StorageFault("a fresh id is taken"))

    def reserve(self, person_id: str, trip: Trip) -> Read[Try]:
        """Reserves a try and reads the hash with it, as part of a trip. Somebody unknown costs as much as somebody
        known.
        """
        reserved = self.attempts.reserve(self.items(person_id, PASSWORD), trip)
        return reserved.map(lambda item: Try(person_id, item))

    def prove(self, tried: Try, password: str) -> None:
        """Evaluates the password with one argon2 run, whoever is asked for. Raises WrongPassword."""
        stored = tried.item.password_hash if tried.item else _nobodys_hash()
        if _matches(stored, normalised(password)) and tried.item is not None:
            return
        self.attempts.lock_if_used_up(self.items(tried.person_id, PASSWORD))
        raise WrongPassword

    def accept(self, tried: Try, password: str, write: AtomicWrite) -> None:
        """Adds to the write of a sign-in that the password was right; a hash with old parameters is made anew."""
        if tried.item is None:
            raise WrongPassword
        actions = []
        if _hasher().check_needs_rehash(tried.item.password_hash):
            actions.append(self.items.password_hash.set(_hasher().hash(normalised(password))))
        self.attempts.accept(self.items(tried.person_id, PASSWORD), write, WrongPassword(), actions=actions)


@cache
def _hasher() -> Any:
    """argon2id with 19 MiB, two passes, one lane (OWASP Password Storage): some 30 ms of one core."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobodys_hash() -> str:
    """What an unknown person's password is compared with, so that the answer takes as long."""
    return str(_hasher().hash("nobody"))


@cache
def _common() -> frozenset[str]:
    """The shipped stems of common passwords."""
    lines = (Path(__file__).parent / "common.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _matches(stored: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return bool(_hasher().verify(stored, password))
    except VerificationError:
        return False
    except InvalidHashError:
        # No VerificationError by inheritance: a hash that cannot be read is our fault and still a wrong password.
        logger.error("a stored password hash cannot be read")
        return False
