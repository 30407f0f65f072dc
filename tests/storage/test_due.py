"""Work that is due, and what always fails: it is put off, it is found, and the rest does not wait for it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.ledger_world import World
from wallet_api.ids import new_id
from wallet_api.storage import Item
from wallet_api.storage.due import DueWork
from wallet_api.storage.items import UnicodeAttribute, WholeNumber

SPREAD, AT_ONCE = 4, 100


class ChoreItem(Item):
    table = "records"

    done = WholeNumber()
    due_bucket = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)


class Chores:
    """Chores of which some always fail."""

    def __init__(self, world: World) -> None:
        self.storage, self.now = world.wallet.storage, world.cloud.clock.now().replace(microsecond=0)
        self.items: Any = self.storage.bind(ChoreItem)
        self.work = DueWork.open(self.storage, "chore", SPREAD, limit=AT_ONCE)
        self.poison: set[str] = set()
        self.tried: list[str] = []

    def add(self, *, poison: bool = False) -> str:
        pk = new_id("cho", self.now)
        with self.storage.atomic_write() as write:
            write.replace(self.items(pk, "chore", done=0, **self.work.place(pk, self.now)))
        if poison:
            self.poison.add(pk)
        return pk

    def wait(self, **units: int) -> None:
        self.now += timedelta(**units)

    def run(self) -> int:
        """One run of a schedule; how many chores went well."""
        self.tried, went_well = [], 0
        for pk in self.work.by(self.now):
            self.tried.append(pk)
            if pk in self.poison:
                self.work.put_off(pk, self.now)
                continue
            with self.storage.atomic_write() as write:
                item = self.items(pk, "chore")
                actions = [self.items.done.set(1), *self.work.moved(self.items, pk, None)]
                write.update(item, actions, (self.items.pk.exists(), LookupError(pk)))
            went_well += 1
        return went_well


@pytest.fixture
def chores(world: World) -> Chores:
    return Chores(world)


def test_as_much_poison_as_one_run_looks_at_keeps_a_hundred_good_ones_waiting_once(chores: Chores) -> None:
    """O1, O8: it is older, so it is tried first, and then after all others, ever less often."""
    chores.work = DueWork.open(chores.storage, "chore", 0, limit=20)
    poison = {chores.add(poison=True) for _ in range(20)}
    chores.wait(seconds=1)
    good = {chores.add() for _ in range(100)}
    assert chores.run() == 0, "the poison is older, and fills all that one run looks at"
    for _ in range(5):
        assert chores.run() == 20
        assert not poison & set(chores.tried)
    chores.wait(minutes=1)
    chores.add()
    assert chores.run() == 1
    assert (chores.tried[0] in poison, set(chores.tried[1:])) == (False, poison)
    assert len(good) == 100


def test_what_fails_is_tried_ever_less_often_and_never_given_up(chores: Chores) -> None:
    pk = chores.add(poison=True)
    tries = 0
    for _ in range(24 * 60):
        chores.run()
        tries += len(chores.tried)
        chores.wait(minutes=1)
    assert 24 + 5 <= tries <= 24 + 7
    chores.poison.clear()
    chores.wait(hours=1)
    assert (chores.run(), chores.tried) == (1, [pk])


def test_an_operator_finds_exactly_what_failed_when_it_was_tried_last(chores: Chores) -> None:
    """O8: neither what waits for its time nor what went well since."""
    began, pk = chores.now, chores.add(poison=True)
    chores.add()
    assert list(chores.work.failing()) == []
    chores.run()
    chores.wait(minutes=1)
    chores.run()
    (found,) = chores.work.failing()
    assert (found.id, found.kind, found.failures, found.since) == (pk, "chore", 2, began)
    assert chores.work.failing_count() == 1
    chores.poison.clear()
    chores.wait(minutes=2)
    assert chores.run() == 1
    assert (list(chores.work.failing()), chores.work.failing_count()) == ([], 0)


def test_one_that_went_well_meanwhile_begins_anew_when_it_fails_again(chores: Chores) -> None:
    pk = chores.add(poison=True)
    for _ in range(4):
        chores.run()
        chores.wait(hours=1)
    with chores.storage.atomic_write() as write:
        write.update(chores.items(pk, "chore"), chores.work.moved(chores.items, pk, chores.now))
    assert chores.work.put_off(pk, chores.now) == timedelta()
    (found,) = chores.work.failing()
    assert (found.failures, found.since) == (1, chores.now)


def test_it_says_for_how_long_something_has_failed(chores: Chores) -> None:
    pk = chores.add(poison=True)
    began = chores.now
    assert chores.work.put_off(pk, began) == timedelta()
    chores.wait(minutes=20)
    assert chores.work.put_off(pk, chores.now) == chores.now - began


def test_what_somebody_brought_on_meanwhile_is_not_put_off(chores: Chores) -> None:
    """Runs overlap: the one that failed must not hide what the other one did."""
    pk, now = chores.add(), chores.now
    with chores.storage.atomic_write() as write:
        later = chores.work.moved(chores.items, pk, now + timedelta(days=1))
        write.update(chores.items(pk, "chore"), later)
    chores.work.put_off(pk, now)
    chores.wait(hours=2)
    assert list(chores.work.by(chores.now)) == []
    assert list(chores.work.failing()) == []
    for ended in (chores.add(), new_id("cho", now)):
        with chores.storage.atomic_write() as write:
            write.delete(chores.items(ended, "chore"))
        assert chores.work.put_off(ended, now) == timedelta()


def test_of_two_runs_the_one_that_failed_hides_nothing_of_the_other(
    chores: Chores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other brings it on after this one has read it, and before it writes."""
    pk, original = chores.add(), type(chores.storage).get

    def overtaken(*given: Any) -> Any:
        found = original(*given)
        with chores.storage.atomic_write() as write:
            later = chores.work.moved(chores.items, pk, chores.now + timedelta(days=1))
            write.update(chores.items(pk, "chore"), later)
        return found

    with monkeypatch.context() as broken:
        broken.setattr(type(chores.storage), "get", overtaken)
        assert chores.work.put_off(pk, chores.now) == timedelta()
    chores.wait(hours=2)
    assert (list(chores.work.by(chores.now)), chores.work.failing_count()) == ([], 0)


def test_what_is_leased_to_whoever_failed_is_put_off_all_the_same(chores: Chores) -> None:
    pk, now, lease = chores.add(), chores.now, timedelta(minutes=2)
    for _ in range(4):
        with chores.storage.atomic_write() as write:
            write.update(chores.items(pk, "chore"), chores.work.leased(chores.items, chores.now + lease))
        chores.work.put_off(pk, chores.now, leased=lease)
        chores.wait(minutes=10)
    (found,) = chores.work.failing()
    assert (found.failures, found.since) == (4, now)


def test_whoever_fails_to_get_hold_of_it_shortens_no_lease_of_another(chores: Chores) -> None:
    """Of two messages for one confirmation the second meets a table that is throttled, while the first is being sent."""
    pk, lease = chores.add(), timedelta(minutes=2)
    until = chores.now + lease
    with chores.storage.atomic_write() as write:
        write.update(chores.items(pk, "chore"), chores.work.leased(chores.items, until))
    chores.wait(seconds=5)
    chores.work.put_off(pk, chores.now, leased=lease)
    chores.now = until - timedelta(seconds=1)
    assert list(chores.work.by(chores.now)) == []
    chores.wait(seconds=1)
    assert list(chores.work.by(chores.now)) == [pk]


def test_storage_that_does_not_answer_hinders_no_other(chores: Chores, monkeypatch: pytest.MonkeyPatch) -> None:
    pk = chores.add(poison=True)

    def breaks(*_: Any, **__: Any) -> Any:
        raise RuntimeError("out of reach")

    monkeypatch.setattr(type(chores.storage), "get", breaks)
    assert chores.work.put_off(pk, chores.now) == timedelta()


def test_records_that_were_placed_otherwise_are_found_where_they_are(chores: Chores) -> None:
    """Once, some kinds chose their partition by other digits of the id: nothing had to be moved."""
    placed = set()
    for number in range(SPREAD):
        pk, now = new_id("cho", chores.now), chores.now
        place = {**chores.work.place(pk, now), "due_bucket": f"chore/{number}"}
        with chores.storage.atomic_write() as write:
            write.replace(chores.items(pk, "chore", done=0, **place))
        placed.add(pk)
    assert set(chores.work.by(chores.now)) == placed
    assert chores.run() == SPREAD
