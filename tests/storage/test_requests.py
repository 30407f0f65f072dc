"""Requests: what DynamoDB is asked is what PynamoDB would ask it."""

from typing import Any

import pytest
from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition

from tests.ledger_world import World
from tests.storage.box import Boxes
from wallet_api.storage.requests import change_of, put_of


@pytest.fixture
def boxes(world: World) -> Boxes:
    return Boxes(world)


def theirs(boxes: Boxes, condition: Condition | None, **more: Any) -> dict[str, Any]:
    connection: Connection = boxes.storage._connection
    table = boxes.items.Meta.table_name
    return connection.get_operation_kwargs(table, "a", range_key="box", condition=condition, **more)


def conditions(boxes: Boxes) -> list[Condition | None]:
    items = boxes.items
    return [
        None,
        items.pk.does_not_exist(),
        (items.count >= 5) & (items.state == "open") & (items.by_name["CNY"] <= 3),
        items.state.is_in("open", "shut") | items.count.exists(),
    ]


def test_a_put_is_pynamodbs(boxes: Boxes) -> None:
    item = boxes.items("a", "box", count=5, state="乌龙茶", by_name={"CNY": 1}, paper=[1])
    for condition in conditions(boxes):
        attributes = {name: value for name, value in item.serialize().items() if name not in ("pk", "sk")}
        assert put_of(item, condition) == theirs(boxes, condition, key="Item", attributes=attributes)


def test_a_change_is_pynamodbs(boxes: Boxes) -> None:
    """The values of the item itself are not read: its keys say which it is."""
    items = boxes.items
    actions = [
        items.count.set(items.count - 1),
        items.by_name["CNY"].set((items.by_name["CNY"] | 0) + 5),
        items.state.remove(),
    ]
    for condition in conditions(boxes):
        assert change_of(items("a", "box", count=9), condition, actions) == theirs(boxes, condition, actions=actions)
        assert change_of(items("a", "box"), condition) == theirs(boxes, condition)
