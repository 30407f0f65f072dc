"""Expressions: whatever a store says, DynamoDB is asked what PynamoDB would ask it."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from pynamodb.attributes import Attribute, BinaryAttribute, BooleanAttribute, ListAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Update

from tests.storage.box import BoxItem
from wallet_api.storage.expressions import write_actions, write_condition
from wallet_api.storage.items import UnicodeAttribute, WholeNumber

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


class WideItem(BoxItem):
    other = WholeNumber(null=True)
    kind = UnicodeAttribute(null=True)
    tags = ListAttribute[Any](null=True)
    flag = BooleanAttribute(null=True)
    sealed = BinaryAttribute(legacy_encoding=False, null=True)


def pynamodbs_own() -> Any:
    """The same attributes with nothing of ours but how a value is written."""

    def own(name: str, attribute: Any) -> Any:
        said = {"attr_type": attribute.attr_type, "serialize": lambda _, value: attribute.serialize(value)}
        made: Any = type(type(attribute).__name__, (Attribute,), said)(attr_name=name)
        return made

    return SimpleNamespace(**{name: own(name, each) for name, each in WideItem.get_attributes().items()})


CONDITIONS: list[Callable[[Any], Any]] = [
    lambda items: items.pk.does_not_exist(),
    lambda items: (items.count >= 5) & (items.state == "open") & (items.by_name["CNY"] <= 3),
    lambda items: items.state.is_in("open", "shut") | items.count.exists(),
    lambda items: (items.made_at < NOW) & (items.expires_at > NOW) & (items.price["amount"] == 5),
    lambda items: (items.count == items.by_name["CNY"]) | (items.count < items.other) | (items.by_name["a"] == "b"),
    lambda items: items.by_name["a.b"]["c"].exists() & items.paper.exists() & (items.flag == True),  # noqa: E712
    lambda items: items.tags[1].exists() & (items.tags[0] == "new") & (items.count != 5) & ~(items.state == "x"),
    lambda items: items.state.startswith("o") & items.count.between(1, 5) & items.state.contains("p"),
    lambda items: (items.sealed == b"\x00\xff") & items.state.is_type() & (items.paper == [1, {"茶": "a"}]),
    lambda items: (items.by_name == {"CNY": 1}) & (items.by_name["a"] == True) & (items.by_name["b"] == b"x"),  # noqa: E712
]
ACTIONS: list[Callable[[Any], list[Any]]] = [
    lambda items: [items.count.set(items.count - 1), items.by_name["CNY"].set((items.by_name["CNY"] | 0) + 5)],
    lambda items: [items.state.remove(), items.count.set(items.count + items.other), items.made_at.set(NOW)],
    lambda items: [items.by_name.set({"CNY": 1}), items.paper.set([1]), items.price["amount"].set(1)],
    lambda items: [items.tags.set(items.tags.append(["b"])), items.count.set(5 + items.count)],
    lambda items: [items.other.set(5 - items.count), items.count.set(items.count | items.other), items.state.remove()],
    lambda items: [items.count.add(1), items.state.set("open"), items.tags[2].remove()],
    lambda items: [items.sealed.set(b"\x00"), items.flag.set(False), items.by_name["CNY"].remove()],
    lambda items: [items.state.set("5"), items.count.set(5), items.by_name["a"].set("b"), items.kind.set(items.state)],
]


@pytest.mark.parametrize("said", CONDITIONS)
def test_a_condition_is_written_as_pynamodb_writes_it(said: Callable[[Any], Any]) -> None:
    mine, theirs = _Asked(), _Asked()
    mine.text = write_condition(said(WideItem), mine.names, mine.values)
    theirs.text = said(pynamodbs_own()).serialize(theirs.names, theirs.values)
    assert vars(mine) == vars(theirs)


@pytest.mark.parametrize("said", ACTIONS)
def test_actions_are_written_as_pynamodb_writes_them(said: Callable[[Any], list[Any]]) -> None:
    mine, theirs = _Asked(), _Asked()
    mine.text = write_actions(said(WideItem), mine.names, mine.values)
    theirs.text = Update(*said(pynamodbs_own())).serialize(theirs.names, theirs.values)
    assert vars(mine) == vars(theirs)


def test_what_a_condition_named_before_keeps_its_name_in_the_actions() -> None:
    mine, theirs = _Asked(), _Asked()
    for condition, actions in zip(CONDITIONS, [*ACTIONS, *ACTIONS], strict=False):
        mine.text = write_condition(condition(WideItem), mine.names, mine.values)
        mine.text += write_actions(actions(WideItem), mine.names, mine.values)
        own = pynamodbs_own()
        theirs.text = condition(own).serialize(theirs.names, theirs.values)
        theirs.text += Update(*actions(own)).serialize(theirs.names, theirs.values) or ""
        assert vars(mine) == vars(theirs)


@pytest.mark.parametrize("name", ["a[b", "a]", "[0]", "a[0]b", ""])
def test_a_name_that_no_path_can_have_is_refused_or_asked_for_as_pynamodb_does(name: str) -> None:
    asked = []
    for write, items in ((write_condition, WideItem), (Condition.serialize, pynamodbs_own())):
        names: dict[str, str] = {}
        try:
            asked.append((write(items.by_name[name].exists(), names, {}), names))
        except ValueError as error:
            asked.append((str(error), {}))
    assert asked[0] == asked[1]


def test_what_an_attribute_is_not_made_for_is_refused() -> None:
    items: Any = WideItem
    subscripts: list[Callable[[], Any]] = [lambda: items.count["a"], lambda: items.by_name[0], lambda: items.tags["a"]]
    for wrong in subscripts:
        with pytest.raises(TypeError):
            wrong()
    for value in (True, 1.5, "1"):
        for wrong in (lambda: items.count.set(value), lambda: items.count >= value):  # noqa: B023
            with pytest.raises(TypeError):
                wrong()


def test_a_path_stays_as_it_was_made_however_often_it_is_used() -> None:
    """It is made once for each attribute, and every condition of every request stands on it."""
    items: Any = WideItem
    quick = [items.count, items.by_name, items.state, items.paper]
    before = [list(each.place.path) for each in quick]
    for _ in range(2):
        test_what_a_condition_named_before_keeps_its_name_in_the_actions()
    assert [list(each.place.path) for each in quick] == before == [["count"], ["by_name"], ["state"], ["paper"]]


class _Asked:
    """What DynamoDB would be asked."""

    def __init__(self) -> None:
        self.text: str | None = None
        self.names: dict[str, str] = {}
        self.values: dict[str, Any] = {}
