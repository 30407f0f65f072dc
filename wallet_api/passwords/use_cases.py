"""What the wallet does with passwords: take one, prove one, put another in its place."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from wallet_api.attempts.use_cases import Attempts
from wallet_api.clock import Clock
from wallet_api.notifications.use_cases import Notifications
from wallet_api.passwords.errors import PasswordRequired, WrongCurrentPassword, WrongPassword
from wallet_api.passwords.model import FRESH_FOR, PasswordAge, admit, age_of, normalised
from wallet_api.passwords.store import PASSWORD, PasswordItem
from wallet_api.people.errors import PersonMissing
from wallet_api.people.use_cases import People
from wallet_api.sessions.model import Customer, Session
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.errors import StorageFault

logger = logging.getLogger(__name__)


class Try(Struct, frozen=True):
    """A reserved try at one person's password; `item` is None when there is no such person, or no try is left."""

    person_id: str
    item: PasswordItem | None


class Passwords(Struct, frozen=True):
    """Every person's password."""

    storage: Storage
    clock: Clock
    attempts: Attempts
    notifications: Notifications
    items: type[PasswordItem]

    @staticmethod
    def open(storage: Storage, clock: Clock, attempts: Attempts, notifications: Notifications) -> Passwords:
        """Binds the passwords' items to their table."""
        return Passwords(storage, clock, attempts, notifications, storage.bind(PasswordItem))

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

    def set_at(self, person_id: str, trip: Trip) -> Read[datetime | None]:
        """When a person's password was last set, as part of a trip; None when there is no such person."""
        found = trip.get(self.items, person_id, PASSWORD)
        return found.map(lambda item: None if item is None else item.changed_at)

    def require(self, person_id: str, set_at: datetime, write: AtomicWrite, changed: Exception) -> None:
        """Requires in a write that the password is still the one of `set_at`. Leaving the write's block may raise `changed`."""
        write.check(self.items(person_id, PASSWORD), (self.items.changed_at == set_at, changed))

    def age(self, person_id: str) -> PasswordAge:
        """How long a person has had their password, and whether to remind them of it. Raises PersonMissing."""
        item = self.storage.get(self.items, person_id, PASSWORD)
        if item is None:
            raise PersonMissing
        return age_of(item.changed_at, self.clock.now())

    def prove(self, tried: Try, password: str) -> None:
        """Evaluates the password with one argon2 run, whoever is asked for. Raises WrongPassword."""
        stored = tried.item.password_hash if tried.item else _nobodys_hash()
        if _matches(stored, normalised(password)) and tried.item is not None:
            return
        bare, person_id = self.items(tried.person_id, PASSWORD), tried.person_id
        self.attempts.lock_if_used_up(bare, lambda write: self.notifications.tell(person_id, "password_locked", write))
        raise WrongPassword

    def prove_current(self, tried: Try, password: str) -> datetime:
        """Evaluates the password of somebody who is signed in, and ends the counting when it is right; when it was set.

        That is told by the item that was evaluated: another read of the same trip may have seen a password set since. Raises
        WrongCurrentPassword.
        """
        try:
            self.prove(tried, password)
        except WrongPassword:
            raise WrongCurrentPassword from None
        if tried.item is None:
            raise WrongCurrentPassword
        set_at = tried.item.changed_at
        self.forgive(tried.person_id, set_at)
        return set_at

    def is_current(self, person_id: str, password: str) -> bool:
        """Whether this is a person's password, for a caller whose own count bounds the tries. One argon2 run."""
        item = self.storage.get(self.items, person_id, PASSWORD)
        return item is not None and _matches(item.password_hash, normalised(password))

    def rehash(self, tried: Try, password: str) -> None:
        """After a right password: makes its hash anew when its parameters are old. A write, needed once in years."""
        item = tried.item
        if item is None or not _hasher().check_needs_rehash(item.password_hash):
            return
        fresh = str(_hasher().hash(normalised(password)))
        with self.storage.trip() as trip:
            trip.update(
                self.items(tried.person_id, PASSWORD),
                [self.items.password_hash.set(fresh)],
                self.items.password_hash == item.password_hash,
            )

    def accept(self, person_id: str, set_at: datetime, write: AtomicWrite) -> None:
        """Adds to the write of a sign-in that the password was right, so that the counting ends.

        Leaving the write's block raises WrongPassword when the password is no longer the one of `set_at`.
        """
        unchanged = (self.items.changed_at == set_at, WrongPassword())
        self.attempts.accept(self.items(person_id, PASSWORD), write, WrongPassword(), unchanged)

    def forgive(self, person_id: str, set_at: datetime) -> None:
        """Ends the counting for somebody who has just proven the password and goes on to the second factor."""
        with suppress(WrongPassword), self.storage.atomic_write() as write:
            self.accept(person_id, set_at, write)

    def unlock(self, person_id: str, write: AtomicWrite) -> None:
        """Adds to a write that the person proved themselves in another way, so that a lock ends."""
        self.attempts.accept(self.items(person_id, PASSWORD), write, WrongPassword())

    def replace(self, person_id: str, password_hash: str, write: AtomicWrite, *, proven_at: datetime | None) -> None:
        """Adds a new password, which ends a lock as well, and the notice of it, to a write.

        `proven_at` is when the password that was proven had been set; None when the person proved themselves in another
        way. Leaving the write's block raises WrongPassword when it was changed meanwhile.
        """
        actions = [self.items.password_hash.set(password_hash), self.items.changed_at.set(self.clock.now())]
        unchanged = [] if proven_at is None else [(self.items.changed_at == proven_at, WrongPassword())]
        bare = self.items(person_id, PASSWORD)
        self.attempts.accept(bare, write, WrongPassword(), *unchanged, actions=actions)
        self.notifications.tell(person_id, "password_changed", write)


class PasswordChanges(Struct, frozen=True):
    """A new password for somebody who is signed in and knows the present one."""

    storage: Storage
    clock: Clock
    people: People
    passwords: Passwords
    sessions: Sessions

    def change(self, caller: Customer, current: str, new: str) -> None:
        """Sets a new password and signs out everywhere but here. Raises WrongCurrentPassword, PasswordRefused."""
        with self.storage.trip() as trip:
            reserved = self.passwords.reserve(caller.id, trip)
        proven_at = self.passwords.prove_current(reserved(), current)
        words = self.people.personal_words(caller.id)
        password_hash = self.passwords.digest(new, words, "/new_password")
        try:
            with self.storage.atomic_write() as write:
                self.passwords.replace(caller.id, password_hash, write, proven_at=proven_at)
                self.sessions.end_all(caller.id, write, keep=caller.session_id)
        except WrongPassword:
            # Another change was first, so what was proven is the current password no more.
            raise WrongCurrentPassword from None
        self.sessions.end_older(caller.id, self.clock.now(), keep=caller.session_id)


class Reauthentication(Struct, frozen=True):
    """The password once more, before somebody who is signed in does what a thief of the unlocked phone would do."""

    storage: Storage
    clock: Clock
    passwords: Passwords

    def require(self, session: Session, password: str | None) -> None:
        """Lets a session pass whose sign-in took the password a moment ago, or that gives it now.

        Raises PasswordRequired, WrongCurrentPassword.
        """
        if password is None:
            if self.clock.now() - session.created_at >= FRESH_FOR:
                raise PasswordRequired
            return
        with self.storage.trip() as trip:
            reserved = self.passwords.reserve(session.person_id, trip)
        self.passwords.prove_current(reserved(), password)


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
    """The shipped stems: what attackers try first, and what leaks are full of."""
    texts = [(Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("common.txt", "leaked.txt")]
    return frozenset(line for text in texts for line in text.splitlines() if line and not line.startswith("#"))


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
