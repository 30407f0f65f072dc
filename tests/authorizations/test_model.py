"""The payment PIN's own rules: what is too easy, and what its hash depends on."""

import pytest

from wallet_api.authorizations.errors import PinTooSimple
from wallet_api.authorizations.model import hash_pin, pin_matches, require_hard_to_guess
from wallet_api.storage.keys import Keys

KEYS = Keys({1: b"a" * 32})
ROTATED = Keys({1: b"a" * 32, 2: b"b" * 32})


@pytest.mark.parametrize(
    "pin", ["000000", "111111", "123456", "012345", "654321", "987654", "123123", "112233", "890123"]
)
def test_what_everybody_tries_first_is_refused(pin: str) -> None:
    with pytest.raises(PinTooSimple):
        require_hard_to_guess(pin)


@pytest.mark.parametrize("pin", ["428617", "907351", "100200", "135790"])
def test_what_nobody_tries_first_is_taken(pin: str) -> None:
    require_hard_to_guess(pin)


def test_a_hash_is_salted_and_does_not_hold_the_pin() -> None:
    first, _ = hash_pin(KEYS, "usr_a", "428617")
    second, _ = hash_pin(KEYS, "usr_a", "428617")

    assert first != second
    assert "428617" not in first


def test_a_hash_fits_its_person_its_pin_and_its_key_alone() -> None:
    stored, version = hash_pin(KEYS, "usr_a", "428617")

    assert pin_matches(KEYS, "usr_a", "428617", stored, version)
    assert not pin_matches(KEYS, "usr_a", "428618", stored, version)
    assert not pin_matches(KEYS, "usr_b", "428617", stored, version)
    assert not pin_matches(Keys({1: b"c" * 32}), "usr_a", "428617", stored, version)


def test_a_hash_outlives_the_rotation_of_keys() -> None:
    stored, version = hash_pin(KEYS, "usr_a", "428617")

    assert pin_matches(ROTATED, "usr_a", "428617", stored, version)
    assert hash_pin(ROTATED, "usr_a", "428617")[1] == 2
