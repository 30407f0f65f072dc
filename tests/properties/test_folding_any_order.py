"""Whatever batches of the journal's records come, in whatever order and however often: the balances are the sums."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger_world import ADA, BO, CARDS, SHOP, World, cny
from wallet_api.ledger import chart
from wallet_api.ledger.entry import move
from wallet_api.ledger.rebuild import rebuild
from wallet_api.ledger.verify import verify
from wallet_api.money import Money

RECORDS = 12
BATCHES = st.lists(st.lists(st.integers(0, RECORDS - 1), max_size=20), max_size=8)
OTHER = chart.merchant("mer_other")


@pytest.fixture
def journal(world: World) -> tuple[World, list[dict[str, Any]], Counter[tuple[str, str]]]:
    """A dozen records of all sorts: two currencies, a merchant on both sides, fees, and decisions that moved nothing."""
    world.open(ADA, BO)
    world.fund(ADA, 1000_00)
    world.fund(ADA, 500, "JPY")
    for amount in (1, 20, 300):
        world.send(ADA, SHOP, amount, fee=amount)
    world.send(ADA, BO, 50)
    world.book(move(cny(7), SHOP, ADA), kind="refund")
    world.book(move(cny(9), SHOP, OTHER), move(cny(2), OTHER, chart.FEES), kind="settlement")
    world.book(move(Money(40, "JPY"), ADA, SHOP))
    world.book(move(cny(3), SHOP, OTHER), move(cny(3), OTHER, SHOP), move(cny(1), SHOP, chart.PROMOTIONS))
    with world.wallet.storage.atomic_write() as write:
        world.ledger.record(world.operation("mer_shop"), write, subject="pay_1")
    world.fund(BO, 5)
    expected = Counter(
        {(CARDS, "CNY"): -1000_05, (CARDS, "JPY"): -500, (SHOP, "CNY"): 321 - 7 - 9 - 1, (SHOP, "JPY"): 40,
         (OTHER, "CNY"): 7, (chart.FEES, "CNY"): 321 + 2, (chart.PROMOTIONS, "CNY"): 1}
    )  # fmt: skip
    records = world.records()
    assert len(records) == RECORDS
    return world, records, expected


def folded_balances(world: World) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for raw in world.wallet.storage.scan(world.ledger.account_items):
        if raw["sk"]["S"] == "balance" and not chart.is_guarded(raw["pk"]["S"]):
            held = world.ledger.account_items.from_raw_data(raw).balances
            found.update({(raw["pk"]["S"], currency): amount for currency, amount in held.items()})
    return found


@pytest.mark.parametrize("finish", ["stream", "journal"])
def test_any_batches_in_any_order_with_any_repeats(
    journal: tuple[World, list[dict[str, Any]], Counter[tuple[str, str]]], finish: str
) -> None:
    """M22, O2, O6: what was delivered at least once is counted exactly once, and what never came is rebuilt."""
    world, records, expected = journal
    own = {(raw["pk"]["S"], raw["sk"]["S"]): raw for raw in world.wallet.storage.scan(world.ledger.account_items)}

    def unfold() -> None:
        for raw in list(world.wallet.storage.scan(world.ledger.account_items)):
            if (raw["pk"]["S"], raw["sk"]["S"]) not in own:
                world.tamper("accounts", raw["pk"]["S"], raw["sk"]["S"])

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(BATCHES)
    def holds(batches: list[list[int]]) -> None:
        unfold()
        for batch in batches:
            assert world.fold([records[number] for number in batch]) == []
        sums: Counter[tuple[str, str]] = Counter()
        for (account, currency), amount in expected.items():
            sums[account, currency] = amount
        seen = {number for batch in batches for number in batch}
        if seen == set(range(RECORDS)):
            assert folded_balances(world) == sums
        if finish == "stream":
            assert world.fold(list(reversed(records))) == []
        else:
            for account in {account for account, _ in expected}:
                rebuild(world.wallet.folding, account)
        assert folded_balances(world) == sums
        assert verify(world.ledger).findings == []

    holds()
