"""What a payment code is, how it is derived from a device's secret, and when it is good.

A code is `PREFIX`, the secret's alias, and a one-time password by RFC 6238 (HMAC-SHA-256, seven digits, steps of twenty
seconds). The secret itself is kept nowhere: it follows from the record's id under the wallet's master secret.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b32encode
from datetime import datetime, timedelta

from msgspec import Struct

from wallet_api.clock import epoch_seconds
from wallet_api.ledger.accounts import Account
from wallet_api.people.model import Person
from wallet_api.sessions.model import Session
from wallet_api.storage.keys import Keys

PREFIX = "47"
"""Tells our codes from those of the other wallets that a till may take."""
ALIAS_DIGITS, OTP_DIGITS = 9, 7
DIGITS = len(PREFIX) + ALIAS_DIGITS + OTP_DIGITS
PERIOD_SECONDS = 20
TOLERATED_STEPS = 1
"""A phone's clock may be a step behind or ahead: three steps of twenty seconds are the minute that a code is good for."""
ALGORITHM = "SHA256"
LIFE = timedelta(days=7)
"""How long a phone may stay offline; then it has to ask for another secret, under another alias."""
MAX_TRIES = 10
"""How many wrong codes under one alias end it; a payment begins the count anew."""
SMALL, LARGEST_SMALL = 200_00, 1_000_00
"""Up to how much a code pays by itself: unless its owner says otherwise, and the most that they may say. Minor units of CNY,
counted one to one in any other currency as the limits are."""
CONFIRM_WITHIN = timedelta(minutes=2)
"""How long a payment that needs its customer's yes waits for it: both stand at the till."""

_CODE = re.compile(rf"{PREFIX}([0-9]{{{ALIAS_DIGITS}}})([0-9]{{{OTP_DIGITS}}})", re.ASCII)


class Secret(Struct, frozen=True):
    """What is kept of a secret that one device of a person derives its codes from.

    `used_step` is the newest time step that a code was taken of, `tries` how many codes were shown under the alias since the
    last good one. `password_set_at` is that of the password under which it was given out.
    """

    id: str
    alias: str
    person_id: str
    device_id: str
    session_id: str
    key_version: int
    password_set_at: datetime
    issued_at: datetime
    valid_until: datetime
    used_step: int = 0
    tries: int = 0


class Owner(Struct, frozen=True):
    """Whose code it is, as they stand now: everything that a code dies with."""

    session: Session | None
    person: Person | None
    account: Account | None
    password_set_at: datetime | None
    small: int


def parts_of(code: str) -> tuple[str, str] | None:
    """A code's alias and one-time password; None for what is no code of ours."""
    found = _CODE.fullmatch(code)
    return None if found is None else (found.group(1), found.group(2))


def new_alias() -> str:
    """A fresh alias: it says nothing of its person, and the next one of the same person is another."""
    return str(secrets.randbelow(10**ALIAS_DIGITS)).zfill(ALIAS_DIGITS)


def shared_secret(keys: Keys, secret: Secret) -> str:
    """What the device derives its codes from: 256 bits in base 32. Raises KeyError once its master secret is retired."""
    raw = keys.digest("payment-code", secret.id, secret.person_id, secret.device_id, version=secret.key_version)
    return b32encode(raw).decode("ascii").rstrip("=")


def step_at(now: datetime) -> int:
    """The time step of a moment (RFC 6238 section 4.2)."""
    return epoch_seconds(now) // PERIOD_SECONDS


def code_of(alias: str, shared: str, step: int) -> str:
    """The code of a time step, as the device shows it."""
    return f"{PREFIX}{alias}{_one_time_password(shared, step)}"


def matched_step(shared: str, otp: str, used_step: int, now: datetime) -> int | None:
    """The time step whose one-time password this is, if it is one that is good now and was not used (RFC 6238 section 5.2)."""
    present = step_at(now)
    good = range(present - TOLERATED_STEPS, present + TOLERATED_STEPS + 1)
    matched = [step for step in good if hmac.compare_digest(_one_time_password(shared, step), otp)]
    return next((step for step in matched if step > used_step), None)


def is_alive(secret: Secret, owner: Owner, now: datetime) -> bool:
    """Whether nothing happened that the secret dies with: its session or device ended, a freeze, a new password, its time."""
    session, person = owner.session, owner.person
    return (
        session is not None
        and not session.is_over(now)
        and session.device.id == secret.device_id
        and person is not None
        and person.frozen_since is None
        and owner.password_set_at == secret.password_set_at
        and now < secret.valid_until
    )


def _one_time_password(shared: str, step: int) -> str:
    import pyotp

    totp = pyotp.TOTP(shared, digits=OTP_DIGITS, digest=hashlib.sha256, interval=PERIOD_SECONDS)
    return totp.generate_otp(step)
