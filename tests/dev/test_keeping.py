"""What the tables and streams held can be put back, again and again, so that many runs begin with what was made once."""

import gc
from typing import Any

import pytest

from dev.cloud.local import LocalCloud
from tests.dev.conftest import REGION
from tests.dev.tiny import Tiny

ENGINES = ["moto", "ministack"]
TABLE = "wallet-local-records"


def put(dynamodb: Any, name: str, value: int, **more: str) -> None:
    item = {
        "pk": {"S": name},
        "sk": {"S": "x"},
        "value": {"N": str(value)},
        **{key: {"S": text} for key, text in more.items()},
    }
    dynamodb.put_item(TableName=TABLE, Item=item)


def found(dynamodb: Any) -> dict[str, str]:
    return {item["pk"]["S"]: item["value"]["N"] for item in dynamodb.scan(TableName=TABLE)["Items"]}


def owned(dynamodb: Any, owner: str) -> list[str]:
    rows = dynamodb.query(
        TableName=TABLE, IndexName="by_owner", KeyConditionExpression="owner_bucket = :owner",
        ExpressionAttributeValues={":owner": {"S": owner}},
    )  # fmt: skip
    return [row["pk"]["S"] for row in rows["Items"]]


@pytest.fixture
def streamed(local: LocalCloud) -> Any:
    reader = local.reader(TABLE)

    def names() -> list[str]:
        reader.rewind()
        return [f"{each['eventName']} {each['dynamodb']['Keys']['pk']['S']}" for each in reader.read(100)]

    return names


def test_what_was_changed_added_and_deleted_since_is_undone_each_time(
    local: LocalCloud, dynamodb: Any, streamed: Any
) -> None:
    """Items, indexes and streams; what is kept never changes with what is put back."""
    put(dynamodb, "changed", 1, owner_bucket="ada", owner_order="1")
    put(dynamodb, "deleted", 1)
    back = local.keep()
    before = streamed()
    for number in (2, 3):
        put(dynamodb, "changed", number, owner_bucket="bo", owner_order="1")
        dynamodb.update_item(
            TableName=TABLE, Key={"pk": {"S": "changed"}, "sk": {"S": "x"}}, UpdateExpression="ADD #v :n",
            ExpressionAttributeNames={"#v": "value"}, ExpressionAttributeValues={":n": {"N": "7"}},
        )  # fmt: skip
        put(dynamodb, "added", number, owner_bucket="ada", owner_order="2")
        dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "deleted"}, "sk": {"S": "x"}})
        assert found(dynamodb) == {"changed": str(number + 7), "added": str(number)}
        assert (owned(dynamodb, "ada"), owned(dynamodb, "bo")) == (["added"], ["changed"])
        assert len(streamed()) == len(before) + 4
        back()
        assert found(dynamodb) == {"changed": "1", "deleted": "1"}
        assert (owned(dynamodb, "ada"), owned(dynamodb, "bo")) == (["changed"], [])
        assert streamed() == before == ["INSERT changed", "INSERT deleted"]
        assert sorted(item["pk"]["S"] for item in local.engine.items(TABLE, REGION)) == ["changed", "deleted"]


def test_the_time_is_put_back_and_stands(local: LocalCloud) -> None:
    back = local.keep()
    moment = local.clock.now()
    local.clock.advance("9d")
    back()
    assert local.clock.now() == moment == local.clock.now()


def test_what_was_on_its_way_comes_again(local: LocalCloud, dynamodb: Any, tiny: Tiny) -> None:
    """At least once, as streams deliver."""
    put(dynamodb, "one", 1)
    back = local.keep()
    for _ in range(2):
        local.pump.drain()
        assert [len(batch) for batch in tiny.batches["other"]] == [1]
        tiny.batches["other"].clear()
        back()


def test_a_token_that_was_used_since_is_unknown_again(local: LocalCloud, dynamodb: Any) -> None:
    item = {"pk": {"S": "one"}, "sk": {"S": "x"}, "value": {"N": "1"}}
    back = local.keep()
    for _ in range(2):
        dynamodb.transact_write_items(
            TransactItems=[{"Put": {"TableName": TABLE, "Item": item}}], ClientRequestToken="t"
        )
        assert found(dynamodb) == {"one": "1"}
        back()
        assert found(dynamodb) == {}


def test_what_was_put_back_and_emptied_again_and_again_is_not_kept_for_ever(local: LocalCloud, dynamodb: Any) -> None:
    """A run of thousands of tests is as small at its end as at its beginning."""
    for number in range(20):
        put(dynamodb, str(number), number)
    back = local.keep()

    def held() -> int:
        gc.collect()
        return sum(type(each).__name__ in ("Item", "FrozenRecord") for each in gc.get_objects())

    before = held()
    for _ in range(5):
        back()
        put(dynamodb, "one", 1)
    assert held() < before + 20
