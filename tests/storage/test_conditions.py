"""Conditions: what the wallet evaluates again means what DynamoDB means."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.expressions.operand import Path

from tests.ledger_world import World
from tests.storage.box import Boxes, BoxItem, Shut
from wallet_api.storage.conditions import ConditionNotAllowed, holds, require_plain

A, B, M = Path("a"), Path("b"), Path("m")

PLAIN = {
    "equal": A == 3,
    "less": A < 3,
    "at most": A <= 3,
    "more": A > 3,
    "at least": A >= 3,
    "text": B == "x",
    "text above": B >= "m",
    "one of": B.is_in("x", "y"),
    "number among": A.is_in(1, 3),
    "there": A.exists(),
    "not there": A.does_not_exist(),
    "both": (A >= 3) & (B == "x"),
    "either": (A >= 3) | (B == "x"),
    "inside": M["CNY"] >= 3,
    "inside not there": M["CNY"].does_not_exist(),
    "other type": A == "3",
}
ITEMS: list[dict[str, Any]] = [
    {},
    {"a": {"N": "2"}},
    {"a": {"N": "3"}, "b": {"S": "x"}},
    {"a": {"N": "12"}, "b": {"S": "a"}},
    {"a": {"NULL": True}},
    {"m": {"M": {"CNY": {"N": "3"}}}},
    {"m": {"M": {}}},
    {"m": {"S": "CNY"}},
]


@pytest.mark.parametrize(("name", "item"), list(product(PLAIN, ITEMS)))
def test_a_condition_holds_here_exactly_when_it_holds_in_the_table(
    world: World, name: str, item: dict[str, Any]
) -> None:
    """S20: several contributions' conditions on one item are told apart by evaluating each again."""
    condition = PLAIN[name]
    require_plain(condition)
    boxes = Boxes(world)
    if item:
        world.tamper("records", "box", "box", **item)
    try:
        with boxes.storage.atomic_write() as write:
            write.check(boxes.at("box"), (condition, Shut()))
        held = True
    except Shut:
        held = False
    stored = {"pk": {"S": "box"}, "sk": {"S": "box"}, **item} if item else None
    assert holds(condition, stored) is held


@pytest.mark.parametrize(
    "condition",
    [
        A != 3,
        A != None,  # noqa: E711  that is the trap: it is true for every normal value
        ~(A == 3),
        ~(B.is_in("x")),
        A.between(1, 2),
        B.startswith("x"),
        B.contains("x"),
        Path("b") == A,
        (A >= 3) & ((B == "x") | (B != "y")),
    ],
    ids=repr,
)
def test_operators_that_let_missing_things_through_are_refused(condition: Any) -> None:
    """M7, S26."""
    with pytest.raises(ConditionNotAllowed):
        require_plain(condition)


@given(st.integers(-(10**20), 10**20), st.integers(-(10**20), 10**20))
def test_numbers_are_compared_as_numbers(stored: int, wanted: int) -> None:
    item = {"a": {"N": str(stored)}}
    assert holds(wanted <= A, item) is (stored >= wanted)
    assert holds(wanted > A, item) is (stored < wanted)


def test_a_value_of_another_type_meets_no_comparison() -> None:
    item = {"a": {"S": "3"}}
    assert not any(holds(condition, item) for condition in (A < 9, A <= 9, A > 0, A >= 0, A == 3, A.is_in(3)))


def test_attributes_of_items_are_paths_as_well() -> None:
    require_plain(BoxItem.by_name["CNY"] >= 3)
    assert holds(BoxItem.by_name["CNY"] >= 3, {"by_name": {"M": {"CNY": {"N": "3"}}}})
