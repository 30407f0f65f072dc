"""The day's limit: to the fen, from the very first amount, and over every midnight."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.ledger_world import ADA, BO, PIN, World, cny
from wallet_api.authorizations.errors import PinBusy, PinLocked
from wallet_api.clock import wallet_day
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.entry import move
from wallet_api.ledger.errors import (
    DailyLimitReached,
    PayeeUnavailable,
    TransactionLimitExceeded,
)

DAILY, ONCE = 20_000_00, 10_000_00
"""The basic tier's limits."""


def rich(world: World) -> World:
    world.open(ADA, pin=PIN)
    world.open(BO)
    world.fund(ADA, 100_000_00)
    world.cloud.clock.freeze()
    return world


def pay(world: World, amount: int, key: str | None = None) -> None:
    world.send(ADA, BO, amount, key, pin=PIN)


def test_the_first_amount_of_all_is_limited_too(world: World) -> None:
    """M31: there is no counter yet."""
    rich(world)
    with pytest.raises(TransactionLimitExceeded):
        pay(world, ONCE + 1, "k")
    with pytest.raises(TransactionLimitExceeded):
        pay(world, ONCE + 1, "k")
    pay(world, ONCE)
    assert (world.balance(BO), world.attempts(ADA)) == (ONCE, 0)


def test_a_day_takes_its_limit_to_the_fen_and_the_next_day_begins_anew(world: World) -> None:
    """M30, M32."""
    rich(world)
    pay(world, ONCE)
    pay(world, ONCE - 1)
    with pytest.raises(DailyLimitReached) as reached:
        pay(world, 2)
    assert reached.value.facts == {"limit": cny(DAILY)}
    pay(world, 1)
    with pytest.raises(DailyLimitReached):
        pay(world, 1)
    world.cloud.clock.advance("24h")
    pay(world, ONCE)
    assert world.balance(BO) == DAILY + ONCE


def test_twenty_at_once_of_half_the_limit_are_two(world: World) -> None:
    """M30, and the first payments of a wallet's life race for the day itself."""
    rich(world)

    def one(number: int) -> str:
        try:
            world.send(ADA, BO, ONCE, f"k{number}", pin=PIN)
        except (DailyLimitReached, PinBusy, PinLocked, StaleAccount) as no:
            return no.code
        return "paid"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(20)))
    assert 1 <= answers.count("paid") <= 2
    assert world.balance(BO) == ONCE * answers.count("paid")
    assert world.verified().holds


def test_what_was_refused_does_not_count_against_the_day(world: World) -> None:
    """M32."""
    rich(world)
    world.set_status(BO, "frozen")
    for _ in range(3):
        with pytest.raises(PayeeUnavailable):
            pay(world, ONCE)
    world.set_status(BO, "active")
    pay(world, ONCE)
    pay(world, ONCE)


def test_a_day_that_turns_between_read_and_write_is_read_again(world: World) -> None:
    """M32: the roll-over is conditioned on the day that was read, so two of them cannot both begin it."""
    rich(world)
    world.cloud.clock.advance("24h")
    turned: list[int] = []

    def meanwhile() -> None:
        if not turned:
            turned.append(1)
            pay(world, ONCE, "other")

    world.send(ADA, BO, ONCE, "k", pin=PIN, instead=meanwhile)
    with pytest.raises(DailyLimitReached):
        pay(world, 1)
    assert world.balance(BO) == DAILY


def test_two_first_amounts_of_a_currency_at_once_are_both_counted(world: World) -> None:
    """M30, M31: whoever comes second finds a counter that was not there when it read, and reads again."""
    rich(world)
    world.fund(ADA, DAILY, "JPY")
    pay(world, 1)
    came: list[int] = []

    def meanwhile() -> None:
        if not came:
            came.append(1)
            world.send(ADA, BO, 700, "other", pin=PIN, currency="JPY")

    world.send(ADA, BO, 300, "k", pin=PIN, currency="JPY", instead=meanwhile)
    assert world.ledger.accounts.require(ADA).spent == {"CNY": 1, "JPY": 1000}


def test_a_clock_that_is_behind_at_midnight_does_not_begin_yesterday_anew(world: World) -> None:
    """O11, M32: instances disagree by seconds; going back and forth must not forget what was spent."""
    rich(world)
    clock = world.cloud.clock
    today = wallet_day(clock.now())
    pay(world, ONCE)
    clock.advance("24h")
    pay(world, ONCE)
    clock.advance(timedelta(hours=-24))
    assert wallet_day(clock.now()) == today
    pay(world, ONCE)
    with pytest.raises(DailyLimitReached):
        pay(world, 1)
    clock.advance("24h")
    with pytest.raises(DailyLimitReached):
        pay(world, 1)


def test_limits_are_for_payers_who_prove_themselves_not_for_what_the_wallet_takes_back(world: World) -> None:
    """A reversal names no payer, so it counts against nobody's day."""
    rich(world)
    world.book(move(cny(ONCE * 3), ADA, BO), kind="reversal")
    pay(world, ONCE)
