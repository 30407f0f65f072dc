"""Timelines: what happened to an object, and what is expected to, in steps that are named as their events are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct

from wallet_api.money import Money

_NOT_YET = datetime.max.replace(tzinfo=UTC)


class Step(Struct, frozen=True):
    """One thing that happened on the way; `id` is the object it happened to.

    A step without `at` has not happened: it is expected by `expected_at`, as far as anybody knows. Where nobody does, it has none.
    """

    at: datetime | None
    what: str
    id: str
    amount: Money | None = None
    expected_at: datetime | None = None


def in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps in the order of time; what is expected comes last."""
    return tuple(sorted(steps, key=lambda step: step.at or _NOT_YET))
