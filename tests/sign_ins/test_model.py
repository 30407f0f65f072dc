"""Which second factors somebody may choose from."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from wallet_api.people.model import RECOVERED_FOR, Person
from wallet_api.sign_ins.model import Named, challenge_token, clears, methods_of, read_token
from wallet_api.storage.keys import Keys

BORN = datetime(2026, 11, 22, tzinfo=UTC)
CHALLENGE = "chl_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"
NAMED = Named(CHALLENGE, "usr_01KAMS3Q0V5T1C9D9SZ3GZ2WQZ", BORN + timedelta(microseconds=1))
KEYS = Keys({1: b"k" * 32})

BY_PHONE = Person("usr_1", BORN, "en", (), b"", phone_sealed=b"p")
BY_BOTH = replace(BY_PHONE, email_sealed=b"e")
WITH_TOTP = replace(BY_BOTH, totp_enabled=True, totp_enabled_at=BORN)


def test_the_strongest_method_comes_first_and_recovery_last() -> None:
    """A24: with an authenticator, an SMS is not the only thing on offer."""
    assert methods_of(BY_PHONE, BORN) == ("sms",)
    assert methods_of(WITH_TOTP, BORN) == ("totp", "sms", "email", "recovery_code")


def test_what_set_the_password_is_not_the_second_factor_as_well_a26() -> None:
    """A26, A33: else a phone number would be worth two factors."""
    reset_at = BORN + timedelta(days=1)
    later = reset_at + RECOVERED_FOR

    def after(person: Person) -> Person:
        return replace(person, recovered_at=reset_at, recovered_over="sms")

    assert methods_of(after(BY_PHONE), reset_at) == ("sms",)
    assert methods_of(after(BY_BOTH), reset_at) == ("email",)
    assert methods_of(after(BY_BOTH), later) == ("sms", "email")
    assert methods_of(after(WITH_TOTP), reset_at) == ("totp", "recovery_code")
    assert methods_of(after(WITH_TOTP), later) == ("totp", "recovery_code")
    set_up_since = replace(after(BY_BOTH), totp_enabled=True, totp_enabled_at=reset_at + timedelta(seconds=1))
    assert methods_of(set_up_since, reset_at + timedelta(minutes=1)) == ("email",)


def test_another_proof_than_the_code_clears_what_a_reset_put_in_doubt() -> None:
    """A33: the authenticator only when it stood before."""
    reset = replace(WITH_TOTP, recovered_at=BORN + timedelta(days=1), recovered_over="sms")
    assert [clears(reset, each) for each in ("totp", "recovery_code", "email", "sms")] == [True, True, True, False]
    assert not clears(replace(reset, totp_enabled_at=BORN + timedelta(days=2)), "totp")
    assert not clears(WITH_TOTP, "totp")


def test_a_challenge_is_named_by_its_token_alone_as_we_wrote_it() -> None:
    """A45: with one character changed, padded or of another key it names nobody."""
    token = challenge_token(KEYS, NAMED)
    assert read_token(KEYS, token) == NAMED
    for place in range(len(token)):
        turned = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert read_token(KEYS, turned) is None
    others = (
        "",
        "chl_",
        token + "=",
        token[:-1],
        CHALLENGE,
        token.replace("chl_", "wat_"),
        "chl_" + "é" * 76,
        token + "A",
    )
    assert [read_token(KEYS, text) for text in others] == [None] * len(others)
    assert read_token(Keys({1: b"x" * 32}), token) is None


def test_a_challenge_outlives_the_rotation_of_our_keys() -> None:
    """D8."""
    token = challenge_token(KEYS, NAMED)
    assert read_token(Keys({**KEYS.masters, 2: b"n" * 32}), token) == NAMED
