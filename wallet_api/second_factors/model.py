"""TOTP by RFC 6238 as this wallet applies it, and recovery codes."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime

from msgspec import Struct

from wallet_api.clock import epoch_seconds
from wallet_api.ids import encode

STEP_SECONDS = 30
RECOVERY_CODES = 10
_RECOVERY_BITS = 120
"""Enough that a keyed hash guards them; below 112 bits a slow hash would be due (ASVS 6.5.2)."""
_RECOVERY_DIGITS = _RECOVERY_BITS // 5

ISSUER = "Wallet"
_SIX_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)
_RECOVERY = re.compile(r"[0-9A-HJKMNP-TV-Z]{24}", re.ASCII)


class Enrolment(Struct, frozen=True):
    """What an authenticator app needs, shown this once: the secret in base 32, and the same as an `otpauth:` address."""

    secret: str
    otpauth_uri: str


def new_enrolment(account_name: str) -> Enrolment:
    """A fresh secret of 160 bits (RFC 4226 section 4, R6). `account_name` is the label the app shows."""
    import pyotp

    secret = pyotp.random_base32()
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=account_name, issuer_name=ISSUER))


def matched_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is: the present one or the one before (RFC 6238 section 5.2); None when neither.

    Only ASCII digits count. A library that normalises digits would take one code in several spellings.
    """
    import pyotp

    if not _SIX_DIGITS.fullmatch(code):
        return None
    totp = pyotp.TOTP(secret)
    present = epoch_seconds(now) // STEP_SECONDS
    matched = [step for step in (present, present - 1) if hmac.compare_digest(totp.generate_otp(step), code)]
    return matched[0] if matched else None


def new_recovery_codes() -> list[str]:
    """Ten codes of 120 random bits, in groups of six."""
    return [_grouped(encode(secrets.randbits(_RECOVERY_BITS))[-_RECOVERY_DIGITS:]) for _ in range(RECOVERY_CODES)]


def canonical_recovery_code(text: str) -> str | None:
    """A recovery code as it is hashed, or None for what cannot be one. Crockford's base 32 reads O as 0, I and L as
    1.
    """
    plain = re.sub(r"[ -]", "", text).upper().translate(str.maketrans("OIL", "011"))
    return plain if _RECOVERY.fullmatch(plain) else None


def _grouped(digits: str) -> str:
    return "-".join(digits[start : start + 6] for start in range(0, len(digits), 6))
