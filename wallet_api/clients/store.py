"""The policies' items."""

from __future__ import annotations

from wallet_api.clients.model import ClientPolicy
from wallet_api.storage.items import Item, UnicodeAttribute

POLICIES = "client_policies"


class ClientPolicyItem(Item):
    """pk = `client_policies`, sk = platform: all in one partition, so that one query reads them."""

    table = "records"

    minimum = UnicodeAttribute()
    advised = UnicodeAttribute()
    store_url = UnicodeAttribute()

    def policy(self) -> ClientPolicy:
        """The item as the wallet speaks of it."""
        return self.as_record(ClientPolicy, platform=self.sk)
