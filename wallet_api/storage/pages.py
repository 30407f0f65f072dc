"""Pages: a list is read in pages, and a cursor says where the next one begins.

A cursor holds only a sort key of the very list it was given for, so a forged one reaches nothing else; it names a place and
not a count, so what is inserted meanwhile neither repeats nor skips a row.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Generic, TypeVar

from wallet_api.errors import FieldProblem, Invalid

T = TypeVar("T")
_PLACE = re.compile(r"[A-Za-z0-9_./:#|-]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and the cursor of the next page or None at the end."""

    rows: tuple[T, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class PageRequest:
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


def cursor_at(place: str) -> str:
    """The cursor of the page after this sort key."""
    return urlsafe_b64encode(place.encode("ascii")).decode("ascii").rstrip("=")
