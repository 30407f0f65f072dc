"""A moto table that lends a Query one partition, can put back an item or cut its stream, and streams what later writes do not change."""

import base64
import copy
import random
import time
from collections import defaultdict
from inspect import signature
from typing import Any

from moto.dynamodb.models import table as table_module
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import StreamRecord, Table

_QUERY = signature(Table.query)
_VIEWS = {"OldImage": "OLD_IMAGE", "NewImage": "NEW_IMAGE"}
Place = tuple[DynamoType, DynamoType]
"""Where an item is: its partition key and its sort key."""


class CorrectedTable(Table):
    """moto's table; `correct` turns one that moto made into this class, keeping all that it holds."""

    _partitions: dict[str, dict[DynamoType, dict[Place, Item]]]
    _lent: list[Item] | None
    _first: int

    @staticmethod
    def correct(table: Table) -> None:
        """Corrects a table in place; it must have a sort key and no local indexes, as all of the wallet's."""
        if table.range_key_attr is None or table.indexes:
            raise LookupError(f"the local cloud has no tables like {table.name}")
        corrected: Any = table
        corrected.__class__ = CorrectedTable
        corrected._partitions = {index.name: defaultdict(dict) for index in table.global_indexes}
        corrected._lent = None
        corrected._first = 0
        for item in Table.all_items(table):
            corrected.reindex((item.hash_key, item.range_key), None)

    def all_items(self) -> list[Item]:
        return super().all_items() if self._lent is None else list(self._lent)

    def query(self, hash_key: Any, *args: Any, **more: Any) -> Any:
        """moto's Query, which looks at `all_items`, over the one partition that it asks for."""
        given = _QUERY.bind(self, hash_key, *args, **more).arguments
        index_name = given.get("index_name")
        if index_name is None:
            self._lent = list(self.items.get(hash_key, {}).values())
        elif index_name in self._partitions:
            ((_, value),) = given["hash_key_conditions"]
            self._lent = list(self._partitions[index_name].get(value, {}).values())
        try:
            return super().query(hash_key, *args, **more)
        finally:
            self._lent = None

    def place_of(self, item_or_key: dict[str, Any]) -> Place:
        return DynamoType(item_or_key[self.hash_key_attr]), DynamoType(item_or_key[str(self.range_key_attr)])

    def found(self, place: Place) -> Item | None:
        partition = self.items.get(place[0])
        return None if partition is None else partition.get(place[1])

    def snapshot(self, place: Place) -> Item | None:
        """The item as it is now, safe from later changes."""
        return copy.deepcopy(self.found(place))

    def put_back(self, place: Place, before: Item | None) -> None:
        """Makes the item what it was; the indexes were not touched yet."""
        if before is None:
            self.items.get(place[0], {}).pop(place[1], None)
        else:
            self.items[place[0]][place[1]] = before
            for partitions in self._partitions.values():
                for partition in partitions.values():
                    if place in partition:
                        partition[place] = before
        if not self.items.get(place[0]):
            self.items.pop(place[0], None)

    def reindex(self, place: Place, before: Item | None) -> None:
        """Moves an item that was written to the partitions of the indexes where it is now found."""
        after = self.found(place)
        for index in self.global_indexes:
            partitions = self._partitions[index.name]
            (hash_name,) = (key["AttributeName"] for key in index.schema if key["KeyType"] == "HASH")
            if before is not None and hash_name in before.attrs:
                partitions[before.attrs[hash_name]].pop(place, None)
            if after is not None and all(key in after.attrs for key in index.schema_key_attrs):
                partitions[after.attrs[hash_name]][place] = after
        if after is None and not self.items.get(place[0]):
            self.items.pop(place[0], None)

    def clear(self) -> None:
        """Forgets all items and the stream's records; what is written next comes after them in the stream."""
        self.items.clear()
        for partitions in self._partitions.values():
            partitions.clear()
        if self.stream_shard is not None:
            forgotten = len(self.stream_shard.items)
            self._first += forgotten
            self.stream_shard.starting_sequence_number += forgotten
            self.stream_shard.items.clear()

    def records(self, start: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        if self.stream_shard is None:
            raise LookupError(f"{self.name} has no stream")
        start = max(start, self._first)
        found = [record.to_json() for record in self.stream_shard.items[start - self._first :][:limit]]
        return found, start + len(found)

    def stream_length(self) -> int:
        return 0 if self.stream_shard is None else len(self.stream_shard.items)

    def cut_stream(self, length: int) -> None:
        """Takes back the records of writes that were undone."""
        if self.stream_shard is not None:
            del self.stream_shard.items[length:]

    def settle_stream(self, length: int) -> None:
        """A write that changed nothing leaves no record, as on AWS."""
        if self.stream_shard is None:
            return
        fresh = self.stream_shard.items[length:]
        changed = [
            each for each in fresh if each.record["dynamodb"].get("OldImage") != each.record["dynamodb"].get("NewImage")
        ]
        self.stream_shard.items[length:] = changed


class FrozenRecord(StreamRecord):
    """A stream record with images of its own; moto's shares them with the items, and measures them by writing them out."""

    def __init__(
        self, table: Table, stream_type: str, event_name: str, old: Item | None, new: Item | None, seq: int
    ) -> None:
        images = {"OldImage": old, "NewImage": new}
        shown = {name: _frozen(item.attrs) for name, item in images.items() if item is not None}
        one = next(iter(shown.values()))
        self.record: dict[str, Any] = {
            "eventID": f"{random.getrandbits(128):032x}",
            "eventName": event_name,
            "eventSource": "aws:dynamodb",
            "eventVersion": "1.1",
            "awsRegion": table.region_name,
            "dynamodb": {
                "StreamViewType": stream_type,
                "ApproximateCreationDateTime": int(time.time()),
                "SequenceNumber": str(seq),
                "SizeBytes": sum(item.size() for item in images.values() if item is not None),
                "Keys": {name: one[name] for name in (table.hash_key_attr, str(table.range_key_attr))},
                **{name: image for name, image in shown.items() if stream_type in (_VIEWS[name], "NEW_AND_OLD_IMAGES")},
            },
            "eventSourceARN": f"{table.table_arn}/stream/{table.latest_stream_label}",
        }


def stream_frozen_records() -> None:
    """Makes every table of moto's stream such records, for good."""
    vars(table_module)["StreamRecord"] = FrozenRecord


def _frozen(value: Any) -> Any:
    """An attribute, or a tree of them, as plain JSON that shares nothing with it."""
    if isinstance(value, DynamoType):
        return {value.type: _frozen(value.value)}
    if isinstance(value, dict):
        return {name: _frozen(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_frozen(inner) for inner in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
