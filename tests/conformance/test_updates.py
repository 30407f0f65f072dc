"""Updates of one item: what they do, what they tell, and what is refused."""

import threading
from typing import Any

import pytest

from tests.conformance.one_item import HELD, KEY, TABLE, message, update


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


def test_the_same_text_with_other_names_and_values_is_judged_anew(dynamodb: Any) -> None:
    """Whatever an engine keeps of an expression, it is not what the expression was about."""
    asked = {"TableName": TABLE, "Key": KEY, "UpdateExpression": "SET #n = :v", "ConditionExpression": "#c < :v"}
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "n": {"N": "1"}, "c": {"N": "7"}})
    value = {"ExpressionAttributeValues": {":v": {"N": "5"}}}
    dynamodb.update_item(**asked, **value, ExpressionAttributeNames={"#n": "n", "#c": "n"})
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.update_item(**asked, **value, ExpressionAttributeNames={"#n": "n", "#c": "c"})
    value = {"ExpressionAttributeValues": {":v": {"N": "6"}}}
    assert "key" in message(dynamodb.update_item, **asked, **value, ExpressionAttributeNames={"#n": "pk", "#c": "n"})
    message(dynamodb.update_item, **asked, **value, ExpressionAttributeNames={"#c": "n"})
    value = {"ExpressionAttributeValues": {":v": {"N": "8"}}}
    dynamodb.update_item(**asked, **value, ExpressionAttributeNames={"#n": "c", "#c": "c"})
    found = dynamodb.get_item(TableName=TABLE, Key=KEY)["Item"]
    assert (found["n"], found["c"]) == ({"N": "5"}, {"N": "8"})


def test_all_new_of_a_reservation_is_the_whole_item_as_it_now_is(dynamodb: Any) -> None:
    """A read that is an update: the condition holds or nothing changes, and the answer has every attribute."""
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "attempts": {"N": "4"}, "note": {"S": "kept"}})
    reserve = {"condition": "attempts < :max", "values": {":one": {"N": "1"}, ":max": {"N": "5"}}}
    found = update(dynamodb, "ADD attempts :one", reserve["values"], ConditionExpression=reserve["condition"])
    assert found == {"attempts": {"N": "5"}, "note": {"S": "kept"}}
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        update(dynamodb, "ADD attempts :one", reserve["values"], ConditionExpression=reserve["condition"])
    assert dynamodb.get_item(TableName=TABLE, Key=KEY, ConsistentRead=True)["Item"]["attempts"] == {"N": "5"}


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
