"""What a one-time code is, how often one may be sent, and what its message is made of."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from wallet_api.clock import epoch_seconds

Channel = Literal["sms", "email"]
Locale = Literal["zh-CN", "en"]
Purpose = Literal["registration", "already_registered", "login", "payment_pin_reset"]

CODE_LIFE = timedelta(minutes=10)
MAX_TRIES = 5
MAX_SENDS = 5
_FIRST_COOL_DOWN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Issued:
    """A code that was sent. `id` names it, and says nothing about it."""

    id: str
    channel: Channel
    expires_at: datetime
    resend_at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """That somebody knew a code: what `OneTimeCodes.spend` needs to make it work only once."""

    code_id: str
    code_hash: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Window:
    """At most `messages` messages to one contact in one stretch of time."""

    name: str
    seconds: int
    messages: int

    def start(self, now: datetime) -> int:
        """When the present stretch began, in epoch seconds."""
        return epoch_seconds(now) // self.seconds * self.seconds

    def seconds_left(self, now: datetime) -> int:
        """How long the present stretch still lasts."""
        return self.start(now) + self.seconds - epoch_seconds(now)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many messages of one group of purposes a contact may get. Whoever asks without a proof is allowed less."""

    group: str
    windows: tuple[Window, ...]


_STRANGERS = (Window("ten_minutes", 600, 5), Window("day", 86_400, 15))
_PROVEN = (Window("ten_minutes", 600, 10), Window("day", 86_400, 50))

ALLOWANCES: Mapping[Purpose, Allowance] = {
    "registration": Allowance("registration", _STRANGERS),
    "already_registered": Allowance("registration", _STRANGERS),
    "login": Allowance("login", _PROVEN),
    "payment_pin_reset": Allowance("payment_pin_reset", _PROVEN),
}


@dataclass(frozen=True, slots=True)
class Message:
    """A message's words in one language; only a mail has use for the subject."""

    subject: str
    text: str

    def with_code(self, code: str) -> Message:
        """The same with the code and its life in minutes filled in."""
        return Message(self.subject, self.text.format(code=code, minutes=CODE_LIFE // timedelta(minutes=1)))


def fresh_code() -> str:
    """Six digits from the system's secure source."""
    return f"{secrets.randbelow(1_000_000):06d}"


def cool_down(sends: int) -> timedelta:
    """How long after the n-th message the next may be asked for: one minute, then twice as long each time."""
    return _FIRST_COOL_DOWN * (1 << (sends - 1))
