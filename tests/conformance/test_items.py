"""Single items: numbers, conditions, updates, and what is refused."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

TABLE = "wallet-local-accounts"
KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}


def update(dynamodb: Any, expression: str, values: Any = None, **more: Any) -> dict[str, Any]:
    given = {} if values is None else {"ExpressionAttributeValues": values}
    answer = dynamodb.update_item(
        TableName=TABLE, Key=KEY, UpdateExpression=expression, ReturnValues="ALL_NEW", **given, **more
    )
    return {name: value for name, value in answer["Attributes"].items() if name not in KEY}


def message(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    assert caught.value.response["Error"]["Code"] in ("ValidationException", "SerializationException")
    return str(caught.value.response["Error"]["Message"])


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


@pytest.mark.parametrize(
    "item", [{"pk": {"S": "a"}}, {**KEY, "s": {"SS": ["x", "x"]}}, {**KEY, "n": {"NS": ["1", "1.0"]}}]
)
def test_an_item_without_its_key_or_with_a_repeating_set_is_refused(dynamodb: Any, item: dict[str, Any]) -> None:
    message(dynamodb.put_item, TableName=TABLE, Item=item)


HELD = {
    "n": {"N": "10"},
    "s": {"S": "text"},
    "tags": {"SS": ["x", "y"]},
    "m": {"M": {"deep": {"L": [{"N": "1"}, {"S": "z"}]}}},
    "gone": {"NULL": True},
    "flag": {"BOOL": True},
}


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
    ("expression", "values", "changed"),
    [
        ("SET n = s, s = n", None, {"n": {"S": "text"}, "s": {"N": "10"}}),
        ("SET k = if_not_exists(n, :v), j = if_not_exists(o, :v)", {"N": "3"}, {"k": {"N": "10"}, "j": {"N": "3"}}),
        ("SET m.deep[0] = :v", {"N": "3"}, {"m": {"M": {"deep": {"L": [{"N": "3"}, {"S": "z"}]}}}}),
        ("SET m.deep[9] = :v", {"N": "3"}, {"m": {"M": {"deep": {"L": [{"N": "1"}, {"S": "z"}, {"N": "3"}]}}}}),
        ("SET m.deep = list_append(m.deep, :v)", {"L": []}, {}),
        ("REMOVE m.deep[0], m.deep[1]", None, {"m": {"M": {"deep": {"L": []}}}}),
        ("REMOVE n, nothing_there", None, {"n": None}),
        ("ADD tags :v", {"SS": ["y", "z"]}, {"tags": {"SS": ["x", "y", "z"]}}),
        ("ADD counter_ :v", {"N": "3"}, {"counter_": {"N": "3"}}),
        ("DELETE tags :v", {"SS": ["x", "q"]}, {"tags": {"SS": ["y"]}}),
        ("DELETE tags :v", {"SS": ["x", "y"]}, {"tags": None}),
    ],
)
def test_updates(dynamodb: Any, expression: str, values: Any, changed: dict[str, Any]) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, **HELD})
    found = update(dynamodb, expression, None if values is None else {":v": values})
    expected = {name: value for name, value in {**HELD, **changed}.items() if value is not None}
    assert found == expected


def test_an_update_makes_what_is_missing_and_tells_what_it_touched(dynamodb: Any) -> None:
    """M6: ADD on a missing key makes a ghost, as on AWS."""
    assert update(dynamodb, "ADD n :v", {":v": {"N": "1"}}) == {"n": {"N": "1"}}
    wanted = {"UPDATED_OLD": {"n": {"N": "1"}}, "UPDATED_NEW": {"n": {"N": "3"}}, "ALL_OLD": {**KEY, "n": {"N": "3"}}}
    for returned, attributes in wanted.items():
        answer = dynamodb.update_item(
            TableName=TABLE,
            Key=KEY,
            UpdateExpression="SET n = n + :v",
            ExpressionAttributeValues={":v": {"N": "1"}},
            ReturnValues=returned,
        )
        assert answer["Attributes"] == attributes


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"UpdateExpression": "SET pk = :v"}, "part of the key"),
        ({"UpdateExpression": "SET status = :v"}, "reserved keyword"),
        ({"UpdateExpression": "SET n = :v, n = :v"}, "overlap"),
        ({"UpdateExpression": "SET n = :v SET o = :v"}, "only be used once"),
        ({"UpdateExpression": "SET n = :w, o = :v"}, "not defined"),
        ({"UpdateExpression": "REMOVE n"}, "unused"),
        ({"UpdateExpression": "SET absent.deep = :v"}, "document path"),
        ({"UpdateExpression": "  "}, ""),
        ({"UpdateExpression": "SET n = :v", "ExpressionAttributeNames": {"#x": "x"}}, "unused"),
        ({"UpdateExpression": "SET #n = :v"}, ""),
        ({"UpdateExpression": "SET n = n + s, o = :v"}, "type"),
        ({"UpdateExpression": "SET n = :v", "ConditionExpression": "n = :w"}, "not defined"),
        ({"UpdateExpression": "SET n = :v", "ConditionExpression": "#n = :v"}, "not defined"),
        ({"UpdateExpression": "SET n = :v", "ConditionExpression": "n + :v = :v"}, ""),
        ({"UpdateExpression": "SET n = :v", "ConditionExpression": "n ="}, ""),
        ({"UpdateExpression": "SET n = :v", "ConditionExpression": "n = :v m = :v"}, ""),
        ({"UpdateExpression": "SET n = :v", "ConditionExpression": "nonsense(n)"}, ""),
    ],
    ids=lambda given: given.get("ConditionExpression", given["UpdateExpression"]) if isinstance(given, dict) else "",
)
def test_a_wrong_update_is_refused_and_changes_nothing(dynamodb: Any, parameters: dict[str, Any], said: str) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, **HELD})
    parameters = {**parameters, "ExpressionAttributeValues": {":v": {"N": "1"}}}
    assert said in message(dynamodb.update_item, TableName=TABLE, Key=KEY, **parameters)
    found = dynamodb.get_item(TableName=TABLE, Key=KEY)["Item"]
    assert {name: value for name, value in found.items() if name not in KEY} == HELD


@pytest.mark.parametrize(
    "item",
    [
        {"pk": {"S": ""}, "sk": {"S": "b"}},
        {"pk": {"N": "1"}, "sk": {"S": "b"}},
        {**KEY, "tags": {"SS": []}},
        {**KEY, "pk": {"S": "x" * 2049}},
    ],
)
def test_an_item_that_no_table_takes_is_refused(dynamodb: Any, item: dict[str, Any]) -> None:
    message(dynamodb.put_item, TableName=TABLE, Item=item)


@pytest.mark.parametrize(
    ("expression", "values", "changed"),
    [
        ("SET m.days = if_not_exists(m.days, :v)", {":v": {"N": "3"}}, {"m": {"M": {"days": {"N": "3"}}}}),
        (
            "SET m.n = if_not_exists(m.n, :z) + :v",
            {":z": {"N": "0"}, ":v": {"N": "3"}},
            {"m": {"M": {"n": {"N": "3"}}}},
        ),
        ("SET m = if_not_exists(m, :v), c = :v", {":v": {"M": {}}}, {"c": {"M": {}}}),
        ("ADD m.n :v", {":v": {"N": "2"}}, {"m": {"M": {"n": {"N": "2"}}}}),
        (
            "SET m.a = m.b, #d.n = :v REMOVE m.b",
            {":v": {"N": "1"}},
            {"m": {"M": {"a": {"S": "b"}}}, "d": {"M": {"n": {"N": "1"}}}},
        ),
    ],
)
def test_paths_into_maps(dynamodb: Any, expression: str, values: Any, changed: dict[str, Any]) -> None:
    """What is under the path is made or counted on; the map itself has to be there."""
    held = {"m": {"M": {"b": {"S": "b"}} if "m.b" in expression else {}}, "d": {"M": {}}}
    dynamodb.put_item(TableName=TABLE, Item={**KEY, **held})
    names = {"ExpressionAttributeNames": {"#d": "d"}} if "#d" in expression else {}
    assert update(dynamodb, expression, values, **names) == {**held, **changed}


def test_a_name_stands_for_a_whole_name(dynamodb: Any) -> None:
    """Currencies and days are keys of maps, dots and all."""
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "m": {"M": {}}})
    found = update(dynamodb, "SET m.#k = :v", {":v": {"N": "1"}}, ExpressionAttributeNames={"#k": "2026-11-22.CNY"})
    assert found == {"m": {"M": {"2026-11-22.CNY": {"N": "1"}}}}


def test_all_new_of_a_reservation_is_the_whole_item_as_it_now_is(dynamodb: Any) -> None:
    """A read that is an update: the condition holds or nothing changes, and the answer has every attribute."""
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "attempts": {"N": "4"}, "note": {"S": "kept"}})
    reserve = {"condition": "attempts < :max", "values": {":one": {"N": "1"}, ":max": {"N": "5"}}}
    found = update(dynamodb, "ADD attempts :one", reserve["values"], ConditionExpression=reserve["condition"])
    assert found == {"attempts": {"N": "5"}, "note": {"S": "kept"}}
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        update(dynamodb, "ADD attempts :one", reserve["values"], ConditionExpression=reserve["condition"])
    assert dynamodb.get_item(TableName=TABLE, Key=KEY, ConsistentRead=True)["Item"]["attempts"] == {"N": "5"}


def test_a_failed_condition_gives_the_old_item_when_asked(dynamodb: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "n": {"N": "1"}})
    with pytest.raises(ClientError) as caught:
        dynamodb.delete_item(
            TableName=TABLE,
            Key=KEY,
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert caught.value.response["Item"] == {**KEY, "n": {"N": "1"}}  # type: ignore[typeddict-item]


def test_parallel_counters_lose_nothing(dynamodb: Any) -> None:
    """S41."""

    def count() -> None:
        for _ in range(50):
            update(dynamodb, "ADD n :v", {":v": {"N": "1"}})

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dynamodb.get_item(TableName=TABLE, Key=KEY)["Item"]["n"] == {"N": "400"}


def test_bytes_go_in_and_come_out(dynamodb: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "b": {"B": b"\x00\xff"}, "bs": {"BS": [b"1", b"2"]}})
    found = dynamodb.get_item(TableName=TABLE, Key=KEY)["Item"]
    assert (found["b"], found["bs"]) == ({"B": b"\x00\xff"}, {"BS": [b"1", b"2"]})


def test_batches_read_write_and_refuse_duplicates(dynamodb: Any) -> None:
    keys = [{"pk": {"S": "a"}, "sk": {"S": str(number)}} for number in range(5)]
    dynamodb.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": key}} for key in keys]})
    dynamodb.batch_write_item(RequestItems={TABLE: [{"DeleteRequest": {"Key": keys[0]}}]})
    found = dynamodb.batch_get_item(RequestItems={TABLE: {"Keys": keys}})["Responses"][TABLE]
    assert found == keys[1:]
    message(dynamodb.batch_get_item, RequestItems={TABLE: {"Keys": [keys[0], keys[0]]}})


def test_an_unknown_table_is_not_found(dynamodb: Any) -> None:
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.get_item(TableName="nowhere", Key=KEY)
