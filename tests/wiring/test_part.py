"""The parts of the wiring diagram: every place is filled once, and nothing is put in another's place."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from wallet_api.wiring.part import Part


class Base(Part):
    left: int


class Both(Base):
    right: int


def test_it_holds_its_own_and_what_it_inherits() -> None:
    both = Both(left=1, right=2)
    assert (both.left, both.right, Both.names()) == (1, 2, ("left", "right"))
    assert vars(Both(1, 2)) == vars(both)


@pytest.mark.parametrize(("given", "named"), [((1,), {}), ((), {"left": 1}), ((1, 2, 3), {}), ((1, 2), {"other": 3})])
def test_a_place_that_is_empty_or_nobodys_is_a_mistake(given: tuple[int, ...], named: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="takes left, right"):
        Both(*given, **named)


def test_what_is_in_its_place_stays_there() -> None:
    both = Both(1, 2)
    with pytest.raises(AttributeError, match="opened"):
        both.right = 3  # type: ignore[misc]
    changed = both.replaced(right=3)
    assert (changed.left, changed.right, both.right) == (1, 3, 2)
    assert isinstance(changed, Both)


class Late(Part):
    second: int
    third: int


class Whole(Base, Late):
    fourth: int


def test_a_late_part_is_opened_once_when_one_of_its_own_is_first_asked_for() -> None:
    opened: list[Late] = []

    def opener() -> Late:
        opened.append(Late(2, 3))
        return opened[-1]

    whole = Whole.opened_late({Late: opener}, left=1, fourth=4)
    assert (whole.left, whole.fourth, opened) == (1, 4, [])
    assert (whole.third, whole.second, len(opened)) == (3, 2, 1)


def test_requests_that_ask_for_a_late_part_at_once_open_it_once() -> None:
    begun, meeting = threading.Barrier(2), threading.Barrier(2)
    opened: list[Late] = []

    def opener() -> Late:
        opened.append(Late(2, 3))
        # A second opener beside this one would let both go on.
        with suppress(threading.BrokenBarrierError):
            meeting.wait(0.2)
        return opened[-1]

    whole = Whole.opened_late({Late: opener}, left=1, fourth=4)

    def ask(name: str) -> int:
        begun.wait()
        return int(getattr(whole, name))

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(ask, ("second", "third"))) == [2, 3]
    assert len(opened) == 1


def test_another_in_the_place_of_a_late_one_stays_there() -> None:
    whole = Whole.opened_late({Late: lambda: Late(2, 3)}, left=1, fourth=4)
    changed = whole.replaced(second=20)
    assert (changed.third, changed.second, whole.second) == (3, 20, 2)


def test_an_empty_place_is_a_mistake_with_late_parts_as_well() -> None:
    with pytest.raises(TypeError, match="takes second, third, left, fourth"):
        Whole.opened_late({Late: lambda: Late(2, 3)}, left=1)
    with pytest.raises(AttributeError, match="Whole has no fifth"):
        getattr(Whole.opened_late({Late: lambda: Late(2, 3)}, left=1, fourth=4), "fifth")  # noqa: B009
