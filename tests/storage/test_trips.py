"""Trips: everything at the same time, consistent, and tried again where that can do no harm."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from tests.faults.injector import Faults
from tests.ledger_world import World
from tests.storage.box import Boxes, BoxItem
from wallet_api.storage.calls import ATTEMPTS, DEADLINE
from wallet_api.storage.errors import StorageBusy, StorageFault
from wallet_api.storage.trips import known


@pytest.fixture
def boxes(world: World) -> Boxes:
    return Boxes(world)


def reserve(boxes: Boxes, pk: str, limit: int = 5) -> Any:
    count = boxes.items.count
    with boxes.storage.trip() as trip:
        read = trip.update(boxes.at(pk), [count.set(count + 1)], count < limit)
    return read()


def test_all_gets_of_a_trip_are_one_consistent_call(boxes: Boxes, faults: Faults) -> None:
    """M20, S29: whatever the tables, and however often one item is asked for."""

    class OtherItem(BoxItem):
        table = "people"

    other = boxes.storage.bind(OtherItem)
    boxes.add("a", count=1)
    faults.clear()
    with boxes.storage.trip() as trip:
        first, again = trip.get(boxes.items, "a", "box"), trip.get(boxes.items, "a", "box")
        missing, elsewhere = trip.get(boxes.items, "b", "box"), trip.get(other, "a", "box")
    found = first()
    assert found is not None
    assert found.count == 1
    assert again() is not None
    assert missing() is None
    assert elsewhere() is None
    (asked,) = faults.made("BatchGetItem")
    assert len(faults.calls) == 1
    assert sorted(len(each["Keys"]) for each in asked["RequestItems"].values()) == [1, 2]
    assert all(each["ConsistentRead"] for each in asked["RequestItems"].values())


def test_one_item_may_be_read_as_two_types(boxes: Boxes) -> None:
    other = boxes.storage.bind(BoxItem)
    boxes.add("a", count=1)
    with boxes.storage.trip() as trip:
        first, second = trip.get(boxes.items, "a", "box"), trip.get(other, "a", "box")
    assert type(first()) is boxes.items
    assert type(second()) is other


def test_a_read_inside_the_block_says_that_nothing_has_been_read(boxes: Boxes) -> None:
    with boxes.storage.trip() as trip:
        read = trip.get(boxes.items, "a", "box")
        call = trip.call(lambda: 1)
        for early in (read, call):
            with pytest.raises(LookupError):
                early()
    assert (read(), call()) == (None, 1)


def test_an_exception_inside_the_block_makes_no_call(boxes: Boxes, faults: Faults) -> None:
    with pytest.raises(KeyError), boxes.storage.trip() as trip:
        trip.get(boxes.items, "a", "box")
        raise KeyError
    assert faults.calls == []


def test_calls_of_a_trip_are_under_way_at_the_same_time(boxes: Boxes) -> None:
    """Each waits for all the others: one after the other they would never come to an end."""
    barrier = Barrier(4, timeout=60)
    with boxes.storage.trip() as trip:
        reads = [trip.call(barrier.wait) for _ in range(4)]
    assert sorted(read() for read in reads) == [0, 1, 2, 3]


def test_every_call_ends_before_a_failure_is_reported(boxes: Boxes) -> None:
    done = []

    def fails() -> None:
        raise StorageBusy

    trip = boxes.storage.trip()
    with pytest.raises(StorageBusy), trip:
        trip.call(fails)
        trip.call(lambda: done.append(1))
        trip.call(lambda: done.append(2))
    assert sorted(done) == [1, 2]


def test_a_trip_takes_a_hundred_items_and_no_more(boxes: Boxes, faults: Faults) -> None:
    """M10."""
    with boxes.storage.trip() as trip:
        reads = [trip.get(boxes.items, f"a{number}", "box") for number in range(100)]
    assert [read() for read in reads] == [None] * 100
    trip = boxes.storage.trip()
    with pytest.raises(StorageFault, match="100"), trip:
        for number in range(101):
            trip.get(boxes.items, f"a{number}", "box")
    assert len(faults.calls) == 1


def test_keys_that_dynamodb_leaves_over_are_asked_for_again(boxes: Boxes, faults: Faults) -> None:
    for name in "abc":
        boxes.add(name, count=1)
    faults.clear()
    faults.hit(1, "some left over")
    with boxes.storage.trip() as trip:
        reads = [trip.get(boxes.items, name, "box") for name in "abc"]
    assert all(read() is not None for read in reads)
    assert len(faults.made("BatchGetItem")) == 2


def test_keys_left_over_to_the_end_are_not_taken_for_missing_items(boxes: Boxes, faults: Faults) -> None:
    boxes.add("a", count=1)
    faults.always("BatchGetItem", "all left over")
    with pytest.raises(StorageBusy):
        boxes.get("a")


@pytest.mark.parametrize("fault", ["throttled", "conflict", "not applied, 500", "no answer, not applied"])
def test_a_busy_table_is_asked_again(boxes: Boxes, faults: Faults, fault: str) -> None:
    """M14: a plain update meets other people's transactions too, and reports `TransactionConflictException`."""
    boxes.add("a", count=0)
    faults.clear()
    faults.hit(1, fault)
    assert reserve(boxes, "a").count == 1
    faults.hit(1, fault, times=ATTEMPTS - 1)
    assert boxes.get("a").count == 1


def test_an_update_is_sent_again_at_will_when_it_surely_was_not_applied_and_once_when_it_may_have_been(
    boxes: Boxes, faults: Faults
) -> None:
    """M16: a person's attempts must not be used up by one request whose answers are lost."""
    boxes.add("a", count=0)
    faults.clear()
    faults.hit(1, "conflict", times=ATTEMPTS - 1)
    assert reserve(boxes, "a", limit=9).count == 1
    faults.always("UpdateItem", "applied, no answer")
    with pytest.raises(StorageBusy):
        reserve(boxes, "a", limit=9)
    faults.clear()
    assert boxes.get("a").count == 3


def test_a_condition_that_fails_changes_nothing_and_brings_none(boxes: Boxes) -> None:
    boxes.add("a", count=5)
    assert reserve(boxes, "a") is None
    assert reserve(boxes, "missing") is None
    assert boxes.get("a").count == 5
    assert boxes.get("missing") is None


@pytest.mark.parametrize("fault", ["applied, no answer", "applied, 500"])
def test_an_update_that_was_not_answered_may_count_twice_and_never_not_at_all(
    boxes: Boxes, faults: Faults, fault: str
) -> None:
    """M15, M16, S50: single updates have no token, so only counters that may over-count are written this way."""
    boxes.add("a", count=0)
    faults.clear()
    faults.hit(1, fault)
    assert reserve(boxes, "a").count == 2


def test_fifty_reservations_at_once_take_no_more_than_there_are(boxes: Boxes) -> None:
    """A12."""
    boxes.add("a", count=0)
    with ThreadPoolExecutor(16) as pool:
        taken = list(pool.map(lambda _: reserve(boxes, "a"), range(50)))
    assert sum(each is not None for each in taken) == 5
    assert boxes.get("a").count == 5


def test_botocore_makes_each_call_once(boxes: Boxes, faults: Faults) -> None:
    """S50, S51: who re-sends, and how often, is decided in one place, with the clock that a test can move."""
    faults.always("BatchGetItem", "throttled")
    with pytest.raises(StorageBusy):
        boxes.get("a")
    assert len(faults.calls) == ATTEMPTS
    assert boxes.storage._connection.client.meta.config.retries["total_max_attempts"] == 1


def test_what_dynamodb_calls_wrong_is_our_defect(boxes: Boxes, faults: Faults) -> None:
    faults.always("BatchGetItem", "denied")
    with pytest.raises(StorageFault, match="AccessDenied"):
        boxes.get("a")
    assert len(faults.calls) == 1


def test_no_attempt_begins_after_the_deadline(boxes: Boxes, faults: Faults, world: World, monkeypatch: Any) -> None:
    """O12."""
    clock = world.cloud.clock
    clock.freeze()
    began = clock.now()
    monkeypatch.setattr(clock, "sleep", lambda seconds: clock.advance(timedelta(seconds=seconds) * 20))
    faults.always("BatchGetItem", "throttled")
    with pytest.raises(StorageBusy):
        boxes.get("a")
    assert len(faults.calls) < ATTEMPTS
    assert clock.now() - began < DEADLINE * 2


def test_what_is_known_needs_no_trip() -> None:
    assert known(3).map(lambda value: value + 1)() == 4
