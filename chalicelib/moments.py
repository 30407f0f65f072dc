"""Times as callers write them: RFC 3339, or a day of the wallet's calendar, which is a whole one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import Meta

from wallet_api.clock import WALLET_DAY
from wallet_api.errors import FieldProblem, Invalid

When = Annotated[str, Meta(max_length=40, description="RFC 3339, or a day such as 2026-11-22 (Beijing time).")]
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
FORM = (("pattern", "RFC 3339, 2026-11-22T01:05:00Z / 2026-11-22"),)
"""What is told of a time that is none."""


def moment(pointer: str, text: str, *, ends: bool = False) -> datetime:
    """A time as it was given, or a day's first moment; with `ends`, the first moment after the day. A time without its zone would
    be another one on every machine, so it is none. Raises Invalid, which names the field.
    """
    try:
        if _DAY.fullmatch(text):
            day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=WALLET_DAY)
            return (day + timedelta(days=1) if ends else day).astimezone(UTC)
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid(FieldProblem(pointer, "wrong_format", FORM))
