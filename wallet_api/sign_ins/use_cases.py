"""What a person does to sign in: prove the password, have a code sent, prove the second factor."""

from __future__ import annotations

from dataclasses import dataclass

from wallet_api.clock import Clock
from wallet_api.errors import FieldProblem, NotFound
from wallet_api.ids import new_id
from wallet_api.one_time_codes.errors import WrongCode
from wallet_api.one_time_codes.use_cases import OneTimeCodes
from wallet_api.passwords.errors import WrongPassword
from wallet_api.passwords.use_cases import Passwords
from wallet_api.people.model import Channel, Person, Profile
from wallet_api.people.use_cases import People
from wallet_api.second_factors.errors import WrongFactor
from wallet_api.second_factors.use_cases import Accept, SecondFactors, Try
from wallet_api.sessions.model import Device, SignedIn
from wallet_api.sessions.use_cases import Sessions
from wallet_api.sign_ins.errors import InvalidCredentials, MethodNotOffered, WrongSecondFactor
from wallet_api.sign_ins.model import CHALLENGE_LIFE, Challenge, Method, Sent, methods_of
from wallet_api.sign_ins.store import CHALLENGE, ChallengeItem, challenge_item
from wallet_api.storage import AtomicWrite, Storage
from wallet_api.storage.errors import StorageFault

_NOBODY = "usr_00000000000000000000000000"
"""Stands for an unknown person, so that asking for one makes the same calls as asking for somebody."""


@dataclass(frozen=True)
class SignIns:
    """The way from a password to a session."""

    storage: Storage
    clock: Clock
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
        people: People,
        passwords: Passwords,
        second_factors: SecondFactors,
        one_time_codes: OneTimeCodes,
        sessions: Sessions,
    ) -> SignIns:
        """Binds the items to their table."""
        items = storage.bind(ChallengeItem)
        return SignIns(storage, clock, people, passwords, second_factors, one_time_codes, sessions, items)

    def start(self, *, phone: str | None, email: str | None, password: str, device: Device) -> Challenge:
        """A challenge for the second factor after a right password. Raises InvalidCredentials."""
        with self.storage.trip() as trip:
            named = self.people.resolve(trip, phone=phone, email=email)
        person_id = named() or _NOBODY
        with self.storage.trip() as trip:
            reserved = self.passwords.reserve(person_id, trip)
            found = self.people.find(person_id, trip)
        tried, person = reserved(), found()
        try:
            self.passwords.prove(tried, password)
        except WrongPassword:
            raise InvalidCredentials from None
        if person is None:
            raise InvalidCredentials
        now = self.clock.now()
        challenge = Challenge(
            id=new_id("chl", now),
            person_id=person_id,
            methods=methods_of(person),
            device=device,
            code_id=self.one_time_codes.new_id(),
            valid_until=now + CHALLENGE_LIFE,
        )
        with self.storage.atomic_write() as write:
            self.passwords.accept(tried, password, write)
            write.put(challenge_item(self.items, challenge), StorageFault("a fresh id is taken"))
        return challenge

    def send(self, challenge_id: str, method: Channel) -> Sent:
        """Sends a code over one of the offered channels, or sends another one.

        Raises NotFound, MethodNotOffered, and what `OneTimeCodes.resend` raises.
        """
        challenge = self._challenge(challenge_id)
        if method not in challenge.methods:
            raise MethodNotOffered(FieldProblem("/method", "method_not_offered"))
        contact = self.people.contact(challenge.person_id)
        to, code_id = contact.address(method), challenge.code_id
        issued = self.one_time_codes.resend(
            code_id, "login", challenge.id, channel=method, to=to, locale=contact.locale
        )
        return Sent(method, contact.masked(method), issued.expires_at, issued.resend_at)

    def verify(self, challenge_id: str, method: Method, code: str) -> tuple[Profile, SignedIn]:
        """A session, after the second factor was proven. Of parallel right answers exactly one gets it.

        Raises NotFound, MethodNotOffered, WrongSecondFactor, CodeExpired, CodeUsedUp.
        """
        challenge = self._challenge(challenge_id)
        if method not in challenge.methods:
            raise MethodNotOffered(FieldProblem("/method", "method_not_offered"))
        with self.storage.trip() as trip:
            reserved = self.second_factors.reserve(challenge.person_id, trip)
            found = self.people.find(challenge.person_id, trip)
            pin_set = self.people.has_payment_pin(challenge.person_id, trip)
        person = found()
        if person is None:
            raise NotFound
        profile = self.people.profile_of(person, payment_pin_set=pin_set())
        try:
            accept = self._prove(reserved(), person, challenge, method, code)
            with self.storage.atomic_write() as write:
                accept(write)
                write.delete(self.items(challenge.id, CHALLENGE), (self.items.pk.exists(), WrongSecondFactor()))
                signed_in = self.sessions.begin(person.id, challenge.device, write)
        except WrongFactor:
            raise WrongSecondFactor from None
        return profile, signed_in

    def _prove(self, tried: Try, person: Person, challenge: Challenge, method: Method, code: str) -> Accept:
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

    def _challenge(self, challenge_id: str) -> Challenge:
        item = self.storage.get(self.items, challenge_id, CHALLENGE)
        if item is None or item.valid_until <= self.clock.now():
            raise NotFound
        return item.challenge()
