"""Work that is due: records that something still has to happen to stand in the `by_due` index, spread over its partitions.

Work that fails is put off: tried again after a minute, then ever less often, and behind all that has not failed, so that however
much of it there is, the rest does not wait. It stands in partitions of its own until a try goes well, which is where an operator
finds it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from wallet_api.clock import rfc3339
from wallet_api.ids import decode
from wallet_api.storage import Storage
from wallet_api.storage.items import Item, Moment, UnicodeAttribute, WholeNumber

FAILING = "/failing"
"""How the partitions of what failed are called, behind the name of those that it came from."""
WOKEN_AFTER = timedelta(minutes=10)
"""Work that has failed for this long wakes somebody; what goes by itself, such as a table that was throttled, has gone by then."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)

logger = logging.getLogger(__name__)


class DueItem(Item):
    """What any record in the index says of its place there; the rest of it may be unreadable."""

    table = "records"

    due_bucket = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    failures = WholeNumber(null=True)
    failing_since = Moment(null=True)


class Failing(Struct, frozen=True):
    """Work that failed each time since then, how often, and when it is tried again."""

    id: str
    kind: str
    since: datetime
    failures: int
    again_at: str


class _MovedOn(Exception):
    """Somebody brought the work on meanwhile."""


class DueWork(Struct, frozen=True):
    """One kind of record in the index: which of it is due, and what is done with what fails.

    `kinds` name its partitions in the order in which they are looked through, each `spread` ways; what is not spread has one.
    """

    storage: Storage
    items: type[DueItem]
    sk: str
    kinds: tuple[str, ...]
    spread: int
    limit: int

    @staticmethod
    def open(storage: Storage, sk: str, spread: int, *, kinds: tuple[str, ...] = (), limit: int = 100) -> DueWork:
        """Binds the places to their table."""
        return DueWork(storage, storage.bind(DueItem), sk, kinds or (sk,), spread, limit)

    def by(self, now: datetime) -> Iterator[str]:
        """Partition keys of what is due by now, the longest due of each partition first, what failed before behind all else; eventual."""
        for bucket in (*self._buckets(), *self._failing()):
            yield from self._rows(bucket, now)

    def place(self, pk: str, at: datetime, kind: str = "") -> dict[str, Any]:
        """The attributes by which a new record is found."""
        return {"due_bucket": self._bucket(pk, kind), "due_at": rfc3339(at)}

    def moved(self, items: Any, pk: str, at: datetime | None, kind: str = "") -> list[Any]:
        """The actions that have a record found at another time, or, without one, no more. It does not count as failing any longer."""
        if at is None:
            return [items.due_bucket.remove(), items.due_at.remove()]
        return [items.due_bucket.set(self._bucket(pk, kind)), items.due_at.set(rfc3339(at))]

    def leased(self, items: Any, until: datetime) -> list[Any]:
        """The actions that have a record found later because somebody is at it; whether it fails is not known yet."""
        return [items.due_at.set(rfc3339(until))]

    def put_off(self, pk: str, now: datetime, *, leased: timedelta = timedelta()) -> timedelta:
        """Has work that just failed tried later; for how long it has been failing. Never raises: the rest has its turn in any case.

        `leased` is for how long whoever tries has it to themselves, and the index has it as not due. It is never tried before a lease
        is over: that may be somebody else's, who is at it while this one failed to get it.
        """
        try:
            return self._put_off(pk, now, now + leased)
        except _MovedOn:
            return timedelta()
        except Exception:
            logger.exception("work that failed could not be put off", extra={"work": pk})
            return timedelta()

    def failing(self) -> Iterator[Failing]:
        """What failed when it was tried last, read record by record: for operators."""
        for bucket in self._failing():
            for pk in self._rows(bucket, None):
                found = self.storage.get(self.items, pk, self.sk)
                if found is not None and _fails(found):
                    yield Failing(pk, bucket.partition("/")[0], found.failing_since, found.failures, found.due_at)

    def failing_count(self) -> int:
        """How much of it failed when it was tried last, as far as one run looks; eventual."""
        return sum(1 for bucket in self._failing() for _ in self._rows(bucket, None))

    def _rows(self, bucket: str, now: datetime | None) -> Iterator[str]:
        up_to = None if now is None else rfc3339(now)
        rows = self.storage.query_index(self.items, "by_due", bucket, up_to=up_to, limit=self.limit)
        yield from (row["pk"]["S"] for row in rows)

    def _buckets(self) -> tuple[str, ...]:
        if not self.spread:
            return self.kinds
        return tuple(f"{kind}/{number}" for kind in self.kinds for number in range(self.spread))

    def _failing(self) -> tuple[str, ...]:
        return tuple(bucket + FAILING for bucket in self._buckets())

    def _bucket(self, pk: str, kind: str) -> str:
        """By the number that an id is; records that were placed otherwise once are found where they are until they are moved."""
        kind = kind or self.kinds[0]
        return f"{kind}/{decode(pk.partition('_')[2]) % self.spread}" if self.spread else kind

    def _put_off(self, pk: str, now: datetime, until: datetime) -> timedelta:
        found, items = self.storage.get(self.items, pk, self.sk), self.items
        due_at: str | None = None if found is None else found.due_at
        if found is None or due_at is None or due_at > rfc3339(until):
            return timedelta()
        failed_before = _fails(found)
        failures, since = (found.failures + 1, found.failing_since) if failed_before else (1, now)
        wait = min(_FIRST_WAIT * (1 << min(failures - 1, 10)), _LONGEST_WAIT)
        actions = [
            items.due_bucket.set(found.due_bucket.removesuffix(FAILING) + FAILING),
            items.due_at.set(max(due_at, rfc3339(now + wait))),
            items.failures.set(failures),
            items.failing_since.set(since),
        ]
        with self.storage.atomic_write() as write:
            write.update(items(pk, self.sk), actions, (items.due_at == due_at, _MovedOn()))
        return now - since


def _fails(found: DueItem) -> bool:
    bucket: str | None = found.due_bucket
    return bucket is not None and bucket.endswith(FAILING)
