"""Three money operations at once, in orders drawn by seeds: always as if they had come one after the other."""

from collections.abc import Callable

import pytest

from tests.schedules.judge import Judge, Scenario
from tests.schedules.scenarios import TRIPLES
from tests.schedules.stage import Stage

SEEDS, SEEDS_OF_ALL = 10, 300
"""How many orders are drawn for each scenario, and how many with `--whole`; `--seed` says where the seeds begin."""


@pytest.fixture
def seeds(pytestconfig: pytest.Config) -> range:
    first = int(pytestconfig.getoption("--seed") or 0)
    return range(first, first + (SEEDS_OF_ALL if pytestconfig.getoption("--whole") else SEEDS))


@pytest.mark.parametrize("scenario", TRIPLES, ids=str)
def test_in_drawn_orders_it_is_as_if_they_had_come_one_after_the_other(
    stage: Stage, scenario: Scenario, given: str | None, seeds: range, record_property: Callable[[str, object], None]
) -> None:
    """M1, M13, M22, M38."""
    record_property("schedules", Judge(scenario, stage, given).drawn(seeds))
