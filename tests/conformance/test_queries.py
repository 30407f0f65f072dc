"""Queries and scans: the right items, in order, at a price that does not grow."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from dev.cloud.local import LocalCloud

TABLE = "wallet-local-records"


def put(dynamodb: Any, pk: str, sk: str, **attributes: str) -> None:
    shown = {name: {"S": value} for name, value in attributes.items()}
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": pk}, "sk": {"S": sk}, **shown})


def query(dynamodb: Any, condition: str, values: dict[str, str], **more: Any) -> list[str]:
    """The sort keys found, page after page."""
    given = {f":{name}": {"S": value} for name, value in values.items()}
    pages = dynamodb.get_paginator("query").paginate(
        TableName=TABLE, KeyConditionExpression=condition, ExpressionAttributeValues=given, **more
    )
    return [item["sk"]["S"] for page in pages for item in page["Items"]]


@pytest.mark.parametrize(
    ("condition", "values", "found"),
    [
        ("pk = :p", {}, "a b ba bb c"),
        ("pk = :p AND sk = :s", {"s": "b"}, "b"),
        ("pk = :p AND sk < :s", {"s": "ba"}, "a b"),
        ("pk = :p AND sk <= :s", {"s": "ba"}, "a b ba"),
        ("sk > :s AND pk = :p", {"s": "b"}, "ba bb c"),
        ("pk = :p AND sk >= :s", {"s": "b"}, "b ba bb c"),
        ("pk = :p AND sk BETWEEN :s AND :t", {"s": "b", "t": "bb"}, "b ba bb"),
        ("pk = :p AND begins_with(sk, :s)", {"s": "b"}, "b ba bb"),
        ("(pk = :p) AND (begins_with(sk, :s))", {"s": "x"}, ""),
        ("(pk = :p AND begins_with (sk, :s))", {"s": "b"}, "b ba bb"),
    ],
)
@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_a_partition_is_read_in_order_page_by_page(
    dynamodb: Any, condition: str, values: dict[str, str], found: str, forward: bool, limit: int
) -> None:
    for sk in ("c", "bb", "a", "ba", "b"):
        put(dynamodb, "p", sk)
        put(dynamodb, "q", sk)
    got = query(dynamodb, condition, {"p": "p", **values}, ScanIndexForward=forward, Limit=limit)
    assert got == (found.split() if forward else found.split()[::-1])


@pytest.mark.parametrize(
    "start",
    [
        {"pk": {"S": "q"}, "sk": {"S": "b"}},
        {"pk": {"S": "p"}, "sk": {"S": "a"}},
        {"pk": {"S": "p"}, "sk": {"S": "c"}},
        {"pk": {"S": "p"}},
    ],
    ids=["another partition", "below the bounds", "above the bounds", "half a key"],
)
@pytest.mark.parametrize("forward", [True, False], ids=["up", "down"])
def test_a_query_begins_within_its_bounds_or_not_at_all(dynamodb: Any, start: dict[str, Any], forward: bool) -> None:
    """A cursor that somebody brings from another list must not come as far as this."""
    put(dynamodb, "p", "b1")
    given: dict[str, Any] = {
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :p AND begins_with(sk, :s)",
        "ExpressionAttributeValues": {":p": {"S": "p"}, ":s": {"S": "b"}},
        "ScanIndexForward": forward,
    }
    with pytest.raises(dynamodb.exceptions.ClientError) as found:
        dynamodb.query(**given, ExclusiveStartKey=start)
    assert found.value.response["Error"]["Code"] == "ValidationException"
    dynamodb.query(**given, ExclusiveStartKey={"pk": {"S": "p"}, "sk": {"S": "b0"}})


@pytest.mark.parametrize("limit", [1, 3, 100])
@pytest.mark.parametrize("forward", [True, False])
def test_an_index_follows_every_change_and_holds_only_what_has_its_keys(
    dynamodb: Any, limit: int, forward: bool
) -> None:
    for number in range(6):
        put(dynamodb, f"p{number}", "x", owner_bucket="o", owner_order=str(number % 3), note="n")
    put(dynamodb, "p0", "x", owner_bucket="o")  # no longer has both keys
    dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "p1"}, "sk": {"S": "x"}})
    put(dynamodb, "p2", "x", owner_bucket="elsewhere", owner_order="9")
    pages = dynamodb.get_paginator("query").paginate(
        TableName=TABLE,
        IndexName="by_owner",
        KeyConditionExpression="owner_bucket = :o AND owner_order BETWEEN :a AND :z",
        ExpressionAttributeValues={":o": {"S": "o"}, ":a": {"S": "0"}, ":z": {"S": "9"}},
        Limit=limit,
        ScanIndexForward=forward,
    )
    items = [item for page in pages for item in page["Items"]]
    expected = ["p3", "p4", "p5"]
    assert [item["pk"]["S"] for item in items] == (expected if forward else expected[::-1])
    assert all(item["note"] == {"S": "n"} for item in items)


def test_an_index_of_keys_shows_keys_only_and_no_consistent_reads(dynamodb: Any) -> None:
    """M20."""
    put(dynamodb, "p", "x", due_bucket="d", due_at="1", note="n")
    wanted = {
        "TableName": TABLE,
        "IndexName": "by_due",
        "KeyConditionExpression": "due_bucket = :d",
        "ExpressionAttributeValues": {":d": {"S": "d"}},
    }
    (item,) = dynamodb.query(**wanted)["Items"]
    assert set(item) == {"pk", "sk", "due_bucket", "due_at"}
    with pytest.raises(dynamodb.exceptions.ClientError):
        dynamodb.query(**wanted, ConsistentRead=True)


def test_filters_and_projections_come_after_the_limit(dynamodb: Any) -> None:
    for number in range(4):
        put(dynamodb, "p", str(number), note="odd" if number % 2 else "even", other_="o")
    answer = dynamodb.query(
        TableName=TABLE,
        KeyConditionExpression="pk = :p",
        FilterExpression="note = :odd",
        ProjectionExpression="sk, #n",
        ExpressionAttributeNames={"#n": "note"},
        ExpressionAttributeValues={":p": {"S": "p"}, ":odd": {"S": "odd"}},
        Limit=3,
    )
    assert (answer["Count"], answer["ScannedCount"]) == (1, 3)
    assert answer["Items"] == [{"sk": {"S": "1"}, "note": {"S": "odd"}}]
    assert answer["LastEvaluatedKey"] == {"pk": {"S": "p"}, "sk": {"S": "2"}}


def test_a_page_holds_about_a_megabyte(dynamodb: Any) -> None:
    for number in range(6):
        put(dynamodb, "p", str(number), big="x" * 300_000)
    answer = dynamodb.query(
        TableName=TABLE, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "p"}}
    )
    assert answer["Count"] in (3, 4)
    assert answer["LastEvaluatedKey"]["sk"] == answer["Items"][-1]["sk"]


@pytest.mark.parametrize("segments", [1, 3])
def test_a_scan_finds_everything_once_though_others_write(dynamodb: Any, segments: int) -> None:
    for number in range(60):
        put(dynamodb, f"p{number % 40}", str(number))
    found = []
    for segment in range(segments):
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=TABLE, Limit=7, Segment=segment, TotalSegments=segments
        )
        for page in pages:
            found += [(item["pk"]["S"], item["sk"]["S"]) for item in page["Items"]]
            put(dynamodb, "p0", "0")
    assert sorted(found) == sorted((f"p{number % 40}", str(number)) for number in range(60))


def fastest(call: Any, clock: Callable[[], int], times: int = 60) -> int:
    found = []
    for number in range(times):
        start = clock()
        call(number)
        found.append(clock() - start)
    return min(found)


def fill(dynamodb: Any, start: int, end: int) -> None:
    """Items in partitions of their own, and as many in one partition."""
    for number in range(start, end, 10):
        items: list[dict[str, Any]] = []
        for each in map(str, range(number, number + 10)):
            owner = {"owner_bucket": {"S": f"o{each}"}, "owner_order": {"S": "1"}}
            items.append({"pk": {"S": f"p{each}"}, "sk": {"S": "x"}, **owner})
            items.append({"pk": {"S": "many"}, "sk": {"S": each.zfill(4)}, "note": {"S": "n"}})
        dynamodb.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": item}} for item in items]})


def page(dynamodb: Any) -> None:
    """The newest ten of a partition, below a place in it."""
    answer = dynamodb.query(
        TableName=TABLE,
        KeyConditionExpression="pk = :p AND sk > :s",
        ExpressionAttributeValues={":p": {"S": "many"}, ":s": {"S": "0001"}},
        ExclusiveStartKey={"pk": {"S": "many"}, "sk": {"S": "0040"}},
        ScanIndexForward=False,
        Limit=10,
    )
    assert [item["sk"]["S"] for item in answer["Items"]] == [f"{number:04}" for number in range(39, 29, -1)]


def priced(dynamodb: Any) -> dict[str, Callable[[int], Any]]:
    def transaction(number: int) -> None:
        actions = [
            {"Put": {"TableName": TABLE, "Item": {"pk": {"S": f"t{side}-{number}"}, "sk": {"S": "x"}}}} for side in "ab"
        ]
        dynamodb.transact_write_items(TransactItems=actions)

    return {
        "transaction": transaction,
        "query": lambda _number: query(dynamodb, "pk = :p", {"p": "p7"}),
        "index": lambda _number: query(dynamodb, "owner_bucket = :p", {"p": "o7"}, IndexName="by_owner"),
        "page": lambda _number: page(dynamodb),
        "put": lambda number: put(dynamodb, "one", str(number)),
        "scan": lambda _number: dynamodb.scan(TableName=TABLE, Limit=10),
    }


def test_the_price_does_not_depend_on_how_much_the_table_holds(local: LocalCloud, dynamodb: Any) -> None:
    """S41 and the ground facts: moto copies or sorts the whole table; here 2,500 items cost what 50 do."""
    calls = priced(dynamodb)
    if local.engine.name == "ministack":
        # It looks through the whole partition, or table, and nothing but its time shows that.
        del calls["page"], calls["scan"]
    in_process = local.engine.name in ("moto", "ministack")
    clock = time.thread_time_ns if in_process else time.perf_counter_ns
    fill(dynamodb, 0, 50)
    small = {what: fastest(call, clock) for what, call in calls.items()}
    fill(dynamodb, 50, 2_500)
    large = {what: fastest(call, clock) for what, call in calls.items()}
    assert {what: (small[what], large[what]) for what in calls if large[what] >= 3 * small[what]} == {}


@pytest.mark.usefixtures("in_this_process")
def test_what_expired_is_swept_when_asked_and_not_before(local: LocalCloud, dynamodb: Any) -> None:
    """M24: an expired item is still answered."""
    table = "wallet-local-ephemeral"
    soon = str(int(local.clock.now().timestamp()) + 60)
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}, "sk": {"S": "b"}, "expires_at": {"N": soon}})
    local.advance("3d")
    assert dynamodb.scan(TableName=table)["Count"] == 1
    assert local.sweep_expired() == 1
    assert dynamodb.scan(TableName=table)["Count"] == 0
