"""Numbers: 38 digits, exact or refused, and one way to write each."""

from decimal import Decimal
from typing import Any

import pytest

from tests.conformance.one_item import KEY, TABLE, message, update


@pytest.mark.parametrize(
    ("start", "change", "end"),
    [
        ("9" * 37 + "8", "1", "9" * 38),
        ("12345678901234567890123456789012345678", "-1", "12345678901234567890123456789012345677"),
        ("0.1", "0.2", "0.3"),
        ("-5", "5", "0"),
    ],
)
def test_arithmetic_is_exact_to_38_digits(dynamodb: Any, start: str, change: str, end: str) -> None:
    """S42: moto stops at 28."""
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "n": {"N": start}})
    assert update(dynamodb, "SET n = n + :d", {":d": {"N": change}}) == {"n": {"N": end}}
    assert update(dynamodb, "SET n = n - :d", {":d": {"N": change}}) == {"n": {"N": format(Decimal(start), "f")}}
    assert update(dynamodb, "ADD n :d", {":d": {"N": change}}) == {"n": {"N": end}}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaN",
        "Infinity",
        "0x10",
        " 1",
        "1e400",
        "--1",
        "1e-200",
        "1_000",
        "１００",
        "1e126",
        "1e-131",
        "1e",
        ".",
        "1\n",
    ],
)
def test_what_is_no_number_is_refused(dynamodb: Any, text: str) -> None:
    """M25: some of these are numbers to Python."""
    message(dynamodb.put_item, TableName=TABLE, Item={**KEY, "n": {"N": text}})
    message(dynamodb.put_item, TableName=TABLE, Item={**KEY, "m": {"M": {"l": {"L": [{"NS": ["1", text]}]}}}})


def test_a_39th_digit_is_refused_put_or_computed(dynamodb: Any) -> None:
    """S42: never rounded; what was there stays."""
    assert "38" in message(dynamodb.put_item, TableName=TABLE, Item={**KEY, "n": {"N": "1" + "0" * 37 + "1"}})
    for held in ("9" * 38, "9" * 37 + ".9"):
        dynamodb.put_item(TableName=TABLE, Item={**KEY, "n": {"N": held}})
        for expression in ("SET n = n + :d", "SET n = n - :d", "ADD n :d"):
            found = message(
                dynamodb.update_item,
                TableName=TABLE,
                Key=KEY,
                UpdateExpression=expression,
                ExpressionAttributeValues={":d": {"N": "0.01"}},
            )
            assert "38" in found
        assert dynamodb.get_item(TableName=TABLE, Key=KEY)["Item"]["n"] == {"N": held}


@pytest.mark.parametrize(
    ("given", "kept"),
    [("1.0", "1"), ("-0", "0"), ("007", "7"), ("1e3", "1000"), (".50", "0.5"), ("+1", "1"), ("1e-7", "0.0000001")],
)
def test_numbers_come_back_as_dynamodb_writes_them(dynamodb: Any, given: str, kept: str) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "n": {"N": given}})
    assert dynamodb.get_item(TableName=TABLE, Key=KEY)["Item"]["n"] == {"N": kept}


def test_a_sum_of_numbers_written_with_exponents_is_exact(dynamodb: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "n": {"N": "1e20"}})
    assert update(dynamodb, "SET n = n + :d", {":d": {"N": "1e0"}}) == {"n": {"N": "100000000000000000001"}}
    assert update(dynamodb, "ADD n :d", {":d": {"N": "-1E20"}}) == {"n": {"N": "1"}}
