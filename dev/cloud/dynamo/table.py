"""One table's items, ordered by partition and sort key, with its indexes and its stream.

Finding, changing and listing within a partition costs the same however many other partitions there are. Nothing here
locks: the engine serialises calls. Stored items are never changed in place; a change is a new item.
"""

import hashlib
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dev.cloud.dynamo.refusals import Invalid, malformed
from dev.cloud.dynamo.stream import Stream
from dev.cloud.dynamo.values import MAX_ITEM_BYTES, Item, Value, item_weight, sort_key

Pair = tuple[Any, Any]
"""An item's identity: what orders its hash key and its range key; the latter is "" in a table without one."""

_MAX_HASH_BYTES = 2048
_MAX_RANGE_BYTES = 1024


@dataclass(frozen=True)
class Keys:
    """A key schema: attribute names and their types."""

    hash_name: str
    hash_kind: str
    range_name: str | None = None
    range_kind: str | None = None

    @classmethod
    def of(cls, schema: list[dict[str, str]], attributes: list[dict[str, str]]) -> "Keys":
        kinds = {attribute["AttributeName"]: attribute["AttributeType"] for attribute in attributes}
        by_role = {element["KeyType"]: element["AttributeName"] for element in schema}
        hash_name, range_name = by_role["HASH"], by_role.get("RANGE")
        return cls(hash_name, kinds[hash_name], range_name, kinds.get(range_name or ""))

    @property
    def names(self) -> tuple[str, ...]:
        return (self.hash_name,) if self.range_name is None else (self.hash_name, self.range_name)

    def parts(self) -> Iterator[tuple[str, str, int]]:
        yield self.hash_name, self.hash_kind, _MAX_HASH_BYTES
        if self.range_name is not None:
            yield self.range_name, self.range_kind or "", _MAX_RANGE_BYTES

    def pair(self, item: Item) -> Pair:
        return sort_key(item[self.hash_name]), "" if self.range_name is None else sort_key(item[self.range_name])


@dataclass
class Partition:
    """Range keys in order, and what stands at each."""

    order: list[Any] = field(default_factory=list)
    entries: dict[Any, Pair] = field(default_factory=dict)

    def put(self, place: Any, pair: Pair) -> None:
        if place not in self.entries:
            insort(self.order, place)
        self.entries[place] = pair

    def drop(self, place: Any) -> None:
        if self.entries.pop(place, None) is not None:
            del self.order[bisect_left(self.order, place)]

    def places(self, forward: bool, after: Any = None, span: "Span | None" = None) -> Iterator[Any]:
        """Places in order within `span`, strictly after `after` in the direction of travel; lazily."""
        start, end = (0, len(self.order)) if span is None else span.within(self.order)
        if after is not None and forward:
            start = max(start, bisect_right(self.order, after))
        elif after is not None:
            end = min(end, bisect_left(self.order, after))
        steps = range(start, end) if forward else range(end - 1, start - 1, -1)
        return map(self.order.__getitem__, steps)


@dataclass(frozen=True)
class Span:
    """A condition on sort keys: `comparison` with its one or two bounds. `first_part`: places are tuples led by it."""

    comparison: str
    bounds: tuple[Any, ...]
    first_part: bool

    def within(self, order: list[Any]) -> tuple[int, int]:
        """The half-open range of positions in `order` that satisfy it."""
        low, high = self.bounds[0], self.bounds[-1]
        if self.comparison == "begins_with":
            high = low + "\U0010ffff" if isinstance(low, str) else low + b"\xff" * _MAX_RANGE_BYTES
        start = 0 if self.comparison in ("<", "<=") else self._position(order, low, self.comparison == ">")
        end = len(order) if self.comparison in (">", ">=") else self._position(order, high, self.comparison != "<")
        return start, max(start, end)

    def _position(self, order: list[Any], bound: Any, past_equals: bool) -> int:
        search = bisect_right if past_equals else bisect_left
        return search(order, bound, key=_leading if self.first_part else None)


def _leading(place: Any) -> Any:
    return place[0]


@dataclass
class Index:
    """A global secondary index: the pairs of the items that have its keys, by partition."""

    name: str
    keys: Keys
    projection: dict[str, Any]
    partitions: dict[Any, Partition] = field(default_factory=dict)

    def place(self, item: Item, pair: Pair) -> tuple[Any, Any] | None:
        """`(partition, place in it)`, or None for an item that the index does not hold."""
        if any(name not in item for name in self.keys.names):
            return None
        hashed, ranged = self.keys.pair(item)
        return hashed, (ranged, *pair)

    def move(self, pair: Pair, old: Item | None, new: Item | None) -> None:
        before = None if old is None else self.place(old, pair)
        after = None if new is None else self.place(new, pair)
        if before == after:
            return
        if before is not None:
            partition = self.partitions[before[0]]
            partition.drop(before[1])
            if not partition.order:
                del self.partitions[before[0]]
        if after is not None:
            self.partitions.setdefault(after[0], Partition()).put(after[1], pair)


class ItemTable:
    """The items of one table and everything derived from them."""

    def __init__(self, name: str, keys: Keys, indexes: list[Index], stream: Stream | None) -> None:
        self.name = name
        self.keys = keys
        self.indexes = {index.name: index for index in indexes}
        self.stream = stream
        self.clear()

    def clear(self) -> None:
        """Forgets every item; the stream goes on counting, so that old iterators see nothing and new ones all."""
        self.items: dict[Pair, Item] = {}
        self.partitions: dict[Any, Partition] = {}
        # Scans go by a hash of the partition key, as on AWS, so that nobody comes to rely on their order.
        self.scan_order: list[tuple[bytes, Any]] = []
        for index in self.indexes.values():
            index.partitions.clear()
        if self.stream is not None:
            self.stream.clear()

    def replace(self, pair: Pair, new: Item | None) -> None:
        """Puts, overwrites or (None) removes the item at `pair`; indexes and stream follow."""
        old = self.items.get(pair)
        if new is None:
            if old is None:
                return
            del self.items[pair]
            self._drop_place(pair)
        else:
            self.items[pair] = new
            if old is None:
                self._add_place(pair)
        for index in self.indexes.values():
            index.move(pair, old, new)
        if self.stream is not None and old != new:
            self.stream.add({name: (new or old or {})[name] for name in self.keys.names}, old, new)

    def _add_place(self, pair: Pair) -> None:
        partition = self.partitions.get(pair[0])
        if partition is None:
            partition = self.partitions[pair[0]] = Partition()
            insort(self.scan_order, scan_place(pair[0]))
        partition.put(pair[1], pair)

    def _drop_place(self, pair: Pair) -> None:
        partition = self.partitions[pair[0]]
        partition.drop(pair[1])
        if not partition.order:
            del self.partitions[pair[0]]
            place = scan_place(pair[0])
            del self.scan_order[bisect_left(self.scan_order, place)]

    def pair_of_key(self, key: Item) -> Pair:
        """The identity that a `Key` names; `Invalid` when it is not exactly this table's key."""
        if set(key) != set(self.keys.names):
            raise Invalid("The provided key element does not match the schema")
        for name, kind, limit in self.keys.parts():
            if kind not in key[name]:
                raise Invalid("The provided key element does not match the schema")
            _check_key(name, key[name], kind, limit)
        return self.keys.pair(key)

    def check_item(self, item: Item) -> Pair:
        """The identity of a whole item; `Invalid` when its keys or its size are not what DynamoDB stores."""
        for name, kind, limit in self.keys.parts():
            if name not in item:
                raise Invalid(f"One or more parameter values were invalid: Missing the key {name} in the item")
            if kind not in item[name]:
                raise _mismatch("", name, kind, item[name])
            _check_key(name, item[name], kind, limit)
        for index in self.indexes.values():
            for name, kind, limit in index.keys.parts():
                if name in item:
                    if kind not in item[name]:
                        raise _mismatch(f" IndexName: {index.name}", name, kind, item[name])
                    _check_key(name, item[name], kind, limit)
        if item_weight(item) > MAX_ITEM_BYTES:
            raise Invalid("Item size has exceeded the maximum allowed size")
        return self.keys.pair(item)


def scan_place(hashed: Any) -> tuple[bytes, Any]:
    return hashlib.blake2b(repr(hashed).encode(), digest_size=8).digest(), hashed


def _mismatch(where: str, name: str, kind: str, value: Value) -> Invalid:
    actual = next(iter(value))
    return Invalid(
        f"One or more parameter values were invalid: Type mismatch for key {name} "
        f"expected: {kind} actual: {actual}{where}"
    )


def _check_key(name: str, value: Value, kind: str, limit: int) -> None:
    if kind == "N":
        return
    content = value[kind]
    if not isinstance(content, str):
        raise malformed("Start of structure or map found where not expected")
    if content == "":
        raise Invalid(
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
            f"empty string value. Key: {name}"
        )
    if len(content) * 4 > limit and len(content.encode()) > limit:
        raise Invalid(
            f"One or more parameter values were invalid: Size of {name} has exceeded the limit of {limit} bytes"
        )
