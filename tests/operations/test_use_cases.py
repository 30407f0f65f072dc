"""Every request that is decided under a key, asked about and abandoned: before it arrives, after it, and by somebody else."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from dev.client import Answer
from dev.cloud.local import LocalCloud
from tests.build import key, refused
from tests.faults.scenario import Scenario
from tests.faults.scenarios import SCENARIOS
from tests.faults.stage import Stage
from wallet_api.top_ups.model import OPEN

BY_KEY = [each for each in SCENARIOS if each.endpoint.startswith(("POST", "PUT")) and each.ends]
KEYED = [
    each for each in BY_KEY if not each.decided and "{top_up_id}" not in each.endpoint and "{key}" not in each.endpoint
]
"""A repetition has its own key; the issuer's code of a top-up needs none, and neither does giving one up."""


PASSWORD_COUNTS = timedelta(minutes=14)
"""A stage on which this much time has passed is opened anew: its people would be asked for their passwords."""


@pytest.fixture(scope="module")
def stages(_running_cloud: LocalCloud) -> Iterator[Callable[[], Stage]]:
    clock, opened, ends = _running_cloud.clock, list[Stage](), ExitStack()
    since = clock.now()

    def get() -> Stage:
        nonlocal since
        if not opened or clock.now() - since > PASSWORD_COUNTS:
            ends.close()
            _running_cloud.reset()
            since = clock.now()
            opened[:] = [ends.enter_context(Stage.opened(_running_cloud))]
        return opened[0]

    with ends:
        yield get
    _running_cloud.reset()


@pytest.fixture
def stage(stages: Callable[[], Stage]) -> Stage:
    return stages()


def told_of(stage: Stage, idem: str) -> list[Answer]:
    """What Ada, the shop and Bo are told of this key of theirs."""
    tokens = (stage.ada.token, stage.shop.key, stage.bo.token)
    return [stage.api.get(f"/v1/operations/{idem}", token=token, lang="en") for token in tokens]


def abandoned_by_all(stage: Stage, idem: str) -> list[Answer]:
    tokens = (stage.ada.token, stage.shop.key, stage.bo.token)
    return [stage.api.post(f"/v1/operations/{idem}/abandon", token=token, lang="en") for token in tokens]


@pytest.mark.parametrize("scenario", KEYED, ids=lambda scenario: scenario.id)
def test_its_caller_is_told_what_became_of_it_and_cannot_abandon_it(stage: Stage, scenario: Scenario) -> None:
    """M17, M38, M39."""
    stage.fresh()
    act, idem = scenario.prepare(stage), key()
    for each in told_of(stage, idem):
        refused(each, 404, "operation_unknown")
    first = act(idem)
    assert first is not None
    again, found = act(idem), [each for each in told_of(stage, idem) if each.status != 404]
    assert again is not None
    if first.status == 403:  # a proof that is missing decides nothing
        assert found == []
        return
    (told,) = found
    _require_the_truth(told, again)
    was = [each for each in abandoned_by_all(stage, idem) if each.json["status"] != "abandoned"]
    assert [(each.json["status"], each.json["money_moved"]) for each in was] == [
        (told.json["status"], told.json["money_moved"])
    ]
    after = act(idem)
    assert after is not None
    assert (after.status, after.text) == (again.status, again.text)


def _require_the_truth(told: Answer, again: Answer) -> None:
    operation = told.ok(200)
    if again.status >= 400:
        assert operation["status"] == "refused"
        assert operation["problem"] == again.json
        assert operation["money_moved"] == again.json["money_moved"] == "no"
        return
    made = again.json.get("refund_id") or again.json["id"]  # what an approval made is the refund
    wanted = {"failed": "refused", **dict.fromkeys(OPEN, "processing")}.get(again.json["status"], "succeeded")
    assert operation["status"] == wanted or operation["result"]["object"] != "top_up"
    assert operation["result_id"] == operation["result"]["id"] == made
    assert operation["result"]["object"] == again.json["object"] or made != again.json["id"]


@pytest.mark.parametrize("scenario", KEYED, ids=lambda scenario: scenario.id)
def test_once_it_was_abandoned_it_never_happens(stage: Stage, scenario: Scenario) -> None:
    """M2, M12: the request arrives after its caller gave it up, once and again; nothing moves, nobody is charged."""
    stage.fresh()
    act, idem = scenario.prepare(stage), key()
    charged, start = len(stage.acquirer.charged), stage.read()
    for each in [*abandoned_by_all(stage, idem), *abandoned_by_all(stage, idem), *told_of(stage, idem)]:
        told = each.ok(200)
        assert (told["status"], told["money_moved"], told["result"]) == ("abandoned", "no", None)
    for _ in range(2):
        late = act(idem)
        assert late is not None
        if late.status == 403:
            continue
        told = refused(late, 409, "operation_abandoned")
        assert (told["money_moved"], told["retry"]) == ("no", "new_key")
    assert (stage.entries(start), len(stage.acquirer.charged)) == (0, charged)
    assert stage.wrongs() == []
    anew = act(key())
    assert anew is not None
    assert (
        anew.status == 403
        or (anew.status, anew.json.get("code", "")) in scenario.ends
        or anew.json["status"] in (*OPEN, "failed")
    )
