"""Two money operations at once, in every order of their storage calls: always as if one had come after the other."""

from collections.abc import Callable

import pytest

from tests.faults.scenarios import SCENARIOS
from tests.schedules.judge import Judge, Scenario
from tests.schedules.scenarios import PAIRS
from tests.schedules.stage import Stage


@pytest.mark.parametrize("scenario", PAIRS, ids=str)
def test_in_every_order_it_is_as_if_one_had_come_after_the_other(
    stage: Stage, scenario: Scenario, given: str | None, record_property: Callable[[str, object], None]
) -> None:
    """M1, M13, M21, M22, M38–M40: money, keys, quotes, cards, attempts and folding; nothing is stuck."""
    record_property("schedules", Judge(scenario, stage, given).every_order())


def test_every_request_that_moves_money_meets_another(stage: Stage) -> None:
    """Whoever adds an endpoint that moves money says what it may meet, and what each is told then."""
    moving = {each.endpoint for each in SCENARIOS if (each.moves or each.charges) and each.endpoint.startswith("POST")}
    assert moving - set().union(*(scenario.endpoints_on(stage) for scenario in PAIRS)) == set()
