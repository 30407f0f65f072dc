"""What a person can do with a payment PIN: set it, change it, prove it, and set a new one when it is forgotten or locked."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.authorizations.errors import CurrentPinRequired, PinBusy, PinLocked, PinNotSet, WrongPin
from wallet_api.authorizations.model import hash_pin, pin_matches, require_hard_to_guess, require_settled
from wallet_api.clock import Clock
from wallet_api.errors import FieldProblem, Invalid, Unavailable
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import MAX_ATTEMPTS, Account, Accounts, Payer, StaleAccount
from wallet_api.notifications.use_cases import Notifications
from wallet_api.one_time_codes.errors import CodeUsedUp
from wallet_api.one_time_codes.model import Channel, Purpose
from wallet_api.one_time_codes.use_cases import OneTimeCodes
from wallet_api.passwords.use_cases import Reauthentication
from wallet_api.people.errors import AccessFrozen
from wallet_api.people.model import Person
from wallet_api.people.use_cases import People
from wallet_api.second_factors.errors import WrongFactor
from wallet_api.second_factors.use_cases import SecondFactors, own_factor
from wallet_api.sessions.model import Session
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.errors import StorageBusy
from wallet_api.storage.keys import Keys

PURPOSE: Purpose = "payment_pin_reset"
CHANGES_MEANWHILE = 3
"""How often setting a PIN begins anew when it was changed while it was written."""


class PaymentPins(Struct, frozen=True):
    """The payment PINs, kept and counted on the wallets' balance items."""

    storage: Storage
    accounts: Accounts
    keys: Keys
    clock: Clock
    people: People
    notifications: Notifications

    def set(self, person_id: str, pin: str, current_pin: str | None) -> None:
        """Sets the PIN, or changes it when the current one is proven.

        Raises PinTooSimple, CurrentPinRequired, AccessFrozen, PinCoolingDown, and what `prove` raises for a wrong current PIN.
        """
        require_hard_to_guess(pin)
        for _ in range(CHANGES_MEANWHILE):
            with suppress(StaleAccount):
                return self._set(person_id, pin, current_pin)
        raise StorageBusy

    def _set(self, person_id: str, pin: str, current_pin: str | None) -> None:
        """Raises StaleAccount when the PIN was set or changed meanwhile: then it is no more what was proven."""
        account = self.accounts.require(chart.customer(person_id))
        if account.status == "frozen":
            raise AccessFrozen
        if account.pin_hash is None:
            # A wallet that has money and no PIN is no easier prey for who took the phone number over.
            require_settled(self.people.require(person_id), self.clock.now())
        else:
            if current_pin is None:
                raise CurrentPinRequired
            with self.storage.trip() as trip:
                reading = self.reserve(person_id, trip)
            payer = reading()
            account = self.prove(payer, person_id, current_pin).account
        with self.storage.atomic_write() as write:
            self.replace(account, person_id, pin, write)
            if account.pin_hash is not None:
                self.notifications.tell(person_id, "payment_pin_changed", write)

    def replace(self, account: Account, person_id: str, pin: str, write: AtomicWrite) -> None:
        """Adds a new PIN, which ends a lock, to the write of a person who proved themselves in another way.

        Raises PinTooSimple; leaving the write's block may raise StaleAccount.
        """
        require_hard_to_guess(pin)
        pin_hash, version = hash_pin(self.keys, person_id, pin)
        self.accounts.set_pin(account, pin_hash, version, write)

    def reserve(self, person_id: str, trip: Trip) -> Read[Payer | None]:
        """Reserves an attempt and reads the wallet with it, as part of a use case's first trip."""
        return self.accounts.reserve_attempt(chart.customer(person_id), trip)

    def prove(self, payer: Payer | None, person_id: str, pin: str) -> Payer:
        """The payer, proven. Raises WrongPin, PinLocked, PinBusy, PinNotSet, AccountMissing; a wrong PIN keeps its attempt counted."""
        if payer is None:
            raise self._why_not_reserved(person_id)
        account = payer.account
        if payer.proven:
            return payer
        if account.pin_hash is None or account.pin_version is None:
            raise PinNotSet
        if not pin_matches(self.keys, person_id, pin, account.pin_hash, account.pin_version):
            payer.reserved = False
            self.accounts.note_wrong(payer)
            raise WrongPin(attempts_left=max(0, MAX_ATTEMPTS - account.attempts))
        payer.proven = True
        if account.pin_version != self.keys.current:
            payer.account = self._rehashed(account, person_id, pin)
        return payer

    def _rehashed(self, account: Account, person_id: str, pin: str) -> Account:
        """The account with the same PIN hashed under the newest key, which takes the PIN itself: a write of its own, once
        for each rotation. Who pays must not fail for it, so it is left for the next time when it cannot be done.
        """
        pin_hash, version = hash_pin(self.keys, person_id, pin)
        try:
            with self.storage.atomic_write() as write:
                self.accounts.set_pin(account, pin_hash, version, write)
        except Unavailable:
            return account
        return replace(account, pin_hash=pin_hash, pin_version=version, attempts=0)

    def _why_not_reserved(self, person_id: str) -> PinNotSet | PinBusy | PinLocked:
        """One more read tells locked from busy from not set from missing."""
        account = self.accounts.require(chart.customer(person_id))
        if account.pin_hash is None:
            return PinNotSet()
        # Between the reservation and this read one may have been given back: then there is room again.
        room = account.attempts < MAX_ATTEMPTS
        return PinBusy(retry_after_seconds=1) if room or account.is_busy(self.clock.now()) else PinLocked()


class AskingReset(Struct, frozen=True):
    """What somebody shows who has no PIN to show: the password, and the authenticator or a recovery code if there is one."""

    channel: Channel | None
    password: str | None
    authenticator_code: str | None


class PinReset(Struct, frozen=True):
    """A reset whose code is on its way; `sent_to` is masked."""

    id: str
    channel: Channel
    sent_to: str
    created_at: datetime
    expires_at: datetime
    resend_at: datetime


class PinResets(Struct, frozen=True):
    """A new PIN for who knows the password and holds the registered phone or e-mail."""

    storage: Storage
    clock: Clock
    people: People
    codes: OneTimeCodes
    pins: PaymentPins
    second_factors: SecondFactors
    reauthentication: Reauthentication

    def start(self, session: Session, asked: AskingReset, source: str) -> PinReset:
        """Sends a code over a registered channel, the phone unless asked otherwise, to who gives the password.

        Raises Invalid for a channel that nothing is registered on, PasswordRequired, WrongCurrentPassword, WrongFactor,
        AccessFrozen, PinCoolingDown, TooManyMessages, MessageNotSent.
        """
        self.reauthentication.require(session, asked.password)
        person_id = session.person_id
        person = self.people.require(person_id)
        contact = self.people.contact_of(person)
        channel = asked.channel or person.channels[0]
        if channel not in person.channels:
            raise Invalid(FieldProblem("/channel", "channel_not_registered"))
        if asked.authenticator_code is not None:
            person = self._proven(person, asked.authenticator_code)
        require_settled(person, self.clock.now())
        to = contact.address(channel)
        issued = self.codes.issue(PURPOSE, person_id, channel=channel, to=to, locale=contact.locale, source=source)
        return PinReset(
            id=issued.id,
            channel=channel,
            sent_to=contact.masked(channel),
            created_at=self.clock.now(),
            expires_at=issued.expires_at,
            resend_at=issued.resend_at,
        )

    def confirm(self, person_id: str, reset_id: str, code: str, pin: str) -> None:
        """Sets the new PIN and uses the code up in one write, so that a code sets one PIN. A lock ends with it.

        A PIN that is too simple leaves the code usable. Asked again after a lost answer, it is answered again. Raises
        PinTooSimple, AccessFrozen, PinCoolingDown, WrongCode, CodeExpired, CodeUsedUp.
        """
        require_hard_to_guess(pin)
        # Whether a contact changed was looked at when the code was sent, and cannot have since without the password.
        require_settled(replace(self.people.require(person_id), contact_changed_at=None), self.clock.now())
        try:
            proof = self.codes.prove(reset_id, PURPOSE, person_id, code, of_the_asker=True)
        except CodeUsedUp:
            if self._was_done(person_id, reset_id, code, pin):
                return
            raise
        for _ in range(CHANGES_MEANWHILE):
            account = self.pins.accounts.require(chart.customer(person_id))
            try:
                with self.storage.atomic_write() as write:
                    self.codes.spend(proof, write)
                    self.pins.replace(account, person_id, pin, write)
                    self.pins.notifications.tell(person_id, "payment_pin_reset", write)
                return
            except StaleAccount:
                continue
        raise StaleAccount

    def _proven(self, person: Person, code: str) -> Person:
        """The person without the wait that a recovery brings: an authenticator that stood before ends it, and nothing else.

        Raises WrongFactor.
        """
        if not person.totp_stood_before:
            raise WrongFactor
        with self.storage.trip() as trip:
            tried = self.second_factors.reserve(person.id, trip)
        accept = self.second_factors.prove(tried(), person, own_factor(code), code)
        with self.storage.atomic_write() as write:
            accept(write)
            self.people.mark(person.id, "proven", write)
        return replace(person, recovered_at=None, recovered_over=None, contact_changed_at=None)

    def _was_done(self, person_id: str, reset_id: str, code: str, pin: str) -> bool:
        """Whether this very request was done a moment ago. Asking costs one of the code's five tries."""
        if not self.codes.was_spent(reset_id, PURPOSE, person_id, code):
            return False
        account = self.pins.accounts.require(chart.customer(person_id))
        if account.pin_hash is None or account.pin_version is None:
            return False
        return pin_matches(self.pins.keys, person_id, pin, account.pin_hash, account.pin_version)
