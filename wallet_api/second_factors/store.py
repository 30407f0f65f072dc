"""The second factors' items."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, BooleanAttribute

from wallet_api.attempts import GuardedItem
from wallet_api.storage.items import Item, Moment, WholeNumber

SECOND_FACTOR = "second_factor"
RECOVERY = "recovery/"


class SecondFactorItem(GuardedItem):
    """pk = person, sk = `second_factor`: the tries of all second factors, and the authenticator if there is one."""

    secret_sealed = BinaryAttribute(legacy_encoding=False, null=True)
    confirmed = BooleanAttribute(default=False)
    last_step = WholeNumber()


class RecoveryItem(Item):
    """pk = person, sk = `recovery/{keyed hash}`: a code that was not used yet. Using it removes it."""

    table = "people"

    created_at = Moment()
