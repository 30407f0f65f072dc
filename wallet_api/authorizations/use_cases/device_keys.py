"""Registering the key that a phone keeps behind a fingerprint or a face."""

from __future__ import annotations

from msgspec import Struct

from wallet_api.authorizations.errors import PinProofRequired
from wallet_api.authorizations.use_cases.pins import PaymentPins
from wallet_api.clock import Clock
from wallet_api.devices.errors import DeviceRemoved
from wallet_api.devices.model import Algorithm, Key, RegisteredDevice, read_public_key, trusted_from
from wallet_api.devices.use_cases import Devices
from wallet_api.errors import WalletError
from wallet_api.people.errors import AccessFrozen, PersonMissing
from wallet_api.people.model import Person
from wallet_api.people.use_cases import People
from wallet_api.second_factors.use_cases import Accept, SecondFactors
from wallet_api.sessions.model import Customer, Session
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Storage


class Registering(Struct, frozen=True):
    """A key for the caller's device, with what proves the person: the payment PIN, or a code of the authenticator."""

    public_key: str
    algorithm: Algorithm
    pin: str | None
    code: str | None


class DeviceKeys(Struct, frozen=True):
    """The keys of devices."""

    storage: Storage
    clock: Clock
    sessions: Sessions
    people: People
    pins: PaymentPins
    second_factors: SecondFactors
    devices: Devices

    def register(self, caller: Customer, asked: Registering) -> tuple[Session, RegisteredDevice]:
        """Gives the caller's device a key, in place of the one it may have.

        Registered with a code of the authenticator it counts at once for what a PIN alone is not enough for, with the PIN
        after a day. Raises Invalid for what is no key, PinProofRequired, AccessFrozen, DeviceRemoved, WrongFactor, and what a wrong PIN
        raises.
        """
        public_key = read_public_key(asked.public_key, asked.algorithm)
        session = self.sessions.require_live(caller)
        if session.device.id is None:
            raise DeviceRemoved
        accept = self._proven(caller, asked)
        now = self.clock.now()
        key = Key(asked.algorithm, public_key, now, trusted_from(now, second_factor=asked.code is not None))
        with self.storage.atomic_write() as write:
            accept(write)
            self.devices.give_key(caller.id, session.device.id, key, write)
        with self.storage.trip() as trip:
            device = self.devices.find(caller.id, session.device.id, trip)
        registered = device()
        if registered is None:
            raise DeviceRemoved
        return session, registered

    def _proven(self, caller: Customer, asked: Registering) -> Accept:
        if asked.code is not None:
            return self._proven_by_code(caller, asked.code)
        if asked.pin is None:
            raise PinProofRequired
        with self.storage.trip() as trip:
            reserved = self.pins.reserve(caller.id, trip)
        payer = self.pins.prove(reserved(), caller.id, asked.pin)
        if payer.account.status == "frozen":
            self.pins.accounts.give_back(payer)
            raise AccessFrozen
        return lambda write: self.pins.accounts.restore(payer, write)

    def _proven_by_code(self, caller: Customer, code: str) -> Accept:
        with self.storage.trip() as trip:
            tried = self.second_factors.reserve(caller.id, trip)
            found = self.people.find(caller.id, trip)
        person = found()
        if person is None:
            raise PersonMissing
        try:
            self._require_trusted(person)
        except WalletError:
            self.second_factors.give_back(tried())
            raise
        return self.second_factors.prove(tried(), person, "totp", code)

    @staticmethod
    def _require_trusted(person: Person) -> None:
        """An authenticator that may have been set up by who took the phone number over replaces no PIN."""
        if person.frozen_since is not None:
            raise AccessFrozen
        if person.totp_enabled and not person.totp_stood_before:
            raise PinProofRequired
