"""The stream."""

from tests.build import a_merchant
from tests.faults.scenario import AMOUNT, Act, Scenario
from tests.faults.stage import Stage
from tests.shopping import a_paid_payment, refund


def _folding(stage: Stage) -> Act:
    stage.shop, wrong = a_merchant(stage.cloud), stage.wrongs()
    assert not wrong
    start = stage.read()
    payment = a_paid_payment(stage.api, stage.shop, stage.ada, AMOUNT)
    refund(stage.api, stage.shop, payment["id"]).ok(201)
    stage.read()
    batch = stage.journal[start:]

    def act(_: str) -> None:
        stage.wallet.folding.fold(batch)

    return act


SCENARIOS = (
    Scenario("stream", "of a new shop is folded", _folding, ()),
)  # fmt: skip
