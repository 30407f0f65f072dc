"""What a signed-in person does to have another contact: ask, have codes sent, prove both."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.contact_changes.errors import ContactRefused
from wallet_api.contact_changes.model import (
    CHANGE_LIFE,
    Begun,
    ContactChange,
    Method,
    Sent,
    current_methods,
    methods_for,
)
from wallet_api.contact_changes.store import CHANGE, ContactChangeItem, change_item
from wallet_api.errors import FieldProblem, NotFound, WalletError
from wallet_api.ids import new_id
from wallet_api.notifications.model import Kind
from wallet_api.notifications.use_cases import Notifications
from wallet_api.one_time_codes.errors import WrongCode
from wallet_api.one_time_codes.model import Issued, Proof, Purpose
from wallet_api.one_time_codes.use_cases import OneTimeCodes
from wallet_api.passwords.use_cases import Passwords
from wallet_api.people.errors import ContactChangedMeanwhile, PersonMissing
from wallet_api.people.model import Channel, Contact, Person
from wallet_api.people.use_cases import People
from wallet_api.second_factors.errors import WrongFactor
from wallet_api.second_factors.use_cases import Accept, SecondFactors, Try
from wallet_api.sessions.model import Customer
from wallet_api.storage import AtomicWrite, Storage
from wallet_api.storage.errors import StorageFault


class ContactChanges(Struct, frozen=True):
    """The contacts that people are about to have."""

    storage: Storage
    clock: Clock
    people: People
    passwords: Passwords
    second_factors: SecondFactors
    one_time_codes: OneTimeCodes
    notifications: Notifications
    items: type[ContactChangeItem]

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        people: People,
        passwords: Passwords,
        second_factors: SecondFactors,
        one_time_codes: OneTimeCodes,
        notifications: Notifications,
    ) -> ContactChanges:
        """Binds the items to their table."""
        items = storage.bind(ContactChangeItem)
        return ContactChanges(storage, clock, people, passwords, second_factors, one_time_codes, notifications, items)

    def start(self, caller: Customer, new: Contact, *, password: str, source: str) -> Begun:
        """Sends a code to the new contact, or a notice to whoever has it; the answer is the same.

        Raises ContactRefused, WrongCurrentPassword, TooManyMessages, MessageNotSent.
        """
        channel = new.channels[0]
        with self.storage.trip() as trip:
            reserved = self.passwords.reserve(caller.id, trip)
            found = self.people.find(caller.id, trip)
            owner = self.people.resolve(trip, phone=new.phone, email=new.email)
        self.passwords.prove_current(reserved(), password)
        person = _present(found())
        if owner() == person.id:
            raise ContactRefused(FieldProblem("/phone" if channel == "sms" else "/email", "contact_is_yours"))
        sealed = self.people.seal(person, "new_contact", new.address(channel))
        change = self._wished(person, channel, sealed, taken=owner() is not None)
        return self._begun(change, person, new, source)

    def start_removal(self, caller: Customer, channel: Channel, *, password: str) -> Begun:
        """Begins to remove a contact, when another one is there to be reached by. Sends nothing yet.

        Raises ContactRefused, WrongCurrentPassword.
        """
        with self.storage.trip() as trip:
            reserved = self.passwords.reserve(caller.id, trip)
            found = self.people.find(caller.id, trip)
        self.passwords.prove_current(reserved(), password)
        person = _present(found())
        if channel not in person.channels:
            raise ContactRefused(FieldProblem("/remove", "channel_not_registered"))
        if len(person.channels) == 1:
            raise ContactRefused(FieldProblem("/remove", "contact_is_the_last"))
        change = self._wished(person, channel, None, taken=False)
        return Begun(change, methods_for(change, person), None, change.valid_until, None)

    def _wished(self, person: Person, channel: Channel, sealed: bytes | None, *, taken: bool) -> ContactChange:
        """A new change, written."""
        now = self.clock.now()
        change = ContactChange(
            id=new_id("ctc", now),
            person_id=person.id,
            channel=channel,
            contact_sealed=sealed,
            taken=taken,
            code_id=self.one_time_codes.new_id(),
            proof_code_id=self.one_time_codes.new_id(),
            created_at=now,
            valid_until=now + CHANGE_LIFE,
        )
        with self.storage.atomic_write() as write:
            write.put(change_item(self.items, change), StorageFault("a fresh id is taken"))
        return change

    def resend(self, caller: Customer, change_id: str, source: str) -> Begun:
        """Sends another code to the new contact. Raises NotFound, and what `OneTimeCodes.resend` raises."""
        change, person = self._own(caller, change_id)
        new = self._new_contact(change, person)
        if new is None:
            raise NotFound
        return self._begun(change, person, new, source)

    def send(self, caller: Customer, change_id: str, method: Channel, source: str) -> Sent:
        """Sends a code to a contact that the person has already, to prove the change with.

        Raises NotFound, ContactRefused, and what `OneTimeCodes.resend` raises.
        """
        change, person = self._own(caller, change_id)
        _require_offered(method, change, person)
        contact = self.people.contact_of(person)
        issued = self.one_time_codes.resend(
            change.proof_code_id,
            "current_contact",
            change.id,
            channel=method,
            to=contact.address(method),
            locale=person.locale,
            source=source,
        )
        return Sent(method, contact.masked(method), issued.expires_at, issued.resend_at)

    def confirm(self, caller: Customer, change_id: str, *, code: str | None, method: Method, factor_code: str) -> None:
        """Puts the new contact in its place, or takes a contact away: claims, person and notices in one write.

        Raises NotFound, ContactRefused, WrongFactor, WrongCode, CodeExpired, CodeUsedUp, ContactTaken, AccessFrozen,
        ContactChangedMeanwhile.
        """
        with self.storage.trip() as trip:
            reserved = self.second_factors.reserve(caller.id, trip)
            item = trip.get(self.items, change_id, CHANGE)
            found = self.people.find(caller.id, trip)
        tried = reserved()
        try:
            change, person = self._checked(caller, item(), found())
            _require_offered(method, change, person)
            if (code is None) != (change.contact_sealed is None):
                raise ContactRefused(FieldProblem("/code", "required" if code is None else "unknown_field"))
        except WalletError:
            self.second_factors.give_back(tried)
            raise
        accept = self._prove_factor(change, person, tried, method, factor_code)
        proof: Proof | None = None
        try:
            if code is not None:
                proof = self.one_time_codes.prove(change.code_id, "contact_change", change.id, code)
        except WalletError:
            self.second_factors.give_back(tried)
            raise
        self._put_in_place(change, person, accept, proof)

    def _put_in_place(self, change: ContactChange, person: Person, accept: Accept, proof: Proof | None) -> None:
        channel, present = change.channel, self.people.contact_of(person)
        former = present.address(channel) if channel in present.channels else None
        wished = self._new_contact(change, person)
        new = None if wished is None else wished.address(channel)
        if new is None and (former is None or len(present.channels) == 1):
            raise ContactChangedMeanwhile
        with self.storage.atomic_write() as write:
            accept(write)
            if proof is not None:
                self.one_time_codes.spend(proof, write)
            write.delete(self.items(change.id, CHANGE))
            self.people.swap_contact(person, channel, new, former, write)
            self.notifications.tell(person.id, _told(former, new), write, former=person)

    def _prove_factor(self, change: ContactChange, person: Person, tried: Try, method: Method, code: str) -> Accept:
        if method == "totp" or method == "recovery_code":
            return self.second_factors.prove(tried, person, method, code)
        if tried.item is None:
            self.second_factors.fail(tried)
            raise WrongFactor
        try:
            proof = self.one_time_codes.prove(change.proof_code_id, "current_contact", change.id, code)
        except WrongCode:
            self.second_factors.fail(tried)
            raise WrongFactor from None

        def accept(write: AtomicWrite) -> None:
            self.one_time_codes.spend(proof, write)
            self.second_factors.accept_sent_code(person.id, write)

        return accept

    def _begun(self, change: ContactChange, person: Person, new: Contact, source: str) -> Begun:
        purpose: Purpose = "already_registered" if change.taken else "contact_change"
        channel = change.channel
        issued: Issued = self.one_time_codes.resend(
            change.code_id,
            purpose,
            change.id,
            channel=channel,
            to=new.address(channel),
            locale=person.locale,
            source=source,
        )
        methods = current_methods(person)
        return Begun(change, methods, new.masked(channel), issued.expires_at, issued.resend_at)

    def _new_contact(self, change: ContactChange, person: Person) -> Contact | None:
        """The contact that is wished for; None for a removal."""
        if change.contact_sealed is None:
            return None
        address = self.people.unseal(person, "new_contact", change.contact_sealed)
        phone, email = (address, None) if change.channel == "sms" else (None, address)
        return Contact(phone, email, person.locale)

    def _own(self, caller: Customer, change_id: str) -> tuple[ContactChange, Person]:
        with self.storage.trip() as trip:
            item = trip.get(self.items, change_id, CHANGE)
            found = self.people.find(caller.id, trip)
        return self._checked(caller, item(), found())

    def _checked(
        self, caller: Customer, item: ContactChangeItem | None, person: Person | None
    ) -> tuple[ContactChange, Person]:
        """The change and the person whose it is. Raises NotFound for a stranger's, a finished and an old one alike."""
        if item is None or item.person_id != caller.id or item.valid_until <= self.clock.now() or person is None:
            raise NotFound
        return item.change(), person


def _present(person: Person | None) -> Person:
    if person is None:
        raise PersonMissing
    return person


def _told(former: str | None, new: str | None) -> Kind:
    if new is None:
        return "contact_removed"
    return "contact_added" if former is None else "contact_changed"


def _require_offered(method: Method, change: ContactChange, person: Person) -> None:
    if method not in methods_for(change, person):
        raise ContactRefused(FieldProblem("/method", "method_not_offered"))
