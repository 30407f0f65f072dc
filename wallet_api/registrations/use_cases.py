"""What somebody does to get a wallet: ask for one, have the code sent again, prove the contact."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.devices.model import Device
from wallet_api.errors import FieldProblem, NotFound
from wallet_api.ids import new_id
from wallet_api.one_time_codes.errors import CodeUsedUp
from wallet_api.one_time_codes.model import Purpose
from wallet_api.one_time_codes.use_cases import OneTimeCodes
from wallet_api.passwords.use_cases import Passwords
from wallet_api.people.model import Channel, Contact, Profile
from wallet_api.people.use_cases import People
from wallet_api.rate_limits.use_cases import Admission
from wallet_api.registrations.errors import RegistrationRefused
from wallet_api.registrations.model import REGISTRATION_LIFE, Pending, Registration, Wish
from wallet_api.registrations.store import REGISTRATION, RegistrationItem, registration_item
from wallet_api.second_factors.use_cases import SecondFactors
from wallet_api.sessions.model import SignedIn
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import AtomicWrite, Read, Storage
from wallet_api.storage.errors import StorageFault


class Registrations(Struct, frozen=True):
    """The people to be."""

    storage: Storage
    clock: Clock
    people: People
    passwords: Passwords
    second_factors: SecondFactors
    one_time_codes: OneTimeCodes
    sessions: Sessions
    items: type[RegistrationItem]

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        people: People,
        passwords: Passwords,
        second_factors: SecondFactors,
        one_time_codes: OneTimeCodes,
        sessions: Sessions,
    ) -> Registrations:
        """Binds the items to their table."""
        items = storage.bind(RegistrationItem)
        return Registrations(storage, clock, people, passwords, second_factors, one_time_codes, sessions, items)

    def start(self, wish: Wish, *, source: str, admission: Admission) -> Pending:
        """Sends a code to the contact. Somebody who has a wallet already gets a notice instead; the answer is the same.

        Raises RateLimited, PasswordRefused, TooManyMessages, MessageNotSent, KeyServiceDown.
        """
        with self.storage.trip() as trip:
            admitted = admission(trip)
            owners: dict[Channel, Read[str | None]] = {}
            if wish.phone is not None:
                owners["sms"] = self.people.resolve(trip, phone=wish.phone)
            if wish.email is not None:
                owners["email"] = self.people.resolve(trip, email=wish.email)
        admitted()
        password_hash = self.passwords.digest(wish.password, wish.personal_words())
        person = self.people.draft(phone=wish.phone, email=wish.email, locale=wish.locale, consents=wish.consents)
        now = self.clock.now()
        registration = Registration(
            id=new_id("reg", now),
            person=person,
            password_hash=password_hash,
            taken=tuple(channel for channel, owner in owners.items() if owner() is not None),
            code_id=self.one_time_codes.new_id(),
            valid_until=now + REGISTRATION_LIFE,
        )
        with self.storage.atomic_write() as write:
            write.put(registration_item(self.items, registration), StorageFault("a fresh id is taken"))
        return self._send(registration, wish.channel, Contact(wish.phone, wish.email, wish.locale), source)

    def resend(self, registration_id: str, channel: Channel | None, *, source: str) -> Pending:
        """Sends another code, over the other channel when a second contact was given; the one before stops working.

        Raises NotFound, RegistrationRefused, and what `OneTimeCodes.resend` raises.
        """
        registration = self._registration(registration_id)
        given = registration.person.channels
        channel = channel or given[0]
        if channel not in given:
            raise RegistrationRefused(FieldProblem("/channel", "channel_without_contact"))
        return self._send(registration, channel, self.people.contact_of(registration.person), source)

    def confirm(self, registration_id: str, code: str, device: Device) -> tuple[Profile, SignedIn]:
        """The person, their wallet, their proven contact and their first session, in one write.

        Asked again after a lost answer, it is answered the same. Raises NotFound, WrongCode, CodeExpired, CodeUsedUp,
        and ContactTaken when the contact got a wallet meanwhile.
        """
        try:
            return self._confirmed(registration_id, code, device)
        except CodeUsedUp:
            return self._again(registration_id, code)

    def _confirmed(self, registration_id: str, code: str, device: Device) -> tuple[Profile, SignedIn]:
        registration = self._found(registration_id)
        proof = self.one_time_codes.prove(registration.code_id, "registration", registration.id, code)
        person = registration.proven_over(proof.channel, self.clock.now())
        contact, profile = self.people.contact_of(person), self.people.profile_of(person, payment_pin_set=False)
        kind = "phone" if proof.channel == "sms" else "email"
        with self.storage.atomic_write() as write:
            self.one_time_codes.spend(proof, write)
            self.people.add(person, [(kind, contact.address(proof.channel))], write)
            self.passwords.add(person.id, registration.password_hash, write)
            self.second_factors.add(person.id, write)
            signed_in = self.sessions.begin(person.id, device, write, first=_opening(registration, code))
            self._close(registration, signed_in, write)
        return profile, signed_in

    def _close(self, registration: Registration, signed_in: SignedIn, write: AtomicWrite) -> None:
        """Adds to a write that the registration led to a session; its item is kept for a repetition of the request."""
        items = self.items
        waiting = items.pk.exists() & items.session_id.does_not_exist()
        began = [items.session_id.set(signed_in.session.id)]
        write.update(items(registration.id, REGISTRATION), began, (waiting, CodeUsedUp()))

    def _again(self, registration_id: str, code: str) -> tuple[Profile, SignedIn]:
        """The same answer for the very request that was done a moment ago, as when its answer was lost. Raises
        CodeUsedUp for any other.
        """
        done = self._found(registration_id)
        spent = self.one_time_codes.was_spent(done.code_id, "registration", done.id, code)
        if not spent or done.session_id is None:
            raise CodeUsedUp
        signed_in = self.sessions.again(done.person.id, done.session_id, _opening(done, code))
        if signed_in is None:
            raise CodeUsedUp
        return self.people.profile(done.person.id), signed_in

    def _registration(self, registration_id: str) -> Registration:
        """A registration that waits. Raises NotFound."""
        found = self._found(registration_id)
        if found.session_id is not None:
            raise NotFound
        return found

    def _found(self, registration_id: str) -> Registration:
        item = self.storage.get(self.items, registration_id, REGISTRATION)
        if item is None or item.valid_until <= self.clock.now():
            raise NotFound
        return item.registration()

    def _send(self, registration: Registration, channel: Channel, contact: Contact, source: str) -> Pending:
        purpose: Purpose = "already_registered" if channel in registration.taken else "registration"
        code_id, to = registration.code_id, contact.address(channel)
        issued = self.one_time_codes.resend(
            code_id, purpose, registration.id, channel=channel, to=to, locale=contact.locale, source=source
        )
        return Pending(
            registration.id,
            channel,
            contact.masked(channel),
            issued.expires_at,
            issued.resend_at,
            registration.person.created_at,
        )


def _opening(registration: Registration, code: str) -> str:
    """What the tokens of a wallet's first session follow from, together with our keys."""
    return f"{registration.id}/{code}"
