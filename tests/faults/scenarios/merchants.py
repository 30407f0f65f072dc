"""What is decided under a key before a merchant takes its first payment."""

from tests.faults.scenario import MADE, Act, Scenario
from tests.faults.stage import Stage
from tests.selling import an_outlet, apply


def _application(stage: Stage) -> Act:
    return lambda idem: apply(stage.api, stage.ada, idem=idem)


def _outlet(stage: Stage) -> Act:
    return lambda idem: an_outlet(stage.api, stage.shop, idem=idem)


SCENARIOS = (
    Scenario("POST /v1/merchant_applications", "is handed in", _application, MADE),
    Scenario("POST /v1/outlets", "is opened", _outlet, MADE),
)
