"""Gets, queries and scans. A query walks its partition only; answers share stored items, which never change."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dev.cloud.dynamo import conditions
from dev.cloud.dynamo.grammar import Path, Words, paths_overlap, projected
from dev.cloud.dynamo.refusals import Invalid
from dev.cloud.dynamo.table import Index, ItemTable, Pair, Partition, Span, scan_place
from dev.cloud.dynamo.values import Item, item_weight, sort_key, stored_all

_PAGE_BYTES = 1024 * 1024
_LEGACY = ("KeyConditions", "QueryFilter", "ScanFilter", "AttributesToGet", "ConditionalOperator")


@dataclass(frozen=True)
class Projection:
    """The paths of one ProjectionExpression."""

    paths: tuple[Path, ...]
    names_used: frozenset[str]


@lru_cache(maxsize=1024)
def _projection(text: str, names: tuple[tuple[str, str], ...]) -> Projection:
    words = Words("ProjectionExpression", text, dict(names))
    paths = [words.path()]
    while words.accept(","):
        paths.append(words.path())
    words.end()
    if paths_overlap(paths):
        raise Invalid("Invalid ProjectionExpression: Two document paths overlap with each other")
    return Projection(tuple(paths), frozenset(words.names_used))


def get(request: dict[str, Any], table: ItemTable) -> Item | None:
    """The item that a Get (of any kind) names, cut to its projection."""
    _refuse_legacy(request)
    projection = _asked_projection(request)
    return _cut(table.items.get(table.pair_of_key(stored_all(request["Key"]))), projection)


def get_many(request: dict[str, Any], table: ItemTable) -> list[Item]:
    """One table's share of BatchGetItem."""
    _refuse_legacy(request)
    projection = _asked_projection(request)
    pairs = [table.pair_of_key(stored_all(key)) for key in request["Keys"]]
    if len(set(pairs)) != len(pairs):
        raise Invalid("Provided list of item keys contains duplicates")
    found = (_cut(table.items.get(pair), projection) for pair in pairs)
    return [item for item in found if item is not None]


def _asked_projection(request: dict[str, Any]) -> Projection | None:
    names = request.get("ExpressionAttributeNames") or {}
    text = request.get("ProjectionExpression")
    if text is None:
        if names and "FilterExpression" not in request and "KeyConditionExpression" not in request:
            raise Invalid("ExpressionAttributeNames can only be specified when using expressions")
        return None
    return _projection(text, tuple(sorted(names.items())))


def _cut(item: Item | None, projection: Projection | None) -> Item | None:
    return item if item is None or projection is None else projected(item, projection.paths)


def _refuse_legacy(request: dict[str, Any]) -> None:
    for name in _LEGACY:
        if name in request:
            raise Invalid(f"{name} is the legacy interface, which the local engine does not speak: use expressions")


class Page:
    """Collects one answer of a query or scan: filter, projection, limit, one megabyte."""

    def __init__(self, request: dict[str, Any], table: ItemTable, index: Index | None) -> None:
        _refuse_legacy(request)
        self.table = table
        self.index = index
        self.values = stored_all(request.get("ExpressionAttributeValues") or {})
        self.names: dict[str, str] = request.get("ExpressionAttributeNames") or {}
        self.projection = _asked_projection(request)
        text = request.get("FilterExpression")
        self.filter = None if text is None else conditions.compiled("FilterExpression", text, self.names)
        self.limit = request.get("Limit")
        if self.limit is not None and self.limit < 1:
            raise Invalid("1 validation error detected: Value at 'limit' must be greater than or equal to 1")
        self.count_only = request.get("Select") == "COUNT"
        if index is not None and request.get("ConsistentRead"):
            raise Invalid("Consistent reads are not supported on global secondary indexes")

    def check_used(self, names: frozenset[str], values: frozenset[str]) -> None:
        """Refuses placeholders that no expression uses, and values that none defines."""
        for part in (self.filter, self.projection):
            names |= part.names_used if part is not None else frozenset()
        values |= self.filter.values_used if self.filter is not None else frozenset()
        for what, given, used in (("Names", set(self.names), names), ("Values", set(self.values), values)):
            if unused := sorted(given - used):
                raise Invalid(
                    f"Value provided in ExpressionAttribute{what} unused in expressions: keys: {{{', '.join(unused)}}}"
                )
        if missing := sorted(values - set(self.values)):
            raise Invalid(
                f"An expression attribute value used in expression is not defined; attribute value: {missing[0]}"
            )

    def collected(self, pairs: Iterator[Pair]) -> dict[str, Any]:
        kept: list[Item] = []
        scanned = size = 0
        last: Item | None = None
        for pair in pairs:
            item = self.table.items[pair]
            if last is not None and (scanned == self.limit or size > _PAGE_BYTES):
                break
            scanned += 1
            size += item_weight(item)
            last = item
            shown = self._shown(item)
            if self.filter is None or self.filter.test(shown, self.values):
                kept.append(shown)
        else:
            # AWS cannot know that a page which just filled was the last: only running out of items says so.
            if last is None or scanned != self.limit:
                last = None
        answer: dict[str, Any] = {"Count": len(kept), "ScannedCount": scanned}
        if not self.count_only:
            answer["Items"] = [_cut(item, self.projection) for item in kept]
        if last is not None:
            names = dict.fromkeys((*self.table.keys.names, *(self.index.keys.names if self.index else ())))
            answer["LastEvaluatedKey"] = {name: last[name] for name in names}
        return answer

    def _shown(self, item: Item) -> Item:
        if self.index is None or self.index.projection.get("ProjectionType") == "ALL":
            return item
        names = {*self.table.keys.names, *self.index.keys.names, *self.index.projection.get("NonKeyAttributes", ())}
        return {name: value for name, value in item.items() if name in names}


def _index(request: dict[str, Any], table: ItemTable) -> Index | None:
    name = request.get("IndexName")
    if name is not None and name not in table.indexes:
        raise Invalid(f"The table does not have the specified index: {name}")
    return None if name is None else table.indexes[name]


def query(request: dict[str, Any], table: ItemTable) -> dict[str, Any]:
    index = _index(request, table)
    page = Page(request, table, index)
    keys = table.keys if index is None else index.keys
    names = tuple(sorted(page.names.items()))
    text = request.get("KeyConditionExpression")
    if not text:
        raise Invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
    wanted = conditions.key_range(text, names, keys.hash_name)
    page.check_used(wanted.names_used, wanted.values_used)
    if wanted.range_attribute not in (None, keys.range_name):
        raise Invalid(f"Query condition missed key schema element: {keys.range_name}")
    value = page.values[wanted.hash_value]
    if keys.hash_kind not in value:
        raise Invalid("One or more parameter values were invalid: Condition parameter type does not match schema type")
    partition = (table.partitions if index is None else index.partitions).get(sort_key(value)) or Partition()
    start = request.get("ExclusiveStartKey")
    after = None if start is None else _place(stored_all(start), table, index)[1]
    span = None
    if wanted.comparison is not None:
        bounds = [page.values[name] for name in wanted.operands]
        if any(keys.range_kind not in bound for bound in bounds):
            raise Invalid(
                "One or more parameter values were invalid: Condition parameter type does not match schema type"
            )
        span = Span(wanted.comparison, tuple(map(sort_key, bounds)), first_part=index is not None)
    places = partition.places(request.get("ScanIndexForward") is not False, after, span)
    return page.collected(partition.entries[place] for place in places)


def _place(start: Item, table: ItemTable, index: Index | None) -> tuple[Any, Any]:
    """Where an ExclusiveStartKey stands: its partition, and its place in it."""
    names = {*table.keys.names, *(index.keys.names if index is not None else ())}
    if set(start) != names:
        raise Invalid("The provided starting key is invalid")
    pair = table.keys.pair(start)
    if index is None:
        return pair
    place = index.place(start, pair)
    assert place is not None
    return place


def scan(request: dict[str, Any], table: ItemTable) -> dict[str, Any]:
    index = _index(request, table)
    page = Page(request, table, index)
    page.check_used(frozenset(), frozenset())
    start = request.get("ExclusiveStartKey")
    after = None if start is None else _place(stored_all(start), table, index)
    segment, total = request.get("Segment"), request.get("TotalSegments")
    if (segment is None) != (total is None):
        raise Invalid("The Segment and TotalSegments parameters must be given together")
    partitions = table.partitions if index is None else index.partitions
    order = table.scan_order if index is None else sorted(scan_place(hashed) for hashed in partitions)
    first = 0 if after is None else bisect_left(order, scan_place(after[0]))
    hashes = (hashed for digest, hashed in order[first:] if total is None or digest[0] % total == segment)
    return page.collected(_scanned(hashes, partitions, after))


def _scanned(hashes: Iterator[Any], partitions: dict[Any, Partition], after: tuple[Any, Any] | None) -> Iterator[Pair]:
    for hashed in hashes:
        partition = partitions[hashed]
        rest = after[1] if after is not None and after[0] == hashed else None
        for place in partition.places(True, rest):
            yield partition.entries[place]
