"""Layouts: what PynamoDB's attributes say, looked up once, means what it meant."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.attributes import BinaryAttribute, BooleanAttribute
from pynamodb.exceptions import AttributeDeserializationError, AttributeNullError
from pynamodb.models import Model

from wallet_api.storage.items import Item, UnicodeAttribute, WholeNumber


class OddItem(Item):
    table = "records"

    state = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False, null=True)
    shut = BooleanAttribute(default=False)
    # Hides what PynamoDB calls so, as an attribute of any name may.
    count = WholeNumber(default=0)  # type: ignore[assignment]


VALUES = st.fixed_dictionaries(
    {"state": st.text()},
    optional={
        "sealed": st.none() | st.binary(),
        "shut": st.booleans(),
        "count": st.integers(-(10**37), 10**37),
    },
)


@given(VALUES)
def test_an_item_is_written_and_read_as_pynamodb_would(values: dict[str, Any]) -> None:
    """The layout takes the place of PynamoDB's own walk through the attributes, whose meaning stays theirs."""
    item = OddItem("a", "b", **values)
    raw = Model.serialize(item)
    assert item.serialize() == raw
    pynamodbs: Any = Model.from_raw_data
    assert OddItem.from_raw_data(raw).attribute_values == pynamodbs.__func__(OddItem, raw).attribute_values


def test_an_item_has_no_value_that_it_has_no_attribute_for() -> None:
    with pytest.raises(ValueError, match="stat"):
        OddItem("a", "b", stat="x")


def test_what_may_not_be_missing_is_not_written() -> None:
    with pytest.raises(AttributeNullError):
        OddItem("a", "b").serialize()


def test_a_value_of_another_type_is_not_read() -> None:
    """S31: whatever wrote it, it is not what the attribute says."""
    with pytest.raises(AttributeDeserializationError):
        OddItem.from_raw_data({"pk": {"S": "a"}, "sk": {"S": "b"}, "state": {"N": "1"}})
    assert OddItem.from_raw_data({"state": {"NULL": True}, "of another time": {"S": "x"}}).attribute_values == {
        "shut": False,
        "count": 0,
    }


def test_an_attribute_that_the_layout_does_not_know_is_told_at_once() -> None:
    class Renamed(Item):
        table = "records"
        state = UnicodeAttribute(attr_name="st")

    with pytest.raises(TypeError, match="renamed"):
        Renamed("a", "b")
