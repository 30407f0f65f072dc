"""A sign-in that waits for its second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from wallet_api.people.model import Channel, Person
from wallet_api.sessions.model import Device

Method = Literal["totp", "sms", "email", "recovery_code"]

CHALLENGE_LIFE = timedelta(minutes=15)
"""Long enough for a code that comes late, with one that is sent again."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """The password was right; one of the methods must follow. `code_id` names the one-time code, if one is sent."""

    id: str
    person_id: str
    methods: tuple[Method, ...]
    device: Device
    code_id: str
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A code is on its way; the address is masked."""

    channel: Channel
    sent_to: str
    expires_at: datetime
    resend_at: datetime


def methods_of(person: Person) -> tuple[Method, ...]:
    """The second factors that a person may choose from, the strongest first."""
    if person.totp_enabled:
        return ("totp", *person.channels, "recovery_code")
    return person.channels
