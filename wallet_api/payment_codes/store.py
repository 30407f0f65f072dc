"""Payment codes' items: a secret under its alias, which of them a device has, and what its person set."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from pynamodb.expressions.condition import Condition

from wallet_api.payment_codes.errors import AliasTaken, ChangedMeanwhile, NothingToGiveBack, PaymentCodeRefused
from wallet_api.payment_codes.model import MAX_TRIES, SMALL, Secret
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.items import Expiry, Moment, UnicodeAttribute, WholeNumber

SECRET, OF_DEVICE, SETTINGS = "secret", "payment_code/", "payment_code_settings"


class SecretItem(Item):
    """pk = `payment_code/{alias}`, sk = `secret`. Holds nothing that a code could be made from."""

    table = "ephemeral"

    id = UnicodeAttribute()
    alias = UnicodeAttribute()
    person_id = UnicodeAttribute()
    device_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    key_version = WholeNumber()
    password_set_at = Moment()
    issued_at = Moment()
    valid_until = Moment()
    used_step = WholeNumber()
    tries = WholeNumber()
    expires_at = Expiry()

    def secret(self) -> Secret:
        """The item as the wallet speaks of it."""
        return self.as_record(Secret)


class OfDeviceItem(Item):
    """pk = person, sk = `payment_code/dev_…`: the alias of the one secret that the device has."""

    table = "people"

    alias = UnicodeAttribute()


class SettingsItem(Item):
    """pk = person, sk = `payment_code_settings`: up to how much a code pays by itself, in minor units."""

    table = "people"

    small = WholeNumber()


class PaymentCodeStore(Struct, frozen=True):
    """Adds, finds, uses up and ends secrets."""

    storage: Storage
    items: type[SecretItem]
    device_items: type[OfDeviceItem]
    settings_items: type[SettingsItem]

    @staticmethod
    def open(storage: Storage) -> PaymentCodeStore:
        """Binds the items to their tables."""
        bound = storage.bind(SecretItem), storage.bind(OfDeviceItem), storage.bind(SettingsItem)
        return PaymentCodeStore(storage, *bound)

    def reserve(self, alias: str, trip: Trip) -> Read[Secret | None]:
        """Counts a try and reads the secret with it; None when there is no such alias, or no try is left (A12)."""
        items = self.items
        free = items.pk.exists() & (items.tries < MAX_TRIES)
        found = trip.update(items(_place(alias), SECRET), [items.tries.set(items.tries + 1)], free)
        return found.map(lambda item: None if item is None else item.secret())

    def give_back(self, secret: Secret, write: AtomicWrite) -> None:
        """Adds to a write that a counted try was none. Leaving the write's block may raise NothingToGiveBack."""
        items = self.items
        counted = (items.id == secret.id) & (items.tries >= 1)
        item = items(_place(secret.alias), SECRET)
        write.update(item, [items.tries.set(items.tries - 1)], (counted, NothingToGiveBack()))

    def use(self, secret: Secret, step: int, write: AtomicWrite) -> None:
        """Adds to a write that a step's code is used, and every earlier one with it.

        Leaving the write's block raises PaymentCodeRefused when it was used before, or the secret is gone.
        """
        items = self.items
        unused = (items.id == secret.id) & (items.used_step < step)
        actions = [items.used_step.set(step), items.tries.set(0)]
        write.update(items(_place(secret.alias), SECRET), actions, (unused, PaymentCodeRefused()))

    def alias_of(self, person_id: str, device_id: str, trip: Trip) -> Read[str | None]:
        """The alias of the secret that a device has, or None."""
        found = trip.get(self.device_items, person_id, OF_DEVICE + device_id)
        return found.map(lambda item: None if item is None else item.alias)

    def aliases(self, person_id: str) -> Sequence[str]:
        """The aliases of a person's devices."""
        rows = self.storage.query(self.device_items, person_id, prefix=OF_DEVICE)
        return [row.alias for row in rows]

    def secret(self, alias: str) -> Secret | None:
        """A secret by its alias, or None."""
        item = self.storage.get(self.items, _place(alias), SECRET)
        return None if item is None else item.secret()

    def give(self, secret: Secret, former: str | None, write: AtomicWrite) -> None:
        """Adds a secret in place of the one that the device had, which ends.

        Leaving the write's block may raise AliasTaken, ChangedMeanwhile.
        """
        kept = self.items.of(secret, pk=_place(secret.alias), sk=SECRET, expires_at=secret.valid_until)
        write.put(kept, AliasTaken())
        place = self.device_items(secret.person_id, OF_DEVICE + secret.device_id, alias=secret.alias)
        alias = self.device_items.alias
        unchanged = alias.does_not_exist() if former is None else alias == former
        write.replace(place, (unchanged, ChangedMeanwhile()))
        if former is not None:
            write.delete(self.items(_place(former), SECRET))

    def end(self, person_id: str, device_id: str, alias: str, write: AtomicWrite) -> None:
        """Ends a device's secret. Leaving the write's block may raise ChangedMeanwhile."""
        unchanged = (self.device_items.alias == alias, ChangedMeanwhile())
        write.delete(self.device_items(person_id, OF_DEVICE + device_id), unchanged)
        write.delete(self.items(_place(alias), SECRET))

    def small(self, person_id: str, trip: Trip) -> Read[int]:
        """Up to how much a person's codes pay by themselves."""
        found = trip.get(self.settings_items, person_id, SETTINGS)
        return found.map(lambda item: SMALL if item is None else item.small)

    def set_small(self, person_id: str, small: int, former: int, write: AtomicWrite) -> None:
        """Sets it in place of what was read. Leaving the write's block may raise ChangedMeanwhile."""
        item = self.settings_items(person_id, SETTINGS, small=small)
        write.replace(item, (self._still(former), ChangedMeanwhile()))

    def require_small(self, person_id: str, small: int, write: AtomicWrite, changed: Exception) -> None:
        """Requires in a write that it is still what was read. Leaving the write's block may raise `changed`."""
        write.check(self.settings_items(person_id, SETTINGS), (self._still(small), changed))

    def _still(self, small: int) -> Condition:
        """Who has set nothing has the usual one."""
        items = self.settings_items
        return (items.small == small) | items.small.does_not_exist() if small == SMALL else items.small == small


def _place(alias: str) -> str:
    return f"payment_code/{alias}"
