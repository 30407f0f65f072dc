"""What a person can do with a payment PIN: set it, change it, prove it."""

from __future__ import annotations

from dataclasses import dataclass

from wallet_api.authorizations.errors import CurrentPinRequired, PinLocked, PinNotSet, WrongPin
from wallet_api.authorizations.model import hash_pin, pin_matches, require_hard_to_guess
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import MAX_ATTEMPTS, Account, Accounts, Payer
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.keys import Keys


@dataclass(frozen=True)
class PaymentPins:
    """The payment PINs, kept and counted on the wallets' balance items."""

    storage: Storage
    accounts: Accounts
    keys: Keys

    def set(self, person_id: str, pin: str, current_pin: str | None) -> None:
        """Sets the PIN, or changes it when the current one is proven.

        Raises PinTooSimple, CurrentPinRequired, and what `prove` raises for a wrong current PIN.
        """
        require_hard_to_guess(pin)
        account = self.accounts.require(chart.customer(person_id))
        if account.pin_hash is not None:
            if current_pin is None:
                raise CurrentPinRequired
            with self.storage.trip() as trip:
                reading = self.reserve(person_id, trip)
            payer = reading()
            self.prove(payer, person_id, current_pin)
        self._write(account, person_id, pin)

    def replace(self, person_id: str, pin: str) -> None:
        """Sets a new PIN for a person who proved themselves in another way, and ends a lock. Raises PinTooSimple."""
        require_hard_to_guess(pin)
        self._write(self.accounts.require(chart.customer(person_id)), person_id, pin)

    def reserve(self, person_id: str, trip: Trip) -> Read[Payer | None]:
        """Reserves an attempt and reads the wallet with it, as part of a use case's first trip."""
        return self.accounts.reserve_attempt(chart.customer(person_id), trip)

    def prove(self, payer: Payer | None, person_id: str, pin: str) -> Payer:
        """The payer, proven. Raises WrongPin, PinLocked, PinNotSet, AccountMissing; a wrong PIN keeps its attempt counted."""
        if payer is None:
            raise self._why_not_reserved(person_id)
        account = payer.account
        if payer.proven:
            return payer
        if account.pin_hash is None or account.pin_version is None:
            raise PinNotSet
        if not pin_matches(self.keys, person_id, pin, account.pin_hash, account.pin_version):
            payer.reserved = False
            raise WrongPin(attempts_left=max(0, MAX_ATTEMPTS - account.attempts))
        payer.proven = True
        return payer

    def _why_not_reserved(self, person_id: str) -> PinNotSet | PinLocked:
        """One more read tells locked from not set from missing."""
        account = self.accounts.require(chart.customer(person_id))
        return PinNotSet() if account.pin_hash is None else PinLocked()

    def _write(self, account: Account, person_id: str, pin: str) -> None:
        pin_hash, version = hash_pin(self.keys, person_id, pin)
        with self.storage.atomic_write() as write:
            self.accounts.set_pin(account, pin_hash, version, write)
