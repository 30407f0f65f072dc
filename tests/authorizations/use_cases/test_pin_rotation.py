"""A payment PIN through a change of the master secrets: only its owner can have it hashed anew, by using it."""

import pytest
from msgspec.structs import replace

from dev.cloud.local import LocalCloud
from tests.build import PIN, a_person
from tests.client import Api
from wallet_api.authorizations.errors import WrongPin
from wallet_api.authorizations.use_cases import PaymentPins
from wallet_api.ledger import chart
from wallet_api.ledger.accounts import Payer
from wallet_api.storage import Storage
from wallet_api.storage.errors import StorageBusy
from wallet_api.storage.keys import Keys


@pytest.fixture
def rotated(cloud: LocalCloud) -> PaymentPins:
    """PINs as a function sees them that was deployed with a second master secret."""
    pins = cloud.wallet.payment_pins
    return replace(pins, keys=Keys({**pins.keys.masters, pins.keys.current + 1: b"n" * 32}))


def proven(pins: PaymentPins, person_id: str, pin: str = PIN) -> Payer:
    with pins.storage.trip() as trip:
        reading = pins.reserve(person_id, trip)
    return pins.prove(reading(), person_id, pin)


def version(pins: PaymentPins, person_id: str) -> int | None:
    return pins.accounts.require(chart.customer(person_id)).pin_version


def test_a_pin_is_hashed_under_the_newest_secret_when_it_is_next_used(
    api: Api, cloud: LocalCloud, rotated: PaymentPins
) -> None:
    """D8: and not before, since nobody else knows it; a wrong one changes nothing."""
    someone = a_person(api, cloud)
    with pytest.raises(WrongPin):
        proven(rotated, someone.id, "930571")
    assert version(rotated, someone.id) == cloud.wallet.keys.current
    payer = proven(rotated, someone.id)
    assert payer.account.pin_version == version(rotated, someone.id) == rotated.keys.current
    proven(rotated, someone.id)
    new_alone = replace(rotated, keys=Keys({rotated.keys.current: b"n" * 32}))
    proven(new_alone, someone.id)
    assert rotated.accounts.require(chart.customer(someone.id)).attempts <= 2


def test_a_pin_is_changed_in_the_call_that_hashes_it_anew(api: Api, cloud: LocalCloud, rotated: PaymentPins) -> None:
    """The change is judged against the hash that the same call has just written."""
    someone = a_person(api, cloud)
    rotated.set(someone.id, "581930", PIN)
    assert version(rotated, someone.id) == rotated.keys.current
    proven(rotated, someone.id, "581930")


def test_who_pays_does_not_fail_for_the_rotation(
    api: Api, cloud: LocalCloud, rotated: PaymentPins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O13: it is left for the next time."""
    someone = a_person(api, cloud)
    with rotated.storage.trip() as trip:
        reading = rotated.reserve(someone.id, trip)
    payer = reading()

    def busy(_: Storage) -> None:
        raise StorageBusy

    monkeypatch.setattr(Storage, "atomic_write", busy)
    assert rotated.prove(payer, someone.id, PIN).proven
    monkeypatch.undo()
    assert version(rotated, someone.id) == cloud.wallet.keys.current
    assert proven(rotated, someone.id).account.pin_version == rotated.keys.current
