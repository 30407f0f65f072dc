"""What a fee is: rules in a schedule, a schedule in versions, a quote that binds one movement, and a charge.

Percentages are basis points (hundredths of a percent), so no fraction is ever held. Fixed parts, minima, maxima and
free parts are minor units, counted one to one in every currency until exchange rates exist. docs/fees.md is the operator's page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct

from wallet_api.fees.errors import AmountBelowMinimum, FeeNotOffered, FeeScheduleMissing
from wallet_api.ledger.accounts import Account
from wallet_api.ledger.allowances import Taken, takes
from wallet_api.money import Money, total, zero

QuotedOperation = Literal["top_up", "withdrawal", "payment", "transfer"]
"""What a person can be promised the fee of; every schedule has a rule for each."""
FeeOperation = Literal["top_up", "withdrawal", "payment", "transfer", "payout"]
"""What may cost something: each has a rule in every schedule that is published. Payouts are free under a version without one."""
Bearer = Literal["payer", "merchant"]
Channel = Literal["debit_card", "credit_card"]
LineCode = Literal["share", "fixed", "minimum", "maximum", "allowance"]

QUOTE_LIFE = timedelta(minutes=10)
NOTICE = timedelta(seconds=60)
"""How long before it is in force a schedule must be published. A container may know schedules that are half as old."""
CACHE_AGE = timedelta(seconds=30)

ONE = 10_000
"""Basis points in the whole."""


class Place(Struct, frozen=True):
    """What a rule is found by: the operation, the channel of a card, a merchant's category, a person's tier."""

    operation: FeeOperation
    channel: Channel | None = None
    category: str | None = None
    tier: str | None = None


class Rule(Struct, frozen=True):
    """What one operation costs: a share above a free part, plus something fixed, within bounds.

    None is any channel and any tier, no categories are all of them; a category is a merchant category code or a range of them,
    `5411` or `5400-5499`. `monthly_free_count` movements of a person, or `monthly_free_amount` of what they move, cost nothing in
    a month of the wallet's calendar. Less than `minimum_amount` is not moved at all.
    """

    operation: FeeOperation
    channel: Channel | None
    bearer: Bearer
    basis_points: int
    fixed: int = 0
    free: int = 0
    minimum: int = 0
    maximum: int | None = None
    categories: tuple[str, ...] = ()
    tier: str | None = None
    monthly_free_count: int = 0
    monthly_free_amount: int = 0
    minimum_amount: int = 0

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """How special the rule is: its category counts most, then its channel, then its tier."""
        return bool(self.categories), self.channel is not None, self.tier is not None

    def applies(self, place: Place) -> bool:
        """Whether it is a rule for this kind of movement."""
        return (
            self.operation == place.operation
            and self.channel in (None, place.channel)
            and self.tier in (None, place.tier)
            and (not self.categories or (place.category is not None and is_among(place.category, self.categories)))
        )


class FeeLine(Struct, frozen=True):
    """One part of a fee, so that a person can see how it came about; a maximum and an allowance show as negative parts."""

    code: LineCode
    amount: Money


class Schedule(Struct, frozen=True):
    """One version of what everything costs, in force from `effective_at` until the next version is."""

    version: int
    effective_at: datetime
    published_at: datetime
    rules: tuple[Rule, ...]

    def rule(self, place: Place) -> Rule:
        """The most special rule that applies. Raises FeeNotOffered."""
        found = [rule for rule in self.rules if rule.applies(place)]
        if not found:
            raise FeeNotOffered(operation=place.operation)
        return max(found, key=lambda rule: rule.rank)


class Quote(Struct, frozen=True):
    """A promise to one person, good for one movement until `expires_at`. A None payee or channel binds none. What it takes of a free
    allowance is not reserved: the movement takes it, if it is still there.
    """

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
    tier: str | None = None
    allowance: Taken | None = None

    @property
    def on_top(self) -> Money:
        """The fee that the person bears; nothing when the merchant bears it."""
        return self.fee if self.bearer == "payer" else zero(self.fee.currency)

    @property
    def total(self) -> Money:
        """What leaves the person's side."""
        return self.amount + self.on_top


class Charge(Struct, frozen=True):
    """The fee of one movement. `fee` is borne by `bearer`; a quote and an allowance, if there is one, are consumed by `Fees.use`.

    `payer` is the account that the allowance is counted on, as it was read.
    """

    fee: Money
    bearer: Bearer
    schedule_version: int
    lines: tuple[FeeLine, ...]
    quote: Quote | None = None
    allowance: Taken | None = None
    payer: Account | None = None

    @property
    def on_top(self) -> Money:
        """The part that the payer pays beyond the amount."""
        return self.fee if self.bearer == "payer" else zero(self.fee.currency)


class Movement(Struct, frozen=True):
    """What is to be charged for. `payee` is the other side's id, a person's or a merchant's, `category` that merchant's.

    `payer` is whose allowances count and whose tier it is: None for what no person moves.
    """

    operation: FeeOperation
    amount: Money
    channel: Channel | None = None
    payee: str | None = None
    category: str | None = None
    payer: Account | None = None

    @property
    def place(self) -> Place:
        """What its rule is found by."""
        tier = None if self.payer is None else self.payer.tier
        return Place(self.operation, self.channel, self.category, tier)


def is_among(category: str, categories: Sequence[str]) -> bool:
    """Whether a merchant category code is one of these, or in one of their ranges."""
    return any(first <= category <= (last or first) for first, _, last in (each.partition("-") for each in categories))


def channel_of(kind: Literal["debit", "credit"]) -> Channel:
    """The channel that a card of this kind is."""
    return "debit_card" if kind == "debit" else "credit_card"


def share_of(amount: int, basis_points: int) -> int:
    """`basis_points` of an amount, to the nearest minor unit; a tie goes up. The wallet's one rounding of a fee.

    Raises ValueError for a negative amount: nobody is charged a share of a debt.
    """
    if amount < 0 or basis_points < 0:
        raise ValueError("a share is never taken of less than nothing")
    return (amount * basis_points + ONE // 2) // ONE


def fee_lines(rule: Rule, amount: Money) -> tuple[FeeLine, ...]:
    """The parts of the fee, which add up to it. An amount inside the free part costs nothing, whatever is fixed."""
    chargeable = amount.amount - rule.free
    if chargeable <= 0:
        return ()
    share = share_of(chargeable, rule.basis_points)
    raised = max(rule.minimum - share - rule.fixed, 0)
    lowered = 0 if rule.maximum is None else min(rule.maximum - share - rule.fixed - raised, 0)
    parts: list[tuple[LineCode, int]] = [
        ("share", share),
        ("fixed", rule.fixed),
        ("minimum", raised),
        ("maximum", lowered),
    ]
    return tuple(FeeLine(code, Money(part, amount.currency)) for code, part in parts if part)


def sum_of(lines: Sequence[FeeLine], currency: str) -> Money:
    """What the parts of a fee come to."""
    return total((line.amount for line in lines), currency)


def charge_by(schedule: Schedule, movement: Movement, now: datetime) -> Charge:
    """The fee of a movement under a schedule. Raises FeeNotOffered, AmountBelowMinimum."""
    rule, amount = schedule.rule(movement.place), movement.amount
    if amount.amount < rule.minimum_amount:
        raise AmountBelowMinimum(operation=rule.operation, minimum=Money(rule.minimum_amount, amount.currency))
    lines = fee_lines(rule, amount)
    fee = sum_of(lines, amount.currency)
    allowance = _allowance(rule, movement, now) if fee else None
    if allowance is not None:
        rest = zero(amount.currency)
        if not rule.monthly_free_count:
            rest = sum_of(fee_lines(rule, amount - Money(allowance.amount, amount.currency)), amount.currency)
        if rest == fee:
            # A fee at its maximum may be as high without the free part: then that stays for another movement.
            return Charge(fee, rule.bearer, schedule.version, lines, None, None, movement.payer)
        lines, fee = (*lines, FeeLine("allowance", rest - fee)), rest
    return Charge(fee, rule.bearer, schedule.version, lines, None, allowance, movement.payer)


def _allowance(rule: Rule, movement: Movement, now: datetime) -> Taken | None:
    """What a movement that would cost something takes of its month's allowance."""
    if movement.payer is None:
        return None
    if rule.monthly_free_count:
        return takes(movement.payer, rule.operation, 1, rule.monthly_free_count, now)
    name, wanted = f"{rule.operation}/{movement.amount.currency}", movement.amount.amount - rule.free
    return takes(movement.payer, name, wanted, rule.monthly_free_amount, now)


def in_force(schedules: Sequence[Schedule], at: datetime) -> Schedule:
    """The version in force at a time. Raises FeeScheduleMissing when none was."""
    known = [schedule for schedule in schedules if schedule.effective_at <= at]
    if not known:
        raise FeeScheduleMissing
    return max(known, key=lambda schedule: schedule.version)


FIRST = Schedule(
    version=1,
    effective_at=datetime(2020, 1, 1, tzinfo=UTC),
    published_at=datetime(2020, 1, 1, tzinfo=UTC),
    rules=(
        Rule("top_up", None, "payer", basis_points=0),
        Rule("top_up", "credit_card", "payer", basis_points=60),
        Rule("withdrawal", None, "payer", basis_points=10, minimum=10, maximum=25_00, minimum_amount=1_00),
        Rule("payment", None, "merchant", basis_points=60),
        Rule("transfer", None, "payer", basis_points=10, free=1_000_00, maximum=25_00),
        Rule("payout", None, "merchant", basis_points=0, fixed=1_00),
    ),
)
"""What every deployment begins with, so that a wallet is never without a schedule; its operator publishes the next."""
