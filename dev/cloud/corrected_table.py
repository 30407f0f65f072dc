"""A moto table that keeps its keys in order, can put back an item or cut its stream, and streams what later writes do not change."""

import copy
from bisect import bisect_left
from collections.abc import Callable, Iterator
from decimal import Decimal
from inspect import signature
from typing import Any

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import RESULT_SIZE_LIMIT, Table

from dev.cloud.exact_numbers import shown
from dev.cloud.ordered import Key, Order

_QUERY, _SCAN = signature(Table.query), signature(Table.scan)
Place = tuple[DynamoType, DynamoType]
"""Where an item is: its partition key and its sort key."""


class CorrectedTable(Table):
    """moto's table; `correct` turns one that moto made into this class, keeping all that it holds."""

    _keys: dict[str | None, tuple[str, ...]]
    """By what each index is ordered within its partitions, and under None the table itself."""
    _orders: dict[str | None, dict[Any, Order]]
    _hashes: list[Any] | None
    _lent: list[Item] | None
    _first: int

    @staticmethod
    def correct(table: Table) -> None:
        """Corrects a table in place; it must have a sort key and no local indexes, as all of the wallet's."""
        if table.range_key_attr is None or table.indexes:
            raise LookupError(f"the local cloud has no tables like {table.name}")
        corrected: Any = table
        corrected.__class__ = CorrectedTable
        own = (table.hash_key_attr, table.range_key_attr)
        corrected._keys = {None: own[1:]}
        for index in table.global_indexes:
            ranges = [key["AttributeName"] for key in index.schema if key["KeyType"] == "RANGE"]
            corrected._keys[index.name] = (*(ranges or own[1:]), *own)
        corrected._orders = {name: {} for name in corrected._keys}
        corrected._hashes = corrected._lent = None
        corrected._first = 0
        for item in Table.all_items(table):
            corrected.reindex((item.hash_key, item.range_key), None)

    def all_items(self) -> list[Item]:
        return super().all_items() if self._lent is None else self._lent

    def query(self, hash_key: Any, *args: Any, **more: Any) -> Any:
        """moto's Query, which looks through all items, over those that it will return and the one after."""
        given = _QUERY.bind(self, hash_key, *args, **more).arguments
        if given.get("index_name") in self._keys:
            self._lent = _page(self._asked(given), given["limit"])
        try:
            return super().query(hash_key, *args, **more)
        finally:
            self._lent = None

    def scan(self, *args: Any, **more: Any) -> Any:
        """moto's Scan in the same way; that of an index, or of one segment, as it comes."""
        given = _SCAN.bind(self, *args, **more).arguments
        if given.get("index_name") is None and given.get("segments", (None, None)) == (None, None):
            self._lent = _page(self._all_from(given["exclusive_start_key"]), given["limit"])
        try:
            return super().scan(*args, **more)
        finally:
            self._lent = None

    def _asked(self, given: dict[str, Any]) -> Iterator[Item]:
        """What a Query asks for, beginning beyond where it starts."""
        index, hash_key = given.get("index_name"), given["hash_key"]
        if index is not None:
            ((_, hash_key),) = given["hash_key_conditions"]
        start, comparison = given["exclusive_start_key"], given["range_comparison"]
        after = None if start is None else _key(start, self._keys[index])
        values = [value.cast_value for value in given["range_objs"]]
        if after is not None:
            hash_name = self.hash_key_attr if index is None else self._hash_name(index)
            here = hash_name in start and DynamoType(start[hash_name]) == hash_key
            if not here or not Order.of(after).holds(comparison, values):
                raise MockValidationException(
                    "The provided starting key is outside query boundaries based on provided conditions"
                )
        order = self._orders[index].get(hash_key.value, Order())
        for key in order.walk(comparison, values, after=after, forward=given["scan_index_forward"]):
            yield self._held(hash_key.value if index is None else key[-2], key[-1])

    def _all_from(self, start: dict[str, Any] | None) -> Iterator[Item]:
        """All items, partition after partition, beginning beyond where a Scan starts."""
        if self._hashes is None:
            self._hashes = sorted(self._orders[None])
        pk, after = ("", None) if start is None else _key(start, (self.hash_key_attr, str(self.range_key_attr)))
        for place in range(bisect_left(self._hashes, pk) if start else 0, len(self._hashes)):
            found = self._hashes[place]
            beyond = (after,) if start is not None and found == pk else None
            for key in self._orders[None][found].walk(after=beyond, forward=True):
                yield self._held(found, key[-1])

    def _held(self, hash_value: Any, range_value: Any) -> Item:
        hash_key = DynamoType({self.hash_key_type: _text(hash_value)})
        held: Item = self.items[hash_key][DynamoType({str(self.range_key_type): _text(range_value)})]
        return held

    def place_of(self, item_or_key: dict[str, Any]) -> Place:
        return DynamoType(item_or_key[self.hash_key_attr]), DynamoType(item_or_key[str(self.range_key_attr)])

    def found(self, place: Place) -> Item | None:
        partition = self.items.get(place[0])
        return None if partition is None else partition.get(place[1])

    def snapshot(self, place: Place) -> Item | None:
        """The item as it is now, safe from later changes."""
        return copy.deepcopy(self.found(place))

    def put_back(self, place: Place, before: Item | None) -> None:
        """Makes the item what it was; its keys were not put in order yet."""
        if before is None:
            self.items.get(place[0], {}).pop(place[1], None)
        else:
            self.items[place[0]][place[1]] = before
        self._forget_empty(place)

    def reindex(self, place: Place, before: Item | None) -> None:
        """Puts the keys of an item that was written where they now belong, in the table and in its indexes."""
        after = self.found(place)
        for name in self._orders:
            old, new = self._entry(name, before), self._entry(name, after)
            if old != new:
                self._move(name, old, new)
        self._forget_empty(place)

    def _entry(self, index: str | None, item: Item | None) -> tuple[Any, Key] | None:
        """The partition of an index (of the table itself for None) where an item is found, and its key there."""
        if item is None:
            return None
        names = self._keys[index]
        hash_name = self.hash_key_attr if index is None else self._hash_name(index)
        if hash_name not in item.attrs or not all(name in item.attrs for name in names):
            return None
        return item.attrs[hash_name].value, tuple(item.attrs[name].cast_value for name in names)

    def _hash_name(self, index: str) -> str:
        (name,) = (key["AttributeName"] for key in self.get_index(index).schema if key["KeyType"] == "HASH")
        return name

    def _move(self, index: str | None, old: tuple[Any, Key] | None, new: tuple[Any, Key] | None) -> None:
        orders = self._orders[index]
        if old is not None:
            orders[old[0]].remove(old[1])
            if not orders[old[0]]:
                del orders[old[0]]
                self._hashes = None
        if new is not None:
            if new[0] not in orders:
                orders[new[0]] = Order()
                self._hashes = None
            orders[new[0]].add(new[1])

    def _forget_empty(self, place: Place) -> None:
        if not self.items.get(place[0]):
            self.items.pop(place[0], None)

    def clear(self) -> None:
        """Forgets all items and the stream's records; what is written next comes after them in the stream."""
        self.items.clear()
        self._hashes = None
        for orders in self._orders.values():
            orders.clear()
        self.forget_stream_records()

    def keep(self) -> Callable[[], None]:
        """Keeps the items and the stream as they are now; what is returned puts them back into the emptied table."""
        items = copy.deepcopy(Table.all_items(self))
        orders = _copied(self._orders)
        records = [] if self.stream_shard is None else list(self.stream_shard.items)

        def put_back() -> None:
            for item in copy.deepcopy(items):
                self.items[item.hash_key][item.range_key] = item
            self._orders = _copied(orders)
            if self.stream_shard is not None:
                self.stream_shard.items.extend(records)

        return put_back

    def forget_stream_records(self) -> None:
        """Empties the stream; places in it go on from here."""
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
        fresh: list[Any] = self.stream_shard.items[length:]
        self.stream_shard.items[length:] = [each for each in fresh if each.changes]


def _copied(orders: dict[str | None, dict[Any, Order]]) -> dict[str | None, dict[Any, Order]]:
    return {index: {place: order.copy() for place, order in within.items()} for index, within in orders.items()}


def _page(items: Iterator[Item], limit: int | None) -> list[Item]:
    """As many items as moto will return, and the one after, by which it knows that there is more."""
    page, size = [], 0
    for item in items:
        page.append(item)
        size += item.size()
        if len(page) - 1 == limit or size > RESULT_SIZE_LIMIT:
            break
    return page


def _key(start: dict[str, Any], names: tuple[str, ...]) -> Key:
    if any(name not in start for name in names):
        raise MockValidationException("The provided starting key is invalid")
    return tuple(DynamoType(start[name]).cast_value for name in names)


def _text(value: Any) -> Any:
    return shown(value) if isinstance(value, Decimal) else value
