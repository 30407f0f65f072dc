"""Stopping a wallet: by its owner who is signed in, or by whoever shows one factor of theirs without being."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.devices.errors import DeviceRemoved
from wallet_api.devices.use_cases import Devices
from wallet_api.freezes.errors import LossReportRefused
from wallet_api.freezes.model import Freeze
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.ledger import Ledger
from wallet_api.notifications.use_cases import Notifications
from wallet_api.passwords.errors import WrongPassword
from wallet_api.passwords.use_cases import Passwords
from wallet_api.people.use_cases import People
from wallet_api.rate_limits.use_cases import Admission
from wallet_api.recoveries.use_cases import Recoveries
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import AtomicWrite, Storage
from wallet_api.storage.errors import StorageBusy

_NOBODY = "usr_00000000000000000000000000"
"""Stands for an unknown person, so that asking for one makes the same calls as asking for somebody."""

CHANGES_MEANWHILE = 3
"""How often a freeze begins anew when a device was removed while it was written."""

Accept = Callable[[AtomicWrite], None]


def _nothing(write: AtomicWrite) -> None:
    """A session needs nothing more to freeze its own wallet."""


class Freezes(Struct, frozen=True):
    """Every way to stop a wallet. Stopping a stopped one is no mistake: it ends the sessions that began since."""

    storage: Storage
    clock: Clock
    ledger: Ledger
    people: People
    passwords: Passwords
    recoveries: Recoveries
    sessions: Sessions
    devices: Devices
    notifications: Notifications

    def freeze(self, caller: Customer) -> Freeze:
        """Stops the caller's own wallet. Raises WalletClosed."""
        return self._freeze(caller.id, _nothing)

    def report_with_password(
        self, *, phone: str | None, email: str | None, password: str, admission: Admission
    ) -> Freeze:
        """Stops the wallet of who gives its password. An unknown person costs as much, and is answered the same, as a wrong
        password and one that was tried too often. Raises LossReportRefused, RateLimited, WalletClosed.
        """
        with self.storage.trip() as trip:
            named = self.people.resolve(trip, phone=phone, email=email)
            admitted = admission(trip)
        admitted()
        person_id = named() or _NOBODY
        with self.storage.trip() as trip:
            reserved = self.passwords.reserve(person_id, trip)
        tried = reserved()
        try:
            self.passwords.prove(tried, password)
        except WrongPassword:
            raise LossReportRefused from None
        item = tried.item
        if item is None:
            raise LossReportRefused
        set_at = item.changed_at
        try:
            return self._freeze(person_id, lambda write: self.passwords.accept(person_id, set_at, write))
        except WrongPassword:
            raise LossReportRefused from None

    def report_with_code(self, report_id: str, code: str) -> None:
        """Stops the wallet of who got a code for it. Asked again after a lost answer, it is answered again.

        Raises NotFound, WrongCode, CodeExpired, CodeUsedUp, WalletClosed.
        """
        proven = self.recoveries.proven_by_code(report_id, "loss_report", code)
        if proven is not None:
            self._freeze(*proven)

    def _freeze(self, person_id: str, accept: Accept) -> Freeze:
        for _ in range(CHANGES_MEANWHILE):
            with suppress(DeviceRemoved):
                return self._frozen(person_id, accept)
        raise StorageBusy

    def _frozen(self, person_id: str, accept: Accept) -> Freeze:
        """Raises DeviceRemoved when a device that has a key was removed meanwhile."""
        with self.storage.atomic_write() as write:
            accept(write)
            self.ledger.accounts.freeze(chart.customer(person_id), write)
            self.people.mark(person_id, "frozen", write)
            self.devices.end_keys(person_id, write)
            self.sessions.end_all(person_id, write)
            self.notifications.tell(person_id, "frozen", write)
        now = self.clock.now()
        self.sessions.end_older(person_id, now)
        return Freeze(new_id("frz", now), person_id, now)
