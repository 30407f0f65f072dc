"""The injector itself: each fault is what it says, so that no test is green because nothing broke."""

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.faults.injector import FAULTS, Faults, ProcessDied
from tests.ledger_world import World

BEFORE = ["no answer, not applied", "not applied, 500", "conflict", "conflict and a failed condition", "throttled",
          "in progress", "denied", "died before", "cancelled without reasons"]  # fmt: skip
AFTER = ["applied, no answer", "applied, no answer, then throttled", "applied, 500", "died after"]


def put(world: World) -> None:
    client = world.wallet.storage._connection.client
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    client.transact_write_items(
        TransactItems=[{"Put": {"TableName": world.wallet.settings.tables["records"], "Item": item}}]
    )


@pytest.mark.parametrize("fault", [*BEFORE, *AFTER])
def test_a_fault_raises_and_applies_what_it_says(world: World, faults: Faults, fault: str) -> None:
    faults.hit(1, fault)
    with pytest.raises((ClientError, ReadTimeoutError, ProcessDied)):
        put(world)
    faults.clear()
    assert (world.raw("records", "a", "b") is not None) is (fault in AFTER)


def test_every_fault_for_writes_is_listed_here() -> None:
    assert {*BEFORE, *AFTER} == {name for name in FAULTS if not name.endswith("left over")}


def test_faults_hit_the_call_that_was_named(world: World, faults: Faults) -> None:
    faults.hit(2, "denied")
    put(world)
    with pytest.raises(ClientError, match="AccessDenied"):
        put(world)
    put(world)
    assert [name for name, _ in faults.calls] == ["TransactWriteItems"] * 3


def test_a_fault_that_lasts_may_go_on_as_another(world: World, faults: Faults) -> None:
    faults.hit(1, "applied, no answer, then throttled", times=2)
    with pytest.raises(ReadTimeoutError):
        put(world)
    with pytest.raises(ClientError, match="Throttling"):
        put(world)
    put(world)


def test_a_dead_process_makes_no_call_until_it_is_started_again(world: World, faults: Faults) -> None:
    faults.hit(1, "died before")
    for _ in range(2):
        with pytest.raises(ProcessDied):
            put(world)
    assert len(faults.calls) == 1
    faults.clear()
    put(world)
