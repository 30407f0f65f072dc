"""What the wallet does with devices: one joins, gets a key, signs, is listed, is removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.clock import Clock
from wallet_api.devices.errors import DeviceRemoved, DeviceUsedMeanwhile
from wallet_api.devices.model import (
    FORGOTTEN_AFTER,
    Device,
    Key,
    RegisteredDevice,
    Signature,
    device_token,
    limited_until,
    read_device_token,
    signatures_after,
)
from wallet_api.devices.store import DEVICE, DeviceItem
from wallet_api.errors import NotFound
from wallet_api.ids import new_id
from wallet_api.notifications.use_cases import Notifications
from wallet_api.storage import AtomicWrite, Read, Storage, Trip
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.keys import Keys

LOOKED_THROUGH = 100
"""How many of a person's devices are read at a time; one beyond them is read by itself."""
KEYS_PER_WRITE = 20
"""Leaves room in one atomic write for the sessions that end beside."""


class Devices(Struct, frozen=True):
    """The devices of every person."""

    storage: Storage
    clock: Clock
    keys: Keys
    notifications: Notifications
    items: type[DeviceItem]

    @staticmethod
    def open(storage: Storage, clock: Clock, keys: Keys, notifications: Notifications) -> Devices:
        """Binds the devices' items to their table."""
        return Devices(storage, clock, keys, notifications, storage.bind(DeviceItem))

    def sessions_on(self, person_id: str, trip: Trip) -> Read[Mapping[str, str]]:
        """As part of a trip: the session that began last on each of a person's newest devices."""
        found = trip.call(
            lambda: self.storage.query(self.items, person_id, prefix=DEVICE, limit=LOOKED_THROUGH, newest_first=True)
        )
        return found.map(lambda rows: {row.id: row.session_id or "" for row in rows})

    def earlier_session(self, person_id: str, device: Device, known: Mapping[str, str]) -> str | None:
        """The session that ends when one begins on this device: the one before on the same device; None on a new one."""
        named = None if device.token is None else read_device_token(self.keys, person_id, device.token)
        if named is None:
            return None
        if named[0] in known:
            return known[named[0]] or None
        item = self.storage.get(self.items, person_id, DEVICE + named[0])
        return None if item is None else item.session_id

    def join(
        self,
        person_id: str,
        device: Device,
        write: AtomicWrite,
        *,
        first: bool,
        session_id: str | None = None,
        earlier: str | None = None,
    ) -> Device:
        """Adds a device to the write that begins a session on it, and gives it its id.

        A token of ours that names one of this person's devices makes it that one; any other device is new, is limited
        for a day, and its person is told. The `first` one, which opened the wallet, is neither. `session_id` begins on it, and
        `earlier` is what began on it before. Leaving the write's block raises DeviceRemoved when the known device was
        removed, DeviceUsedMeanwhile when another session than `earlier` began on it.
        """
        known = None if device.token is None else read_device_token(self.keys, person_id, device.token)
        if known is not None:
            return self._return(person_id, replace(device, token=None), known, write, session_id, earlier)
        now = self.clock.now()
        joined = replace(
            device, token=None, id=new_id("dev", now), limited_until_seconds=limited_until(now, first=first)
        )
        item = self.items.of(joined, pk=person_id, sk=f"{DEVICE}{joined.id}", added_at=now, last_signed_in_at=now)
        item.session_id = session_id
        write.put(item, StorageFault("a fresh id is taken"))
        if not first:
            self.notifications.tell(person_id, "new_device", write)
        return joined

    def token(self, person_id: str, device: Device) -> str | None:
        """What the device shows when it signs in again."""
        if device.id is None:
            return None
        return device_token(self.keys, person_id, device.id, device.limited_until_seconds)

    def find(self, person_id: str, device_id: str, trip: Trip) -> Read[RegisteredDevice | None]:
        """One of a person's devices as part of a trip; None when it is not there, or somebody else's."""
        found = trip.get(self.items, person_id, DEVICE + device_id)
        forgotten = self.clock.now() - FORGOTTEN_AFTER
        return found.map(lambda item: None if item is None or item.last_signed_in_at <= forgotten else item.device())

    def list(self, person_id: str) -> list[RegisteredDevice]:
        """A person's devices, newest first. Whoever looks at them forgets those that were not used for long."""
        rows = self.storage.query(self.items, person_id, prefix=DEVICE, newest_first=True)
        forgotten = self.clock.now() - FORGOTTEN_AFTER
        for row in rows:
            if row.last_signed_in_at <= forgotten:
                self._forget(row)
        return [row.device() for row in rows if row.last_signed_in_at > forgotten]

    def sign_ins(self, person_id: str) -> Sequence[datetime]:
        """When somebody last signed in on each of a person's devices, those among them that are as good as forgotten."""
        return [row.last_signed_in_at for row in self.storage.query(self.items, person_id, prefix=DEVICE)]

    def give_key(self, person_id: str, device_id: str, key: Key, write: AtomicWrite) -> None:
        """Adds a key to the device, in place of the one it may have. The write may raise DeviceRemoved."""
        items = self.items
        actions = [
            items.public_key.set(key.public_key),
            items.algorithm.set(key.algorithm),
            items.key_added_at.set(key.added_at),
            items.key_trusted_from.set(key.trusted_from),
            items.signatures.set(0),
        ]
        write.update(items(person_id, DEVICE + device_id), actions, (items.pk.exists(), DeviceRemoved()))
        self.notifications.tell(person_id, "device_key_added", write)

    def signed(self, device: RegisteredDevice, key: Key, given: Signature, write: AtomicWrite, void: Exception) -> None:
        """Requires in a write that the key which signed is still the device's, and counts the signature.

        Leaving the write's block raises `void` when the device or its key is gone, or the counter was used meanwhile.
        """
        items, item = self.items, self.items(device.person_id, DEVICE + device.id)
        unchanged = (items.public_key == key.public_key) & (items.signatures == key.signatures)
        counter = signatures_after(key, given)
        if counter == key.signatures:
            write.check(item, (unchanged, void))
        else:
            write.update(item, [items.signatures.set(counter)], (unchanged, void))

    def end_keys(self, person_id: str, write: AtomicWrite) -> None:
        """Adds to a write that no key of a person's devices signs any more. The devices stay, to be looked at and removed."""
        rows = self.storage.query(self.items, person_id, prefix=DEVICE, newest_first=True)
        keyed = [row for row in rows if row.public_key]
        *earlier, last = [keyed[start : start + KEYS_PER_WRITE] for start in range(0, len(keyed), KEYS_PER_WRITE)] or [
            []
        ]
        for batch in earlier:
            with self.storage.atomic_write() as own:
                self._end_keys(batch, own)
        self._end_keys(last, write)

    def _end_keys(self, rows: Sequence[DeviceItem], write: AtomicWrite) -> None:
        items = self.items
        for row in rows:
            # One that was removed meanwhile comes back as nothing: an update without this would make half an item.
            write.update(items(row.pk, row.sk), [items.public_key.remove()], (items.pk.exists(), DeviceRemoved()))

    def remove(self, person_id: str, device_id: str, write: AtomicWrite) -> None:
        """Adds the end of a device and its key to a write, and tells its person. The write may raise NotFound."""
        write.delete(self.items(person_id, DEVICE + device_id), (self.items.pk.exists(), NotFound()))
        self.notifications.tell(person_id, "device_removed", write)

    def _forget(self, row: DeviceItem) -> None:
        unused = row.last_signed_in_at
        with suppress(DeviceRemoved), self.storage.atomic_write() as write:
            item = self.items(row.pk, row.sk)
            write.delete(item, (self.items.last_signed_in_at == unused, DeviceRemoved()))

    def _return(
        self,
        person_id: str,
        device: Device,
        known: tuple[str, int],
        write: AtomicWrite,
        session_id: str | None,
        earlier: str | None,
    ) -> Device:
        device_id, limited_until_seconds = known
        items = self.items
        said = ((items.name, device.name), (items.platform, device.platform), (items.app_version, device.app_version))
        actions: list[Any] = [items.last_signed_in_at.set(self.clock.now())]
        actions += [attribute.set(text) for attribute, text in said if text is not None]
        item, used = items(person_id, DEVICE + device_id), items.last_signed_in_at > self.clock.now() - FORGOTTEN_AFTER
        write.update(item, actions, (used, DeviceRemoved()))
        if session_id is not None:
            before = items.session_id.does_not_exist() if earlier is None else items.session_id == earlier
            write.update(item, [items.session_id.set(session_id)], (before, DeviceUsedMeanwhile()))
        return replace(device, id=device_id, limited_until_seconds=limited_until_seconds)
