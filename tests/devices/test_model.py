"""Tokens of devices, keys, and what a signature is over."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from tests.signing import Phone, raw
from wallet_api.devices.model import (
    NEW_FOR,
    Device,
    Key,
    Signature,
    Site,
    device_token,
    is_signed,
    limited_until,
    moment_of,
    read_device_token,
    read_public_key,
    signatures_after,
    trusted_from,
)
from wallet_api.errors import Invalid
from wallet_api.ids import new_id
from wallet_api.storage.keys import Keys

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KEYS = Keys({1: b"1" * 32})
LI, DEVICE = new_id("usr", NOW), new_id("dev", NOW)
CHALLENGE = bytes(range(32))
URL = "https://wallet.example"
SITE = Site(URL, "wallet.example")


def key_of(phone: Phone, *, signatures: int = 0) -> Key:
    der = read_public_key(phone.public_key, "Ed25519" if phone.algorithm == "Ed25519" else "ES256")
    return Key("ES256", der, NOW, NOW, signatures)


def test_a_token_names_its_device_and_when_it_stops_being_new() -> None:
    token = device_token(KEYS, LI, DEVICE, 1_800_000_000)
    assert read_device_token(KEYS, LI, token) == (DEVICE, 1_800_000_000)


def test_a_token_outlives_a_rotation_of_the_keys() -> None:
    token = device_token(KEYS, LI, DEVICE, 0)
    assert read_device_token(Keys({1: b"1" * 32, 2: b"2" * 32}), LI, token) == (DEVICE, 0)
    assert read_device_token(Keys({2: b"2" * 32}), LI, token) is None


def test_any_other_text_is_no_token() -> None:
    token = device_token(KEYS, LI, DEVICE, 0)
    for place in range(4, len(token)):
        turned = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert read_device_token(KEYS, LI, turned) is None
    for other in ("", "wdt_", "wdt_é", token[:-1], token + "=", token + " ", f" {token}", token.removeprefix("wdt_")):
        assert read_device_token(KEYS, LI, other) is None
    assert read_device_token(KEYS, new_id("usr", NOW), token) is None


def test_a_device_is_new_for_a_day_but_the_first_is_not_a50() -> None:
    """A50."""
    new = Device(limited_until_seconds=limited_until(NOW, first=False))
    assert new.is_limited(NOW + NEW_FOR - timedelta(seconds=1))
    assert not new.is_limited(NOW + NEW_FOR)
    assert not Device(limited_until_seconds=limited_until(NOW, first=True)).is_limited(NOW)
    assert moment_of(new.limited_until_seconds) == NOW + NEW_FOR
    assert moment_of(0) is None


def test_more_than_a_pin_makes_a_key_count_at_once() -> None:
    assert trusted_from(NOW, second_factor=True) == NOW
    assert trusted_from(NOW, second_factor=False) == NOW + NEW_FOR


@pytest.mark.parametrize("phone", [Phone(), Phone(Ed25519PrivateKey.generate())], ids=["ES256", "Ed25519"])
def test_a_signature_is_over_this_challenge_by_this_key(phone: Phone) -> None:
    key, signed = key_of(phone), Signature(phone.sign(CHALLENGE))
    assert is_signed(key, CHALLENGE, signed, SITE)
    assert not is_signed(key, CHALLENGE[::-1], signed, SITE)
    assert not is_signed(key_of(Phone()), CHALLENGE, signed, SITE)
    assert not is_signed(key, CHALLENGE, Signature(b""), SITE)


def test_a_browsers_documents_are_read_strictly() -> None:
    phone = Phone()
    key = key_of(phone)
    challenge = {"challenge": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "challenge_id": "chl_"}
    proof = phone.browser_yes(challenge, URL, counter=4)
    given = Signature(raw(proof["signature"]), raw(proof["authenticator_data"]), raw(proof["client_data_json"]))
    assert is_signed(key, CHALLENGE, given, SITE)
    assert signatures_after(key, given) == 4
    assert not is_signed(key, CHALLENGE, given, replace(SITE, origin=f"{URL}:8443"))
    assert not is_signed(key, CHALLENGE, given, replace(SITE, host="example"))
    for client_data in (b"", b"[]", b"\xff", b"[" * 100_000, b'{"type": "webauthn.get"}'):
        assert not is_signed(key, CHALLENGE, Signature(given.signature, given.authenticator_data, client_data), SITE)
    for data in (b"", b"\x00" * 36):
        assert not is_signed(key, CHALLENGE, Signature(given.signature, data, given.client_data), SITE)


def test_a_key_is_kept_in_its_one_form() -> None:
    phone = Phone()
    der = read_public_key(phone.public_key, "ES256")
    assert b64encode(der).decode() == phone.public_key
    with pytest.raises(Invalid):
        read_public_key(phone.public_key, "Ed25519")
    with pytest.raises(Invalid):
        read_public_key(f" {phone.public_key}", "ES256")
