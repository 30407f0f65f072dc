"""The challenges' items."""

from __future__ import annotations

from dataclasses import asdict

from wallet_api.sessions.model import Device
from wallet_api.sign_ins.model import Challenge
from wallet_api.storage.items import Document, Expiry, Item, Moment, UnicodeAttribute

CHALLENGE = "challenge"


class ChallengeItem(Item):
    """pk = challenge id, sk = `challenge`."""

    table = "ephemeral"

    person_id = UnicodeAttribute()
    methods = Document()
    device = Document()
    code_id = UnicodeAttribute()
    valid_until = Moment()
    expires_at = Expiry()

    def challenge(self) -> Challenge:
        """The item as the wallet speaks of it."""
        return self.as_record(Challenge, id=self.pk, methods=tuple(self.methods), device=Device(**self.device))


def challenge_item(items: type[ChallengeItem], challenge: Challenge) -> ChallengeItem:
    """The item of a new challenge."""
    return items.of(
        challenge,
        pk=challenge.id,
        sk=CHALLENGE,
        methods=list(challenge.methods),
        device=asdict(challenge.device),
        expires_at=challenge.valid_until,
    )
