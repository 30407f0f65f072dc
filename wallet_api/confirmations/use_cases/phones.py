"""Phones that can be pushed to: one is made known, is let go, is found gone.

A phone's address is kept in its session and ends with it: signing out, removing the device, a freeze, a new password and a
session that runs out all end the pushes in the same moment. A token belongs to one session: when somebody else signs in on a
phone whose last person never signed out, that person's money is not told on it any more.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.confirmations.errors import ChangedMeanwhile, PushServiceDown
from wallet_api.confirmations.model import LOOKED_THROUGH, PUSHED_TO
from wallet_api.confirmations.store import ClaimItem, ClaimStore, PreferencesItem, PreferenceStore, claim_place
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.gateways.errors import AddressGone, MessageNotSent, PushTokenUnusable
from wallet_api.gateways.push import Push, Pushed, Service
from wallet_api.people.errors import PersonMissing
from wallet_api.people.model import Person
from wallet_api.people.use_cases import People
from wallet_api.sessions.errors import SessionEnded
from wallet_api.sessions.model import Customer, PushAddress, Session
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.errors import StorageBusy

ATTEMPTS = 10
FIELD = "push_address"
logger = logging.getLogger(__name__)


class _Seen(Struct, frozen=True):
    """What stands now: the caller's session, the phone it is pushed to, and whose session the token belongs to."""

    session: Session
    person: Person
    present: PushAddress | None
    pushed: bool
    claim: ClaimItem | None


class Phones(Struct, frozen=True):
    """Everybody's phones, as far as they are pushed to."""

    storage: Storage
    clock: Clock
    people: People
    sessions: Sessions
    push: Push
    preferences: PreferenceStore
    claims: ClaimStore

    @staticmethod
    def open(storage: Storage, clock: Clock, people: People, sessions: Sessions, push: Push) -> Phones:
        """Binds the items to their tables."""
        preferences, claims = PreferenceStore(storage.bind(PreferencesItem)), ClaimStore(storage.bind(ClaimItem))
        return Phones(storage, clock, people, sessions, push, preferences, claims)

    def register(self, caller: Customer, service: Service, token: str) -> PushAddress:
        """Has the phone that the caller's session runs on pushed to from now on, in place of what it was before.

        The same token again changes nothing and asks nobody. Raises SessionEnded, Invalid, PushServiceDown, StorageBusy.
        """
        place, address = claim_place(token), None
        for _ in range(ATTEMPTS):
            seen = self._seen(caller, place)
            if seen.present is not None and (seen.present.place, seen.present.service) == (place, service):
                return seen.present
            if address is None:
                address = self._enrolled(service, token)
            sealed = self.people.seal(seen.person, FIELD, address)
            now = self.clock.now()
            push = PushAddress(caller.session_id, seen.session.device.id, service, sealed, place, now)
            try:
                self._keep(caller, seen, push)
            except ChangedMeanwhile:
                continue
            return push
        raise StorageBusy

    def drop(self, caller: Customer) -> None:
        """Has the phone of the caller's session pushed to no more. Raises SessionEnded, NotFound when it was not."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.sessions.pushes.find(caller.id, caller.session_id, trip)
            person = self.people.find(caller.id, trip)
        session()
        push = found()
        if push is None or not self._let_go(caller.id, push):
            raise NotFound
        owner = person()
        if owner is not None:
            self.push.forget(self.address(owner, push))

    def of(self, person_id: str, trip: Trip) -> Read[list[PushAddress]]:
        """Where a person is pushed to, the newest sessions first, as part of a trip."""
        found = self.sessions.pushes.newest(person_id, self.clock.now(), trip, LOOKED_THROUGH)
        return found.map(lambda pushes: pushes[:PUSHED_TO])

    def address(self, person: Person, push: PushAddress) -> str:
        """An address in clear. Raises KeyServiceDown, SealBroken."""
        opened = self.people.unseal(person, FIELD, push.sealed)
        if opened is None:
            raise LookupError("a sealed address is never empty")
        return opened

    def show(self, person: Person, pushed: Pushed, told: list[str]) -> bool:
        """Pushes to each of a person's phones that has not got it, noting in `told` which have; whether all have by now."""
        with self.storage.trip() as trip:
            phones = self.of(person.id, trip)
        return self.show_on(person, phones(), pushed, told)

    def show_on(self, person: Person, phones: Sequence[PushAddress], pushed: Pushed, told: list[str]) -> bool:
        """The same for phones that were looked up before."""
        for phone in phones:
            name = f"push/{phone.session_id}"
            if name in told:
                continue
            try:
                self.push.send(phone.service, self.address(person, phone), pushed)
            except AddressGone:
                self.gone(person, phone)
            except MessageNotSent:
                return False  # The company is away for the others as well.
            told.append(name)
        return True

    def gone(self, person: Person, push: PushAddress) -> None:
        """Lets go of a phone that the app is on no more."""
        if self._let_go(person.id, push):
            self.push.forget(self.address(person, push))

    def _seen(self, caller: Customer, place: str) -> _Seen:
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            present = self.sessions.pushes.find(caller.id, caller.session_id, trip)
            person = self.people.find(caller.id, trip)
            preferences = self.preferences.find(caller.id, trip)
            claim = self.claims.find(place, trip)
        live, owner, chosen = session(), person(), preferences()
        if owner is None:
            raise PersonMissing
        return _Seen(live, owner, present(), chosen is not None and chosen.pushed, claim())

    def _enrolled(self, service: Service, token: str) -> str:
        if not self.push.offers(service):
            raise Invalid(FieldProblem("/service", "push_service_not_offered"))
        try:
            return self.push.enrol(service, token)
        except PushTokenUnusable:
            raise Invalid(FieldProblem("/token", "push_token_unusable")) from None
        except MessageNotSent:
            raise PushServiceDown from None

    def _keep(self, caller: Customer, seen: _Seen, push: PushAddress) -> None:
        """Writes the address, and takes it from whoever signed in on the phone before. Raises ChangedMeanwhile, SessionEnded."""
        former = self._held_by_another(seen.claim, caller.session_id)
        with self.storage.atomic_write() as write:
            self.sessions.pushes.give(caller.id, push, write, SessionEnded())
            self.claims.claim(push.place, caller.id, caller.session_id, seen.session.ends_at, seen.claim, write)
            if former is not None and seen.claim is not None:
                self.sessions.pushes.take(seen.claim.person_id, former, write, ChangedMeanwhile())
            if not seen.pushed:
                self.preferences.mark_pushed(caller.id, push.since, write)

    def _held_by_another(self, claim: ClaimItem | None, session_id: str) -> PushAddress | None:
        """Another session that the token is still pushed to for."""
        if claim is None or claim.session_id == session_id:
            return None
        with self.storage.trip() as trip:
            found = self.sessions.pushes.find(claim.person_id, claim.session_id, trip)
        push = found()
        return push if push is not None and push.place == claim.pk else None

    def _let_go(self, person_id: str, push: PushAddress) -> bool:
        """Whether it was there to be let go of, and still the session's."""
        with suppress(ChangedMeanwhile):
            with self.storage.atomic_write() as write:
                self.sessions.pushes.take(person_id, push, write, ChangedMeanwhile())
                # Whoever claims a token takes it from its session in the same write: what is still the session's is its claim.
                self.claims.release(push.place, write)
            return True
        return False
