"""An item of no meaning, for tests of storage itself."""

from typing import Any

from tests.ledger_world import World
from wallet_api.storage.items import (
    Counters,
    Document,
    Expiry,
    Item,
    Moment,
    MoneyAttribute,
    UnicodeAttribute,
    WholeNumber,
)


class BoxItem(Item):
    table = "records"

    # Hides what PynamoDB calls so, as an attribute of any name may.
    count = WholeNumber(null=True)  # type: ignore[assignment]
    state = UnicodeAttribute(null=True)
    by_name = Counters(null=True)
    paper = Document(null=True)
    price = MoneyAttribute(null=True)
    made_at = Moment(null=True)
    expires_at = Expiry(null=True)
    owner_bucket = UnicodeAttribute(null=True)
    owner_order = UnicodeAttribute(null=True)


class Gone(Exception):
    """The box should be there, and is not."""


class Taken(Exception):
    """There is a box already."""


class Short(Exception):
    """The box holds too little."""


class Shut(Exception):
    """The box is shut."""


class Boxes:
    """Boxes in the local cloud."""

    def __init__(self, world: World) -> None:
        self.storage = world.wallet.storage
        self.items: Any = self.storage.bind(BoxItem)

    def add(self, pk: str, **values: Any) -> None:
        with self.storage.atomic_write() as write:
            write.replace(self.items(pk, "box", **values))

    def get(self, pk: str) -> Any:
        return self.storage.get(self.items, pk, "box")

    def at(self, pk: str) -> Any:
        return self.items(pk, "box")
