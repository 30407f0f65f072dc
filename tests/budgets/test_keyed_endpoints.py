"""What everything that is decided under an Idempotency-Key may cost at most, as the fault matrix finds it: nothing can be forgotten."""

import pytest

from bench.meter import metered
from dev.cloud.local import LocalCloud
from tests.build import key
from tests.faults.scenario import Scenario
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import Stage

MOST = (5, 10, 24)
"""Storage calls (the stage makes them in turn; a trip holds one to three), items in transactions, write units, those of indexes
included.
"""
MORE: dict[str, tuple[int, int, int]] = {
    # The card's charges are looked for among the newest top-ups, and the acquirer's answer is kept in a write of its own.
    "POST /v1/refund_requests/{request_id}/approve to a card": (6, 10, 28),
}
"""Scenarios that may cost more, each with a reason beside it."""


def keyed() -> list[Scenario]:
    return [each for each in SCENARIOS if each.endpoint.startswith(("POST ", "PUT ", "DELETE "))]


@pytest.mark.parametrize("scenario", keyed(), ids=lambda scenario: scenario.id)
def test_what_is_decided_under_a_key_stays_within_its_budget(cloud: LocalCloud, scenario: Scenario) -> None:
    """M24: no request under a key may do work without a bound, and a new one has this bound from its first day."""
    with Stage.opened(cloud) as stage:
        act = scenario.prepare(stage)
        stage.fresh()
        with metered(0) as meter:
            act(key())
    found = (len(meter.calls), meter.items_in_transactions, meter.write_units + meter.index_units)
    most = MORE.get(scenario.id, MOST)
    assert all(is_ <= may for is_, may in zip(found, most, strict=True)), f"{found}: {meter.names}"
