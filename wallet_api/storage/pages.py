"""Pages: a list is read in pages, and a cursor says where the next one begins.

A cursor holds only a sort key of the very list it was given for, so a forged one reaches nothing else; it names a place
and not a count, so what is inserted meanwhile neither repeats nor skips a row.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

from wallet_api.clock import months_back
from wallet_api.errors import FieldProblem, Invalid
from wallet_api.ids import first_id, first_id_after, is_id, made_at

T = TypeVar("T")
_PLACE = re.compile(r"[A-Za-z0-9_./:#|-]{1,200}", re.ASCII)

MONTHS_A_PAGE = 12
"""A page of a list that is kept by months looks through this many; if it is not full then, its cursor says where to look on."""


class Page(Struct, Generic[T], frozen=True):
    """Some rows of a list, and the cursor of the next page or None at the end."""

    rows: tuple[T, ...]
    next_cursor: str | None


class PageRequest(Struct, frozen=True):
    """How many rows (1 to 100) and after which cursor."""

    limit: int = 20
    cursor: str | None = None

    def place(self) -> str | None:
        """The sort key after which the page begins. Raises Invalid for a cursor that we did not make."""
        if self.cursor is None:
            return None
        try:
            place = urlsafe_b64decode(self.cursor.encode("ascii") + b"=" * (-len(self.cursor) % 4)).decode("ascii")
        except (UnicodeError, binascii.Error, ValueError):
            place = ""
        if not _PLACE.fullmatch(place) or cursor_at(place) != self.cursor:
            raise Invalid(FieldProblem("cursor", "cursor_not_ours"))
        return place

    def place_of(self, prefix: str) -> str | None:
        """The id of this kind after which the page begins. Raises Invalid for a cursor of another list."""
        place = self.place()
        if place is not None and not is_id(place, prefix):
            raise Invalid(FieldProblem("cursor", "cursor_not_ours"))
        return place


def page_of(
    rows: Sequence[T], request: PageRequest, *, place: Callable[[T], str], more: bool, keep: Callable[[T], bool] = bool
) -> Page[T]:
    """The rows of a window that `keep` takes, as a page; `more` says whether the list goes on below the window.

    A filtered page may hold fewer rows than asked for, even none, and have a next one: one request's work is bounded.
    """
    kept: list[T] = []
    for index, row in enumerate(rows):
        if keep(row):
            kept.append(row)
        if len(kept) == request.limit:
            ends = index + 1 == len(rows) and not more
            return Page(tuple(kept), None if ends else cursor_at(place(row)))
    return Page(tuple(kept), cursor_at(place(rows[-1])) if more and rows else None)


def page_by_month(
    request: PageRequest,
    prefix: str,
    *,
    now: datetime,
    since: datetime,
    read: Callable[[datetime, str | None, int], Sequence[T]],
    id_of: Callable[[T], str],
) -> Page[T]:
    """A page of a list whose ids tell their times and whose index is kept by months, newest first, back to `since`.

    `read` gives at most so many rows of a month, newest first, before an id. Raises Invalid for a cursor of another list.
    """
    place = request.place_of(prefix)
    rows: list[T] = []
    next_place: str | None = None
    start = now if place is None else min(made_at(place), now)
    for looked, month in enumerate(months_back(start, since)):
        if len(rows) > request.limit:
            break
        if looked == MONTHS_A_PAGE:
            next_place = first_id_after(prefix, month)
            break
        rows += read(month, place, request.limit + 1 - len(rows))
    if len(rows) > request.limit:
        next_place = id_of(rows[request.limit - 1])
    return Page(tuple(rows[: request.limit]), None if next_place is None else cursor_at(next_place))


def page_between(
    request: PageRequest,
    prefix: str,
    *,
    now: datetime,
    begun_at: datetime,
    since: datetime | None,
    until: datetime | None,
    read: Callable[[datetime, str | None, int], Sequence[T]],
    id_of: Callable[[T], str],
) -> Page[T]:
    """A page of such a list, which began at `begun_at`, of what was made from `since` on (None: all) and before `until` (None: all)."""
    end = None if until is None else first_id(prefix, until)

    def read_before_end(month: datetime, before: str | None, limit: int) -> Sequence[T]:
        return read(month, min((bound for bound in (before, end) if bound is not None), default=None), limit)

    oldest = begun_at if since is None else max(begun_at, since)
    found = page_by_month(
        request,
        prefix,
        now=now if until is None else min(now, until),
        since=oldest,
        read=read_before_end,
        id_of=id_of,
    )
    first = "" if since is None else first_id(prefix, oldest)
    rows = tuple(row for row in found.rows if id_of(row) >= first)
    return Page(rows, found.next_cursor if len(rows) == len(found.rows) else None)


def cursor_at(place: str) -> str:
    """The cursor of the page after this sort key."""
    return urlsafe_b64encode(place.encode("ascii")).decode("ascii").rstrip("=")
