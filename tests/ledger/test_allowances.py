"""What a month gives away: used by condition, and no more than there is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.ledger_world import ADA, World
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.allowances import Taken, month_of_allowance, take, takes
from wallet_api.ledger.store import BALANCE

NOVEMBER = datetime(2026, 11, 10, 4, tzinfo=UTC)


class Gone(Exception):
    """Nothing is left of the allowance."""


@pytest.fixture
def ada(world: World) -> World:
    world.cloud.clock.freeze(NOVEMBER)
    world.open(ADA)
    return world


def wanted(world: World, amount: int, limit: int, name: str = "transfer") -> Taken | None:
    return takes(world.ledger.accounts.require(ADA), name, amount, limit, world.cloud.clock.now())


def use(world: World, taken: Taken | None, meanwhile: Callable[[], object] = lambda: None) -> None:
    assert taken is not None
    account, now = world.ledger.accounts.require(ADA), world.cloud.clock.now()
    meanwhile()
    with world.wallet.storage.atomic_write() as write:
        take(world.ledger.account_items, taken, account, now, write, Gone())


def used(world: World) -> dict[str, int]:
    return dict(world.ledger.accounts.require(ADA).free_used or {})


def test_there_is_as_much_as_the_month_gives_and_then_nothing(ada: World) -> None:
    first = wanted(ada, 70, 100)
    assert first is not None
    assert (first.amount, first.left, first.key) == (70, 30, "2026-11/transfer")
    use(ada, first)
    second = wanted(ada, 70, 100)
    assert second is not None
    assert (second.amount, second.left) == (30, 0)
    use(ada, second)
    assert wanted(ada, 1, 100) is None
    assert wanted(ada, 1, 0, "withdrawal") is None
    assert used(ada) == {"2026-11/transfer": 100}


def test_the_month_is_beijings(ada: World) -> None:
    """M32: one declared zone."""
    assert month_of_allowance(datetime(2028, 2, 29, 15, 59, 59, tzinfo=UTC)) == "2028-02"
    assert month_of_allowance(datetime(2028, 2, 29, 16, 0, 0, tzinfo=UTC)) == "2028-03"


def test_what_two_read_as_theirs_one_has(ada: World) -> None:
    use(ada, wanted(ada, 1, 2))
    last = wanted(ada, 1, 2)
    use(ada, last)
    with pytest.raises(Gone):
        use(ada, last)
    assert used(ada) == {"2026-11/transfer": 2}


@pytest.mark.parametrize("begun", [{}, {"withdrawal": 1}], ids=["no counters", "no such counter"])
def test_two_who_begin_a_counter_at_once_are_both_counted_or_one_reads_again(ada: World, begun: dict[str, int]) -> None:
    """M31's hole, for what is free: a counter that is not there yet must not be begun twice."""
    for name, amount in begun.items():
        use(ada, wanted(ada, amount, 9, name))
    taken = wanted(ada, 1, 1)
    with pytest.raises(StaleAccount):
        use(ada, taken, meanwhile=lambda: use(ada, taken))
    assert used(ada)["2026-11/transfer"] == 1


def test_twenty_at_once_use_what_there_is(ada: World) -> None:
    """M30's rule, for what is free."""
    use(ada, wanted(ada, 1, 4))
    taken = wanted(ada, 1, 4)

    def one(_: int) -> bool:
        try:
            use(ada, taken)
        except Gone:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(20))) == 3
    assert used(ada) == {"2026-11/transfer": 4}


def test_months_that_nobody_counts_any_more_are_forgotten(ada: World) -> None:
    """The item stays small."""
    use(ada, wanted(ada, 5, 5))
    use(ada, wanted(ada, 1, 5, "withdrawal"))
    ada.cloud.clock.advance("61d")
    use(ada, wanted(ada, 1, 1))
    assert used(ada) == {"2027-01/transfer": 1}
    use(ada, wanted(ada, 1, 5, "withdrawal"))
    assert used(ada) == {"2027-01/transfer": 1, "2027-01/withdrawal": 1}


def test_a_clock_that_goes_back_finds_what_was_used(ada: World) -> None:
    """O11: last month's counters are kept for it."""
    use(ada, wanted(ada, 1, 1))
    ada.cloud.clock.freeze(datetime(2026, 11, 30, 16, 0, 1, tzinfo=UTC))
    use(ada, wanted(ada, 1, 1))
    ada.cloud.clock.freeze(datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC))
    assert wanted(ada, 1, 1) is None


def test_a_wallet_with_everything_in_use_stays_one_write_unit(ada: World) -> None:
    """Every counter that there can be fits beside the rest into one kilobyte, so a debit costs what it cost without them."""
    for name in ("transfer", "transfer/CNY", "withdrawal", "withdrawal/CNY"):
        for month in range(2):
            ada.cloud.clock.freeze(datetime(2026, 11 + month, 10, tzinfo=UTC))
            use(ada, wanted(ada, 10**12, 10**12, name))
    raw = ada.raw("accounts", ADA, BALANCE)
    assert raw is not None
    assert len(raw["free_used"]["M"]) == 8
    assert len(str(raw)) < 1024
