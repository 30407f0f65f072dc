"""A recovery on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from wallet_api.one_time_codes.model import Channel

Kind = Literal["password_reset", "unlock"]
Method = Literal["totp", "sms", "email", "recovery_code"]
PREFIXES: dict[Kind, str] = {"password_reset": "pwr", "unlock": "unl"}


@dataclass(frozen=True, slots=True)
class Recovery:
    """A message is on its way. `person_id` is None when the contact has no wallet: nothing will prove it."""

    id: str
    kind: Kind
    person_id: str | None
    code_id: str
    channel: Channel
    created_at: datetime
    valid_until: datetime

    @property
    def methods(self) -> tuple[Method, ...]:
        """What ends a lock. The same for everybody, or it would tell who has an authenticator."""
        return ("totp", self.channel, "recovery_code")


@dataclass(frozen=True, slots=True)
class Begun:
    """What whoever asked is told; the address is their own words, masked."""

    recovery: Recovery
    sent_to: str
    resend_at: datetime
