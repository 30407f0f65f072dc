"""Transactions: isolated, all or nothing, once per token, with their reasons right."""

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dev.cloud.local import LocalCloud
from dev.cloud.reader import WireReader

TABLE = "wallet-local-ledger"
KINDS = ("Put", "Update", "Delete", "ConditionCheck")


def key(name: str) -> dict[str, Any]:
    return {"pk": {"S": name}, "sk": {"S": "item"}}


def put(dynamodb: Any, name: str, **attributes: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item={**key(name), **attributes})


def get(dynamodb: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = dynamodb.get_item(TableName=TABLE, Key=key(name)).get("Item", {})
    return found


def take(name: str, amount: int) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": TABLE,
            "Key": key(name),
            "UpdateExpression": "SET balance = balance - :amount",
            "ConditionExpression": "balance >= :amount",
            "ExpressionAttributeValues": {":amount": {"N": str(amount)}},
        }
    }


def give(name: str, amount: int) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": TABLE,
            "Key": key(name),
            "UpdateExpression": "SET balance = balance + :amount",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": {":amount": {"N": str(amount)}},
        }
    }


def refused(call: Any, **parameters: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response: dict[str, Any] = dict(caught.value.response)
    return response


@pytest.mark.usefixtures("in_this_process")
def test_the_same_token_has_one_effect_for_ten_minutes_of_the_local_clock(local: LocalCloud, dynamodb: Any) -> None:
    """S40, M17."""
    put(dynamodb, "a", balance={"N": "100"})
    local.clock.freeze()
    for _ in range(20):
        dynamodb.transact_write_items(TransactItems=[take("a", 1)], ClientRequestToken="t")
        local.clock.advance("29s")
    assert get(dynamodb, "a")["balance"] == {"N": "99"}
    local.clock.advance("21s")
    dynamodb.transact_write_items(TransactItems=[take("a", 1)], ClientRequestToken="t")
    assert get(dynamodb, "a")["balance"] == {"N": "98"}


def test_a_token_with_another_body_is_refused(dynamodb: Any) -> None:
    """S40, M18."""
    put(dynamodb, "a", balance={"N": "100"})
    dynamodb.transact_write_items(TransactItems=[take("a", 1)], ClientRequestToken="t")
    found = refused(dynamodb.transact_write_items, TransactItems=[take("a", 2)], ClientRequestToken="t")
    assert found["Error"]["Code"] == "IdempotentParameterMismatchException"
    assert get(dynamodb, "a")["balance"] == {"N": "99"}


def test_a_token_of_a_refused_transaction_may_be_tried_again(dynamodb: Any) -> None:
    """M17: only what succeeded is remembered."""
    put(dynamodb, "a", balance={"N": "0"})
    refused(dynamodb.transact_write_items, TransactItems=[take("a", 1)], ClientRequestToken="t")
    put(dynamodb, "a", balance={"N": "1"})
    dynamodb.transact_write_items(TransactItems=[take("a", 1)], ClientRequestToken="t")
    assert get(dynamodb, "a")["balance"] == {"N": "0"}


def test_a_token_is_1_to_36_characters(dynamodb: Any) -> None:
    """M18, S30."""
    found = refused(dynamodb.transact_write_items, TransactItems=[take("a", 1)], ClientRequestToken="t" * 37)
    assert found["Error"]["Code"] == "ValidationException"


@pytest.mark.usefixtures("restless_threads")
def test_eight_threads_neither_make_nor_lose_money(local: LocalCloud, dynamodb: Any) -> None:
    """S41, M1, M5: the total is constant in every snapshot, and nobody is ever below zero."""
    names = [f"account-{number}" for number in range(4)]
    for name in names:
        put(dynamodb, name, balance={"N": "10"})
    ends = threading.Barrier(9)
    moved: list[int] = []

    def bank(seed: int) -> None:
        client: Any = local.session.create_client("dynamodb", region_name=local.region)
        ends.wait()
        done = 0
        for turn in range(40):
            payer, payee = names[(seed + turn) % 4], names[(seed * 3 + turn + 1 + turn % 3) % 4]
            if payer == payee:
                continue
            try:
                client.transact_write_items(TransactItems=[take(payer, 3), give(payee, 3)])
                done += 1
            except client.exceptions.TransactionCanceledException:
                pass
        moved.append(done)

    threads = [threading.Thread(target=bank, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    ends.wait()
    while any(thread.is_alive() for thread in threads):
        answer = dynamodb.transact_get_items(
            TransactItems=[{"Get": {"TableName": TABLE, "Key": key(n)}} for n in names]
        )
        balances = [int(found["Item"]["balance"]["N"]) for found in answer["Responses"]]
        assert sum(balances) == 40
        assert min(balances) >= 0
    assert len(moved) == 8
    assert sum(moved) > 0


def test_a_refused_transaction_leaves_neither_items_nor_stream_records(local: LocalCloud, dynamodb: Any) -> None:
    """S41: an undo that restores a whole table would also take other writers' commits with it."""
    put(dynamodb, "a", balance={"N": "5"})
    reader = WireReader(local.session, TABLE, local.region)
    reader.skip()
    new = {"Put": {"TableName": TABLE, "Item": key("b")}}
    refused(dynamodb.transact_write_items, TransactItems=[new, give("a", 1), take("a2", 1)])
    assert get(dynamodb, "b") == {}
    assert get(dynamodb, "a")["balance"] == {"N": "5"}
    assert reader.read(10) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wanted", ["ALL_OLD", "NONE"])
def test_reasons_come_in_request_order_with_the_old_item_when_asked(dynamodb: Any, kind: str, wanted: str) -> None:
    """S20: for every kind of action, at its own place."""
    put(dynamodb, "held", state={"S": "old"})
    place = {"Item": {**key("held"), "state": {"S": "new"}}} if kind == "Put" else {"Key": key("held")}
    action = {
        kind: {
            "TableName": TABLE,
            **place,
            **({"UpdateExpression": "SET note = pk"} if kind == "Update" else {}),
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": wanted,
        }
    }
    fine = {"Put": {"TableName": TABLE, "Item": key("fine")}}
    missing = {"Delete": {"TableName": TABLE, "Key": key("none"), "ConditionExpression": "attribute_exists(pk)"}}
    found = refused(dynamodb.transact_write_items, TransactItems=[missing, action, fine])
    assert found["Error"]["Code"] == "TransactionCanceledException"
    reasons = found["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["ConditionalCheckFailed", "ConditionalCheckFailed", "None"]
    assert "Item" not in reasons[0]
    expected = {**key("held"), "state": {"S": "old"}}
    assert reasons[1].get("Item") == (expected if wanted == "ALL_OLD" else None)


def test_an_update_that_the_item_does_not_allow_is_a_reason(dynamodb: Any) -> None:
    """S43: AWS lists it as ValidationError; moto failed the whole request."""
    put(dynamodb, "a")
    action = {"Update": {"TableName": TABLE, "Key": key("a"), "UpdateExpression": "SET b = absent"}}
    found = refused(dynamodb.transact_write_items, TransactItems=[action])
    assert [reason["Code"] for reason in found["CancellationReasons"]] == ["ValidationError"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"ConditionExpression": "n = :absent"},
        {"ConditionExpression": "n + :v = :v"},
        {"ConditionExpression": "n = :v AND"},
        {"UpdateExpression": "SET n = n + :v, o = :absent"},
        {"UpdateExpression": "SET n = #absent + :v"},
        {"UpdateExpression": "SET n = nonsense(:v)"},
        {"ExpressionAttributeValues": {":v": {"N": "1"}, ":idle": {"N": "1"}}},
        {"ExpressionAttributeNames": {"#idle": "n"}},
        {"ExpressionAttributeNames": {}},
        {"Key": {"pk": {"S": ""}, "sk": {"S": "item"}}},
        {"Key": {"pk": {"S": "a"}}},
    ],
    ids=str,
)
def test_a_wrong_request_is_refused_and_never_breaks_off(dynamodb: Any, wrong: dict[str, Any]) -> None:
    """Whatever it is, the caller gets an answer, and nothing is written."""
    put(dynamodb, "a", n={"N": "5"})
    put(dynamodb, "b", balance={"N": "5"})
    right = {"UpdateExpression": "SET n = :v", "ExpressionAttributeValues": {":v": {"N": "1"}}}
    action = {"Update": {"TableName": TABLE, "Key": key("a"), **right, **wrong}}
    found = refused(dynamodb.transact_write_items, TransactItems=[give("b", 1), action])
    assert found["Error"]["Code"] in ("ValidationException", "TransactionCanceledException")
    assert get(dynamodb, "a")["n"] == {"N": "5"}
    assert get(dynamodb, "b")["balance"] == {"N": "5"}


@pytest.mark.parametrize("second", KINDS)
def test_two_actions_on_one_item_are_a_mistake_of_the_request(dynamodb: Any, second: str) -> None:
    """M9."""
    put(dynamodb, "a", balance={"N": "5"})
    place = {"Item": key("a")} if second == "Put" else {"Key": key("a")}
    extra = {"UpdateExpression": "SET x = pk"} if second == "Update" else {}
    check = {"ConditionExpression": "attribute_exists(pk)"} if second == "ConditionCheck" else {}
    action = {second: {"TableName": TABLE, **place, **extra, **check}}
    found = refused(dynamodb.transact_write_items, TransactItems=[give("a", 1), action])
    assert found["Error"]["Code"] == "ValidationException"
    assert "multiple operations on one item" in found["Error"]["Message"]
    assert get(dynamodb, "a")["balance"] == {"N": "5"}


def test_more_than_a_hundred_actions_are_refused(dynamodb: Any) -> None:
    """M10."""
    actions = [{"Put": {"TableName": TABLE, "Item": key(f"n{number}")}} for number in range(101)]
    assert refused(dynamodb.transact_write_items, TransactItems=actions)["Error"]["Code"] == "ValidationException"
    dynamodb.transact_write_items(TransactItems=actions[:100])
    assert get(dynamodb, "n99")


def test_more_than_four_megabytes_are_refused(dynamodb: Any) -> None:
    """M10, S42."""
    big = {"S": "x" * 399_000}
    actions = [{"Put": {"TableName": TABLE, "Item": {**key(f"n{number}"), "big": big}}} for number in range(11)]
    found = refused(dynamodb.transact_write_items, TransactItems=actions)
    assert found["Error"]["Code"] == "ValidationException"
    assert "4MB" in found["Error"]["Message"].replace(" ", "")
    assert get(dynamodb, "n0") == {}


def test_an_item_of_more_than_400_kilobytes_is_refused(dynamodb: Any) -> None:
    """M10: put at once, and grown by an update."""
    assert (
        "size"
        in refused(dynamodb.put_item, TableName=TABLE, Item={**key("a"), "big": {"S": "x" * 410_000}})["Error"][
            "Message"
        ].lower()
    )
    put(dynamodb, "a", big={"S": "x" * 300_000})
    found = refused(
        dynamodb.update_item,
        TableName=TABLE,
        Key=key("a"),
        UpdateExpression="SET more = big",
    )
    assert "size" in found["Error"]["Message"].lower()


def test_a_snapshot_is_never_a_live_object(dynamodb: Any) -> None:
    """S41: what was read stays as it was, whatever is written later."""
    put(dynamodb, "a", tags={"L": [{"S": "one"}]})
    before = get(dynamodb, "a")
    dynamodb.update_item(
        TableName=TABLE,
        Key=key("a"),
        UpdateExpression="SET tags = list_append(tags, :more)",
        ExpressionAttributeValues={":more": {"L": [{"S": "two"}]}},
    )
    before["tags"]["L"].append({"S": "mine"})
    assert get(dynamodb, "a")["tags"] == {"L": [{"S": "one"}, {"S": "two"}]}
