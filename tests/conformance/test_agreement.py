"""Two engines by different people, the same random work: what one answers, the other answers."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from chalice.app import Chalice
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dev.cloud.local import LocalCloud

TABLE = "wallet-local-records"
PARTITIONS, SORTS = st.sampled_from("pq"), st.sampled_from(["a", "aa", "ab", "b", "ba", "c"])
REGIONS = {"moto": "eu-west-1", "ministack": "eu-west-2"}


def texts(**values: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in values.items()}


def key(pk: str, sk: str) -> dict[str, Any]:
    return texts(pk=pk, sk=sk)


places = st.builds(key, PARTITIONS, SORTS)
owned = st.one_of(
    st.just({}), st.builds(lambda owner, order: texts(owner_bucket=owner, owner_order=order), PARTITIONS, SORTS)
)
numbers = st.integers(-3, 3).map(lambda number: {"n": {"N": str(number)}})
items = st.builds(lambda place, owner, number: {**place, **owner, **number}, places, owned, numbers)
CONDITIONS = ("attribute_not_exists(pk)", "attribute_exists(pk)", "n >= :n", "n < :n OR attribute_not_exists(n)")
conditions = st.builds(
    lambda text, number: {
        "ConditionExpression": text,
        **({"ExpressionAttributeValues": {":n": {"N": str(number)}}} if ":n" in text else {}),
    },
    st.sampled_from(CONDITIONS),
    st.integers(-3, 3),
)
UPDATES = ("SET n = :n", "ADD n :n", "SET n = n + :n", "REMOVE owner_bucket SET n = if_not_exists(n, :n)")
updates = st.builds(
    lambda place, text, number: {
        "Key": place,
        "UpdateExpression": text,
        "ExpressionAttributeValues": {":n": {"N": str(number)}},
    },
    places,
    st.sampled_from(UPDATES),
    st.integers(-3, 3),
)
puts = st.builds(lambda item, condition: {"Item": item, **condition}, items, st.just({}) | conditions)
deletes = st.builds(lambda place, condition: {"Key": place, **condition}, places, st.just({}) | conditions)
actions = st.one_of(
    puts.map(lambda each: ("Put", each)),
    updates.map(lambda each: ("Update", each)),
    deletes.map(lambda each: ("Delete", each)),
)
writes = st.one_of(
    actions.map(lambda each: (f"{each[0].lower()}_item", {"TableName": TABLE, **each[1]})),
    st.lists(actions, min_size=1, max_size=3).map(
        lambda each: (
            "transact_write_items",
            {"TransactItems": [{kind: {"TableName": TABLE, **action}} for kind, action in each]},
        )
    ),
)
COMPARED = ("", "{} = :s", "{} < :s", "{} <= :s", "{} > :s", "{} >= :s", "begins_with({}, :s)", "{} BETWEEN :s AND :t")


@st.composite
def queries(draw: st.DrawFn) -> dict[str, Any]:
    """A page of a partition, of the table or of an index, from its beginning or from somewhere in it, either way round."""
    index = draw(st.booleans())
    names = ("owner_bucket", "owner_order") if index else ("pk", "sk")
    compared = draw(st.sampled_from(COMPARED)).format(names[1])
    partition = draw(PARTITIONS)
    low, high = sorted((draw(SORTS), draw(SORTS)))
    values = texts(**{":p": partition, ":s": low, ":t": high})
    asked: dict[str, Any] = {
        "TableName": TABLE,
        "KeyConditionExpression": f"{names[0]} = :p" + (f" AND {compared}" if compared else ""),
        "ExpressionAttributeValues": {
            name: value for name, value in values.items() if name == ":p" or name in compared
        },
        "ScanIndexForward": draw(st.booleans()),
        **({"IndexName": "by_owner"} if index else {}),
        **({"Limit": draw(st.integers(1, 4))} if draw(st.booleans()) else {}),
    }
    return asked


@pytest.fixture(scope="module")
def both() -> Iterator[list[Any]]:
    """A client of each engine, of empty tables."""
    app = Chalice("agreement", configure_logs=False)
    with (
        LocalCloud.start("moto", app=lambda: app, wallet=False, region=REGIONS["moto"]) as one,
        LocalCloud.start("ministack", app=lambda: app, wallet=False, region=REGIONS["ministack"]) as other,
    ):
        yield [(cloud, cloud.session.create_client("dynamodb", region_name=cloud.region)) for cloud in (one, other)]


def answer(client: Any, operation: str, asked: dict[str, Any]) -> Any:
    """What an engine says, without what is its own: words, ids and times."""
    try:
        said = getattr(client, operation)(**asked)
    except ClientError as error:
        reasons = [reason["Code"] for reason in error.response.get("CancellationReasons", [])]
        if "ConditionalCheckFailed" in reasons:
            # Whether an update that its item does not allow is named beside a failed condition, the engines disagree about.
            reasons = ["None" if reason == "ValidationError" else reason for reason in reasons]
        return error.response["Error"]["Code"], reasons
    return {name: value for name, value in said.items() if name not in ("ResponseMetadata", "ConsumedCapacity")}


def everything(client: Any, asked: dict[str, Any]) -> list[Any]:
    """All pages of a query, one after the other."""
    found: list[Any] = []
    start: dict[str, Any] = {}
    while True:
        said = client.query(**asked, **start)
        found += said["Items"]
        if "LastEvaluatedKey" not in said:
            return found
        start = {"ExclusiveStartKey": said["LastEvaluatedKey"]}


@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(writes, min_size=6, max_size=20), st.lists(queries(), min_size=5, max_size=12))
def test_whatever_is_written_both_engines_answer_and_hold_the_same(
    both: list[Any], done: list[tuple[str, dict[str, Any]]], asked: list[dict[str, Any]]
) -> None:
    """S40: no truth rests on one emulator."""
    for cloud, _ in both:
        cloud.reset()
    for operation, parameters in done:
        one, other = (answer(client, operation, parameters) for _, client in both)
        assert one == other, (operation, parameters)
    for query in asked:
        one, other = (everything(client, query) for _, client in both)
        assert one == other, query
    held = [sorted(client.scan(TableName=TABLE)["Items"], key=str) for _, client in both]
    assert held[0] == held[1]
