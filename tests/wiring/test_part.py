"""The parts of the wiring diagram: every place is filled once, and nothing is put in another's place."""

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
