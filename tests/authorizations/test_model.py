"""The payment PIN's own rules: what is too easy, and what its hash depends on; and how much of a yes a move needs."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from wallet_api.authorizations.errors import (
    MethodNotAccepted,
    PinCoolingDown,
    PinTooSimple,
    StepUpRequired,
    StepUpUnavailable,
)
from wallet_api.authorizations.model import (
    COOL_DOWN,
    HIGH,
    LARGE,
    SMALL,
    STATIC,
    Challenge,
    Circumstances,
    Move,
    MoveKind,
    hash_of,
    hash_pin,
    methods_of,
    pin_matches,
    reason_of,
    require_enough,
    require_hard_to_guess,
    require_settled,
)
from wallet_api.clock import rfc3339
from wallet_api.devices.model import Key, RegisteredDevice
from wallet_api.money import Money
from wallet_api.people.errors import AccessFrozen
from wallet_api.people.model import RECOVERED_FOR, Person
from wallet_api.storage.keys import Keys

KEYS = Keys({1: b"a" * 32})
ROTATED = Keys({1: b"a" * 32, 2: b"b" * 32})


@pytest.mark.parametrize(
    "pin",
    ["000000", "111111", "123456", "012345", "654321", "987654", "123123", "482482", "520520", "112233", "890123"],
)
def test_what_everybody_tries_first_is_refused(pin: str) -> None:
    with pytest.raises(PinTooSimple):
        require_hard_to_guess(pin)


@pytest.mark.parametrize("pin", ["428617", "907351", "100200", "135790", "484844", "428427"])
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
LONG_AGO = NOW - timedelta(days=100)
RECOVERED = {"recovered_at": NOW - RECOVERED_FOR + timedelta(seconds=1)}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (circumstances(HIGH), None),
        (circumstances(HIGH + 1), "new_payee"),
        (circumstances(HIGH + 1, payee_known=True), None),
        (circumstances(LARGE), "new_payee"),
        (circumstances(LARGE, payee_known=True), None),
        (circumstances(LARGE + 1, payee_known=True), "large_amount"),
        (circumstances(SMALL, device_is_new=True), None),
        (circumstances(SMALL + 1, device_is_new=True), "new_device"),
        (circumstances(SMALL, person=CHANGED), None),
        (circumstances(SMALL + 1, person=CHANGED), "changed_contact"),
        (circumstances(SMALL + 1, person={"contact_changed_at": NOW - COOL_DOWN}), None),
        (circumstances(SMALL, person=RECOVERED), None),
        (circumstances(SMALL + 1, person=RECOVERED), "recovered_password"),
        (circumstances(SMALL + 1, person={"recovered_at": NOW - RECOVERED_FOR}), None),
        (circumstances(STATIC, static_code=True), None),
        (circumstances(STATIC + 1, static_code=True), "static_code"),
        (circumstances(STATIC + 1), None),
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
        (circumstances(LARGE + 1, person=RECOVERED), ()),
        (circumstances(LARGE + 1, person={**RECOVERED, "totp_enabled": True, "totp_enabled_at": NOW}), ()),
        (circumstances(LARGE + 1, person={**RECOVERED, "totp_enabled": True, "totp_enabled_at": LONG_AGO}), ("totp",)),
        (
            circumstances(LARGE + 1, person={"totp_enabled": True, "totp_enabled_at": NOW, "recovered_at": LONG_AGO}),
            ("totp", "sms"),
        ),
        (circumstances(SMALL), ("pin",)),
        (circumstances(SMALL, device=a_device(NOW)), ("pin", "device_signature")),
    ],
)
def test_what_counts_for_more_than_a_pin(facts: Circumstances, methods: tuple[str, ...]) -> None:
    """A24, A25, A26: never a mail; no code to a phone that was just changed, or that alone set the password; no key that a PIN, and no
    authenticator that such a password, registered a moment ago.
    """
    assert methods_of(facts, reason_of(facts)) == methods


@pytest.mark.parametrize(
    ("person", "available_at", "seconds"),
    [
        ({"recovered_at": NOW}, NOW + RECOVERED_FOR, RECOVERED_FOR.total_seconds()),
        ({"contact_changed_at": NOW}, NOW + COOL_DOWN, COOL_DOWN.total_seconds()),
        ({"recovered_at": NOW, "contact_changed_at": NOW}, NOW + RECOVERED_FOR, RECOVERED_FOR.total_seconds()),
        ({**RECOVERED, "contact_changed_at": NOW}, NOW + COOL_DOWN, COOL_DOWN.total_seconds()),
        ({"contact_changed_at": NOW - COOL_DOWN + timedelta(seconds=1.5)}, NOW + timedelta(seconds=1.5), 2),
    ],
    ids=["recovered", "changed", "both", "the later of both", "whole seconds, never too few"],
)
def test_who_had_a_code_alone_waits_until_a_pin_is_chosen(person: Any, available_at: datetime, seconds: float) -> None:
    """A26."""
    somebody = circumstances(1, person=person).person
    with pytest.raises(PinCoolingDown) as cooling:
        require_settled(somebody, NOW)
    assert cooling.value.facts == {"available_at": rfc3339(available_at), "retry_after_seconds": seconds}
    require_settled(somebody, available_at)


def test_who_is_settled_chooses_a_pin_and_who_is_frozen_does_not() -> None:
    require_settled(circumstances(1).person, NOW)
    require_settled(circumstances(1, person={"recovered_at": LONG_AGO, "contact_changed_at": LONG_AGO}).person, NOW)
    with pytest.raises(AccessFrozen):
        require_settled(circumstances(1, person={"frozen_since": LONG_AGO}).person, NOW)


PAYMENT = Move("payment", "pay_1", "mer_1", Money(1250, "CNY"), None)
MANDATE = Move("mandate", "man_1", "mer_1", Money(500_00, "CNY"), None, max_per_payment=Money(100_00, "CNY"))


def test_what_is_signed_is_a_text_that_any_device_can_write_by_itself() -> None:
    """To the byte: apps that are in use make this text, and hash it."""
    assert PAYMENT.text("cha_1", NOW) == (
        '{"amount":1250,"challenge_id":"cha_1","currency":"CNY","expires_at":"2026-11-22T09:00:00Z","operation":"payment",'
        '"payee":"mer_1","quote_id":null,"subject":"pay_1"}'
    )
    assert MANDATE.text("cha_1", NOW) == (
        '{"amount":50000,"challenge_id":"cha_1","currency":"CNY","expires_at":"2026-11-22T09:00:00Z","max_per_payment":10000,'
        '"operation":"mandate","payee":"mer_1","quote_id":null,"subject":"man_1"}'
    )
    named = Move("transfer", "", "usr_陈", Money(1, "CNY"), "quo_1")
    assert '"payee":"usr_\\u9648"' in named.text("cha_1", NOW), "in ASCII alone"


def test_a_challenge_is_for_its_own_move_alone() -> None:
    """A48."""
    text_hash = hash_of(PAYMENT.text("cha_1", NOW))
    challenge = Challenge("cha_1", "ses_1", text_hash, pin_proven=False, code_id="", code_sent=False, valid_until=NOW)
    assert challenge.is_for(PAYMENT)
    for name, other in {"subject": "pay_2", "payee_id": "mer_2", "amount": Money(1251, "CNY"), "quote_id": "quo_1",
                        "kind": "outlet_payment"}.items():  # fmt: skip
        assert not challenge.is_for(replace(PAYMENT, **{name: other})), name
    assert not replace(challenge, valid_until=NOW + timedelta(seconds=1)).is_for(PAYMENT)


def test_a_consent_moves_nothing_by_itself_and_a_code_on_a_wall_is_one_that_many_scan() -> None:
    kinds: dict[str, tuple[bool, bool]] = {
        kind: (move.moves_now, move.by_static_code)
        for kind in get_args(MoveKind)
        for move in [Move(kind, "x", "mer_1", Money(1, "CNY"), None)]
    }
    assert {kind for kind, (moves_now, _) in kinds.items() if not moves_now} == {"mandate"}
    assert {kind for kind, (_, by_static_code) in kinds.items() if by_static_code} == {"outlet_payment"}


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
