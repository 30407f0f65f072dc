"""Which second factors somebody may choose from."""

from datetime import UTC, datetime

from wallet_api.people.model import Person
from wallet_api.sign_ins.model import challenge_token, methods_of, read_token
from wallet_api.storage.keys import Keys

CHALLENGE, PERSON = "chl_01KAMS3Q0V5T1C9D9SZ3GZ2WQY", "usr_01KAMS3Q0V5T1C9D9SZ3GZ2WQZ"
KEYS = Keys({1: b"k" * 32})


def test_the_strongest_method_comes_first_and_recovery_last() -> None:
    """A24: with an authenticator, an SMS is not the only thing on offer."""
    born = datetime(2026, 11, 22, tzinfo=UTC)
    by_phone = Person("usr_1", born, "en", (), b"", phone_sealed=b"p")
    with_both = Person("usr_1", born, "en", (), b"", phone_sealed=b"p", email_sealed=b"e", totp_enabled=True)
    assert methods_of(by_phone) == ("sms",)
    assert methods_of(with_both) == ("totp", "sms", "email", "recovery_code")


def test_a_challenge_is_named_by_its_token_alone_as_we_wrote_it() -> None:
    """A45: with one character changed, padded or of another key it names nobody."""
    token = challenge_token(KEYS, CHALLENGE, PERSON)
    assert read_token(KEYS, token) == (CHALLENGE, PERSON)
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
        "chl_" + "é" * 64,
        token + "A",
    )
    assert [read_token(KEYS, text) for text in others] == [None] * len(others)
    assert read_token(Keys({1: b"x" * 32}), token) is None


def test_a_challenge_outlives_the_rotation_of_our_keys() -> None:
    """D8."""
    token = challenge_token(KEYS, CHALLENGE, PERSON)
    assert read_token(Keys({**KEYS.masters, 2: b"n" * 32}), token) == (CHALLENGE, PERSON)
