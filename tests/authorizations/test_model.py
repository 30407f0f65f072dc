"""The payment PIN's own rules: what is too easy, and what its hash depends on; and how much of a yes a move needs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_api.authorizations.errors import MethodNotAccepted, PinTooSimple, StepUpRequired, StepUpUnavailable
from wallet_api.authorizations.model import (
    COOL_DOWN,
    HIGH,
    LARGE,
    SMALL,
    Circumstances,
    Move,
    hash_pin,
    methods_of,
    pin_matches,
    reason_of,
    require_enough,
    require_hard_to_guess,
)
from wallet_api.devices.model import Key, RegisteredDevice
from wallet_api.money import Money
from wallet_api.people.model import Person
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


NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def circumstances(amount: int, **more: Any) -> Circumstances:
    person = Person("usr_1", NOW, "en", (), b"", phone_sealed=b"1", **more.pop("person", {}))
    facts = {"device_is_new": False, "device": None, "payee_known": False, "now": NOW, **more}
    return Circumstances(amount=Money(amount, "CNY"), person=person, **facts)


def a_device(trusted_from: datetime) -> RegisteredDevice:
    key = Key("ES256", b"", NOW, trusted_from)
    return RegisteredDevice("dev_1", "usr_1", None, None, None, NOW, NOW, None, key)


CHANGED = {"contact_changed_at": NOW - COOL_DOWN + timedelta(seconds=1)}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (circumstances(HIGH), None),
        (circumstances(HIGH + 1), "new_payee"),
        (circumstances(HIGH + 1, payee_known=True), None),
        (circumstances(LARGE, payee_known=True), None),
        (circumstances(LARGE + 1, payee_known=True), "large_amount"),
        (circumstances(SMALL, device_is_new=True), None),
        (circumstances(SMALL + 1, device_is_new=True), "new_device"),
        (circumstances(SMALL, person=CHANGED), None),
        (circumstances(SMALL + 1, person=CHANGED), "changed_contact"),
        (circumstances(SMALL + 1, person={"contact_changed_at": NOW - COOL_DOWN}), None),
    ],
)
def test_the_risk_of_a_move_asks_for_more_than_a_pin(facts: Circumstances, reason: str | None) -> None:
    """A25, A50."""
    assert reason_of(facts) == reason


@pytest.mark.parametrize(
    ("facts", "methods"),
    [
        (circumstances(LARGE + 1), ("sms",)),
        (circumstances(LARGE + 1, person={"totp_enabled": True}), ("totp", "sms")),
        (circumstances(LARGE + 1, person=CHANGED), ()),
        (circumstances(LARGE + 1, device=a_device(NOW)), ("device_signature", "sms")),
        (circumstances(LARGE + 1, device=a_device(NOW + timedelta(seconds=1))), ("sms",)),
        (circumstances(LARGE + 1, device=a_device(NOW), device_is_new=True), ("sms",)),
    ],
)
def test_what_counts_for_more_than_a_pin(facts: Circumstances, methods: tuple[str, ...]) -> None:
    """A24, A25: never a mail; no code to a phone that was just changed; no key that a PIN registered a moment ago."""
    assert methods_of(facts, reason_of(facts)) == methods


def test_a_weaker_method_is_told_what_would_do_a47() -> None:
    """A47."""
    with pytest.raises(StepUpRequired) as required:
        require_enough("pin", circumstances(LARGE + 1))
    assert required.value.facts == {"reason": "large_amount", "methods": "sms"}
    with pytest.raises(MethodNotAccepted):
        require_enough("totp", circumstances(LARGE + 1))
    with pytest.raises(StepUpUnavailable):
        require_enough("pin", circumstances(LARGE + 1, person=CHANGED))
    assert require_enough("sms", circumstances(LARGE + 1)) == "large_amount"
    assert require_enough("totp", circumstances(SMALL)) is None


@given(
    st.builds(Move, st.sampled_from(["payment", "transfer"]), st.text(), st.text(), st.builds(
        Money, st.integers(1, 10**12), st.sampled_from(["CNY", "USD"])), st.none() | st.text()),
    st.builds(Move, st.sampled_from(["payment", "transfer"]), st.text(), st.text(), st.builds(
        Money, st.integers(1, 10**12), st.sampled_from(["CNY", "USD"])), st.none() | st.text()),
)  # fmt: skip
def test_two_moves_have_one_text_only_when_they_are_one_move_a46(one: Move, other: Move) -> None:
    """A46: no two lists of fields look alike, whatever stands in them."""
    assert (one.text("chl_1", NOW) == other.text("chl_1", NOW)) == (one == other)
    assert one.text("chl_1", NOW) != one.text("chl_2", NOW)
