"""What an item needs so that tries on its secret can be counted."""

from __future__ import annotations

from wallet_api.storage.items import Item, Moment, WholeNumber


class GuardedItem(Item):
    """An item that holds something to be guessed. A new one starts with no failures, no locks and a lock that is
    over.
    """

    table = "people"

    failures = WholeNumber()
    locks = WholeNumber()
    locked_until = Moment()
