"""The local cloud holds each function to its rights, as IAM does on AWS."""

import json

import pytest
from botocore.exceptions import ClientError

from dev.cloud.local import LocalCloud
from dev.cloud.rights import Rights, rights
from dev.templates import table_names

LEDGER, RECORDS = table_names()["LedgerTable"], table_names()["RecordsTable"]


def body(**asked: object) -> bytes:
    return json.dumps(asked).encode()


def test_what_is_not_given_is_denied_and_named() -> None:
    mine = Rights({"fold_ledger": {"accounts": ["PutItem"]}})
    with mine.running("fold_ledger"):
        answer = mine.refusal("before-send.dynamodb.PutItem", body(TableName=LEDGER))
    assert answer is not None
    assert answer[0] == 400
    assert b"AccessDeniedException" in answer[2]
    assert mine.refused == {("fold_ledger", "ledger", "PutItem")}


def test_every_part_of_a_transaction_and_every_index_is_asked_for() -> None:
    mine = Rights({"f": {"ledger": ["PutItem"], "records/by_due": ["Query"]}})
    whole = {"Put": {"TableName": LEDGER}}, {"Delete": {"TableName": LEDGER}}
    with mine.running("f"):
        assert mine.refusal("before-send.dynamodb.TransactWriteItems", body(TransactItems=whole[:1])) is None
        assert mine.refusal("before-send.dynamodb.TransactWriteItems", body(TransactItems=whole)) is not None
        assert mine.refusal("before-send.dynamodb.Query", body(TableName=RECORDS, IndexName="by_due")) is None
        assert mine.refusal("before-send.dynamodb.Query", body(TableName=RECORDS)) is not None


def test_a_batch_of_messages_needs_the_right_to_one() -> None:
    mine = Rights({"f": {"sqs": ["SendMessage"]}})
    with mine.running("f"):
        assert mine.refusal("before-send.sqs.SendMessageBatch", b"{}") is None
        assert mine.refusal("before-send.sns.Publish", b"") is not None


@pytest.mark.parametrize("function", ["api_handler", "deliver_webhooks", "fold_ledger"])
@pytest.mark.parametrize("operation", ["delete_item", "update_item"])
def test_no_function_changes_or_removes_an_entry_of_the_ledger(
    cloud: LocalCloud, function: str, operation: str
) -> None:
    """M1, M2: whatever a defect of ours would ask for."""
    client = cloud.session.create_client("dynamodb", region_name=cloud.region)
    key = {"pk": {"S": "entry"}, "sk": {"S": "1"}}
    with rights.running(function), pytest.raises(ClientError) as denied:
        getattr(client, operation)(TableName=LEDGER, Key=key)
    assert denied.value.response["Error"]["Code"] == "AccessDeniedException"
    client.delete_item(TableName=LEDGER, Key=key)
