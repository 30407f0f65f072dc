"""The local cloud holds each function to its rights, as IAM does on AWS."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dev.client import Api
from dev.cloud.local import LocalCloud
from dev.cloud.rights import Rights, as_nobody, rights
from dev.functions import RIGHTS, UNTRIED
from dev.templates import table_names
from tests.build import a_merchant, a_person
from tests.rights_used import told_of, verdict
from tests.settling import earn, pay_out, with_account
from wallet_api.settings import Settings
from wallet_api.wallet import open_wallet

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


def test_what_a_measurement_looks_at_is_asked_by_nobody() -> None:
    mine = Rights({"fold_ledger": {"accounts": ["PutItem"]}})
    with mine.running("fold_ledger"):
        with as_nobody():
            assert mine.refusal("before-send.dynamodb.PutItem", body(TableName=LEDGER)) is None
        assert mine.refusal("before-send.dynamodb.PutItem", body(TableName=LEDGER)) is not None
    assert mine.refused == mine.used == {("fold_ledger", "ledger", "PutItem")}


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


def test_each_queue_has_its_own_senders_and_phones_are_no_texts() -> None:
    mine = Rights({"f": {"sqs": ["SendMessage"], "sns": ["Publish"]}})
    webhooks, confirmations = (
        body(QueueUrl=f"https://sqs/1/wallet-local-{name}") for name in ("webhooks", "confirmations")
    )
    with mine.running("f"):
        assert mine.refusal("before-send.sqs.SendMessage", webhooks) is None
        assert mine.refusal("before-send.sns.Publish", "PhoneNumber=%2B86138&Message=x") is None
        assert mine.refusal("before-send.sqs.SendMessage", confirmations) is not None
        assert mine.refusal("before-send.sns.Publish", b"TargetArn=arn&Message=x") is not None
        assert mine.refusal("before-send.sns.CreatePlatformEndpoint", "Token=x") is not None


@pytest.mark.parametrize("function", ["api_handler", "deliver_webhooks", "fold_ledger"])
@pytest.mark.parametrize("operation", ["delete_item", "update_item"])
def test_no_function_changes_or_removes_an_entry_of_the_ledger(
    cloud: LocalCloud, function: str, operation: str
) -> None:
    """M1, M2: whatever a defect of ours would ask for."""
    client: Any = cloud.session.create_client("dynamodb", region_name=cloud.region)
    key = {"pk": {"S": "entry"}, "sk": {"S": "1"}}
    with rights.running(function), pytest.raises(ClientError) as denied:
        getattr(client, operation)(TableName=LEDGER, Key=key)
    assert denied.value.response["Error"]["Code"] == "AccessDeniedException"
    client.delete_item(TableName=LEDGER, Key=key)


ALLOWED = {"f": {"ledger": ["GetItem", "PutItem"]}}
GET, PUT = ("f", "ledger", "GetItem"), ("f", "ledger", "PutItem")


def a_run(source: str = "TESTPATHS", **options: Any) -> Any:
    """A finished run of the tests, as pytest describes it."""
    return SimpleNamespace(args_source=pytest.Config.ArgsSource[source], option=SimpleNamespace(**options))


def used(*asked: tuple[str, str, str], **untried: str) -> Rights:
    mine = Rights(ALLOWED, {("f", "ledger", action): reason for action, reason in untried.items()})
    mine.used.update(asked)
    return mine


def test_a_right_that_nobody_used_fails_a_run_of_all_tests_and_is_named() -> None:
    assert verdict(a_run(), 0, used(GET)) == 1
    (told,) = told_of(used(GET))
    assert "PutItem on ledger" in told
    assert verdict(a_run(), 0, used(GET, PUT)) == 0


def test_a_run_of_some_tests_is_not_judged() -> None:
    assert verdict(a_run("ARGS"), 0, used(GET)) == 0
    for name in ("keyword", "markexpr", "deselect", "ignore", "lf", "stepwise"):
        assert verdict(a_run(**{name: "some"}), 0, used(GET)) == 0, name


@pytest.mark.parametrize("status", [1, 2, 5])
def test_a_run_that_failed_or_was_broken_off_stays_what_it_was(status: int) -> None:
    assert verdict(a_run(), status, used(GET)) == status


def test_what_cannot_be_tried_here_needs_a_reason_that_is_true() -> None:
    assert verdict(a_run(), 0, used(GET, PutItem="only AWS does it")) == 0
    assert verdict(a_run(), 0, used(GET, PUT, PutItem="only AWS does it")) == 1, "it is used after all"
    assert verdict(a_run(), 0, used(GET, PUT, Scan="only AWS does it")) == 1, "it is no right"


def test_every_reason_is_a_sentence_about_a_right_that_there_is() -> None:
    for (function, resource, action), reason in UNTRIED.items():
        assert action in RIGHTS[function][resource]
        assert len(reason) > 20


@pytest.mark.parametrize("function", sorted(RIGHTS))
def test_each_function_starts_with_the_rights_that_it_has(cloud: LocalCloud, function: str) -> None:
    """What is read before the first request is asked for in the function's name as well."""
    before = set(rights.refused)
    with rights.running(function):
        open_wallet(Settings.from_environment(), clock=cloud.clock).close()
    assert rights.refused == before
    assert (function, "secretsmanager", "GetSecretValue") in rights.used


def test_a_schedule_that_starts_cold_opens_what_another_function_sealed(api: Api, cloud: LocalCloud) -> None:
    """The number that a payout goes to: what was opened is kept in memory for five minutes, and by each function for itself."""
    shop = with_account(cloud, a_merchant(cloud), "8110701012800000005")
    earn(api, cloud, shop)
    cloud.clock.advance("24h")
    assert pay_out(api, shop).ok(201)["status"] == "processing"
    opened = ("settle_processing", "kms", "Decrypt")
    rights.used.discard(opened)
    cloud.advance("6m")
    assert opened in rights.used


def test_a_notice_is_opened_by_the_function_that_sends_it(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud, pin=None)
    cloud.wallet.notifications.tell_now(someone.id, "unlocked")
    opened = ("send_notices", "kms", "Decrypt")
    rights.used.discard(opened)
    cloud.advance("6m")
    assert opened in rights.used


def test_the_api_asks_for_no_single_item() -> None:
    """What a request reads, it reads in one trip: the rights say so too."""
    for actions in RIGHTS["api_handler"].values():
        assert "GetItem" not in actions
