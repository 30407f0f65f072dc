"""What a one-time code is, how often one may be sent, and what its message is made of."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from wallet_api.rate_limits.model import (
    MESSAGES_AFTER_A_PROOF,
    MESSAGES_FOR_A_PIN,
    MESSAGES_TO_A_STRANGER,
    Limit,
)

Channel = Literal["sms", "email"]
Locale = Literal["zh-CN", "en"]
Purpose = Literal[
    "registration",
    "already_registered",
    "login",
    "payment_pin_reset",
    "payment_authorization",
    "no_wallet",
    "password_reset",
    "unlock",
    "contact_change",
    "current_contact",
    "loss_report",
    "no_wallet_to_freeze",
    "unfreeze",
]

CODE_LIFE = timedelta(minutes=10)
MAX_TRIES = 5
MAX_SENDS = 5
_FIRST_COOL_DOWN = timedelta(seconds=60)


class Issued(Struct, frozen=True):
    """A code that was sent. `id` names it, and says nothing about it."""

    id: str
    channel: Channel
    expires_at: datetime
    resend_at: datetime


class Proof(Struct, frozen=True):
    """That somebody knew a code: what `OneTimeCodes.spend` needs to make it work only once."""

    code_id: str
    code_hash: str
    channel: Channel


ALLOWANCES: Mapping[Purpose, tuple[str, tuple[Limit, ...]]] = {
    "registration": ("registration", MESSAGES_TO_A_STRANGER),
    "already_registered": ("registration", MESSAGES_TO_A_STRANGER),
    "login": ("login", MESSAGES_AFTER_A_PROOF),
    "payment_pin_reset": ("payment_pin_reset", MESSAGES_FOR_A_PIN),
    "payment_authorization": ("payment_authorization", MESSAGES_AFTER_A_PROOF),
    "no_wallet": ("recovery", MESSAGES_TO_A_STRANGER),
    "password_reset": ("recovery", MESSAGES_TO_A_STRANGER),
    "unlock": ("recovery", MESSAGES_TO_A_STRANGER),
    "contact_change": ("registration", MESSAGES_TO_A_STRANGER),
    "current_contact": ("login", MESSAGES_AFTER_A_PROOF),
    "loss_report": ("loss_report", MESSAGES_TO_A_STRANGER),
    "no_wallet_to_freeze": ("loss_report", MESSAGES_TO_A_STRANGER),
    "unfreeze": ("unfreeze", MESSAGES_AFTER_A_PROOF),
}
"""How many messages of one group of purposes a contact may get. Whoever asks without a proof is allowed less."""


class Message(Struct, frozen=True):
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
