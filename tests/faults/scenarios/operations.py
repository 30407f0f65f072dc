"""A key that is given up: before anything happened under it, and after."""

from dev.client import Answer
from tests.build import key, send
from tests.faults.scenario import AMOUNT, DONE, Act, Scenario
from tests.faults.stage import Stage

ABANDON = "POST /v1/operations/{key}/abandon"


def _unused(stage: Stage) -> Act:
    return lambda idem: stage.api.post(f"/v1/operations/{idem}/abandon", token=stage.ada.token)


def _used(stage: Stage) -> Act:
    idem = key()
    send(stage.api, stage.ada, stage.bo, AMOUNT, idem=idem).ok(201)

    def act(_: str) -> Answer:
        answer = stage.api.post(f"/v1/operations/{idem}/abandon", token=stage.ada.token)
        assert answer.status != 200 or answer.json["status"] == "succeeded"
        return answer

    return act


SCENARIOS = (
    Scenario(ABANDON, "of what never arrived", _unused, DONE),
    Scenario(ABANDON, "of what happened", _used, DONE, decided=True),
)
