"""Data keys of items that are sealed by themselves, brought under the KMS key that is used now.

Whoever seals a kind of item under data keys of its own says here how one is found and renewed, so that no kind is forgotten when a
KMS key retires. People's data keys are renewed with their contacts, by their own capability.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from wallet_api.storage import Storage
from wallet_api.storage.crypto import FieldCipher, SealBroken
from wallet_api.storage.items import Item


class KeyMoved(Exception):
    """The item was changed or removed meanwhile: whoever did so sealed it under the present key."""


class Renewal(Struct, frozen=True):
    """What one kind of items needs. `place` is the beginning of their sort keys, `owner` names whom an item's key was made for."""

    storage: Storage
    cipher: FieldCipher
    items: type[Any]
    place: str
    owner: Callable[[Any], str]

    def run(self, *, again: bool = False) -> Iterator[bool | SealBroken]:
        """Every item's turn: whether there was anything to do, or why its key cannot be opened. It may be stopped, begun again
        and run twice at once. Raises Unavailable when a table or KMS does not answer.
        """
        for raw in self.storage.scan(self.items):
            if not raw["sk"]["S"].startswith(self.place) or "B" not in raw.get("data_key", {}):
                continue
            try:
                yield self._renewed(self.items.from_raw_data(raw), again=again)
            except SealBroken as error:
                yield error

    def _renewed(self, item: Any, *, again: bool) -> bool:
        wrapped = self.cipher.rewrapped(self.owner(item), item.data_key, again=again)
        if wrapped is None:
            return False
        items, bare = self.items, self.items(item.pk, item.sk)
        actions = [items.data_key.set(wrapped)]
        if _counts_changes(items):
            # Whoever read the item before writes it whole: they have to read it anew, or the old key would come back.
            actions.append(items.revision.set(items.revision + 1))
        try:
            with self.storage.atomic_write() as write:
                write.update(bare, actions, (items.data_key == item.data_key, KeyMoved()))
        except KeyMoved:
            return False
        return True


def _counts_changes(items: type[Item]) -> bool:
    return "revision" in items.get_attributes()
