"""A deployed wallet stands still, goes on, and begins anew."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from dev import halting
from dev.cloud.local import LocalCloud
from dev.functions import FUNCTIONS
from dev.templates import RESOURCES, load_template
from tests.deployment import Deployment

Output = pytest.CaptureFixture[str]
WHERE = ["--stack", "wallet-prod"]


@pytest.fixture
def deployed(cloud: LocalCloud) -> Iterator[Any]:
    made = Deployment(cloud)
    yield made
    made.close()


def test_a_stopped_wallet_takes_and_reads_nothing_and_goes_on_with_its_own_share(deployed: Any) -> None:
    """O13."""
    assert halting.main_of("stop")(WHERE, session=deployed) == 0
    assert deployed.instances == dict.fromkeys(FUNCTIONS, 0)
    assert set(deployed.sources.values()) == {False}
    assert {"fold_ledger", "deliver_webhooks"} <= set(deployed.sources)
    order = [name for name, _ in deployed.calls if name in ("UpdateEventSourceMapping", "PutFunctionConcurrency")]
    assert order.index("PutFunctionConcurrency") == len(deployed.sources), "no message is given up on while none runs"
    assert halting.main_of("start")(WHERE, session=deployed) == 0
    assert deployed.instances == {name: one["instances"] for name, one in FUNCTIONS.items()}
    assert set(deployed.sources.values()) == {True}
    assert list(deployed.instances)[-1] == "api_handler", "who asks finds all others at work"


def test_all_begins_anew_by_a_deployment_of_what_is_deployed(deployed: Any, capsys: Output) -> None:
    """A version or an alias that CloudFormation did not make would stop the next release: CodeDeploy finds another than it expects."""
    before = dict(deployed.parameters)
    assert halting.main_of("restart")(WHERE, session=deployed) == 0
    (update,) = [asked for name, asked in deployed.calls if name == "UpdateStack"]
    assert update["UsePreviousTemplate"] is True
    begun = deployed.parameters["Begun"]
    assert deployed.parameters == before | {"Begun": begun}, "all else is as it was"
    assert re.fullmatch(load_template(RESOURCES)["Parameters"]["Begun"]["AllowedPattern"], begun)
    assert begun != before["Begun"]
    changed = {name for name, _ in deployed.calls if not name.startswith(("Describe", "List"))}
    assert changed == {"UpdateStack"}, "nothing is done beside CloudFormation"
    assert capsys.readouterr().out.count("begun anew  ") == len(FUNCTIONS)


def test_beginning_anew_that_was_taken_back_says_so(deployed: Any, capsys: Output) -> None:
    deployed.updates_succeed = False
    assert halting.main_of("restart")(WHERE, session=deployed) == 1
    told = capsys.readouterr()
    assert "half-way" in told.err
    assert "begun anew  " not in told.out


def test_a_stack_of_before_is_to_be_deployed_first(deployed: Any, capsys: Output) -> None:
    del deployed.parameters["Begun"]
    assert halting.main_of("restart")(WHERE, session=deployed) == 1
    assert "deploy this release first" in capsys.readouterr().err
    assert not [name for name, _ in deployed.calls if name == "UpdateStack"]


def test_in_a_development_account_no_share_is_asked_for(cloud: LocalCloud) -> None:
    made: Any = Deployment(cloud, "dev")
    try:
        assert halting.main_of("start")(["--stack", "wallet-dev"], session=made) == 0
        assert set(made.instances.values()) == {None}
    finally:
        made.close()
