"""The challenges' items."""

from __future__ import annotations

from typing import Any

from msgspec.structs import asdict

from wallet_api.devices.model import Device
from wallet_api.sign_ins.model import Challenge
from wallet_api.storage.items import Document, Expiry, Item, Moment, UnicodeAttribute

CHALLENGE = "challenge"


class ChallengeItem(Item):
    """pk = challenge id, sk = `challenge`."""

    table = "ephemeral"

    person_id = UnicodeAttribute()
    device = Document()
    code_id = UnicodeAttribute()
    created_at = Moment()
    valid_until = Moment()
    expires_at = Expiry()

    def challenge(self) -> Challenge:
        """The item as the wallet speaks of it."""
        return self.as_record(Challenge, id=self.pk, device=Device(**self.device))


def writing(items: type[ChallengeItem], challenge: Challenge) -> list[Any]:
    """What makes a fresh item hold a challenge, as part of a trip."""
    return [
        items.person_id.set(challenge.person_id),
        items.device.set(asdict(challenge.device)),
        items.code_id.set(challenge.code_id),
        items.created_at.set(challenge.created_at),
        items.valid_until.set(challenge.valid_until),
        items.expires_at.set(challenge.valid_until),
    ]
