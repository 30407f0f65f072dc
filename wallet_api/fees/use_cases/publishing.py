"""An operator publishes the next schedule, which says one thing about every movement there can be, ahead of its time.

Every kind of movement is tried against the rules, so that a hole, an overlap and a rule that can never apply are found by what they
do, and not by how they are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product
from typing import get_args

from wallet_api.clock import rfc3339
from wallet_api.fees.errors import (
    RuleNeverApplies,
    RulesOverlap,
    RuleUnsound,
    ScheduleIncomplete,
    ScheduleTooSoon,
)
from wallet_api.fees.model import NOTICE, ONE, Channel, FeeOperation, Place, Rule, Schedule, in_force
from wallet_api.fees.use_cases.charging import Charging
from wallet_api.ledger.limits import TIERS

BY_CARD: tuple[FeeOperation, ...] = ("top_up", "withdrawal")
"""What goes through a card, and so has a channel."""
BY_MERCHANTS: tuple[FeeOperation, ...] = ("payout",)
"""What no person asks for, and so has no tier."""
WITH_ALLOWANCE: tuple[FeeOperation, ...] = ("withdrawal", "transfer")
"""What may be free so and so often in a month: its fee is the person's own."""
WITH_MINIMUM: tuple[FeeOperation, ...] = ("withdrawal",)
"""What may be refused for being too little."""


class Publishing(Charging, frozen=True):
    """The schedule."""

    def schedule(self, at: datetime | None = None) -> Schedule:
        """The schedule in force at a time, now unless given. Raises FeeScheduleMissing."""
        now = self.clock.now()
        with self.storage.trip() as trip:
            schedules = self.store.schedules(trip, now)
        return in_force(schedules(), at or now)

    def preview(self, rules: Sequence[Rule], effective_at: datetime) -> tuple[Schedule, Schedule]:
        """What would be in force just before, and what `publish` would make of these rules; nothing is written.

        Raises ScheduleTooSoon, and what `require_sound` raises.
        """
        now = self.clock.now()
        with self.storage.trip() as trip:
            schedules = trip.call(lambda: self.store.read_schedules(now))
        return in_force(schedules(), effective_at), next_schedule(schedules(), rules, effective_at, now)

    def publish(self, rules: Sequence[Rule], effective_at: datetime) -> Schedule:
        """Publishes the next version, a minute or more ahead. An operator's use case.

        Raises what `preview` raises; leaving the write's block may raise ScheduleRaced.
        """
        _, schedule = self.preview(rules, effective_at)
        with self.storage.atomic_write() as write:
            self.store.publish(schedule, write)
        return schedule


def next_schedule(
    schedules: Sequence[Schedule], rules: Sequence[Rule], effective_at: datetime, now: datetime
) -> Schedule:
    """The version to publish. Raises what `require_sound` raises, ScheduleTooSoon without notice or before its predecessor."""
    require_sound(rules)
    last = max(schedules, key=lambda schedule: schedule.version)
    earliest = max(now + NOTICE, last.effective_at)
    if effective_at < earliest:
        raise ScheduleTooSoon(earliest=rfc3339(earliest))
    return Schedule(last.version + 1, effective_at, now, tuple(rules))


def require_sound(rules: Sequence[Rule]) -> None:
    """Lets rules pass that leave no movement without a price and none with two, each of which is somebody's price.

    Rules are counted from 1. Raises RuleUnsound, ScheduleIncomplete, RulesOverlap, RuleNeverApplies.
    """
    for number, rule in enumerate(rules, 1):
        if not all(_checks(rule)):
            raise RuleUnsound(rule=number, operation=rule.operation)
    used: set[int] = set()
    for place in places(rules):
        applying = [(rule.rank, number) for number, rule in enumerate(rules, 1) if rule.applies(place)]
        if not applying:
            raise ScheduleIncomplete(operation=place.operation, without=described(place))
        highest = max(rank for rank, _ in applying)
        best = [number for rank, number in applying if rank == highest]
        if len(best) > 1:
            raise RulesOverlap(operation=place.operation, rules=" ".join(map(str, best)), both_for=described(place))
        used.add(best[0])
    for number, rule in enumerate(rules, 1):
        if number not in used:
            raise RuleNeverApplies(rule=number, operation=rule.operation)


def places(rules: Sequence[Rule]) -> Iterator[Place]:
    """Every kind of movement that these rules could tell apart, and so every kind that there is."""
    for operation in get_args(FeeOperation):
        channels: tuple[Channel | None, ...] = get_args(Channel) if operation in BY_CARD else (None,)
        tiers: tuple[str | None, ...] = (None,) if operation in BY_MERCHANTS else TIERS
        for channel, category, tier in product(channels, _categories(operation, rules), tiers):
            yield Place(operation, channel, category, tier)


def described(place: Place) -> str:
    """A kind of movement in words: what is told of it besides its operation."""
    parts = (place.channel, place.category and f"category {place.category}", place.tier)
    return ", ".join(part for part in parts if part) or "anybody"


def _categories(operation: FeeOperation, rules: Sequence[Rule]) -> list[str | None]:
    """A code from between every two bounds of the rules' ranges, and none: nothing else can make a difference."""
    if operation != "payment":
        return [None]
    edges = {"0000"}
    for each in (each for rule in rules if rule.operation == operation for each in rule.categories):
        first, _, last = each.partition("-")
        edges |= {first, f"{int(last or first) + 1:04}"}
    return [None, *sorted(edge for edge in edges if len(edge) == 4)]


def _checks(rule: Rule) -> Iterator[bool]:
    numbers = (rule.fixed, rule.free, rule.minimum, rule.monthly_free_count, rule.monthly_free_amount)
    yield not rule.minimum_amount or (rule.minimum_amount > 0 and rule.operation in WITH_MINIMUM)
    yield 0 <= rule.basis_points <= ONE and min(numbers) >= 0
    yield rule.maximum is None or rule.maximum >= rule.minimum
    yield rule.channel is None or rule.operation in BY_CARD
    yield rule.tier is None or (rule.tier in TIERS and rule.operation not in BY_MERCHANTS)
    yield not rule.categories or rule.operation == "payment"
    yield all(_is_range(each) for each in rule.categories)
    yield rule.bearer == ("merchant" if rule.operation in BY_MERCHANTS else "payer") or rule.operation == "payment"
    has_allowance = bool(rule.monthly_free_count or rule.monthly_free_amount)
    yield not has_allowance or (rule.operation in WITH_ALLOWANCE and rule.bearer == "payer")
    yield not (rule.monthly_free_count and rule.monthly_free_amount)


def _is_range(text: str) -> bool:
    first, dash, last = text.partition("-")
    codes = (first, last) if dash else (first,)
    return all(len(code) == 4 and code.isascii() and code.isdigit() for code in codes) and codes == tuple(sorted(codes))
