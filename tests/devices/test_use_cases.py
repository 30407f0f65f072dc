"""Devices against real tables: joining, signing under races, removing."""

from datetime import timedelta

import pytest

from dev.cloud.local import LocalCloud
from tests.signing import Phone
from wallet_api.devices.errors import DeviceRemoved
from wallet_api.devices.model import Device, Key, RegisteredDevice, Signature, read_public_key
from wallet_api.errors import NotFound
from wallet_api.ids import new_id


class Void(Exception):
    """What a signature that came too late is answered with."""


def joined(cloud: LocalCloud, person_id: str, device: Device | None = None, *, first: bool = False) -> Device:
    wallet = cloud.wallet
    with wallet.storage.atomic_write() as write:
        return wallet.devices.join(person_id, device or Device(name="A phone"), write, first=first)


def found(cloud: LocalCloud, person_id: str, device: Device) -> RegisteredDevice | None:
    with cloud.wallet.storage.trip() as trip:
        read = cloud.wallet.devices.find(person_id, device.id or "", trip)
    return read()


def someone(cloud: LocalCloud) -> str:
    return new_id("usr", cloud.wallet.clock.now())


def test_the_first_device_is_trusted_and_the_next_is_new(cloud: LocalCloud) -> None:
    """A50."""
    person, now = someone(cloud), cloud.clock.freeze()
    first = joined(cloud, person, first=True)
    cloud.clock.advance("1s")
    second = joined(cloud, person)

    assert not first.is_limited(now)
    assert second.is_limited(now)
    assert [each.id for each in cloud.wallet.devices.list(person)] == [second.id, first.id]


def test_a_token_is_not_kept(cloud: LocalCloud) -> None:
    person = someone(cloud)
    token = cloud.wallet.devices.token(person, joined(cloud, person))
    again = joined(cloud, person, Device(token=token, name="Renamed"))

    assert token is not None
    assert again.token is None
    assert token not in str(list(cloud.wallet.storage.scan(cloud.wallet.devices.items)))
    assert [each.name for each in cloud.wallet.devices.list(person)] == ["Renamed"]


def test_a_removed_device_does_not_come_back(cloud: LocalCloud) -> None:
    person = someone(cloud)
    device = joined(cloud, person)
    token = cloud.wallet.devices.token(person, device)
    with cloud.wallet.storage.atomic_write() as write:
        cloud.wallet.devices.remove(person, device.id or "", write)

    with pytest.raises(DeviceRemoved):
        joined(cloud, person, Device(token=token))
    with pytest.raises(NotFound), cloud.wallet.storage.atomic_write() as write:
        cloud.wallet.devices.remove(person, device.id or "", write)
    assert found(cloud, person, device) is None


def test_a_key_that_was_replaced_or_removed_signs_no_write(cloud: LocalCloud) -> None:
    """A42: what was signed before is judged by the key that stands when the money is written."""
    person, phone, now = someone(cloud), Phone(), cloud.wallet.clock.now()
    device = joined(cloud, person)
    key = Key("ES256", read_public_key(phone.public_key, "ES256"), now, now + timedelta(days=1))
    give(cloud, person, device, key)
    seen = found(cloud, person, device)
    assert seen is not None
    assert seen.key == key
    sign(cloud, seen, key)

    give(cloud, person, device, Key("ES256", read_public_key(Phone().public_key, "ES256"), now, now))
    with pytest.raises(Void):
        sign(cloud, seen, key)
    with cloud.wallet.storage.atomic_write() as write:
        cloud.wallet.devices.remove(person, device.id or "", write)
    with pytest.raises(Void):
        sign(cloud, seen, key)
    with pytest.raises(DeviceRemoved):
        give(cloud, person, device, key)


def give(cloud: LocalCloud, person_id: str, device: Device, key: Key) -> None:
    with cloud.wallet.storage.atomic_write() as write:
        cloud.wallet.devices.give_key(person_id, device.id or "", key, write)


def sign(cloud: LocalCloud, device: RegisteredDevice, key: Key) -> None:
    with cloud.wallet.storage.atomic_write() as write:
        cloud.wallet.devices.signed(device, key, Signature(b"s"), write, Void())
