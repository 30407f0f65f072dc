"""The sums of a month and a year: to the fen, over every turn of the calendar, and back again when a hold is given back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests.ledger_world import ADA, BO, PIN, World, cny
from wallet_api.authorizations.errors import PinBusy, PinLocked
from wallet_api.ledger.accounts import Payer, StaleAccount, admit
from wallet_api.ledger.entry import move
from wallet_api.ledger.errors import (
    DailyLimitReached,
    MonthlyLimitReached,
    TransactionLimitExceeded,
    YearlyLimitReached,
)
from wallet_api.ledger.holds import PeriodOver, count_held, holders
from wallet_api.ledger.limits import BASIC, NEW_CARD, PAYMENT_CODE, PERIODS, STATIC_CODE, Period, limits_of
from wallet_api.ledger.spending import counter_reached, spent_in
from wallet_api.ledger.store import BALANCE
from wallet_api.money import zero

ONCE, DAILY, MONTHLY, YEARLY = 10_000_00, 20_000_00, 50_000_00, 100_000_00
"""The basic tier's limits."""
FIRST_OF_MARCH = datetime(2028, 2, 29, 16, 0, 0, tzinfo=UTC)
"""Midnight in Beijing, after the last day of February in a leap year."""


@pytest.fixture
def rich(world: World) -> World:
    world.open(ADA, pin=PIN)
    world.open(BO)
    world.fund(ADA, 500_000_00)
    return world


def at(world: World, moment: datetime) -> None:
    world.cloud.clock.freeze(moment)


def pay(world: World, amount: int, key: str | None = None) -> None:
    world.send(ADA, BO, amount, key, pin=PIN)


def pay_days(world: World, days: int, amount: int = DAILY) -> None:
    """As much as a day takes, on one day after the other."""
    for _ in range(days):
        while amount > ONCE:
            pay(world, ONCE)
            amount -= ONCE
        pay(world, amount)
        amount = DAILY
        world.cloud.clock.advance("24h")


def used(world: World, period: Period) -> int:
    return spent_in(world.ledger.accounts.require(ADA), period, "CNY", world.cloud.clock.now()).amount


def test_the_figures_that_these_tests_speak_of_are_the_basic_tiers() -> None:
    limits = limits_of(BASIC, "CNY")
    assert (limits.per_transaction, limits.daily) == (cny(ONCE), cny(DAILY))
    assert (limits.monthly, limits.yearly) == (cny(MONTHLY), cny(YEARLY))


def test_a_month_takes_its_limit_to_the_fen_and_the_next_month_begins_anew(rich: World) -> None:
    """M30, M32: whatever the days are."""
    at(rich, datetime(2026, 11, 2, 4, tzinfo=UTC))
    pay_days(rich, 2)
    pay(rich, ONCE - 1)
    with pytest.raises(MonthlyLimitReached) as reached:
        pay(rich, 2)
    assert reached.value.facts == {"limit": cny(MONTHLY)}
    pay(rich, 1)
    with pytest.raises(MonthlyLimitReached):
        pay(rich, 1)
    at(rich, datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC))
    with pytest.raises(MonthlyLimitReached):
        pay(rich, 1)
    rich.cloud.clock.advance("1s")
    pay(rich, ONCE)
    assert (used(rich, "day"), used(rich, "month"), used(rich, "year")) == (ONCE, ONCE, MONTHLY + ONCE)


def test_a_year_takes_its_limit_over_all_its_months(rich: World) -> None:
    """M30, M32."""
    for month in (9, 10):
        at(rich, datetime(2027, month, 2, 4, tzinfo=UTC))
        pay_days(rich, 2)
        pay(rich, ONCE)
    at(rich, datetime(2027, 12, 31, 15, 59, 59, tzinfo=UTC))
    with pytest.raises(YearlyLimitReached) as reached:
        pay(rich, 1)
    assert reached.value.facts == {"limit": cny(YEARLY)}
    rich.cloud.clock.advance("1s")
    pay(rich, 1)
    assert used(rich, "year") == 1


def test_the_last_second_of_february_counts_to_it_and_the_next_one_to_march(rich: World) -> None:
    """M32: 29 February 23:59:59 and 1 March 00:00:00 in Beijing."""
    at(rich, FIRST_OF_MARCH - timedelta(seconds=1))
    pay(rich, 700)
    assert rich.ledger.accounts.require(ADA).spent_day == "2028-02-29"
    rich.cloud.clock.advance("1s")
    pay(rich, 300)
    assert rich.ledger.accounts.require(ADA).spent_day == "2028-03-01"
    assert (used(rich, "day"), used(rich, "month"), used(rich, "year")) == (300, 300, 1000)


def test_a_clock_that_goes_back_over_the_end_of_a_month_begins_nothing_anew(rich: World) -> None:
    """O11, M32: what is counted in March stays in March, and nothing of February is forgotten or spent twice."""
    at(rich, FIRST_OF_MARCH)
    pay(rich, ONCE)
    pay(rich, ONCE)
    at(rich, FIRST_OF_MARCH - timedelta(seconds=2))
    with pytest.raises(DailyLimitReached):
        pay(rich, 1)
    assert (used(rich, "day"), used(rich, "month")) == (DAILY, DAILY)
    at(rich, FIRST_OF_MARCH + timedelta(seconds=2))
    with pytest.raises(DailyLimitReached):
        pay(rich, 1)


def test_twenty_at_once_of_half_of_what_the_month_has_left_are_two(rich: World) -> None:
    """M30: the counter of the month is in the debit's own condition as well."""
    at(rich, datetime(2026, 11, 2, 4, tzinfo=UTC))
    pay_days(rich, 2)
    half = (MONTHLY - 2 * DAILY) // 2

    def one(number: int) -> str:
        try:
            pay(rich, half, f"k{number}")
        except (MonthlyLimitReached, PinBusy, PinLocked, StaleAccount) as no:
            return no.code
        return "paid"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(20)))
    assert 1 <= answers.count("paid") <= 2
    assert used(rich, "month") == 2 * DAILY + half * answers.count("paid")
    assert rich.verified().holds


def test_a_month_that_turns_between_read_and_write_is_read_again(rich: World) -> None:
    """M32: two first payments of a month are both counted in it, though each saw it unbegun."""
    at(rich, FIRST_OF_MARCH - timedelta(seconds=1))
    pay(rich, ONCE)
    at(rich, FIRST_OF_MARCH)
    came: list[int] = []

    def meanwhile() -> None:
        if not came:
            came.append(1)
            pay(rich, 700, "other")

    rich.send(ADA, BO, 300, "k", pin=PIN, instead=meanwhile)
    assert (used(rich, "month"), used(rich, "year")) == (1000, ONCE + 1000)


def test_a_wallet_that_never_counted_a_month_begins_with_the_first_amount(rich: World) -> None:
    """M31: no counters of a month or a year at all; what comes second is added to what came first."""
    at(rich, datetime(2026, 11, 2, 4, tzinfo=UTC))
    pay(rich, 100)
    rich.tamper("accounts", ADA, BALANCE, spent_in_month=None, spent_in_year=None)
    came: list[int] = []

    def meanwhile() -> None:
        if not came:
            came.append(1)
            pay(rich, 700, "other")

    rich.send(ADA, BO, 300, "k", pin=PIN, instead=meanwhile)
    assert (used(rich, "day"), used(rich, "month"), used(rich, "year")) == (1100, 1000, 1000)


@pytest.mark.parametrize(
    ("later", "left"),
    [
        (timedelta(), (300, 300, 300)),
        (timedelta(days=1), (0, 300, 300)),
        (timedelta(days=31), (0, 0, 300)),
        (timedelta(days=366), (0, 0, 0)),
    ],
    ids=["the same day", "the same month", "the same year", "another year"],
)
def test_what_is_given_back_goes_to_every_period_that_still_runs(
    rich: World, later: timedelta, left: tuple[int, int, int]
) -> None:
    """M32: and no period that has ended is touched."""
    then = datetime(2027, 1, 10, 4, tzinfo=UTC)
    at(rich, then)
    pay(rich, 1000)
    at(rich, then + later)
    holder = next(holders(ADA, cny(700), then, rich.cloud.clock.now(), static_code=False))
    with rich.wallet.storage.atomic_write() as write:
        count_held(rich.ledger.account_items, rich.entry(move(cny(1), ADA, BO)), holder, write)
    assert (used(rich, "day"), used(rich, "month"), used(rich, "year")) == left


def test_a_day_that_ended_for_the_wallet_gives_back_to_its_month(rich: World) -> None:
    """M32: this clock is behind the one that counted last, so its day is no more what the wallet counts."""
    then = datetime(2027, 1, 10, 15, 59, 59, tzinfo=UTC)
    at(rich, then)
    pay(rich, 1000)
    at(rich, then + timedelta(seconds=1))
    pay(rich, 50)
    tried: list[int] = []
    for holder in holders(ADA, cny(700), then, then, static_code=False):
        tried.append(len(holder.periods))
        try:
            with rich.wallet.storage.atomic_write() as write:
                count_held(rich.ledger.account_items, rich.entry(move(cny(1), ADA, BO)), holder, write)
            break
        except PeriodOver:
            continue
    assert tried == [3, 2]
    assert (used(rich, "day"), used(rich, "month"), used(rich, "year")) == (50, 350, 350)


def test_nothing_to_give_back_touches_no_limit() -> None:
    (only,) = holders(ADA, zero("CNY"), FIRST_OF_MARCH, FIRST_OF_MARCH, static_code=True)
    assert (only.unspent, only.periods) == (None, ())


def test_a_refusal_of_one_period_counts_in_none(rich: World) -> None:
    """M32."""
    at(rich, datetime(2026, 11, 2, 4, tzinfo=UTC))
    pay_days(rich, 2)
    pay(rich, ONCE - 1)
    before = used(rich, "day"), used(rich, "month"), used(rich, "year")
    for _ in range(3):
        with pytest.raises(MonthlyLimitReached):
            pay(rich, 2)
    assert (used(rich, "day"), used(rich, "month"), used(rich, "year")) == before


@pytest.mark.parametrize("kind", [STATIC_CODE, PAYMENT_CODE, NEW_CARD])
def test_what_takes_less_counts_in_a_day_of_its_own_beside_the_tiers_sums(rich: World, kind: str) -> None:
    """M30, M32: the smaller sum is in the debit's own condition, ends with its day, and gets back what is given back."""
    at(rich, datetime(2026, 11, 2, 4, tzinfo=UTC))
    smaller, parts = limits_of(kind, "CNY").daily, 5

    def debit(amount: int) -> None:
        payer = Payer(rich.ledger.accounts.require(ADA), reserved=False, **{kind: True})
        rich.book(move(cny(amount), ADA, BO), payer=payer)

    def counted(of: str) -> int:
        return spent_in(rich.ledger.accounts.require(ADA), "day", "CNY", rich.cloud.clock.now(), of=of).amount

    pay(rich, 700)
    for _ in range(parts):
        debit(smaller.amount // parts)
    assert [counted(of) for of in (STATIC_CODE, PAYMENT_CODE, NEW_CARD)] == [
        smaller.amount if of == kind else 0 for of in (STATIC_CODE, PAYMENT_CODE, NEW_CARD)
    ]
    for period in PERIODS:
        assert used(rich, period) == smaller.amount + 700, "it goes into the tier's own sums as well"
    payer = Payer(rich.ledger.accounts.require(ADA), reserved=False, **{kind: True})
    for clock_is_behind in (timedelta(), timedelta(days=1), timedelta(days=400)):
        reached = counter_reached(payer, cny(1), rich.cloud.clock.now() - clock_is_behind)
        assert reached is not None
        assert (reached.period, reached.limit) == ("day", smaller)
    with pytest.raises(DailyLimitReached) as refusal:
        debit(1)
    assert refusal.value.facts == {"limit": smaller}
    pay(rich, 300)
    now = rich.cloud.clock.now()
    holder = next(holders(ADA, smaller, now, now, **{kind: True}))
    with rich.wallet.storage.atomic_write() as write:
        count_held(rich.ledger.account_items, rich.entry(move(cny(1), ADA, BO)), holder, write)
    assert counted(kind) == 0, "all of it"
    debit(1000)
    rich.cloud.clock.advance("24h")
    assert counted(kind) == 0
    debit(smaller.amount // parts)
    assert counted(kind) == smaller.amount // parts


@pytest.mark.parametrize("kind", [STATIC_CODE, PAYMENT_CODE, NEW_CARD])
def test_what_takes_less_at_a_time_is_refused_whatever_the_day_has_left(rich: World, kind: str) -> None:
    """M31."""
    most = limits_of(kind, "CNY").per_transaction
    payer = Payer(rich.ledger.accounts.require(ADA), reserved=False, **{kind: True})
    admit(payer, most)
    with pytest.raises(TransactionLimitExceeded) as refusal:
        rich.book(move(cny(most.amount + 1), ADA, BO), payer=payer)
    assert refusal.value.facts == {"limit": most}
    rich.book(move(cny(most.amount + 1), ADA, BO), payer=Payer(payer.account, reserved=False))
