"""Items: what a value becomes in the table and comes back as, and which values never get there."""

import importlib
import pkgutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from inspect import getmembers
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.attributes import Attribute, DiscriminatorAttribute
from pynamodb.expressions.update import RemoveAction, SetAction
from pynamodb.indexes import Index

import wallet_api
from tests.ledger_world import World
from tests.storage.box import Boxes, BoxItem
from wallet_api.money import Money
from wallet_api.storage.items import Counters, Document, Expiry, Item, Moment, WholeNumber

MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def kinds() -> list[Any]:
    """Every class of items that the wallet has."""
    for found in pkgutil.walk_packages(wallet_api.__path__, "wallet_api."):
        if found.name.endswith(".store"):
            importlib.import_module(found.name)
    ours = [each for each in Item.__subclasses__() if each.__module__.startswith("wallet_api.")]
    assert len(ours) > 10
    return ours


@pytest.mark.parametrize("value", [True, 1.0, Decimal(1), "1", None])
def test_numbers_are_whole_numbers_only(value: Any) -> None:
    """M28, S31: PynamoDB's own attribute lets floats through."""
    with pytest.raises(TypeError):
        WholeNumber().serialize(value)
    with pytest.raises(TypeError):
        Counters().serialize({"CNY": value})


def test_no_kind_of_item_is_told_by_an_attribute() -> None:
    """S28: what an item is stands in its sort key, so that no reading meets an item of another kind, which would be a 500."""
    ours = kinds()
    told = [each for each in ours if any(isinstance(a, DiscriminatorAttribute) for a in each.get_attributes().values())]
    assert told == []


def test_every_kind_of_item_knows_of_itself_what_pynamodb_would_have_found_out() -> None:
    """One base, one name for each attribute, no index: for such classes alone the short way is the same."""
    for each in kinds():
        assert each.get_attributes() == dict(getmembers(each, lambda found: isinstance(found, Attribute))), each
        assert not getmembers(each, lambda found: isinstance(found, Index)), each
        assert all(attribute.attr_name == name for name, attribute in each.get_attributes().items()), each
        assert (each._hash_keyname, each._range_keyname, each._version_attribute_name) == ("pk", "sk", None)
        assert each.__bases__ == (Item,)


@given(st.integers(-(10**38) + 1, 10**38 - 1))
def test_numbers_are_exact_to_38_digits(value: int) -> None:
    """M28."""
    assert WholeNumber().deserialize(WholeNumber().serialize(value)) == value


@given(MOMENTS, MOMENTS)
def test_the_order_of_moments_is_the_order_of_their_texts(left: datetime, right: datetime) -> None:
    moment = Moment()
    assert moment.deserialize(moment.serialize(left)) == left
    assert (moment.serialize(left) < moment.serialize(right)) is (left < right)


def test_a_moment_of_another_zone_is_kept_in_utc_and_a_naive_one_is_refused() -> None:
    """O11."""
    shanghai = datetime(2026, 11, 22, 8, tzinfo=timezone(timedelta(hours=8)))
    assert Moment().serialize(shanghai) == "2026-11-22T00:00:00.000000Z"
    naive = datetime(2026, 11, 22)  # noqa: DTZ001  that is the point
    for attribute in (Moment(), Expiry()):
        with pytest.raises(TypeError):
            attribute.serialize(naive)


@given(MOMENTS)
def test_an_expiry_is_never_early(moment: datetime) -> None:
    """M24: rounded up to the second, and never trusted alone."""
    kept = Expiry().deserialize(Expiry().serialize(moment))
    assert timedelta() <= kept - moment + timedelta(milliseconds=1)
    assert kept - moment < timedelta(seconds=1)


@given(JSON)
def test_a_document_comes_back_as_it_was(value: Any) -> None:
    assert Document().deserialize(Document().serialize(value)) == value


@pytest.mark.parametrize("value", [1.5, {"a": [1, {"b": 2.0}]}, float("nan"), (1.0,)])
def test_a_document_holds_no_fraction(value: Any) -> None:
    """M25, M28: refused when it is written, so that nobody finds an unreadable record later."""
    with pytest.raises(TypeError):
        Document().serialize(value)


def test_a_document_of_somebody_elses_making_with_a_fraction_is_not_read() -> None:
    with pytest.raises(ValueError, match="fraction"):
        Document().deserialize('{"amount": 1.5}')


def test_a_document_writes_money_as_amount_and_currency() -> None:
    assert Document().deserialize(Document().serialize({"fee": Money(5, "CNY")})) == {
        "fee": {"amount": 5, "currency": "CNY"}
    }
    with pytest.raises(TypeError):
        Document().serialize({"at": datetime.now(UTC)})


def test_an_item_goes_through_a_real_table_unchanged(world: World) -> None:
    """S29: what is None is not stored, an empty text is."""
    boxes = Boxes(world)
    now = datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC)
    boxes.add(
        "a", count=10**37, state="", by_name={"CNY": -5}, paper={"a": [1, "二"]}, price=Money(1, "JPY"),
        made_at=now, expires_at=now,
    )  # fmt: skip
    found = boxes.get("a")
    assert (found.count, found.state, found.by_name) == (10**37, "", {"CNY": -5})
    assert (found.paper, found.price, found.made_at) == ({"a": [1, "二"]}, Money(1, "JPY"), now)
    assert found.expires_at == datetime(2026, 11, 22, 1, 2, 4, tzinfo=UTC)
    assert found.owner_bucket is None
    assert "owner_bucket" not in (world.raw("records", "a", "box") or {})


def test_a_record_becomes_an_item_and_a_record_again() -> None:
    @dataclass(frozen=True)
    class Box:
        count: int
        price: Money
        colour: str

    box = Box(3, Money(5, "CNY"), "red")
    item = BoxItem.of(box, pk="a", sk="box", state="open")
    assert (item.pk, item.sk, item.count, item.state) == ("a", "box", 3, "open")
    assert item.as_record(Box, colour="red") == box


def test_what_changed_between_two_records_is_set_or_removed_and_nothing_else() -> None:
    before = SimpleNamespace(count=1, state="open", owner_order=None)
    after = SimpleNamespace(count=1, state=None, owner_order="a")
    actions = BoxItem.changes(before, after, ("count", "state", "owner_order"))
    assert [(type(each), str(each.values[0])) for each in actions] == [
        (RemoveAction, "state"),
        (SetAction, "owner_order"),
    ]
    assert BoxItem.changes(before, before, ("count", "state", "owner_order")) == []
