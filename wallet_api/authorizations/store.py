"""Authorizations' items: a challenge for some minutes, and the payees that a person has said a strong yes to."""

from __future__ import annotations

from wallet_api.authorizations.model import Challenge
from wallet_api.storage.items import Expiry, Item, Moment, UnicodeAttribute, WholeNumber

CHALLENGE = "authorization/"
PAYEE = "payee/"


class ChallengeItem(Item):
    """pk = session, sk = `authorization/chl_…`: whoever has another session cannot even name it."""

    table = "ephemeral"

    id = UnicodeAttribute()
    text_hash = UnicodeAttribute()
    pin_proven = WholeNumber()
    code_id = UnicodeAttribute()
    code_sent = WholeNumber()
    valid_until = Moment()
    used_at = Moment(null=True)
    expires_at = Expiry()

    def challenge(self) -> Challenge:
        """The item as the wallet speaks of it."""
        flags = {"pin_proven": bool(self.pin_proven), "code_sent": bool(self.code_sent)}
        return self.as_record(Challenge, session_id=self.pk, **flags)


class PayeeItem(Item):
    """pk = person, sk = `payee/usr_…` or `payee/mer_…`: that the person has sent a high amount there with a strong yes."""

    table = "people"

    known_since = Moment()


def challenge_item(items: type[ChallengeItem], challenge: Challenge) -> ChallengeItem:
    """The item of a new challenge."""
    return items.of(
        challenge,
        pk=challenge.session_id,
        sk=CHALLENGE + challenge.id,
        pin_proven=int(challenge.pin_proven),
        code_sent=int(challenge.code_sent),
        expires_at=challenge.valid_until,
    )
