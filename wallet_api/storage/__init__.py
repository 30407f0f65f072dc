"""Storage: five DynamoDB tables, read in trips and written in one atomic write. It knows keys and conditions, and no rule of the wallet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from wallet_api.clock import Clock
from wallet_api.settings import Settings
from wallet_api.storage.atomic import AtomicWrite
from wallet_api.storage.calls import retrying
from wallet_api.storage.connection import INDEXES, WalletConnection
from wallet_api.storage.items import Item
from wallet_api.storage.pages import Page, PageRequest, cursor_at
from wallet_api.storage.trips import Read, Trip

I = TypeVar("I", bound=Item)  # noqa: E741
T = TypeVar("T")

__all__ = ["AtomicWrite", "Item", "Read", "Storage", "Trip"]

POOL_THREADS = 16


class Storage:
    """The door to the tables. `bind` an item class once, then read it in trips and write it in an atomic write."""

    def __init__(self, session: Any, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._connection = WalletConnection(session, settings.region, settings.tables)
        self._pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="trip")

    def bind(self, item_type: type[I]) -> type[I]:
        """The item class bound to its table in this deployment."""
        meta = type("Meta", (), {"table_name": self._settings.tables[item_type.table], "region": self._settings.region})
        names = {"Meta": meta, "__module__": item_type.__module__}
        # Past PynamoDB's metaclass, which would look through every attribute of the class once more: they are the same.
        bound: type[I] = type.__new__(type(item_type), item_type.__name__, (item_type,), names)
        return bound

    def trip(self) -> Trip:
        """One round trip of reads and reserving updates."""
        return Trip(self._connection, self._pool, self._clock)

    def atomic_write(self) -> AtomicWrite:
        """One all-or-nothing write."""
        return AtomicWrite(self._connection, self._clock)

    def get(self, item_type: type[I], pk: str, sk: str) -> I | None:
        """One item, read consistently, in a trip of its own."""
        with self.trip() as trip:
            found = trip.get(item_type, pk, sk)
        return found()

    def query(
        self,
        item_type: type[I],
        pk: str,
        *,
        prefix: str = "",
        between: tuple[str, str] | None = None,
        after: str | None = None,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[I]:
        """Items of one partition in the order of their sort keys, read consistently, beginning after a sort key.

        `between` bounds the sort keys at both ends, in place of a prefix; `after` must lie within the bounds.
        """
        start = {"pk": {"S": pk}, "sk": {"S": after}} if after is not None else None
        condition: Any = item_type.sk.startswith(prefix) if prefix else None
        if between is not None:
            condition = item_type.sk.between(*between)
        answer = self._ask(
            item_type, pk, condition, consistent_read=True, start=start, limit=limit, newest_first=newest_first
        )
        return [item_type.from_raw_data(raw) for raw in answer["Items"]]

    def query_index(
        self,
        item_type: type[I],
        index: str,
        bucket: str,
        *,
        up_to: str | None = None,
        before: str | None = None,
        limit: int = 100,
        newest_first: bool = False,
    ) -> list[dict[str, Any]]:
        """Raw rows of one bucket of an index; eventual, so nothing may be decided on them without reading the item itself.

        `up_to` and `before` bound the index's range attribute (`owner_order` or `due_at`) from above.
        """
        _, range_name = INDEXES[item_type.table][index]
        path = getattr(item_type, range_name)
        condition = path <= up_to if up_to is not None else (path < before if before is not None else None)
        answer = self._ask(item_type, bucket, condition, index=index, limit=limit, newest_first=newest_first)
        return list(answer["Items"])

    def newest(
        self, item_type: type[I], bucket: str, request: PageRequest, prefix: str, trip: Trip, record: Callable[[I], T]
    ) -> Read[Page[T]]:
        """A page of what one owner has, newest first, by ids of this prefix; eventual. Raises Invalid for a cursor of another list."""
        before, limit = request.place_of(prefix), request.limit
        query = partial(
            self.query_index, item_type, "by_owner", bucket, before=before, limit=limit + 1, newest_first=True
        )

        def page(rows: list[dict[str, Any]]) -> Page[T]:
            more = len(rows) > limit
            place = rows[limit - 1]["owner_order"]["S"] if more else None
            shown = tuple(record(item_type.from_raw_data(row)) for row in rows[:limit])
            return Page(shown, None if place is None else cursor_at(place))

        return trip.call(query).map(page)

    def scan(self, item_type: type[I]) -> Iterator[dict[str, Any]]:
        """Every raw item of a whole table, for the jobs that check everything. Never on a request's path."""
        start: Any = None
        while True:
            answer = self._scan_page(item_type, start)
            yield from answer["Items"]
            start = answer.get("LastEvaluatedKey")
            if not start:
                return

    def _scan_page(self, item_type: type[Item], start: Any) -> dict[str, Any]:
        table_name = item_type.Meta.table_name
        return retrying(
            self._clock,
            lambda: self._connection.scan(table_name, exclusive_start_key=start, consistent_read=True, limit=500),
        )

    def _ask(
        self,
        item_type: type[Item],
        pk: str,
        condition: Any,
        *,
        index: str | None = None,
        consistent_read: bool = False,
        start: Any = None,
        limit: int,
        newest_first: bool,
    ) -> dict[str, Any]:
        return retrying(
            self._clock,
            lambda: self._connection.query(
                item_type.Meta.table_name,
                pk,
                range_key_condition=condition,
                consistent_read=consistent_read,
                exclusive_start_key=start,
                index_name=index,
                limit=limit,
                scan_index_forward=not newest_first,
            ),
        )

    def close(self) -> None:
        """Ends the pool's threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)
