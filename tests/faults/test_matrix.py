"""Every use case that moves money, every call it makes of storage and of the acquirer, every way in which the call can break."""

from collections.abc import Callable

import pytest

from chalicelib.routes import every
from dev.cloud.local import LocalCloud
from tests.faults.matrix import CELLS_A_STAGE, Cell, Coverage, cells_of, run, share_of
from tests.faults.scenario import Scenario
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import Stage


def test_every_endpoint_with_a_key_is_in_the_matrix() -> None:
    """Whoever adds an endpoint that requires an Idempotency-Key adds how it ends when nothing breaks."""
    endpoints = (each for routes in every() for each in routes.endpoints)
    keyed = {f"{each.method} {each.path}" for each in endpoints if each.idempotency == "required"}
    assert keyed - {each.endpoint for each in SCENARIOS} == set()


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_whatever_breaks_it_happens_once_and_the_caller_is_told_the_truth(
    cloud: LocalCloud, coverage: Coverage, scenario: Scenario, record_property: Callable[[str, object], None]
) -> None:
    """M1–M3, M12–M19, M37, M38, M41, M42, S20–S24, A12, and the six invariants of the ledger after each cell."""
    with Stage.opened(cloud) as stage:
        known = cells_of(scenario, stage)
    cells = share_of(known, coverage.seed, scenario.id, coverage.part)
    record_property("known cells", len(known))
    record_property("cells", len(cells))
    for start in range(0, len(cells), CELLS_A_STAGE):
        with Stage.opened(cloud) as stage:
            for cell in cells[start : start + CELLS_A_STAGE]:
                checked(scenario, cell, stage, coverage)


def checked(scenario: Scenario, cell: Cell, stage: Stage, coverage: Coverage) -> None:
    try:
        run(scenario, cell, stage)
    except Exception as failure:
        failure.add_note(f"{scenario.id}: {cell}; replay it with --seed {coverage.seed}")
        raise
