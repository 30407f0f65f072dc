"""A recovery on its way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from wallet_api.one_time_codes.model import Channel, Purpose

Kind = Literal["password_reset", "unlock", "loss_report"]
Method = Literal["totp", "sms", "email", "recovery_code"]
UNUSED_FOR = timedelta(days=90)
"""A phone number that nobody pays for any more lies idle for so long before it is given to somebody else."""
PREFIXES: dict[Kind, str] = {"password_reset": "pwr", "unlock": "unl", "loss_report": "los"}
NOBODYS: dict[Kind, Purpose] = {
    "password_reset": "no_wallet",
    "unlock": "no_wallet",
    "loss_report": "no_wallet_to_freeze",
}
"""What is sent to a contact that has no wallet. It counts as the code would, or the counts would tell who has one."""


class Recovery(Struct, frozen=True):
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


class Begun(Struct, frozen=True):
    """What whoever asked is told; the address is their own words, masked."""

    recovery: Recovery
    sent_to: str
    resend_at: datetime
