"""Accounts: opening them, reading a balance, and the PIN attempts that are counted on a wallet's balance item.

An attempt is reserved *before* the PIN is evaluated, or parallel guesses would be free (RFC 4226 section 7.3). The reservation
is the read of the balance item as well, so it costs no trip of its own, and the payment's own update gives it back.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from wallet_api.clock import Clock
from wallet_api.errors import Unavailable, WalletError
from wallet_api.ledger.errors import AccountMissing, WalletClosed, WalletFrozen
from wallet_api.ledger.limits import BASIC, NEW_CARD, NEW_DEVICE, PAYMENT_CODE, STATIC_CODE, Limits, Period, limits_of
from wallet_api.ledger.store import BALANCE, AccountItem
from wallet_api.money import Money
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.atomic import Refusal

MAX_ATTEMPTS = 5
EVALUATED_WITHIN = timedelta(seconds=30)
"""No request that reserved an attempt runs longer: what it left behind then was lost with it, and stays counted."""
NEVER = "never"
"""The day of the last spending of a wallet that has spent nothing."""

logger = logging.getLogger(__name__)


class StaleAccount(Unavailable):
    """What was read changed while the request was decided (the day turned, a mandate was charged, another was first to write): all
    of it is read again, and the request tried anew.
    """

    code = "wallet_changed"


class NothingToGiveBack(Exception):
    """The counter is at zero: a success in between has put it there."""


class Account(Struct, frozen=True):
    """A balance item as it was read. Amounts in minor units by currency.

    The counters of spending belong to `spent_day`, its month and its year; None where a period was never counted. `free_used` says
    what was taken of free allowances, by month and allowance. `attempts` at the PIN are those in flight and those that were wrong;
    `wrong_pins` counts the latter alone, for telling the two apart. `freezes` is how often the wallet was frozen.
    """

    name: str
    status: str
    tier: str
    balances: Mapping[str, int]
    held: Mapping[str, int]
    spent_day: str
    spent: Mapping[str, int]
    pin_hash: str | None
    pin_version: int | None
    attempts: int
    opened_at: datetime
    spent_in_month: Mapping[str, int] | None = None
    spent_in_year: Mapping[str, int] | None = None
    free_used: Mapping[str, int] | None = None
    wrong_pins: int = 0
    reserved_at: datetime | None = None
    freezes: int = 0

    def counters(self, period: Period) -> Mapping[str, int] | None:
        """What was spent in a period, by counter."""
        return {"day": self.spent, "month": self.spent_in_month, "year": self.spent_in_year}[period]

    def is_busy(self, now: datetime) -> bool:
        """Whether what stands in the way of another attempt at the PIN is being evaluated just now, and may not be wrong."""
        fresh = self.reserved_at is not None and now - self.reserved_at < EVALUATED_WITHIN
        return self.attempts >= MAX_ATTEMPTS > self.wrong_pins and fresh

    def require_active(self) -> None:
        """Lets pass what only an active wallet may do. Raises WalletFrozen, WalletClosed."""
        if self.status != "active":
            raise why_inactive(self.status)

    def balance(self, currency: str) -> Money:
        """What the account's owner has in this currency."""
        return Money(self.balances.get(currency, 0), currency)


class Payer(Struct):
    """Who pays, as the first trip found them, with a PIN attempt reserved if there was one to reserve."""

    account: Account
    reserved: bool
    proven: bool = field(default=False)
    restricted: bool = field(default=False)
    """Whether the limits are those of a new device instead of the tier's."""
    static_code: bool = field(default=False)
    """Whether a code on a wall is paid, which counts against a smaller sum of its own as well."""
    payment_code: bool = field(default=False)
    """Whether a shown payment code pays by itself, which counts against another."""
    new_card: bool = field(default=False)
    """Whether it goes to a card that is new to the payer, which counts against a third."""


def limits_for(payer: Payer, currency: str) -> Limits:
    """What this payer may move out: by their tier; and from a device that is new to them less at a time and in a day."""
    limits = limits_of(payer.account.tier, currency)
    if not payer.restricted:
        return limits
    smaller = limits_of(NEW_DEVICE, currency)
    return replace(smaller, monthly=limits.monthly, yearly=limits.yearly)


def admit(payer: Payer, amount: Money) -> None:
    """Raises what `Limits.admit` raises for an amount that no counter of this payer could ever let through."""
    limits_for(payer, amount.currency).admit(amount)
    if payer.static_code:
        limits_of(STATIC_CODE, amount.currency).admit(amount)
    if payer.payment_code:
        limits_of(PAYMENT_CODE, amount.currency).admit(amount)
    if payer.new_card:
        limits_of(NEW_CARD, amount.currency).admit(amount)


class Accounts(Struct, frozen=True):
    """Opens and reads accounts; only `Ledger.decide` and the folding change what they hold."""

    storage: Storage
    clock: Clock
    items: type[AccountItem]

    def open(self, account: str, write: AtomicWrite, *, taken: Exception | None = None) -> None:
        """Adds an empty, active account to the write."""
        item = self.items(
            account,
            BALANCE,
            status="active",
            opened_at=self.clock.now(),
            balances={},
            held={},
            tier=BASIC,
            spent_day=NEVER,
            spent={},
            spent_in_month={},
            spent_in_year={},
            attempts=0,
        )
        write.put(item, taken or StaleAccount())

    def freeze(self, account: str, write: AtomicWrite) -> None:
        """Adds to the write that nothing goes out of an account any more, and no transfer in; a frozen one stays so. Each time counts.

        Refunds and corrections still reach it. Leaving the write's block may raise AccountMissing, WalletClosed.
        """
        self._turn(account, "frozen", write, self.items.freezes.set((self.items.freezes | 0) + 1))

    def unfreeze(self, account: str, write: AtomicWrite) -> None:
        """Adds to the write that an account is active again. Leaving the write's block may raise AccountMissing, WalletClosed."""
        self._turn(account, "active", write)

    def require_status(self, account: str, write: AtomicWrite, *statuses: str, otherwise: Refusal) -> None:
        """Requires in a write that an account is in one of these states; `otherwise` is told what was found."""
        write.check(self.items(account, BALANCE), (self.items.status.is_in(*statuses), otherwise))

    def require_unstopped(self, account: str, freezes: int, write: AtomicWrite, stopped: Refusal) -> None:
        """Requires in a write that money may go out of an account, and that it was frozen no more often than this; `stopped` is told
        what was found.
        """
        counted = self.items.freezes == freezes if freezes else self.items.freezes.does_not_exist()
        write.check(self.items(account, BALANCE), ((self.items.status == "active") & counted, stopped))

    def find(self, account: str, trip: Trip) -> Read[Account | None]:
        """An account with its balances; None when it was never opened."""
        return trip.get(self.items, account, BALANCE).map(lambda item: None if item is None else _account(item))

    def reading(self, account: str, trip: Trip) -> Read[Account]:
        """An account that has to be there. Calling the read raises AccountMissing."""
        return self.find(account, trip).map(_there)

    def require(self, account: str) -> Account:
        """An account read in a trip of its own. Raises AccountMissing."""
        with self.storage.trip() as trip:
            found = self.reading(account, trip)
        return found()

    def reserve_attempt(self, account: str, trip: Trip) -> Read[Payer | None]:
        """Reserves one PIN attempt and reads the balance item with it; None when there is no PIN or it is locked."""
        condition = (self.items.attempts < MAX_ATTEMPTS) & self.items.pin_hash.exists()
        actions = [self.items.attempts.set(self.items.attempts + 1), self.items.reserved_at.set(self.clock.now())]
        found = trip.update(self.items(account, BALANCE), actions, condition)
        return found.map(lambda item: None if item is None else Payer(_account(item), reserved=True))

    def give_back(self, payer: Payer | None) -> None:
        """Undoes a reservation at once: to zero after a correct PIN, by one when no PIN was evaluated.

        It goes through an atomic write, whose token keeps a call that is sent again from counting down twice. When the tables
        do not answer, the attempt stays counted: what the request has to say must not be lost for that.
        """
        if payer is None or not payer.reserved:
            return
        payer.reserved = False
        attempts = self.items.attempts
        actions = self._begun_anew(payer) if payer.proven else [attempts.set(attempts - 1)]
        try:
            with self.storage.atomic_write() as write:
                write.update(self.items(payer.account.name, BALANCE), actions, (attempts >= 1, NothingToGiveBack()))
        except NothingToGiveBack:
            return
        except Unavailable:
            logger.warning("an attempt could not be given back", extra={"account": payer.account.name})

    def restore(self, payer: Payer | None, write: AtomicWrite) -> None:
        """Puts the counter back to zero as part of a write, after a correct PIN."""
        if payer is not None and payer.reserved and payer.proven:
            write.update(
                self.items(payer.account.name, BALANCE),
                self._begun_anew(payer),
                (self.items.pk.exists(), AccountMissing()),
            )

    def note_wrong(self, payer: Payer) -> None:
        """Counts that the reserved attempt was evaluated and wrong. What locks is `attempts`, which is counted already: this only
        tells a lock from attempts in flight, so a wrong PIN is told as one also when it cannot be written.
        """
        wrong = self.items.wrong_pins
        try:
            with self.storage.atomic_write() as write:
                exists = (self.items.pk.exists(), AccountMissing())
                write.update(self.items(payer.account.name, BALANCE), [wrong.set((wrong | 0) + 1)], exists)
        except Unavailable:
            logger.warning("a wrong PIN could not be noted", extra={"account": payer.account.name})

    def refresh(self, payer: Payer | None) -> None:
        """Reads the payer's account again after it changed under the request."""
        if payer is not None:
            payer.account = self.require(payer.account.name)

    def set_pin(self, account: Account, pin_hash: str, version: int, write: AtomicWrite) -> None:
        """Adds a new PIN hash in place of the one that was read; the counter begins anew. The write may raise StaleAccount."""
        items = self.items
        actions = [
            items.pin_hash.set(pin_hash),
            items.pin_version.set(version),
            items.attempts.set(0),
            items.wrong_pins.set(0),
        ]
        unchanged = items.pin_hash.does_not_exist() if account.pin_hash is None else items.pin_hash == account.pin_hash
        exists = (items.pk.exists(), AccountMissing())
        write.update(items(account.name, BALANCE), actions, exists, (unchanged, StaleAccount()))

    def _begun_anew(self, payer: Payer) -> list[Any]:
        """The counters after a correct PIN; the second one stays as it is in the ordinary case, when nothing was wrong before."""
        actions = [self.items.attempts.set(0)]
        return [*actions, self.items.wrong_pins.set(0)] if payer.account.wrong_pins else actions

    def _turn(self, account: str, status: str, write: AtomicWrite, *more: Any) -> None:
        items = self.items
        write.update(
            items(account, BALANCE),
            [items.status.set(status), *more],
            (items.pk.exists(), AccountMissing()),
            (items.status.is_in("active", "frozen"), WalletClosed()),
        )


def why_inactive(status: str | None) -> WalletError:
    """The error of a wallet in this state, or in none, out of which nothing goes."""
    return WalletClosed() if status == "closed" else WalletFrozen()


def _there(account: Account | None) -> Account:
    if account is None:
        raise AccountMissing
    return account


def _account(item: AccountItem) -> Account:
    return Account(
        name=item.pk,
        status=item.status,
        tier=item.tier or BASIC,
        balances=item.balances,
        held=item.held,
        spent_day=item.spent_day or NEVER,
        spent=item.spent or {},
        pin_hash=item.pin_hash,
        pin_version=item.pin_version,
        attempts=item.attempts or 0,
        opened_at=item.opened_at,
        spent_in_month=item.spent_in_month,
        spent_in_year=item.spent_in_year,
        free_used=item.free_used,
        wrong_pins=item.wrong_pins or 0,
        reserved_at=item.reserved_at,
        freezes=item.freezes or 0,
    )
