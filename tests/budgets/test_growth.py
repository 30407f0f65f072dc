"""What the next request costs does not depend on how much is there."""

import pytest

from bench.growth import GROWING, Costs, costs, warm
from bench.journal import fill
from bench.use_cases import Bench
from dev.cloud.local import LocalCloud

# A merchant's lists are spread over eight partitions; with so many payments a page finds each of them full.
FULL, MORE = 400, 800
SPREAD = ("GET payments, 20 a page", "GET events, 20 a page")
"""Each partition's rows are rounded up for themselves, and which rows lie in which differs from run to run."""


def test_units_and_trips_stay_the_same_as_the_journal_grows(cloud: LocalCloud) -> None:
    bench = Bench.open(cloud)
    fill(bench, 0, FULL)
    before = all_costs(bench)
    fill(bench, FULL, MORE)
    after = all_costs(bench)
    assert without_reads(after) == without_reads(before)
    assert {name: each["read units"] for name, each in after.items() if name not in SPREAD} == {
        name: each["read units"] for name, each in before.items() if name not in SPREAD
    }
    for name in SPREAD:
        assert after[name]["read units"] == pytest.approx(before[name]["read units"], rel=0.1)


def without_reads(found: dict[str, Costs]) -> dict[str, Costs]:
    return {name: {unit: cost for unit, cost in each.items() if unit != "read units"} for name, each in found.items()}


def all_costs(bench: Bench) -> dict[str, Costs]:
    warm(bench)
    return {name: costs(bench, name, slower_by=0.03) for name in GROWING}
