"""What a person can do with second factors: set up an authenticator, prove it, remove it, use a recovery code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from msgspec import Struct

from wallet_api.attempts.use_cases import Attempts
from wallet_api.clock import Clock
from wallet_api.notifications.use_cases import Notifications
from wallet_api.people.errors import PersonMissing
from wallet_api.people.model import Person
from wallet_api.people.use_cases import People
from wallet_api.second_factors.errors import TotpEnabled, TotpNotEnabled, TotpNotStarted, WrongFactor
from wallet_api.second_factors.model import (
    Enrolment,
    canonical_recovery_code,
    matched_step,
    new_enrolment,
    new_recovery_codes,
)
from wallet_api.second_factors.store import RECOVERY, SECOND_FACTOR, RecoveryItem, SecondFactorItem
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.atomic import Requirement
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.keys import Keys

OwnFactor = Literal["totp", "recovery_code"]
Accept = Callable[[AtomicWrite], None]
"""Adds to a write what makes the proof work only once."""


class Try(Struct, frozen=True):
    """A reserved try at one person's second factor; `item` is None when no try is left for now."""

    person_id: str
    item: SecondFactorItem | None


class SecondFactors(Struct, frozen=True):
    """Every person's authenticator and recovery codes, and the tries on any second factor."""

    storage: Storage
    clock: Clock
    keys: Keys
    people: People
    attempts: Attempts
    notifications: Notifications
    items: type[SecondFactorItem]
    recovery_items: type[RecoveryItem]

    @staticmethod
    def open(
        storage: Storage, clock: Clock, keys: Keys, people: People, attempts: Attempts, notifications: Notifications
    ) -> SecondFactors:
        """Binds the second factors' items to their table."""
        bound = storage.bind(SecondFactorItem), storage.bind(RecoveryItem)
        return SecondFactors(storage, clock, keys, people, attempts, notifications, *bound)

    def add(self, person_id: str, write: AtomicWrite) -> None:
        """Adds the counter of a new person's tries to the write that makes the person."""
        item = self.items(person_id, SECOND_FACTOR, confirmed=False, last_step=0, **self.attempts.unused())
        write.put(item, StorageFault("a fresh id is taken"))

    def enrol(self, person_id: str) -> Enrolment:
        """A new secret, which counts for nothing until a code of it is confirmed. Raises TotpEnabled."""
        person = self.people.require(person_id)
        contact = self.people.contact_of(person)
        enrolment = new_enrolment(contact.masked(person.channels[0]))
        sealed = self.people.seal(person, "totp_secret", enrolment.secret)
        items = self.items
        with self.storage.atomic_write() as write:
            write.update(
                items(person_id, SECOND_FACTOR),
                [items.secret_sealed.set(sealed), items.last_step.set(0)],
                (items.confirmed == False, TotpEnabled()),  # noqa: E712  a condition, not a comparison
            )
        return enrolment

    def confirm(self, person_id: str, code: str) -> list[str]:
        """Makes the authenticator count after one right code. The recovery codes, shown this once.

        Raises TotpNotStarted, WrongFactor.
        """
        tried, person = self._reserve_with_person(person_id)
        item = self._free(tried)
        if not item.secret_sealed or item.confirmed:
            self._give_back(item)
            raise TotpNotStarted
        step = self._matched_step(item, person, code)
        codes = new_recovery_codes()
        with self.storage.atomic_write() as write:
            self.attempts.accept(
                self.items(person_id, SECOND_FACTOR),
                write,
                TotpNotStarted(),
                (self.items.confirmed == False, TotpNotStarted()),  # noqa: E712
                (self.items.secret_sealed == item.secret_sealed, WrongFactor()),
                actions=[self.items.confirmed.set(True), self.items.last_step.set(step)],
            )
            self.people.mark(person_id, "totp_enabled", write)
            self._add_recovery(person_id, codes, write)
            self.notifications.tell(person_id, "totp_enabled", write)
        return codes

    def renew_recovery_codes(self, person_id: str, code: str) -> list[str]:
        """Ten new recovery codes, shown this once, for a code of the authenticator or a recovery code; all old ones die.

        Raises TotpNotEnabled, WrongFactor.
        """
        accept, method = self._prove_own(person_id, code)
        codes = new_recovery_codes()
        left = self.storage.query(self.recovery_items, person_id, prefix=RECOVERY)
        with self.storage.atomic_write() as write:
            accept(write)
            self._remove_recovery(person_id, left, code if method == "recovery_code" else "", write)
            self._add_recovery(person_id, codes, write)
            self.notifications.tell(person_id, "recovery_codes_renewed", write)
        return codes

    def remove(self, person_id: str, code: str) -> None:
        """Removes the authenticator and every recovery code, proven by either. Raises TotpNotEnabled, WrongFactor."""
        accept, method = self._prove_own(person_id, code)
        left = self.storage.query(self.recovery_items, person_id, prefix=RECOVERY)
        with self.storage.atomic_write() as write:
            accept(write)
            bare = self.items(person_id, SECOND_FACTOR)
            actions = [self.items.secret_sealed.remove(), self.items.confirmed.set(False)]
            write.update(bare, actions, (self.items.confirmed == True, TotpNotEnabled()))  # noqa: E712
            self.people.mark(person_id, "totp_removed", write)
            self._remove_recovery(person_id, left, code if method == "recovery_code" else "", write)
            self.notifications.tell(person_id, "totp_removed", write)

    def reserve(self, person_id: str, trip: Trip) -> Read[Try]:
        """Reserves a try of any second factor as part of a trip."""
        reserved = self.attempts.reserve(self.items(person_id, SECOND_FACTOR), trip)
        return reserved.map(lambda item: Try(person_id, item))

    def guarded_elsewhere(self, person_id: str, trip: Trip) -> Read[Try]:
        """Reads what a second factor is proven against, for a caller who counted the try on something of its own.

        Whoever need not know the password must not be able to use up the tries of who does.
        """
        return trip.get(self.items, person_id, SECOND_FACTOR).map(lambda item: Try(person_id, item))

    def prove(self, tried: Try, person: Person, method: OwnFactor, code: str) -> Accept:
        """Evaluates a code on a reserved try. What it gives must be part of the write that the proof allows.

        Raises WrongFactor.
        """
        item = self._free(tried)
        if not item.confirmed:
            raise self.refused(tried, method, code)
        if method == "recovery_code":
            return self._prove_recovery(person.id, code)
        step, items = self._matched_step(item, person, code), self.items

        def accept(write: AtomicWrite) -> None:
            # The step must grow, or a code would work again until its minute is over (RFC 6238 section 5.2).
            newer = (items.last_step < step, WrongFactor())
            self._accept(person.id, write, newer, actions=[items.last_step.set(step)])

        return accept

    def refused(self, tried: Try, method: OwnFactor, code: str) -> WrongFactor:
        """What a proof comes to where there is nothing to prove it against. A recovery code is looked for all the same, so
        that the calls do not tell who has an authenticator.
        """
        if method == "recovery_code":
            self._recovery_item(tried.person_id, code)
        return self._refused(tried.person_id)

    def fail(self, tried: Try) -> None:
        """After a wrong code of any kind: locks when the last try is gone."""
        person_id = tried.person_id
        self.attempts.lock_if_used_up(
            self.items(person_id, SECOND_FACTOR),
            lambda write: self.notifications.tell(person_id, "second_factor_locked", write),
        )

    def give_back(self, tried: Try) -> None:
        """Returns a try that nothing was evaluated with."""
        if tried.item is not None:
            self._give_back(tried.item)

    def accept_sent_code(self, person_id: str, write: AtomicWrite) -> None:
        """Adds to a write that a code which was sent proved the person, so that the counting ends."""
        self._accept(person_id, write)

    def _prove_own(self, person_id: str, code: str) -> tuple[Accept, OwnFactor]:
        """Proves the authenticator by one of its codes or a recovery code, whichever the text is."""
        tried, person = self._reserve_with_person(person_id)
        if not self._free(tried).confirmed:
            self.give_back(tried)
            raise TotpNotEnabled
        method = own_factor(code)
        return self.prove(tried, person, method, code), method

    def _add_recovery(self, person_id: str, codes: Sequence[str], write: AtomicWrite) -> None:
        now = self.clock.now()
        for each in codes:
            place = self._recovery_places(person_id, each)[0]
            write.put(self.recovery_items(person_id, place, created_at=now), StorageFault("a fresh code is taken"))

    def _remove_recovery(self, person_id: str, left: Sequence[RecoveryItem], used: str, write: AtomicWrite) -> None:
        """Adds the end of every recovery code to a write; the one that was used is ended by its proof.

        Each must still be there, so that of two renewals at once one is done: the other did not see the new codes.
        """
        gone = self._recovery_places(person_id, used)
        for each in left:
            if each.sk not in gone:
                write.delete(self.recovery_items(person_id, each.sk), (self.recovery_items.pk.exists(), WrongFactor()))

    def _free(self, tried: Try) -> SecondFactorItem:
        """The item of a try that could be reserved. Raises WrongFactor: locked is answered like wrong."""
        if tried.item is None:
            raise self._refused(tried.person_id)
        return tried.item

    def _prove_recovery(self, person_id: str, code: str) -> Accept:
        item = self._recovery_item(person_id, code)
        if item is None:
            raise self._refused(person_id)

        def accept(write: AtomicWrite) -> None:
            used = self.recovery_items(person_id, item.sk)
            write.delete(used, (self.recovery_items.pk.exists(), WrongFactor()))
            self._accept(person_id, write)

        return accept

    def _recovery_item(self, person_id: str, code: str) -> RecoveryItem | None:
        with self.storage.trip() as trip:
            found = [trip.get(self.recovery_items, person_id, at) for at in self._recovery_places(person_id, code)]
        return next((each for each in (read() for read in found) if each is not None), None)

    def _recovery_places(self, person_id: str, code: str) -> list[str]:
        """Where a recovery code's item stands, under the newest key first; nowhere for what cannot be a code."""
        plain = canonical_recovery_code(code)
        if plain is None:
            return []
        hashes = [self.keys.hex_digest("recovery-code", person_id, plain, version=each) for each in self.keys.versions]
        return [RECOVERY + each for each in hashes]

    def _reserve_with_person(self, person_id: str) -> tuple[Try, Person]:
        with self.storage.trip() as trip:
            tried = self.reserve(person_id, trip)
            found = self.people.find(person_id, trip)
        person = found()
        if person is None:
            raise PersonMissing
        return tried(), person

    def _matched_step(self, item: SecondFactorItem, person: Person, code: str) -> int:
        secret = self.people.unseal(person, "totp_secret", item.secret_sealed)
        step = None if secret is None else matched_step(secret, code, self.clock.now())
        if step is None or step <= item.last_step:
            raise self._refused(person.id)
        return step

    def _accept(
        self, person_id: str, write: AtomicWrite, *requirements: Requirement, actions: Sequence[Any] = ()
    ) -> None:
        item = self.items(person_id, SECOND_FACTOR)
        self.attempts.accept(item, write, WrongFactor(), *requirements, actions=actions)

    def _give_back(self, item: SecondFactorItem) -> None:
        """Returns a try that nothing was evaluated with."""
        items = self.items
        with self.storage.trip() as trip:
            trip.update(items(item.pk, SECOND_FACTOR), [items.failures.set(items.failures - 1)], items.failures >= 1)

    def _refused(self, person_id: str) -> WrongFactor:
        self.fail(Try(person_id, None))
        return WrongFactor()


def own_factor(code: str) -> OwnFactor:
    """Which of the two a text can be: the authenticator's six digits, or a recovery code."""
    return "totp" if canonical_recovery_code(code) is None else "recovery_code"
