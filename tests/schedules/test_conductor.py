"""The conductor itself, on operations over a dictionary: every order that matters is run, none twice, and each can be run again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import enumerate as enumerate_threads
from types import SimpleNamespace
from typing import Any

import pytest

from tests.schedules.conductor import Conductor, Seen, read, written
from tests.schedules.footprints import Call, call_of
from tests.schedules.orders import Drawn, EveryOrder, Given

Table = dict[str, int]


def reading(place: str) -> Call:
    return Call("read", frozenset({(place,)}), frozenset())


def writing(place: str) -> Call:
    return Call("write", frozenset(), frozenset({(place,)}))


def adding(conductor: Conductor, table: Table, place: str, amount: int) -> Callable[[], int]:
    """Reads, then writes: what is lost when two do it at once is the classic."""

    def act() -> int:
        conductor.pause(reading(place))
        found = table[place]
        conductor.pause(writing(place))
        table[place] = found + amount
        return found

    return act


def run(choose: Any, *places: str) -> tuple[str, Table]:
    table = dict.fromkeys(places, 0)
    conductor = Conductor(choose)
    storage: Any = SimpleNamespace(_pool=None)
    conductor.run(storage, *(adding(conductor, table, place, 10**n) for n, place in enumerate(places)))
    return written(conductor.order), table


def every_order(*places: str) -> list[tuple[str, Table]]:
    choose, found = EveryOrder(), []
    while True:
        with suppress(Seen):
            found.append(run(choose, *places))
        if not choose.another():
            return found


def test_every_order_that_matters_is_run_once() -> None:
    found = every_order("a", "a")
    assert len({order for order, _ in found}) == len(found)
    assert [table["a"] for _, table in found].count(11) == 2, "one after the other, both ways round"
    assert {table["a"] for _, table in found} == {11, 1, 10}, "and the lost updates are found"


def test_operations_that_share_nothing_are_run_in_one_order() -> None:
    assert len(every_order("a", "b", "c")) == 1


def test_what_is_left_out_ends_like_something_that_is_not() -> None:
    ends = [table for _, table in every_order("a", "a", "b", "a")]
    drawn = [run(Drawn(seed), "a", "a", "b", "a")[1] for seed in range(200)]
    assert all(each in ends for each in drawn)
    assert len(ends) < 200


def test_an_order_can_be_run_again() -> None:
    order, table = run(Drawn(7), "a", "a", "a")
    assert run(Given(read(order)), "a", "a", "a") == (order, table)
    assert run(Drawn(7), "a", "a", "a") == (order, table)


def test_the_calls_of_a_trip_are_held_one_by_one() -> None:
    conductor = Conductor(max)
    seen: list[str] = []
    with ThreadPoolExecutor(1) as pool:
        storage: Any = SimpleNamespace(_pool=pool)

        def call(name: str) -> str:
            conductor.pause(reading(name))
            seen.append(name)
            return name

        def trip() -> list[str]:
            futures = [storage._pool.submit(call, name) for name in ("first", "second")]
            own = call("own")
            return [own, *(future.result() for future in futures)]

        assert conductor.run(storage, trip) == [["own", "first", "second"]]
    assert seen == ["second", "first", "own"]
    assert written(conductor.order) == "0.2 0.1 0"


def test_what_an_operation_raises_is_what_it_brought() -> None:
    def fails() -> None:
        raise KeyError("mine")

    storage: Any = SimpleNamespace(_pool=None)
    (brought,) = Conductor(min).run(storage, fails)
    assert isinstance(brought, KeyError)


def test_a_run_that_shows_nothing_new_is_broken_off_at_once() -> None:
    """Every thread ends, and none of them calls anything any more, not even on its way out."""
    seen: list[str] = []

    def choose(held: Any) -> Any:
        if seen:
            raise Seen
        return min(held)

    conductor = Conductor(choose)

    def act() -> None:
        try:
            for name in ("first", "second"):
                conductor.pause(writing(name))
                seen.append(name)
        finally:
            conductor.pause(writing("cleaning up"))
            seen.append("cleaning up")

    before = set(enumerate_threads())
    storage: Any = SimpleNamespace(_pool=None)
    with pytest.raises(Seen):
        conductor.run(storage, act, act)
    assert seen == ["first"]
    for thread in set(enumerate_threads()) - before:
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    ("other", "commutes"),
    [(("Query", {"TableName": "t"}), False), (("Scan", {"TableName": "u"}), True),
     (("GetItem", {"TableName": "t", "Key": {"pk": {"S": "p"}, "sk": {"S": "other"}}}), True),
     (("BatchGetItem", {"RequestItems": {"t": {"Keys": [{"pk": {"S": "p"}, "sk": {"S": "s"}}]}}}), False)],
)  # fmt: skip
def test_calls_commute_when_they_touch_different_items(other: tuple[str, Any], commutes: bool) -> None:
    item = {"pk": {"S": "p"}, "sk": {"S": "s"}, "amount": {"N": "1"}}
    write = call_of("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "t", "Item": item}}]})
    assert write.commutes_with(call_of(*other)) is commutes
    assert call_of(*other).commutes_with(write) is commutes
