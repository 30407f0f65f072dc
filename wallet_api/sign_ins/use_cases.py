"""What a person does to sign in: prove the password, have a code sent, prove the second factor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.devices.errors import DeviceUsedMeanwhile
from wallet_api.devices.model import Device
from wallet_api.errors import FieldProblem, NotFound, WalletError
from wallet_api.ids import new_id
from wallet_api.one_time_codes.errors import WrongCode
from wallet_api.one_time_codes.use_cases import OneTimeCodes
from wallet_api.passwords.errors import WrongPassword
from wallet_api.passwords.use_cases import Passwords
from wallet_api.people.model import Channel, Person, Profile
from wallet_api.people.use_cases import People
from wallet_api.rate_limits.use_cases import Admission
from wallet_api.second_factors.errors import WrongFactor
from wallet_api.second_factors.use_cases import Accept, SecondFactors, Try
from wallet_api.sessions.model import SignedIn
from wallet_api.sessions.use_cases import Sessions
from wallet_api.sign_ins.errors import InvalidCredentials, MethodNotOffered, WrongSecondFactor
from wallet_api.sign_ins.model import (
    CHALLENGE_LIFE,
    Challenge,
    Method,
    Named,
    Offered,
    Sent,
    challenge_token,
    clears,
    methods_of,
    read_token,
)
from wallet_api.sign_ins.store import CHALLENGE, ChallengeItem, writing
from wallet_api.storage import AtomicWrite, Storage
from wallet_api.storage.errors import StorageBusy
from wallet_api.storage.keys import Keys

_NOBODY = "usr_00000000000000000000000000"
"""Stands for an unknown person, so that asking for one makes the same calls as asking for somebody."""


CHANGES_MEANWHILE = 3
"""How often a sign-in begins its session anew when another one began on the same device meanwhile."""


class _Answered(Struct, frozen=True):
    """What a challenge's answer is judged on, all read in one trip; the try at the second factor is reserved."""

    challenge: Challenge
    person: Person
    tried: Try
    password_set_at: datetime


class SignIns(Struct, frozen=True):
    """The way from a password to a session."""

    storage: Storage
    clock: Clock
    keys: Keys
    people: People
    passwords: Passwords
    second_factors: SecondFactors
    one_time_codes: OneTimeCodes
    sessions: Sessions
    items: type[ChallengeItem]

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        keys: Keys,
        people: People,
        passwords: Passwords,
        second_factors: SecondFactors,
        one_time_codes: OneTimeCodes,
        sessions: Sessions,
    ) -> SignIns:
        """Binds the items to their table."""
        items = storage.bind(ChallengeItem)
        return SignIns(storage, clock, keys, people, passwords, second_factors, one_time_codes, sessions, items)

    def start(
        self, *, phone: str | None, email: str | None, password: str, device: Device, admission: Admission
    ) -> Offered:
        """The second factors to choose from, after a right password. Raises InvalidCredentials, RateLimited.

        Two trips: the challenge is written while the password's try is reserved, and the try is given back when the
        sign-in goes on.
        """
        with self.storage.trip() as trip:
            named = self.people.resolve(trip, phone=phone, email=email)
            admitted = admission(trip)
        admitted()
        person_id, now = named() or _NOBODY, self.clock.now()
        challenge = Challenge(
            id=new_id("chl", now),
            person_id=person_id,
            device=device,
            code_id=self.one_time_codes.new_id(),
            created_at=now,
            valid_until=now + CHALLENGE_LIFE,
        )
        with self.storage.trip() as trip:
            reserved = self.passwords.reserve(person_id, trip)
            found = self.people.find(person_id, trip)
            written = self.items(challenge.id, CHALLENGE)
            trip.update(written, writing(self.items, challenge), self.items.pk.does_not_exist())
        tried, person = reserved(), found()
        try:
            self.passwords.prove(tried, password)
        except WrongPassword:
            raise InvalidCredentials from None
        if person is None or tried.item is None:
            raise InvalidCredentials
        self.passwords.rehash(tried, password)
        # By the item that was proven: another read of the same trip may have seen a password set since.
        token = challenge_token(self.keys, Named(challenge.id, person_id, tried.item.changed_at))
        return Offered(token, methods_of(person, now), challenge.valid_until)

    def send(self, token: str, method: Channel, *, source: str | None = None) -> Sent:
        """Sends a code over one of the offered channels, or sends another one.

        Raises NotFound, MethodNotOffered, and what `OneTimeCodes.resend` raises.
        """
        named = self._named(token)
        with self.storage.trip() as trip:
            item = trip.get(self.items, named.challenge_id, CHALLENGE)
            found = self.people.find(named.person_id, trip)
            set_at = self.passwords.set_at(named.person_id, trip)
        challenge, person = self._open(item()), found()
        if person is None or set_at() != named.password_set_at:
            raise NotFound
        if method not in methods_of(person, self.clock.now()):
            raise MethodNotOffered(FieldProblem("/method", "method_not_offered"))
        contact = self.people.contact_of(person)
        to = contact.address(method)
        issued = self.one_time_codes.resend(
            challenge.code_id, "login", challenge.id, channel=method, to=to, locale=contact.locale, source=source
        )
        # Whoever waits for a message that does not come begins anew, with the right password each time.
        self.passwords.forgive(person.id, named.password_set_at)
        return Sent(method, contact.masked(method), issued.expires_at, issued.resend_at)

    def verify(self, token: str, method: Method, code: str, admission: Admission) -> tuple[Profile, SignedIn]:
        """A session, after the second factor was proven. Of parallel right answers exactly one gets it.

        Raises NotFound, MethodNotOffered, WrongSecondFactor, CodeExpired, CodeUsedUp, RateLimited.
        """
        named = self._named(token)
        person_id = named.person_id
        with self.storage.trip() as trip:
            admitted = admission(trip)
            reserved = self.second_factors.reserve(person_id, trip)
            item = trip.get(self.items, named.challenge_id, CHALLENGE)
            found = self.people.find(person_id, trip)
            pin_set = self.people.has_payment_pin(person_id, trip)
            on_devices = self.sessions.devices.sessions_on(person_id, trip)
            set_at = self.passwords.set_at(person_id, trip)
        tried = reserved()
        try:
            admitted()
            if set_at() != named.password_set_at:
                raise NotFound
            answered = self._answered(self._open(item()), found(), tried, named.password_set_at)
            if method not in methods_of(answered.person, self.clock.now()):
                raise MethodNotOffered(FieldProblem("/method", "method_not_offered"))
        except WalletError:
            self.second_factors.give_back(tried)
            raise
        profile = self.people.profile_of(answered.person, payment_pin_set=pin_set())
        try:
            return profile, self._signed_in(answered, method, self._prove(answered, method, code), on_devices())
        except (WrongFactor, WrongSecondFactor):
            # Who gets this far gave the right password: a mistyped code must not end up locking that.
            self.passwords.forgive(person_id, answered.password_set_at)
            raise WrongSecondFactor from None

    def _signed_in(
        self, answered: _Answered, method: Method, accept: Accept, on_devices: Mapping[str, str]
    ) -> SignedIn:
        person_id, device = answered.person.id, answered.challenge.device
        for _ in range(CHANGES_MEANWHILE):
            earlier = self.sessions.devices.earlier_session(person_id, device, on_devices)
            try:
                return self._begun(answered, method, accept, earlier)
            except DeviceUsedMeanwhile:
                # Of two sign-ins on one device at once, the one that comes second ends the other.
                on_devices = {}
        raise StorageBusy

    def _begun(self, answered: _Answered, method: Method, accept: Accept, earlier: str | None) -> SignedIn:
        challenge, person_id = answered.challenge, answered.person.id
        try:
            with self.storage.atomic_write() as write:
                accept(write)
                write.delete(self.items(challenge.id, CHALLENGE), (self.items.pk.exists(), WrongSecondFactor()))
                self.passwords.accept(person_id, answered.password_set_at, write)
                if clears(answered.person, method):
                    self.people.mark(person_id, "proven", write)
                return self.sessions.begin(person_id, challenge.device, write, earlier=earlier)
        except WrongPassword:
            # It was changed since, so what was begun with the old one is over.
            raise NotFound from None

    @staticmethod
    def _answered(challenge: Challenge, person: Person | None, tried: Try, set_at: datetime) -> _Answered:
        """What can be judged. Raises NotFound when the wallet was frozen after the challenge began."""
        if person is None:
            raise NotFound
        if person.frozen_since is not None and person.frozen_since > challenge.created_at:
            raise NotFound
        return _Answered(challenge, person, tried, set_at)

    def _prove(self, answered: _Answered, method: Method, code: str) -> Accept:
        tried, person, challenge = answered.tried, answered.person, answered.challenge
        if method == "totp" or method == "recovery_code":
            return self.second_factors.prove(tried, person, method, code)
        if tried.item is None:
            self.second_factors.fail(tried)
            raise WrongSecondFactor
        try:
            proof = self.one_time_codes.prove(challenge.code_id, "login", challenge.id, code)
        except WrongCode:
            self.second_factors.fail(tried)
            raise WrongSecondFactor from None
        if proof.channel != method:
            raise WrongSecondFactor

        def accept(write: AtomicWrite) -> None:
            self.one_time_codes.spend(proof, write)
            self.second_factors.accept_sent_code(person.id, write)

        return accept

    def _named(self, token: str) -> Named:
        """What a token names. Raises NotFound for one that is none of ours."""
        named = read_token(self.keys, token)
        if named is None:
            raise NotFound
        return named

    def _open(self, item: ChallengeItem | None) -> Challenge:
        if item is None or item.valid_until <= self.clock.now():
            raise NotFound
        return item.challenge()
