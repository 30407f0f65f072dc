"""Single items and batches of them: conditions, limits, and what is refused."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conformance.one_item import HELD, KEY, TABLE, message


@pytest.mark.parametrize(
    "item", [{"pk": {"S": "a"}}, {**KEY, "s": {"SS": ["x", "x"]}}, {**KEY, "n": {"NS": ["1", "1.0"]}}]
)
def test_an_item_without_its_key_or_with_a_repeating_set_is_refused(dynamodb: Any, item: dict[str, Any]) -> None:
    message(dynamodb.put_item, TableName=TABLE, Item=item)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("attribute_exists(n)", True),
        ("attribute_exists(m.deep[1])", True),
        ("attribute_exists(m.deep[2])", False),
        ("attribute_not_exists(absent)", True),
        ("absent <> :ten", True),  # M7: true of what is missing
        ("absent = :ten", False),
        ("absent < :ten", False),
        ("NOT absent < :ten", True),
        ("n = :ten", True),
        ("n >= :ten AND n <= :ten", True),
        ("n < :ten OR s = :text", True),
        ("n = :text", False),
        ("n BETWEEN :one AND :ten", True),
        ("n IN (:one, :ten)", True),
        ("NOT n IN (:one, :text)", True),
        ("NOT (n = :one OR n = :text) AND s = :text", True),
        ("n = :one OR n = :ten AND s = :text", True),
        ("begins_with(s, :te)", True),
        ("contains(s, :te)", False),
        ("contains(tags, :x)", True),
        ("tags = :tags", True),
        ("contains(m.deep, :one)", True),
        ("size(tags) = :two", True),
        ("attribute_type(gone, :null)", True),
        ("m.deep[0] = :one", True),
        ("s < :ten", False),
        ("n BETWEEN :text AND :ten", False),
        ("size(absent) < :ten", False),
        ("size(n) = :two", False),
        ("size(s) < :ten", True),
        ("absent = :nothing", False),
        ("gone = :nothing", True),
        ("absent IN (:nothing, :ten)", False),
        ("flag = :one", False),
    ],
)
def test_conditions(dynamodb: Any, condition: str, holds: bool) -> None:
    """M7 among them."""
    every = {
        ":ten": {"N": "10.0"},
        ":one": {"N": "1"},
        ":two": {"N": "2"},
        ":text": {"S": "text"},
        ":te": {"S": "te"} if "begins" in condition else {"S": "tx"},
        ":x": {"S": "x"},
        ":tags": {"SS": ["y", "x"]},
        ":null": {"S": "NULL"},
        ":nothing": {"NULL": True},
    }
    words = set(condition.replace("(", " ").replace(")", " ").replace(",", " ").split())
    values = {name: value for name, value in every.items() if name in words}
    dynamodb.put_item(TableName=TABLE, Item={**KEY, **HELD})
    given = {"ExpressionAttributeValues": values} if values else {}
    try:
        dynamodb.put_item(TableName=TABLE, Item={**KEY, **HELD}, ConditionExpression=condition, **given)
        held = True
    except dynamodb.exceptions.ConditionalCheckFailedException:
        held = False
    assert held is holds


@pytest.mark.parametrize(
    "item",
    [
        {"pk": {"S": ""}, "sk": {"S": "b"}},
        {"pk": {"N": "1"}, "sk": {"S": "b"}},
        {**KEY, "tags": {"SS": []}},
        {**KEY, "pk": {"S": "x" * 2049}},
        {**KEY, "sk": {"S": "x" * 1025}},
    ],
)
def test_an_item_that_no_table_takes_is_refused(dynamodb: Any, item: dict[str, Any]) -> None:
    message(dynamodb.put_item, TableName=TABLE, Item=item)


def test_a_failed_condition_gives_the_old_item_when_asked(dynamodb: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "n": {"N": "1"}})
    with pytest.raises(ClientError) as caught:
        dynamodb.delete_item(
            TableName=TABLE,
            Key=KEY,
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    told: Any = caught.value.response
    assert told["Item"] == {**KEY, "n": {"N": "1"}}


def test_bytes_go_in_and_come_out(dynamodb: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "b": {"B": b"\x00\xff"}, "bs": {"BS": [b"1", b"2"]}})
    found = dynamodb.get_item(TableName=TABLE, Key=KEY)["Item"]
    assert (found["b"], found["bs"]) == ({"B": b"\x00\xff"}, {"BS": [b"1", b"2"]})


def key_of(number: int) -> dict[str, Any]:
    return {"pk": {"S": "a"}, "sk": {"S": str(number)}}


def test_batches_read_write_and_refuse_duplicates(dynamodb: Any) -> None:
    keys = [key_of(number) for number in range(5)]
    dynamodb.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": key}} for key in keys]})
    dynamodb.batch_write_item(RequestItems={TABLE: [{"DeleteRequest": {"Key": keys[0]}}]})
    found = dynamodb.batch_get_item(RequestItems={TABLE: {"Keys": keys}})["Responses"][TABLE]
    assert found == keys[1:]
    message(dynamodb.batch_get_item, RequestItems={TABLE: {"Keys": [keys[0], keys[0]]}})
    message(dynamodb.batch_get_item, RequestItems={TABLE: {"Keys": [key_of(number) for number in range(101)]}})
    puts = [{"PutRequest": {"Item": key_of(number)}} for number in range(26)]
    message(dynamodb.batch_write_item, RequestItems={TABLE: puts})
    dynamodb.batch_write_item(RequestItems={TABLE: puts[:25]})
    every = dynamodb.batch_get_item(RequestItems={TABLE: {"Keys": [key_of(number) for number in range(100)]}})
    assert len(every["Responses"][TABLE]) == 25
    assert every["UnprocessedKeys"] == {}


def test_an_unknown_table_is_not_found(dynamodb: Any) -> None:
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.get_item(TableName="nowhere", Key=KEY)
