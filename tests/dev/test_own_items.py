"""What the engine of our own holds to and moto does not: numbers, types and placeholders as DynamoDB judges them."""

from typing import Any

import pytest

from tests.dev.test_items import HELD, KEY, TABLE, message, update

ENGINES = ["own"]


def test_39_digits_are_refused_put_or_computed(dynamodb: Any) -> None:
    """S42: moto takes 60 digits."""
    number = "1" + "0" * 37 + "1"
    assert "38" in message(dynamodb.put_item, TableName=TABLE, Item={**KEY, "n": {"N": number}})
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "n": {"N": "9" * 38}})
    found = message(
        dynamodb.update_item,
        TableName=TABLE,
        Key=KEY,
        UpdateExpression="SET n = n + :d",
        ExpressionAttributeValues={":d": {"N": "0.1"}},
    )
    assert "38" in found


@pytest.mark.parametrize("text", ["1_000", "１００", " 1", "1e126", "1e-131"])
def test_what_python_takes_for_a_number_is_refused(dynamodb: Any, text: str) -> None:
    """M25."""
    message(dynamodb.put_item, TableName=TABLE, Item={**KEY, "n": {"N": text}})


@pytest.mark.parametrize(("given", "kept"), [("1.0", "1"), ("-0", "0"), ("007", "7"), ("1e3", "1000"), (".50", "0.5")])
def test_numbers_come_back_as_dynamodb_writes_them(dynamodb: Any, given: str, kept: str) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "n": {"N": given}})
    assert dynamodb.get_item(TableName=TABLE, Key=KEY)["Item"]["n"] == {"N": kept}


def test_a_sum_of_numbers_written_with_exponents_is_exact(dynamodb: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "n": {"N": "1e20"}})
    assert update(dynamodb, "SET n = (n + :d) - :d + :d", {":d": {"N": "1"}}) == {"n": {"N": "100000000000000000001"}}


@pytest.mark.parametrize(("condition", "value"), [("n < :v", {"S": "text"}), ("size(absent) = :v", {"N": "2"})])
def test_what_cannot_be_compared_is_false(dynamodb: Any, condition: str, value: dict[str, Any]) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, **HELD})
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.delete_item(
            TableName=TABLE, Key=KEY, ConditionExpression=condition, ExpressionAttributeValues={":v": value}
        )


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"UpdateExpression": "SET #n = :v"}, "not defined"),
        ({"UpdateExpression": "SET o = :v", "ConditionExpression": "n + :v = :v"}, "Syntax error"),
        ({"UpdateExpression": "SET n = n + s, o = :v"}, "incorrect data type"),
        ({"UpdateExpression": "SET n = :v", "ConditionExpression": "n ="}, "Syntax error"),
    ],
)
def test_a_wrong_update_is_a_validation_error(dynamodb: Any, parameters: dict[str, Any], said: str) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, **HELD})
    values = {"ExpressionAttributeValues": {":v": {"N": "1"}}}
    assert said in message(dynamodb.update_item, TableName=TABLE, Key=KEY, **parameters, **values)


@pytest.mark.parametrize("item", [{"pk": {"S": "a"}}, {**KEY, "tags": {"SS": ["x", "x"]}}])
def test_an_item_without_its_key_or_with_a_repeating_set_is_refused(dynamodb: Any, item: dict[str, Any]) -> None:
    message(dynamodb.put_item, TableName=TABLE, Item=item)


def test_what_was_set_to_the_same_is_told_as_well(dynamodb: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "n": {"N": "5"}})
    answer = dynamodb.update_item(
        TableName=TABLE,
        Key=KEY,
        UpdateExpression="SET n = :v",
        ExpressionAttributeValues={":v": {"N": "5"}},
        ReturnValues="UPDATED_NEW",
    )
    assert answer["Attributes"] == {"n": {"N": "5"}}


def test_the_legacy_interface_is_refused(dynamodb: Any) -> None:
    legacy = {"n": {"Value": {"N": "1"}}}
    assert "legacy" in message(dynamodb.update_item, TableName=TABLE, Key=KEY, AttributeUpdates=legacy)
