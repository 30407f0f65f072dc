"""The counts' items. They expire by themselves; a count of an earlier stretch is another item, so an old one never counts."""

from __future__ import annotations

from wallet_api.storage.items import Expiry, Item, WholeNumber


class CountItem(Item):
    """pk = `limit/{name}/{keyed hash of the subject}`, sk = the start of the stretch in epoch seconds."""

    table = "ephemeral"

    taken = WholeNumber()
    expires_at = Expiry()
