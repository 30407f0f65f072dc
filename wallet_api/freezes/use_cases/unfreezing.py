"""Having a frozen wallet back: ask with the password, have codes sent, prove."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

from msgspec import Struct

from wallet_api.authorizations.use_cases import PaymentPins
from wallet_api.clock import Clock, rfc3339
from wallet_api.devices.use_cases import Devices
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.freezes.errors import UnfreezeNeedsMore, WalletNotFrozen
from wallet_api.freezes.model import (
    UNFREEZE_LIFE,
    Begun,
    Method,
    Sent,
    Shown,
    Unfreeze,
    available_at,
    methods_of,
    require_enough,
)
from wallet_api.freezes.store import UNFREEZE, UnfreezeItem, unfreeze_item
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.ledger import Ledger
from wallet_api.notifications.use_cases import Notifications
from wallet_api.one_time_codes.use_cases import OneTimeCodes
from wallet_api.passwords.use_cases import Reauthentication
from wallet_api.people.errors import PersonMissing
from wallet_api.people.model import Channel, Person
from wallet_api.people.use_cases import People
from wallet_api.second_factors.use_cases import Accept, SecondFactors, own_factor
from wallet_api.sessions.model import Session
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Storage
from wallet_api.storage.errors import StorageFault


class Unfreezes(Struct, frozen=True):
    """The unfreezes on their way."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    people: People
    pins: PaymentPins
    second_factors: SecondFactors
    one_time_codes: OneTimeCodes
    reauthentication: Reauthentication
    sessions: Sessions
    devices: Devices
    notifications: Notifications
    items: type[UnfreezeItem]

    @staticmethod
    def open(
        storage: Storage,
        clock: Clock,
        ledger: Ledger,
        people: People,
        pins: PaymentPins,
        second_factors: SecondFactors,
        one_time_codes: OneTimeCodes,
        reauthentication: Reauthentication,
        sessions: Sessions,
        devices: Devices,
        notifications: Notifications,
    ) -> Unfreezes:
        """Binds the items to their table."""
        proofs, ending = (second_factors, one_time_codes, reauthentication), (sessions, devices, notifications)
        return Unfreezes(storage, clock, ledger, people, pins, *proofs, *ending, storage.bind(UnfreezeItem))

    def start(self, session: Session, password: str) -> Begun:
        """Begins an unfreeze, which its owner is told of on every channel. Raises WrongCurrentPassword, WalletNotFrozen."""
        self.reauthentication.require(session, password)
        with self.storage.trip() as trip:
            owner = self.people.find(session.person_id, trip)
            pin_set = self.people.has_payment_pin(session.person_id, trip)
        person = owner()
        if person is None:
            raise PersonMissing
        if person.frozen_since is None:
            raise WalletNotFrozen
        now = self.clock.now()
        unfreeze = Unfreeze(
            id=new_id("unf", now),
            person_id=person.id,
            sms_code_id=self.one_time_codes.new_id(),
            email_code_id=self.one_time_codes.new_id(),
            created_at=now,
            valid_until=now + UNFREEZE_LIFE,
        )
        with self.storage.atomic_write() as write:
            write.put(unfreeze_item(self.items, unfreeze), StorageFault("a fresh id is taken"))
            self.notifications.tell(person.id, "unfreeze_asked", write)
        return Begun(unfreeze, methods_of(person, pin_set=pin_set()), available_at(unfreeze, person))

    def send(self, session: Session, unfreeze_id: str, channel: Channel, source: str) -> Sent:
        """Sends a code over one of the person's channels, or another one.

        Raises NotFound, WalletNotFrozen, Invalid, UnfreezeNeedsMore when it would be too early to use it, and what
        `OneTimeCodes.resend` raises.
        """
        unfreeze, person, methods = self._own(session, unfreeze_id)
        if channel not in methods:
            raise Invalid(FieldProblem("/method", "method_not_offered"))
        from_then = available_at(unfreeze, person)
        if len(methods) == 1 and self.clock.now() < from_then:
            raise UnfreezeNeedsMore(methods=" ".join(methods), available_at=rfc3339(from_then))
        contact = self.people.contact_of(person)
        issued = self.one_time_codes.resend(
            unfreeze.code_id(channel),
            "unfreeze",
            unfreeze.id,
            channel=channel,
            to=contact.address(channel),
            locale=person.locale,
            source=source,
        )
        return Sent(channel, contact.masked(channel), issued.expires_at, issued.resend_at)

    def confirm(self, session: Session, unfreeze_id: str, shown: Shown) -> None:
        """Has the wallet back: money may go out, every other session ends, and keys are registered anew.

        Raises NotFound, WalletNotFrozen, Invalid, UnfreezeNeedsMore, WrongCode, CodeExpired, CodeUsedUp, WrongFactor, what a
        wrong PIN raises, and AccessFrozen when it was frozen again meanwhile.
        """
        unfreeze, person, methods = self._own(session, unfreeze_id)
        require_enough(shown, unfreeze, person, methods, self.clock.now())
        accepts = self._proven(unfreeze, person, shown)
        with self.storage.atomic_write() as write:
            for accept in accepts:
                accept(write)
            write.delete(self.items(unfreeze.id, UNFREEZE))
            self.people.mark(person.id, "thawed", write, begun_at=unfreeze.created_at)
            if len(accepts) > 1:
                self.people.mark(person.id, "proven", write)
            self.ledger.accounts.unfreeze(chart.customer(person.id), write)
            # What began while the wallet was frozen, began without its owner's second proof.
            self.devices.end_keys(person.id, write)
            self.sessions.end_all(person.id, write, keep=session.id)
            self.notifications.tell(person.id, "unfrozen", write)
        self.sessions.end_older(person.id, self.clock.now(), keep=session.id)

    def _proven(self, unfreeze: Unfreeze, person: Person, shown: Shown) -> Sequence[Accept]:
        """What makes each proof work only once. When one is wrong, the right ones stay usable."""
        accepts: list[Accept] = []
        sent: tuple[tuple[Channel, str | None], ...] = (("sms", shown.sms_code), ("email", shown.email_code))
        with ExitStack() as unless_all_are_right:
            for channel, code in sent:
                if code is not None:
                    proof = self.one_time_codes.prove(unfreeze.code_id(channel), "unfreeze", unfreeze.id, code)
                    unless_all_are_right.callback(self.one_time_codes.give_back, proof)
                    accepts.append(partial(self.one_time_codes.spend, proof))
            if shown.pin is not None:
                accepts.append(self._proven_by_pin(person.id, shown.pin))
            if shown.authenticator_code is not None:
                with self.storage.trip() as trip:
                    tried = self.second_factors.reserve(person.id, trip)
                method = own_factor(shown.authenticator_code)
                accepts.append(self.second_factors.prove(tried(), person, method, shown.authenticator_code))
            unless_all_are_right.pop_all()
        return accepts

    def _proven_by_pin(self, person_id: str, pin: str) -> Accept:
        """Its attempt is given back in the write of the unfreeze. Raises WrongPin, PinLocked, PinNotSet."""
        with self.storage.trip() as trip:
            reserved = self.pins.reserve(person_id, trip)
        payer = self.pins.prove(reserved(), person_id, pin)
        return partial(self.pins.accounts.restore, payer)

    def _own(self, session: Session, unfreeze_id: str) -> tuple[Unfreeze, Person, tuple[Method, ...]]:
        """An unfreeze, its person, and what they can show. A stranger's, an old one, and one from before the last freeze are missing alike.

        Raises NotFound, WalletNotFrozen.
        """
        with self.storage.trip() as trip:
            found = trip.get(self.items, unfreeze_id, UNFREEZE)
            owner = self.people.find(session.person_id, trip)
            pin_set = self.people.has_payment_pin(session.person_id, trip)
        item, person = found(), owner()
        if person is None:
            raise PersonMissing
        if item is None or item.person_id != person.id or item.valid_until <= self.clock.now():
            raise NotFound
        if person.frozen_since is None:
            raise WalletNotFrozen
        if person.frozen_since >= item.created_at:
            raise NotFound
        return item.unfreeze(), person, methods_of(person, pin_set=pin_set())
