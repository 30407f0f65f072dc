"""TOTP by the RFC, and recovery codes."""

import base64
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from wallet_api.second_factors.model import canonical_recovery_code, matched_step, new_enrolment, new_recovery_codes

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 11, 22, 1, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_agree_with_the_rfc(seconds: int, code: str) -> None:
    """RFC 6238 appendix B, cut to six digits; A30: a code with a leading zero is compared as text."""
    at = datetime.fromtimestamp(seconds, UTC)
    assert matched_step(RFC_SECRET, code, at) == seconds // 30


@pytest.mark.skipif(
    shutil.which("oathtool") is None, reason="oathtool (Debian's package of this name) is not installed"
)
def test_codes_agree_with_an_authenticator_of_other_hands() -> None:
    """A29, A31: what another program makes of the secret that a person is shown, now and half a minute before."""
    secret = new_enrolment("+86138****5678").secret
    for moment in (NOW, NOW - timedelta(seconds=30)):
        at = moment.strftime("%Y-%m-%d %H:%M:%S UTC")
        made = subprocess.run(
            ["oathtool", "--totp", "--base32", "--now", at, secret], capture_output=True, text=True, check=True
        )
        assert matched_step(secret, made.stdout.strip(), NOW) == int(moment.timestamp()) // 30


def test_exactly_two_codes_are_valid_at_a_time() -> None:
    """A29: the present step and the one before, never one to come."""
    totp = pyotp.TOTP(RFC_SECRET)
    step = int(NOW.timestamp()) // 30
    matched = [matched_step(RFC_SECRET, totp.generate_otp(step + ahead), NOW) for ahead in (-2, -1, 0, 1)]
    assert matched == [None, step - 1, step, None]


@pytest.mark.parametrize("spell", [str.strip, lambda code: code.translate({48 + n: 0xFF10 + n for n in range(10)})])
def test_a_code_is_six_ascii_digits(spell: Callable[[str], str]) -> None:
    """A28: a library that normalises digits takes ９１６８０７ for 916807."""
    code = pyotp.TOTP(RFC_SECRET).at(NOW)
    spelled = spell(code)
    assert (matched_step(RFC_SECRET, spelled, NOW) is not None) is (spelled == code)


@pytest.mark.parametrize("text", ["", " 12345", "12345", "1234567", "12345\n", "²³⁴⁵⁶⁷", "-12345", "+12345", "1_2345"])
def test_what_is_not_six_digits_is_no_code(text: str) -> None:
    """A28, A30."""
    assert matched_step(RFC_SECRET, text, NOW) is None


def test_a_secret_has_160_bits_and_its_address_says_everything_an_app_needs() -> None:
    """A31."""
    one, two = new_enrolment("+86138****5678"), new_enrolment("+86138****5678")
    assert len(base64.b32decode(one.secret)) == 20
    assert one.secret != two.secret
    address = urlsplit(one.otpauth_uri)
    theirs = pyotp.parse_uri(one.otpauth_uri)
    assert isinstance(theirs, pyotp.TOTP)
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert parse_qs(address.query) == {"secret": [one.secret], "issuer": ["Wallet"]}
    assert matched_step(one.secret, theirs.at(NOW), NOW + timedelta(seconds=5)) is not None


def test_recovery_codes_are_ten_and_too_long_to_guess() -> None:
    """A32: 120 bits, so that a keyed hash is enough."""
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 24 and canonical_recovery_code(code) for code in codes)


def test_a_recovery_code_may_be_typed_as_people_type() -> None:
    assert canonical_recovery_code("oil123 abcdef-ghjkmn 234567") == "011123ABCDEFGHJKMN234567"
    for wrong in ("", "123456", "U" * 24, "A" * 25, "Ａ" * 24):
        assert canonical_recovery_code(wrong) is None
