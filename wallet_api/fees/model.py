"""What a fee is: rules in a schedule, a schedule in versions, a quote that binds one movement, and a charge.

Percentages are basis points (hundredths of a percent), so no fraction is ever held. Fixed parts, minima, maxima and
free parts are minor units, counted one to one in every currency until exchange rates exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from msgspec import Struct

from wallet_api.clock import rfc3339
from wallet_api.fees.errors import (
    FeeNotOffered,
    FeeScheduleMissing,
    QuoteExpired,
    QuoteMismatch,
    QuoteUsed,
    ScheduleIncomplete,
    ScheduleTooSoon,
)
from wallet_api.money import Money, zero

FeeOperation = Literal["top_up", "withdrawal", "payment", "transfer"]
Bearer = Literal["payer", "merchant"]
Channel = Literal["debit_card", "credit_card"]

QUOTE_LIFE = timedelta(minutes=10)
NOTICE = timedelta(seconds=60)
"""How long before it is in force a schedule must be published. A container may know schedules that are half as old."""
CACHE_AGE = timedelta(seconds=30)

ONE = 10_000
"""Basis points in the whole."""


class Rule(Struct, frozen=True):
    """What one operation costs: a share above a free part, plus something fixed, within bounds. None is any channel."""

    operation: FeeOperation
    channel: Channel | None
    bearer: Bearer
    basis_points: int
    fixed: int = 0
    free: int = 0
    minimum: int = 0
    maximum: int | None = None


class FeeLine(Struct, frozen=True):
    """One part of a fee, so that a person can see how it came about; a maximum shows as a negative part."""

    code: Literal["share", "fixed", "minimum", "maximum"]
    amount: Money


class Schedule(Struct, frozen=True):
    """One version of what everything costs, in force from `effective_at` until the next version is."""

    version: int
    effective_at: datetime
    published_at: datetime
    rules: tuple[Rule, ...]

    def rule(self, operation: FeeOperation, channel: Channel | None) -> Rule:
        """The rule of this channel, else the operation's own. Raises FeeNotOffered."""
        rules = {rule.channel: rule for rule in self.rules if rule.operation == operation}
        found = rules.get(channel) or rules.get(None)
        if found is None:
            raise FeeNotOffered(operation=operation)
        return found


class Quote(Struct, frozen=True):
    """A promise to one person, good for one movement until `expires_at`. A None payee or channel binds none."""

    id: str
    person_id: str
    operation: FeeOperation
    channel: Channel | None
    payee: str | None
    amount: Money
    fee: Money
    bearer: Bearer
    schedule_version: int
    lines: tuple[FeeLine, ...]
    status: Literal["open", "used"]
    created_at: datetime
    expires_at: datetime

    @property
    def on_top(self) -> Money:
        """The fee that the person bears; nothing when the merchant bears it."""
        return self.fee if self.bearer == "payer" else zero(self.fee.currency)

    @property
    def total(self) -> Money:
        """What leaves the person's side."""
        return self.amount + self.on_top


class Charge(Struct, frozen=True):
    """The fee of one movement. `fee` is borne by `bearer`; a quote, if there is one, is consumed by `Fees.use`."""

    fee: Money
    bearer: Bearer
    schedule_version: int
    lines: tuple[FeeLine, ...]
    quote: Quote | None = None

    @property
    def on_top(self) -> Money:
        """The part that the payer pays beyond the amount."""
        return self.fee if self.bearer == "payer" else zero(self.fee.currency)


class Movement(Struct, frozen=True):
    """What is to be charged for. `payee` is the other side's id: a person or a merchant."""

    operation: FeeOperation
    amount: Money
    channel: Channel | None = None
    payee: str | None = None


def channel_of(kind: Literal["debit", "credit"]) -> Channel:
    """The channel that a card of this kind is."""
    return "debit_card" if kind == "debit" else "credit_card"


def share_of(amount: int, basis_points: int) -> int:
    """`basis_points` of an amount, to the nearest minor unit; a tie goes up. The wallet's one rounding of a fee.

    Raises ValueError for a negative amount: nobody is charged a share of a debt.
    """
    if amount < 0 or basis_points < 0:
        raise ValueError("a share is taken of what is positive")
    return (amount * basis_points + ONE // 2) // ONE


def fee_lines(rule: Rule, amount: Money) -> tuple[FeeLine, ...]:
    """The parts of the fee, which add up to it. An amount inside the free part costs nothing, whatever is fixed."""
    chargeable = amount.amount - rule.free
    if chargeable <= 0:
        return ()
    share = share_of(chargeable, rule.basis_points)
    raised = max(rule.minimum - share - rule.fixed, 0)
    lowered = 0 if rule.maximum is None else min(rule.maximum - share - rule.fixed - raised, 0)
    parts: list[tuple[Literal["share", "fixed", "minimum", "maximum"], int]] = [
        ("share", share),
        ("fixed", rule.fixed),
        ("minimum", raised),
        ("maximum", lowered),
    ]
    return tuple(FeeLine(code, Money(part, amount.currency)) for code, part in parts if part)


def charge_by(schedule: Schedule, movement: Movement) -> Charge:
    """The fee of a movement under a schedule. Raises FeeNotOffered."""
    rule = schedule.rule(movement.operation, movement.channel)
    lines = fee_lines(rule, movement.amount)
    fee = Money(sum(line.amount.amount for line in lines), movement.amount.currency)
    return Charge(fee, rule.bearer, schedule.version, lines)


def charge_by_quote(quote: Quote, movement: Movement, now: datetime) -> Charge:
    """The fee that was promised. Raises QuoteUsed, QuoteExpired, QuoteMismatch."""
    differing = (
        ("operation", quote.operation != movement.operation),
        ("amount", quote.amount != movement.amount),
        ("payee", quote.payee is not None and quote.payee != movement.payee),
        ("channel", quote.channel is not None and quote.channel != movement.channel),
    )
    for field, differs in differing:
        if differs:
            raise QuoteMismatch(field=field)
    if quote.status == "used":
        raise QuoteUsed
    if now >= quote.expires_at:
        raise QuoteExpired(expired_at=rfc3339(quote.expires_at))
    return Charge(quote.fee, quote.bearer, quote.schedule_version, quote.lines, quote)


def quote_of(charge: Charge, movement: Movement, *, quote_id: str, person_id: str, now: datetime) -> Quote:
    """The charge as a promise."""
    return Quote(
        id=quote_id,
        person_id=person_id,
        operation=movement.operation,
        channel=movement.channel,
        payee=movement.payee,
        amount=movement.amount,
        fee=charge.fee,
        bearer=charge.bearer,
        schedule_version=charge.schedule_version,
        lines=charge.lines,
        status="open",
        created_at=now,
        expires_at=now + QUOTE_LIFE,
    )


def in_force(schedules: Sequence[Schedule], at: datetime) -> Schedule:
    """The version in force at a time. Raises FeeScheduleMissing when none was."""
    known = [schedule for schedule in schedules if schedule.effective_at <= at]
    if not known:
        raise FeeScheduleMissing
    return max(known, key=lambda schedule: schedule.version)


def next_schedule(
    schedules: Sequence[Schedule], rules: Sequence[Rule], effective_at: datetime, now: datetime
) -> Schedule:
    """The version to publish. Raises ScheduleIncomplete, or ScheduleTooSoon without notice or before its predecessor."""
    require_complete(rules)
    last = max(schedules, key=lambda schedule: schedule.version)
    earliest = max(now + NOTICE, last.effective_at)
    if effective_at < earliest:
        raise ScheduleTooSoon(earliest=rfc3339(earliest))
    return Schedule(last.version + 1, effective_at, now, tuple(rules))


def require_complete(rules: Sequence[Rule]) -> None:
    """Raises ScheduleIncomplete unless every operation has one rule for any channel and none has two for one."""
    places = [(rule.operation, rule.channel) for rule in rules]
    for operation in get_args(FeeOperation):
        if places.count((operation, None)) != 1 or any(
            places.count(place) > 1 for place in places if place[0] == operation
        ):
            raise ScheduleIncomplete(operation=operation)
    for rule in rules:
        sound = 0 <= rule.basis_points <= ONE and min(rule.fixed, rule.free, rule.minimum) >= 0
        if not sound or (rule.maximum is not None and rule.maximum < rule.minimum):
            raise ScheduleIncomplete(operation=rule.operation)


FIRST = Schedule(
    version=1,
    effective_at=datetime(2020, 1, 1, tzinfo=UTC),
    published_at=datetime(2020, 1, 1, tzinfo=UTC),
    rules=(
        Rule("top_up", None, "payer", basis_points=0),
        Rule("top_up", "credit_card", "payer", basis_points=60),
        Rule("withdrawal", None, "payer", basis_points=10, minimum=10, maximum=25_00),
        Rule("payment", None, "merchant", basis_points=60),
        Rule("transfer", None, "payer", basis_points=10, free=1_000_00, maximum=25_00),
    ),
)
"""What every deployment begins with, so that a wallet is never without a schedule; its operator publishes the next."""
