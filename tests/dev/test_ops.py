"""What an operator does with a deployed stack: alarms, logs, dead letters, and tables of an earlier second."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from dev import alarms, ledger, letters, logs, master_secrets, ops, restoring, stuck, tracing
from dev.cloud.local import REGION, LocalCloud
from dev.functions import FUNCTIONS
from dev.stacks import NotInTheStack, Stack, function_named
from tests.build import PASSWORD, PIN, a_card, a_merchant, a_person, cny, key
from tests.client import Api
from tests.deployment import Deployment
from wallet_api.ledger.lines import LINE

Output = pytest.CaptureFixture[str]
WHERE = ["--stack", "wallet-prod"]
STREAM_LETTER = json.dumps(
    {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "DDBStreamBatchInfo": {
            "shardId": "shardId-1",
            "startSequenceNumber": "100",
            "endSequenceNumber": "200",
            "approximateArrivalOfFirstRecord": "2026-11-22T01:05:00Z",
            "approximateArrivalOfLastRecord": "2026-11-22T01:05:01Z",
            "batchSize": 7,
            "streamArn": "arn:aws:dynamodb:eu-west-1:1:table/wallet-prod-records/stream/2026",
        },
    }
)


@pytest.fixture
def deployed(cloud: LocalCloud) -> Iterator[Any]:
    made = Deployment(cloud)
    yield made
    made.close()


def test_each_task_is_named_with_what_it_does(capsys: Output) -> None:
    assert ops.main([]) == 0
    told = capsys.readouterr().out
    assert all(f"./wallet ops {task} " in told for task in ops.TASKS)
    assert ops.main(["unknown"]) == 2
    assert "there is no task 'unknown'" in capsys.readouterr().err


def test_a_function_is_found_by_its_stack_and_its_name_there(deployed: Any) -> None:
    assert function_named(deployed, "wallet-prod/FoldLedger", REGION) == "wallet-prod-FoldLedger-1AB2C3"
    assert function_named(deployed, "some-function", REGION) == "some-function", "that is Lambda's own name"
    with pytest.raises(NotInTheStack, match="nothing that is called Folding"):
        function_named(deployed, "wallet-prod/Folding", REGION)
    assert set(Stack(deployed, "wallet-prod").functions()) == set(FUNCTIONS)


def test_an_alarm_that_rings_is_told_with_its_section(deployed: Any, capsys: Output) -> None:
    """O8."""
    assert alarms.main(WHERE, session=deployed) == 0
    assert capsys.readouterr().out.startswith("0 of ")
    deployed.ringing = {"LedgerDiffers", "SettleDaysFails"}
    assert alarms.main(WHERE, session=deployed) == 1
    told = capsys.readouterr().out
    assert "ALARM             LedgerDiffers            since 2026-11-22T01:05+00:00  Threshold Crossed" in told
    assert "docs/operations.md#ledgerdiffers" in told
    assert "docs/operations.md#functionfails" in told
    assert "\n2 of " in told
    assert alarms.main([*WHERE, "--all"], session=deployed) == 1
    assert "OK                JournalChanged" in capsys.readouterr().out


def test_a_log_shows_what_went_wrong_or_one_request(deployed: Any, capsys: Output) -> None:
    deployed.logged = [{"_aws": {}, "operation": "GET /v1/wallet", "outcome": "unavailable", "ms": 12}]
    assert logs.main([*WHERE, "--of", "fold_ledger"], session=deployed) == 0
    told = capsys.readouterr().out
    assert "2026-11-22T01:05:00Z  operation=GET /v1/wallet  outcome=unavailable  ms=12\n" in told
    assert logs.main([*WHERE, "--request", 'r"1', "--outcome", "ok"], session=deployed) == 0
    assert logs.main([*WHERE, "--all"], session=deployed) == 0
    asked = [call for name, call in deployed.calls if name == "FilterLogEvents"]
    assert asked[0]["logGroupName"] == deployed.physical("FoldLedgerLogs")
    assert asked[0]["filterPattern"] == logs.WRONG
    assert asked[1]["filterPattern"] == '{ ($.request_id = "r\\"1") && ($.outcome = "ok") }'
    assert "filterPattern" not in asked[2]


def letter_of(deployed: Any, handler: str, body: str) -> str:
    sent = deployed.sqs.send_message(QueueUrl=deployed.physical(f"{handler}DeadLetters"), MessageBody=body)
    return str(sent["MessageId"])


def of_letters(deployed: Any, *words: str) -> int:
    return letters.main([*WHERE, *words], lambda *_: deployed.cloud.wallet, deployed)


def test_letters_are_counted_shown_and_thrown_away_one_by_one(
    deployed: Any, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O6."""
    monkeypatch.setattr(letters, "LOOKING_SECONDS", 0)
    monkeypatch.setattr(letters, "_taken", once)
    assert of_letters(deployed) == 0
    assert "Nothing was given up on." in capsys.readouterr().out
    first = letter_of(deployed, "ProjectRecordEvents", STREAM_LETTER)
    second = letter_of(deployed, "ProjectRecordEvents", "nonsense")
    assert of_letters(deployed) == 1
    assert "ProjectRecordEvents      2\n" in capsys.readouterr().out
    assert of_letters(deployed, "discard", "ProjectRecordEvents", "nobody") == 1
    assert "there is no nobody" in capsys.readouterr().err
    assert of_letters(deployed, "discard", "ProjectRecordEvents", second) == 0
    assert of_letters(deployed, "show", "ProjectRecordEvents") == 0
    told = capsys.readouterr().out
    assert (
        f"{first}  2026-11-22T01:05:00+00:00 to 2026-11-22T01:05:01+00:00  RetryAttemptsExhausted  7 records of" in told
    )
    assert "wallet-prod-records, shardId-1, from 100" in told
    assert of_letters(deployed, "show", "Nobody") == 1


def once(sqs: Any, url: str, seconds: int) -> Any:
    """With no time of its own in which a letter is seen by nobody, one look is all there is."""
    return sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=seconds).get("Messages", [])


@pytest.mark.parametrize("handler", ["DeliverWebhooks", "SendConfirmations"])
def test_messages_go_back_to_the_queue_that_they_came_from(deployed: Any, capsys: Output, handler: str) -> None:
    """O1, O6: in the end each is in one place."""
    queue = letters.queue_of(handler) or ""
    letter_of(deployed, handler, '{"delivery": "dlv_nobody"}')
    assert of_letters(deployed, "redrive", handler) == 0
    assert f"1 messages sent to {queue} again." in capsys.readouterr().out
    (back,) = deployed.sqs.receive_message(QueueUrl=deployed.physical(queue))["Messages"]
    assert back["Body"] == '{"delivery": "dlv_nobody"}'
    deployed.sqs.delete_message(QueueUrl=deployed.physical(queue), ReceiptHandle=back["ReceiptHandle"])
    assert of_letters(deployed) == 0


def test_a_streams_letters_go_to_its_own_handler(deployed: Any, capsys: Output) -> None:
    letter_of(deployed, "FoldLedger", "nonsense")
    assert of_letters(deployed, "redrive", "FoldLedger") == 1
    assert "is no letter of Lambda's" in capsys.readouterr().out


def test_d10_a_master_secret_is_made_and_told_to_nobody(deployed: Any, capsys: Output, cloud: LocalCloud) -> None:
    """D10."""
    name = cloud.wallet.settings.keys_secret
    store: Any = cloud.session.create_client("secretsmanager", region_name=REGION)
    before = store.get_secret_value(SecretId=name)["SecretString"]
    try:
        assert master_secrets.main(WHERE, session=deployed) == 0
        assert master_secrets.main([*WHERE, "--use"], session=deployed) == 0
        told = capsys.readouterr().out
        kept = json.loads(store.get_secret_value(SecretId=name)["SecretString"])
        assert kept["current"] == "2"
        assert kept["1"] == before
        assert len(kept["2"]) >= 64
        assert kept["2"] not in told
        assert "Version 2 is known and not used yet" in told
    finally:
        store.put_secret_value(SecretId=name, SecretString=before)


def test_what_has_no_end_is_listed_the_oldest_first(api: Api, cloud: LocalCloud, capsys: Output) -> None:
    """O8: a top-up whose acquirer keeps silent, by the reference that they know it by."""

    def listed() -> int:
        return stuck.main(["--function", "wallet-prod/APIHandler"], lambda *_: cloud.wallet)

    assert listed() == 0
    assert capsys.readouterr().out == "0 without an end, 0 of them for more than 4 hours.\n"
    someone = a_person(api, cloud, balance=1_000)
    asked = {"amount": cny(500), "source": {"card_id": a_card(api, cloud, someone, "4000000000000119")}}
    topped = api.post("/v1/top_ups", asked, token=someone.token, key=key())
    assert topped.json["status"] == "processing", topped.text
    assert listed() == 0
    assert f"      {topped.json['id']}  processing" in capsys.readouterr().out
    cloud.clock.advance(timedelta(hours=5))
    assert listed() == 1
    assert f"LATE  {topped.json['id']}" in capsys.readouterr().out


def test_a_reference_number_tells_its_story_and_nobodys_name(api: Api, cloud: LocalCloud, capsys: Output) -> None:
    """D9: states, times, amounts and the request ids; neither who they are nor what they wrote."""

    def traced(*words: str) -> int:
        return tracing.main(["--function", "f", *words], lambda *_: cloud.wallet, cloud.session)

    ada, bo, shop = a_person(api, cloud, balance=5_000), a_person(api, cloud), a_merchant(cloud)
    api.patch("/v1/me", {"display_name": "Ada Lovelace"}, token=ada.token).ok(200)
    yes = {"authorization": {"pin": PIN}}
    asked = {"to": {"user_id": bo.id}, "amount": cny(700), "note": "for the tea in Dali", **yes}
    sent = api.post("/v1/transfers", asked, token=ada.token, key=key()).ok(201)
    asked = {"amount": cny(300), "order_id": "tea-of-ada", "description": "Pu'er for Ada"}
    paid = api.post("/v1/payments", asked, token=shop.key, key=key()).ok(201)
    answer = api.post(f"/v1/payments/{paid['id']}/confirm", yes, token=ada.token, key=key())
    answer.ok(200)
    told = ""
    for reference in (sent["id"], paid["id"], ada.id, shop.id):
        assert traced(reference) == 0
        told += capsys.readouterr().out
    assert f"request_id             {answer.headers['x-request-id']}" in told
    assert "status                 succeeded" in told
    assert f"-7.00 CNY  customer/{ada.id}" in told
    for personal in ("Ada", "Lovelace", "tea", "Pu'er", ada.phone, ada.phone[3:], ada.token, PASSWORD, shop.key):
        assert personal not in told, personal
    assert traced("pay_nobody") == 1
    assert "Nothing is kept under pay_nobody." in capsys.readouterr().err


def test_tables_of_an_earlier_second_are_proven_before_anybody_uses_them(
    api: Api, cloud: LocalCloud, deployed: Any, capsys: Output
) -> None:
    """M3: what the folding wrote a moment later is missing in them, is named, and comes back from the journal."""

    def of_restored(*words: str) -> int:
        where = ["--function", "wallet-prod/FoldLedger", "--restored", "r1"]
        return ledger.main([*where, *words], lambda *_: cloud.wallet)

    shop, payer = a_merchant(cloud), a_person(api, cloud, balance=5_000)
    asked = {"amount": cny(300), "order_id": "1", "description": "tea"}
    paid = api.post("/v1/payments", asked, token=shop.key, key=key()).ok(201)
    yes = {"authorization": {"pin": PIN}}
    api.post(f"/v1/payments/{paid['id']}/confirm", yes, token=payer.token, key=key()).ok(200)
    assert restoring.main([*WHERE, "--to", "2026-11-22T01:05:00Z", "--as", "r1"], session=deployed) == 0
    told = capsys.readouterr().out
    cloud.pump.drain()
    assert "RestoredTables=r1" in told
    assert "RestoredLedgerStream=arn:aws:dynamodb:" in told
    assert "RestoredRecordsStream=arn:aws:dynamodb:" in told
    (call, *others) = [each for name, each in deployed.calls if name == "RestoreTableToPointInTime"]
    assert len(others) == 3
    assert all(each["RestoreDateTime"] == call["RestoreDateTime"] for each in others), "all to the same second"
    dynamodb: Any = cloud.session.create_client("dynamodb", region_name=REGION)
    for table in deployed.restored:
        assert dynamodb.describe_table(TableName=table)["Table"]["DeletionProtectionEnabled"], table
    assert of_restored("verify", "--grace", "0") == 1, "a merchant's line is missing in them"
    assert "is missing" in capsys.readouterr().out
    assert of_restored("again", "--since", "2026-01-01T00:00:00Z", "--until", "2030-01-01T00:00:00Z") == 0
    assert "operations of the journal are folded, 0 failed" in capsys.readouterr().out
    assert of_restored("verify", "--grace", "0") == 0
    restored = dynamodb.scan(TableName="wallet-local-accounts-r1")["Items"]
    assert any(shop.id in item["pk"]["S"] and item["sk"]["S"].startswith(LINE) for item in restored)


def test_a_restore_that_was_stopped_goes_on_where_it_was(deployed: Any, capsys: Output) -> None:
    asked = [*WHERE, "--to", "2026-11-22T01:05:00Z", "--as", "r2"]
    assert restoring.main(asked, session=deployed) == 0
    first = capsys.readouterr().out
    assert restoring.main(asked, session=deployed) == 0
    assert capsys.readouterr().out == first
    assert len(deployed.restored) == 4, "none was made twice"


@pytest.mark.parametrize(
    "words", [["--to", "2026-11-22T01:05:00", "--as", "r1"], ["--to", "2026-11-22T01:05:00Z", "--as", "R-1"]]
)
def test_a_moment_has_its_zone_and_a_name_is_one_that_the_template_takes(deployed: Any, words: list[str]) -> None:
    """O11."""
    with pytest.raises(SystemExit):
        restoring.main([*WHERE, *words], session=deployed)
