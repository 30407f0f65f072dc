"""Keys in their order: every walk gives what a look at all of them would."""

import operator
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from dev.cloud.ordered import Order

texts = st.text("ab", max_size=3)
keys = st.lists(st.tuples(texts, texts), max_size=30)
COMPARED: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "BEGINS_WITH": str.startswith,
}


def made(added: list[tuple[str, str]], removed: list[tuple[str, str]]) -> Order:
    order = Order()
    for key in added:
        order.add(key)
    for key in removed:
        order.remove(key)
    return order


@given(keys, keys, st.booleans())
def test_keys_stand_once_in_order_and_go_when_they_are_removed(
    added: list[tuple[str, str]], removed: list[tuple[str, str]], forward: bool
) -> None:
    order = made(added, removed)
    left = sorted(set(added) - set(removed), reverse=not forward)
    assert list(order.walk(after=None, forward=forward)) == left
    assert len(order) == len(left)


@given(keys, st.sampled_from(sorted(COMPARED)), texts, st.none() | st.tuples(texts, texts), st.booleans())
def test_a_walk_gives_what_satisfies_the_comparison_beyond_where_it_starts(
    added: list[tuple[str, str]], comparison: str, value: str, after: tuple[str, str] | None, forward: bool
) -> None:
    found = list(made(added, []).walk(comparison, [value], after=after, forward=forward))
    beyond = {key for key in added if after is None or (key > after if forward else key < after)}
    wanted = {key for key in beyond if COMPARED[comparison](key[0], value)}
    assert found == sorted(wanted, reverse=not forward)


@given(keys, texts, texts)
def test_between_holds_both_ends_and_is_empty_when_they_are_reversed(
    added: list[tuple[str, str]], low: str, high: str
) -> None:
    found = list(made(added, []).walk("BETWEEN", [low, high], after=None, forward=True))
    assert found == sorted({key for key in added if low <= key[0] <= high})
