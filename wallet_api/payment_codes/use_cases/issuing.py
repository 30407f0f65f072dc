"""A person's side: their device gets a secret, loses it, and they say up to how much a code pays by itself."""

from __future__ import annotations

from contextlib import suppress

from msgspec import Struct

from wallet_api.authorizations.errors import PinProofRequired
from wallet_api.clock import epoch_seconds
from wallet_api.devices.errors import DeviceRemoved
from wallet_api.errors import NotFound, WalletError
from wallet_api.ids import new_id
from wallet_api.ledger.accounts import Payer
from wallet_api.payment_codes.errors import AliasTaken, ChangedMeanwhile
from wallet_api.payment_codes.model import LIFE, Secret, code_of, new_alias, shared_secret, step_at
from wallet_api.payment_codes.use_cases.ground import PaymentCodesGround
from wallet_api.people.errors import AccessFrozen, PersonMissing
from wallet_api.sessions.errors import SessionEnded
from wallet_api.sessions.model import Customer, Session
from wallet_api.storage.errors import StorageBusy

CHANGES_MEANWHILE = 3
"""How often giving a secret, or a setting, begins anew when another request was first, or an alias was taken."""


class Issued(Struct, frozen=True):
    """A secret with what its device derives codes from, shown this once, and the person's small amount."""

    secret: Secret
    shared: str
    small: int


class Issuing(PaymentCodesGround, frozen=True):
    """Giving out secrets."""

    def issue(self, caller: Customer, pin: str) -> Issued:
        """Gives the caller's device a secret, in place of the one that it had.

        Raises DeviceRemoved, AccessFrozen, SessionEnded, and what a wrong PIN raises.
        """
        session = self.sessions.require_live(caller)
        for _ in range(CHANGES_MEANWHILE):
            with suppress(AliasTaken, ChangedMeanwhile):
                return self._issue(caller, session, pin)
        raise StorageBusy

    def end(self, caller: Customer) -> None:
        """Ends the secret of the caller's device. Raises NotFound when it has none, SessionEnded."""
        device_id = self.sessions.require_live(caller).device.id
        if device_id is None:
            raise NotFound
        with self.storage.trip() as trip:
            found = self.store.alias_of(caller.id, device_id, trip)
        alias = found()
        if alias is None:
            raise NotFound
        try:
            with self.storage.atomic_write() as write:
                self.store.end(caller.id, device_id, alias, write)
        except ChangedMeanwhile:
            raise NotFound from None

    def small(self, caller: Customer) -> int:
        """Up to how much the caller's codes pay by themselves. Raises SessionEnded."""
        return self.sessions.while_live(caller, lambda trip: self.store.small(caller.id, trip))[1]

    def set_small(self, caller: Customer, small: int, pin: str | None) -> int:
        """Sets it: less at once, more with the PIN. Raises PinProofRequired, SessionEnded, AccessFrozen, and what a wrong PIN raises."""
        for _ in range(CHANGES_MEANWHILE):
            with suppress(ChangedMeanwhile):
                return self._set_small(caller, small, pin)
        raise StorageBusy

    def shown_by(self, person_id: str) -> list[tuple[Secret, str]]:
        """The codes that a person's devices show now: for a sandbox, where a developer has no phone. Never on a request's path."""
        found = [secret for alias in self.store.aliases(person_id) if (secret := self.store.secret(alias))]
        now = self.clock.now()
        newest = sorted(found, key=lambda secret: epoch_seconds(secret.issued_at), reverse=True)
        return [(each, code_of(each.alias, shared_secret(self.keys, each), step_at(now))) for each in newest]

    def _issue(self, caller: Customer, session: Session, pin: str) -> Issued:
        device_id = session.device.id
        if device_id is None:
            raise DeviceRemoved
        with self.storage.trip() as trip:
            former = self.store.alias_of(caller.id, device_id, trip)
            set_at = self.passwords.set_at(caller.id, trip)
            small = self.store.small(caller.id, trip)
            reserved = self.pins.reserve(caller.id, trip)
        payer = self._proven(caller, reserved(), pin)
        password_set_at, now = set_at(), self.clock.now()
        if password_set_at is None:
            raise PersonMissing
        secret = Secret(
            id=new_id("pcs", now),
            alias=new_alias(),
            person_id=caller.id,
            device_id=device_id,
            session_id=caller.session_id,
            key_version=self.keys.current,
            password_set_at=password_set_at,
            issued_at=now,
            valid_until=now + LIFE,
        )
        try:
            with self.storage.atomic_write() as write:
                self.sessions.require(caller.id, caller.session_id, write, SessionEnded())
                self.accounts.restore(payer, write)
                self.store.give(secret, former(), write)
        except (AliasTaken, ChangedMeanwhile, WalletError):
            self.accounts.give_back(payer)
            raise
        return Issued(secret, shared_secret(self.keys, secret), small())

    def _proven(self, caller: Customer, reserved: Payer | None, pin: str) -> Payer:
        payer = self.pins.prove(reserved, caller.id, pin)
        if payer.account.status == "frozen":
            self.accounts.give_back(payer)
            raise AccessFrozen
        return payer

    def _set_small(self, caller: Customer, small: int, pin: str | None) -> int:
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.store.small(caller.id, trip)
        session()
        former = found()
        payer: Payer | None = None
        if small > former:
            if pin is None:
                raise PinProofRequired
            with self.storage.trip() as trip:
                reserved = self.pins.reserve(caller.id, trip)
            payer = self._proven(caller, reserved(), pin)
        try:
            with self.storage.atomic_write() as write:
                self.sessions.require(caller.id, caller.session_id, write, SessionEnded())
                self.accounts.restore(payer, write)
                self.store.set_small(caller.id, small, former, write)
        except (ChangedMeanwhile, WalletError):
            self.accounts.give_back(payer)
            raise
        return small
