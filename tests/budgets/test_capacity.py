"""Units by DynamoDB's rules: the rounding, the doubling, the indexes."""

from fractions import Fraction

import pytest

from bench.capacity import (
    Index,
    dollars_per_million,
    index_write_units,
    indexes,
    item_size,
    read_units,
    value_size,
    write_units,
)


def item(size: int, **more: str) -> dict[str, dict[str, str]]:
    """An item of so many bytes, its other attributes included."""
    known = {"pk": {"S": "p"}, "sk": {"S": "s"}, **{name: {"S": value} for name, value in more.items()}}
    return {**known, "x": {"S": "y" * (size - 1 - item_size(known))}}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "茶"}, 3),
        ({"N": "100"}, 2),
        ({"N": "1250"}, 3),
        ({"N": "-1250"}, 4),
        ({"BOOL": True}, 1),
        ({"B": b"abcd"}, 4),
        ({"M": {"CNY": {"N": "5"}}}, 3 + 3 + 2 + 1),
        ({"L": [{"S": "ab"}, {"S": "c"}]}, 3 + 3 + 2),
    ],
)
def test_a_value_has_the_size_of_the_guide(value: dict[str, object], size: int) -> None:
    assert value_size(value) == size


def test_a_write_is_charged_for_the_larger_of_before_and_after() -> None:
    assert item_size(item(1024)) == 1024
    assert [write_units(None, item(size)) for size in (40, 1024, 1025, 2048)] == [1, 1, 2, 2]
    assert write_units(item(3000), item(40)) == 3
    assert write_units(item(3000), None) == 3
    assert write_units(None, None) == 1


def test_a_read_is_charged_by_four_kilobytes_and_halved_when_eventual() -> None:
    assert [read_units(size) for size in (0, 4096, 4097)] == [1, 1, 2]
    assert read_units(4097, consistent=False) == 1
    assert read_units(10, consistent=False) == Fraction(1, 2)


def test_an_index_is_charged_when_its_row_changes() -> None:
    index = Index(("owner", "order"), whole=True)
    row, changed = item(100, owner="a", order="1"), item(120, owner="a", order="1")
    moved = item(100, owner="b", order="1")
    assert index.write_units(None, item(100)) == 0
    assert index.write_units(None, row) == index.write_units(row, None) == index.write_units(row, changed) == 1
    assert index.write_units(row, moved) == 2
    assert index.write_units(row, dict(row)) == 0
    keys_only = Index(("owner", "order"), whole=False)
    assert keys_only.write_units(row, changed) == 0


def test_the_indexes_are_those_of_the_template() -> None:
    assert {name: len(found) for name, found in indexes().items() if found} == {"wallet-local-records": 2}
    row = item(100, owner_bucket="a", owner_order="1")
    assert index_write_units("wallet-local-records", None, row) == 1
    assert index_write_units("wallet-local-ledger", None, row) == 0


def test_a_million_requests_cost_their_units_at_the_public_price() -> None:
    assert dollars_per_million(Fraction(4), 10) == Fraction("6.75")
