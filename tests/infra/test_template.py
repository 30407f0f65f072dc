"""The template that is deployed: what Chalice cannot say, or says wrongly, is there after infra/ was laid over it."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dev.checks import LINT_TEMPLATE
from dev.cloud.queues import MAX_RECEIVES
from dev.lambda_zip import SERVICES, CannotPackage
from dev.packaging import LASTING, finished_template
from dev.templates import RESOURCES, ROOT, Template, expiring_tables, own_of, table_environment, table_specs
from tests.infra.packaged import functions, is_prod
from wallet_api.confirmations import model as confirmation_model
from wallet_api.confirmations import store as confirmations
from wallet_api.confirmations.store import CONFIRMATION
from wallet_api.deliveries.store import DELIVERY, DUE_AT_ONCE, DUE_BUCKETS
from wallet_api.events.store import EVENT
from wallet_api.gateways.asking import LONGEST_WAIT
from wallet_api.gateways.callbacks import TIMEOUT_SECONDS
from wallet_api.metrics import NAMESPACE
from wallet_api.notifications.use_cases import DUE_AT_ONCE as NOTICES_AT_ONCE
from wallet_api.settings import Settings
from wallet_api.storage.connection import INDEXES

STREAM_HANDLERS = ("FoldLedger", "ProjectLedgerEvents", "ProjectRecordEvents", "DispatchEvents")
WEBHOOK_FUNCTIONS = ("DeliverWebhooks", "SendDueWebhooks")
API_GATEWAY_LIMIT_SECONDS = 29


def test_cfn_lint_finds_nothing(written: dict[str, Path]) -> None:
    """It expands the SAM parts offline and checks every property against CloudFormation's own schemas."""
    command = [sys.executable, "-c", LINT_TEMPLATE, "--", *map(str, written.values())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.parametrize("handler", STREAM_HANDLERS)
def test_s2_a_batch_may_be_answered_in_part_halved_and_given_up_on(template: Template, handler: str) -> None:
    """S2: without FunctionResponseTypes Lambda takes `batchItemFailures` for success and drops the failed records."""
    (event,) = functions(template)[handler]["Events"].values()
    source = event["Properties"]
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["BisectBatchOnFunctionError"] is True
    assert 1 <= source["MaximumRetryAttempts"] <= 100
    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert source["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"] == [f"{handler}DeadLetters", "Arn"]
    assert source["BatchSize"] == 100, "what app.py says must have survived the merge"


@pytest.mark.parametrize("handler", STREAM_HANDLERS)
def test_o1_a_record_that_is_given_up_on_wakes_somebody(template: Template, handler: str) -> None:
    """O1: the dead letters of each handler have an alarm of their own, from the first one on."""
    alarm = template["Resources"][f"{handler}GaveUp"]["Properties"]
    (dimension,) = alarm["Dimensions"]
    assert dimension["Value"] == {"Fn::GetAtt": [f"{handler}DeadLetters", "QueueName"]}
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert alarm["AlarmActions"] == [{"Ref": "Alarms"}]


CONFIRMATIONS_AT_ONCE = confirmations.DUE_BUCKETS * confirmations.DUE_AT_ONCE
ALARMS = {
    "ConfirmationsBehind": ("confirmations_due", CONFIRMATIONS_AT_ONCE - 1, "GreaterThanThreshold", "notBreaching"),
    "ConfirmationsNotLookedAfter": ("confirmations_due", 1, "LessThanThreshold", "breaching"),
    "WebhooksBehind": ("webhooks_due", DUE_BUCKETS * DUE_AT_ONCE - 1, "GreaterThanThreshold", "notBreaching"),
    "WebhooksNotLookedAfter": ("webhooks_due", 1, "LessThanThreshold", "breaching"),
    "JournalChanged": ("journal_changed", 0, "GreaterThanThreshold", "notBreaching"),
    "NoticesBehind": ("notices_due", NOTICES_AT_ONCE - 1, "GreaterThanThreshold", "notBreaching"),
    "NoticesNotLookedAfter": ("notices_due", 1, "LessThanThreshold", "breaching"),
    "NoticesGivenUp": ("notices_given_up", 0, "GreaterThanThreshold", "notBreaching"),
    "LedgerDiffers": ("ledger_findings", 0, "GreaterThanThreshold", "notBreaching"),
    "LedgerNotVerified": ("ledger_findings", 1, "LessThanThreshold", "breaching"),
    "FoldLedgerLags": ("fold_lag_ms", 60_000, "GreaterThanThreshold", "notBreaching"),
    "PayoutsStuck": ("stuck_payouts", 0, "GreaterThanThreshold", "notBreaching"),
    "DaysNotSettled": ("days_not_settled", 0, "GreaterThanThreshold", "notBreaching"),
    "DaysNotLookedAfter": ("days_not_settled", 1, "LessThanThreshold", "breaching"),
    "ReconciliationDiffers": ("reconciliation_differs", 0, "GreaterThanThreshold", "notBreaching"),
    "ProcessingStuck": ("stuck_processing", 0, "GreaterThanThreshold", "notBreaching"),
    "SmsHeldBack": ("sms_held_back", 0, "GreaterThanThreshold", "notBreaching"),
}


@pytest.mark.parametrize("name", ALARMS)
def test_m2_m3_o8_what_the_functions_measure_wakes_somebody(template: Template, name: str) -> None:
    """M2, M3, O8, A21: a changed journal, a deviation, a check that did not run, a folding or a payment that is stuck, SMS at their
    ceiling.
    """
    alarm = template["Resources"][name]["Properties"]
    found = alarm["MetricName"], alarm["Threshold"], alarm["ComparisonOperator"], alarm["TreatMissingData"]
    assert found == ALARMS[name]
    assert alarm["Namespace"] == NAMESPACE
    assert alarm["Dimensions"] == [{"Name": "stage", "Value": {"Ref": "Stage"}}]
    assert alarm["AlarmActions"] == [{"Ref": "Alarms"}]


@pytest.mark.parametrize("name", ["ProcessingStuck", "PayoutsStuck"])
def test_o8_an_alarm_rings_on_between_two_tries_of_what_is_stuck(template: Template, name: str) -> None:
    """O8: it is counted when it is tried, once an hour at last; an alarm that is silent in between would say that it is over."""
    alarm = template["Resources"][name]["Properties"]
    assert alarm["DatapointsToAlarm"] == 1
    seconds = alarm["Period"] * alarm["EvaluationPeriods"]
    assert LONGEST_WAIT.total_seconds() < seconds <= 2 * LONGEST_WAIT.total_seconds()


def test_o8_a_folding_that_fails_before_it_measures_wakes_somebody_too(template: Template) -> None:
    """O8."""
    alarm = template["Resources"]["FoldLedgerStandsStill"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "IteratorAge")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "FoldLedger"}}]


@pytest.mark.parametrize("handler", STREAM_HANDLERS)
def test_each_handler_reads_the_stream_of_a_table_that_has_one(template: Template, handler: str) -> None:
    (event,) = functions(template)[handler]["Events"].values()
    table, attribute = own_of(event["Properties"]["Stream"])["Fn::GetAtt"]
    assert attribute == "StreamArn"
    assert table == ("RecordsTable" if handler in ("ProjectRecordEvents", "DispatchEvents") else "LedgerTable")
    assert template["Resources"][table]["Properties"]["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"


QUEUE_HANDLERS = {"DeliverWebhooks": ("WebhooksQueue", 10), "SendConfirmations": ("ConfirmationsQueue", 1)}


@pytest.mark.parametrize("handler", QUEUE_HANDLERS)
def test_o1_o2_a_batch_of_messages_may_be_answered_in_part_and_the_rest_is_given_up_on(
    template: Template, handler: str
) -> None:
    """O1, O2: without FunctionResponseTypes one poisoned message would bring nine good ones again, and be lost itself."""
    (event,) = functions(template)[handler]["Events"].values()
    source, (name, size) = event["Properties"], QUEUE_HANDLERS[handler]
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["Queue"] == {"Fn::GetAtt": [name, "Arn"]}
    assert source["BatchSize"] == size
    queue = template["Resources"][name]["Properties"]
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": [f"{handler}DeadLetters", "Arn"]}
    assert queue["RedrivePolicy"]["maxReceiveCount"] == MAX_RECEIVES
    alarm = template["Resources"][f"{handler}GaveUp"]["Properties"]
    (dimension,) = alarm["Dimensions"]
    assert dimension["Value"] == {"Fn::GetAtt": [f"{handler}DeadLetters", "QueueName"]}


@pytest.mark.parametrize("handler", QUEUE_HANDLERS)
def test_o3_a_message_in_hand_is_seen_by_nobody_else_for_six_times_as_long_as_the_function_runs(
    template: Template, handler: str
) -> None:
    """O3: and a post, with its batch, ends well before the function does."""
    timeout = functions(template)[handler]["Timeout"]
    assert template["Resources"][QUEUE_HANDLERS[handler][0]]["Properties"]["VisibilityTimeout"] >= 6 * timeout
    assert timeout >= TIMEOUT_SECONDS + 10


def test_nobody_else_takes_a_confirmation_while_a_worker_may_still_send_it(template: Template) -> None:
    assert confirmation_model.LEASE.total_seconds() > 2 * functions(template)["SendConfirmations"]["Timeout"]


def test_an_event_does_not_wake_the_handler_that_wrote_it(template: Template) -> None:
    properties = template["Resources"]["ProjectRecordEvents"]["Properties"]
    (source,) = [each["Properties"] for each in properties["Events"].values()]

    (pattern,) = [json.loads(each["Pattern"]) for each in source["FilterCriteria"]["Filters"]]

    assert pattern == {"dynamodb": {"Keys": {"sk": {"S": [{"anything-but": [EVENT, DELIVERY, CONFIRMATION]}]}}}}


def test_s10_every_function_has_memory_for_argon2_and_ends_before_the_gateway_does(template: Template) -> None:
    """S10, O12: Chalice's own defaults are 128 MB, 60 s and x86_64."""
    assert set(functions(template)) >= {"APIHandler", "SettleProcessing", "VerifyLedger", *STREAM_HANDLERS}
    for name, function in functions(template).items():
        assert function["MemorySize"] >= 1024, name
        assert function["Timeout"] < API_GATEWAY_LIMIT_SECONDS or name == "VerifyLedger", name
        assert (function["Architectures"], function["Runtime"]) == (["arm64"], "python3.13"), name


def test_the_functions_are_given_every_setting_that_they_need(template: Template) -> None:
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    given = dict.fromkeys(variables, "test") | {"AWS_REGION": "eu-west-1"}
    Settings.from_environment(given)
    assert {own_of(variables[name])["Ref"] for name in table_environment()} <= set(template["Resources"])


def test_every_log_has_an_end_and_every_function_a_log(template: Template) -> None:
    for name, function in functions(template).items():
        log = template["Resources"][function["LoggingConfig"]["LogGroup"]["Ref"]]
        assert log["Properties"]["RetentionInDays"] > 0, name


def test_data_outlives_the_stack_and_is_encrypted_with_a_key_of_ours(template: Template) -> None:
    tables = {name: one for name, one in template["Resources"].items() if one["Type"] == "AWS::DynamoDB::Table"}
    for name, table in tables.items():
        assert table["Properties"]["SSESpecification"]["KMSMasterKeyId"] == {"Fn::GetAtt": ["TablesKey", "Arn"]}, name
        if name != "EphemeralTable":
            kept = (table["DeletionPolicy"], table["UpdateReplacePolicy"])
            assert kept == ((LASTING, "Retain") if is_prod(template) else ("Delete", "Delete")), name
            assert table["Properties"]["DeletionProtectionEnabled"] == {"Fn::If": ["Guarded", True, False]}, name
            restorable = table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
            assert restorable == {"Fn::If": ["Guarded", True, False]}, name
    for name in ("TablesKey", "FieldKey", "KeysSecret"):
        assert template["Resources"][name]["DeletionPolicy"] == (LASTING if is_prod(template) else "Delete"), name


def test_each_stage_packages_itself(written: dict[str, Path]) -> None:
    for stage, path in written.items():
        assert json.loads(path.read_text())["Parameters"]["Stage"]["Default"] == stage


def test_the_tables_are_those_that_the_code_reads() -> None:
    specs = {spec["TableName"].removeprefix("wallet-local-"): spec for spec in table_specs(RESOURCES)}
    assert set(specs) == {"ledger", "accounts", "people", "records", "ephemeral"}
    for name, spec in specs.items():
        assert [key["AttributeName"] for key in spec["KeySchema"]] == ["pk", "sk"]
        indexes = {
            index["IndexName"]: tuple(key["AttributeName"] for key in index["KeySchema"])
            for index in spec.get("GlobalSecondaryIndexes", [])
        }
        assert indexes == dict(INDEXES.get(name, {}))
        assert ("StreamSpecification" in spec) == (name in ("ledger", "records"))
    assert expiring_tables() == {"wallet-local-ephemeral": "expires_at", "wallet-local-records": "kept_until"}


def test_the_package_keeps_the_description_of_every_service_that_is_called() -> None:
    called = set()
    for path in [*(ROOT / "wallet_api").rglob("*.py"), *(ROOT / "chalicelib").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("client"):
                called |= {
                    arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    assert called >= {"dynamodb", "kms", "secretsmanager"}
    assert called <= SERVICES


def test_an_override_of_what_is_not_declared_is_refused(tmp_path: Path) -> None:
    """A renamed handler would otherwise lose its dead letters without a word."""
    sam = tmp_path / "sam.json"
    sam.write_text(json.dumps({"Resources": {"Renamed": {"Properties": {"Timeout": 3}}}}))
    with pytest.raises(CannotPackage, match="Renamed"):
        finished_template(sam, "3.13")


def test_a_stream_that_nothing_was_laid_over_is_refused(tmp_path: Path) -> None:
    source = {
        "Type": "DynamoDB",
        "Properties": {"Stream": "arn:aws:dynamodb:eu-west-1:000000000000:table/ledger/stream/x"},
    }
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Events": {"Source": source}}}
    sam = tmp_path / "sam.json"
    sam.write_text(json.dumps({"Resources": {"NewHandler": function}}))
    with pytest.raises(CannotPackage, match=r"NewHandler\.Source"):
        finished_template(sam, "3.13")
