"""Streams: every change once, in order, with what was before and after; nothing that did not happen."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from dev.cloud.local import LocalCloud
from dev.cloud.reader import WireReader

TABLE = "wallet-local-records"
KEY = {"pk": {"S": "p"}, "sk": {"S": "x"}}


@pytest.fixture
def reader(local: LocalCloud) -> WireReader:
    found = WireReader(local.session, TABLE, local.region)
    found.skip()
    return found


def put(dynamodb: Any, note: str, sk: str = "x") -> None:
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": "p"}, "sk": {"S": sk}, "note": {"S": note}})


def shown(records: list[dict[str, Any]]) -> list[tuple[str, str, str | None, str | None]]:
    """Of each record: what happened, to which item, the note before and after."""
    found = []
    for record in records:
        change = record["dynamodb"]
        old, new = (change.get(image, {}).get("note", {}).get("S") for image in ("OldImage", "NewImage"))
        found.append((record["eventName"], change["Keys"]["sk"]["S"], old, new))
    return found


def test_each_change_has_what_was_before_and_after(dynamodb: Any, reader: WireReader) -> None:
    put(dynamodb, "one")
    put(dynamodb, "one")  # changes nothing, so the stream is silent
    put(dynamodb, "two")
    note = {":n": {"S": "three"}}
    dynamodb.update_item(TableName=TABLE, Key=KEY, UpdateExpression="SET note = :n", ExpressionAttributeValues=note)
    dynamodb.delete_item(TableName=TABLE, Key=KEY)
    dynamodb.delete_item(TableName=TABLE, Key=KEY)
    records = reader.read(2) + reader.read(10)
    assert shown(records) == [
        ("INSERT", "x", None, "one"),
        ("MODIFY", "x", "one", "two"),
        ("MODIFY", "x", "two", "three"),
        ("REMOVE", "x", "three", None),
    ]
    assert all(record["dynamodb"]["Keys"] == KEY for record in records)
    assert reader.read(10) == []


def test_places_grow_and_names_differ(dynamodb: Any, reader: WireReader) -> None:
    for number in range(12):
        put(dynamodb, str(number))
    records = reader.read(100)
    places = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert places == sorted(set(places))
    assert len({record["eventID"] for record in records}) == 12


def test_a_transaction_is_told_action_by_action_and_a_repeated_one_once(dynamodb: Any, reader: WireReader) -> None:
    """M17: what its token answered a second time did not happen a second time."""
    put(dynamodb, "old", "gone")
    put(dynamodb, "old", "held")
    reader.skip()
    values = {":n": {"S": "new"}}
    actions = [
        {"Put": {"TableName": TABLE, "Item": {**KEY, "note": {"S": "new"}}}},
        {"Delete": {"TableName": TABLE, "Key": {**KEY, "sk": {"S": "gone"}}}},
        {
            "Update": {
                "TableName": TABLE,
                "Key": {**KEY, "sk": {"S": "held"}},
                "UpdateExpression": "SET note = :n",
                "ExpressionAttributeValues": values,
            }
        },
    ]
    for _ in range(2):
        dynamodb.transact_write_items(TransactItems=actions, ClientRequestToken="once")
    assert sorted(shown(reader.read(10))) == [
        ("INSERT", "x", None, "new"),
        ("MODIFY", "held", "old", "new"),
        ("REMOVE", "gone", "old", None),
    ]


def test_what_was_refused_is_not_told(dynamodb: Any, reader: WireReader) -> None:
    """S41: not the part of it either that could have been done."""
    put(dynamodb, "held")
    reader.skip()
    fine = {"Put": {"TableName": TABLE, "Item": {**KEY, "sk": {"S": "fine"}}}}
    taken = {"Put": {"TableName": TABLE, "Item": KEY, "ConditionExpression": "attribute_not_exists(pk)"}}
    with pytest.raises(ClientError):
        dynamodb.transact_write_items(TransactItems=[fine, taken])
    impossible = {"Update": {"TableName": TABLE, "Key": KEY, "UpdateExpression": "SET b = absent"}}
    with pytest.raises(ClientError):
        dynamodb.transact_write_items(TransactItems=[fine, impossible])
    with pytest.raises(ClientError):
        dynamodb.put_item(TableName=TABLE, Item=KEY, ConditionExpression="attribute_not_exists(pk)")
    assert reader.read(10) == []
    assert "Item" not in dynamodb.get_item(TableName=TABLE, Key={**KEY, "sk": {"S": "fine"}})


def test_an_image_is_what_was_written_whatever_is_written_later(dynamodb: Any, reader: WireReader) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "m": {"M": {"l": {"L": [{"N": "1"}]}}}, "b": {"B": b"\x00"}})
    more = {":more": {"L": [{"N": "2"}]}}
    dynamodb.update_item(
        TableName=TABLE,
        Key=KEY,
        UpdateExpression="SET m.l = list_append(m.l, :more)",
        ExpressionAttributeValues=more,
    )
    first, second = reader.read(10)
    assert (
        first["dynamodb"]["NewImage"]["m"] == second["dynamodb"]["OldImage"]["m"] == {"M": {"l": {"L": [{"N": "1"}]}}}
    )
    assert second["dynamodb"]["NewImage"]["m"] == {"M": {"l": {"L": [{"N": "1"}, {"N": "2"}]}}}
    assert first["dynamodb"]["NewImage"]["b"] == {"B": "AA=="}


def test_readers_go_back_to_the_oldest_record_each_for_itself(local: LocalCloud, dynamodb: Any) -> None:
    """O6."""
    one, other = (WireReader(local.session, TABLE, local.region) for _ in range(2))
    one.skip()
    put(dynamodb, "a")
    assert len(one.read(10)) == 1
    one.rewind()
    assert one.read(10) == other.read(10)
    assert other.read(10) == []


@pytest.mark.usefixtures("in_this_process")
def test_the_pump_reads_directly_what_the_streams_api_gives(
    local: LocalCloud, dynamodb: Any, reader: WireReader
) -> None:
    direct = local.reader(TABLE)
    direct.skip()
    for note in "abc":
        put(dynamodb, note)
    assert direct.read(2) + direct.read(2) == reader.read(10)
    assert direct.read(10) == []
