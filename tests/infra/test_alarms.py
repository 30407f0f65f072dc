"""Every alarm watches a number that somebody tells: ours by the code, AWS's own by name and dimensions."""

import ast
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from dev.cloud.clock import MovableClock
from dev.functions import FUNCTIONS, logical
from dev.templates import ROOT, Template
from wallet_api.metrics import NAMESPACE, EmbeddedMetrics, Measure

# What AWS tells by itself, with the dimensions that each is told by:
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
OF_AWS = {
    "AWS/Lambda": ({"Errors", "Throttles", "Duration", "IteratorAge"}, {"FunctionName"}),
    "AWS/ApiGateway": ({"4XXError", "5XXError", "Latency", "Count"}, {"ApiName", "Stage"}),
    "AWS/SQS": ({"ApproximateNumberOfMessagesVisible"}, {"QueueName"}),
    "AWS/DynamoDB": ({"ThrottledRequests"}, {"TableName", "Operation"}),
}
SOURCES = [ROOT / "app.py", *(ROOT / "chalicelib").rglob("*.py"), *(ROOT / "wallet_api").rglob("*.py")]


def alarms(template: Template) -> dict[str, dict[str, Any]]:
    resources = template["Resources"].items()
    return {name: one["Properties"] for name, one in resources if one["Type"] == "AWS::CloudWatch::Alarm"}


@cache
def measured() -> dict[str, set[str]]:
    """The names of all measures that the code tells, with their units; a name that is put together would be found by nobody."""
    found: dict[str, set[str]] = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Measure":
                name, unit = node.args[0], node.args[2] if len(node.args) > 2 else ast.Constant("Count")
                assert isinstance(name, ast.Constant), path
                assert isinstance(unit, ast.Constant), path
                found.setdefault(str(name.value), set()).add(str(unit.value))
    return found


def told(capsys: pytest.CaptureFixture[str], name: str) -> dict[str, Any]:
    """What CloudWatch is told when the code tells a measure of this name."""
    unit: Any
    (unit,) = measured()[name]
    EmbeddedMetrics("prod", MovableClock()).tell(Measure(name, 1, unit))
    line = json.loads(capsys.readouterr().out)
    (described,) = line["_aws"]["CloudWatchMetrics"]
    return {**described, "values": line}


def test_o8_each_alarm_of_ours_watches_what_the_code_tells(
    template: Template, capsys: pytest.CaptureFixture[str]
) -> None:
    """O8: by namespace, name and dimensions; an alarm on a number that nobody tells would be quiet for ever."""
    ours = {name: one for name, one in alarms(template).items() if one["Namespace"] == NAMESPACE}
    assert len(ours) >= 10
    for name, alarm in ours.items():
        assert alarm["MetricName"] in measured(), name
        line = told(capsys, alarm["MetricName"])
        assert line["Namespace"] == alarm["Namespace"], name
        (names,) = line["Dimensions"]
        assert names == [dimension["Name"] for dimension in alarm["Dimensions"]], name
        assert alarm["Dimensions"] == [{"Name": "stage", "Value": {"Ref": "Stage"}}], name
        assert isinstance(line["values"][alarm["MetricName"]], int), name


def test_each_alarm_on_what_aws_tells_names_it_as_aws_does(template: Template) -> None:
    functions = {logical(name) for name in FUNCTIONS}
    for name, alarm in alarms(template).items():
        if alarm["Namespace"] == NAMESPACE:
            continue
        names, dimensions = OF_AWS[alarm["Namespace"]]
        assert alarm["MetricName"] in names, name
        assert {dimension["Name"] for dimension in alarm["Dimensions"]} == dimensions, name
        for dimension in alarm["Dimensions"]:
            if dimension["Name"] == "FunctionName":
                assert dimension["Value"]["Ref"] in functions, name
            if dimension["Name"] == "QueueName":
                queue, attribute = dimension["Value"]["Fn::GetAtt"]
                assert (template["Resources"][queue]["Type"], attribute) == ("AWS::SQS::Queue", "QueueName"), name


def test_the_apis_alarms_name_the_api_and_the_stage_that_are_deployed(template: Template) -> None:
    api = template["Resources"]["RestAPI"]["Properties"]
    named = {"ApiName": api["Name"], "Stage": api["StageName"]}
    found = [alarm for alarm in alarms(template).values() if alarm["Namespace"] == "AWS/ApiGateway"]
    assert found
    for alarm in found:
        assert {each["Name"]: each["Value"] for each in alarm["Dimensions"]} == named


def test_every_alarm_wakes_somebody_and_says_why(template: Template) -> None:
    for name, alarm in alarms(template).items():
        assert alarm["AlarmActions"] == [{"Ref": "Alarms"}], name
        assert alarm["AlarmDescription"].endswith("."), name
        assert ("Statistic" in alarm) is not ("ExtendedStatistic" in alarm), name


def test_a_count_that_is_not_told_is_an_alarm_where_silence_is_the_fault(template: Template) -> None:
    """What counts how often somebody looked rings when nobody did; of all else silence is peace."""
    for name, alarm in alarms(template).items():
        silent = alarm.get("Statistic") == "SampleCount"
        assert alarm["TreatMissingData"] == ("breaching" if silent else "notBreaching"), name
        assert alarm["ComparisonOperator"] == ("LessThanThreshold" if silent else "GreaterThanThreshold"), name


def test_every_queue_of_dead_letters_has_an_alarm(template: Template) -> None:
    """O1."""
    queues = {name for name, one in template["Resources"].items() if one["Type"] == "AWS::SQS::Queue"}
    watched = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in alarms(template).values()
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "QueueName"
    }
    assert {name for name in queues if name.endswith("DeadLetters")} == watched


def shown(template: Template) -> Iterator[tuple[str, str]]:
    """The metrics of the dashboard's widgets; a dot repeats what stood in its place before."""
    body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    for widget in json.loads(body)["widgets"]:
        before: list[str] = []
        for row in widget["properties"].get("metrics", ()):
            texts = [each for each in row if isinstance(each, str)]
            if texts[0] == "...":
                texts = [*before[: len(before) - len(texts) + 1], *texts[1:]]
            before = [before[place] if each == "." else each for place, each in enumerate(texts)]
            yield before[0], before[1]


def test_the_dashboard_shows_numbers_that_somebody_tells(template: Template) -> None:
    found = list(shown(template))
    assert found
    for namespace, name in found:
        assert name in (measured() if namespace == NAMESPACE else OF_AWS[namespace][0]), name
    body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    letters = {name for name in template["Resources"] if name.endswith("DeadLetters")}
    assert letters == {name for name in letters if f"${{{name}.QueueName}}" in body}
    assert {name for name in measured() if name.startswith("stuck_")} <= {name for _, name in found}


LOOKED_AFTER = {
    "confirmations": {"ConfirmationsBehind", "ConfirmationsNotLookedAfter"},
    "deliveries": {"WebhooksBehind", "WebhooksNotLookedAfter"},
    "notifications": {"NoticesBehind", "NoticesNotLookedAfter", "NoticesGivenUp"},
    "payments": {"ProcessingStuck", "SettleProcessingFails"},
    "payouts": {"PayoutsStuck", "SettleProcessingFails"},
    "refund_requests": {"ProcessingStuck", "SettleProcessingFails"},
    "refunds": {"ProcessingStuck", "SettleProcessingFails"},
    "settlement_days": {"DaysNotSettled", "DaysNotLookedAfter"},
    "top_ups": {"ProcessingStuck", "SettleProcessingFails"},
    "transfers": {"ProcessingStuck", "SettleProcessingFails"},
    "withdrawals": {"ProcessingStuck", "SettleProcessingFails"},
}
"""Whatever something still has to happen to by itself, and what wakes somebody when it does not."""
BY_HAND = {"merchant_applications": "an operator decides; ./wallet merchants applications lists those that wait"}


def test_o8_whatever_waits_for_its_time_has_an_alarm(template: Template) -> None:
    """O8: every capability whose items stand in the index of what is due."""
    stores = {path.parent.name for path in SOURCES if "due_bucket = " in path.read_text("utf-8")} - {"storage"}
    assert stores == LOOKED_AFTER.keys() | BY_HAND.keys()
    assert set().union(*LOOKED_AFTER.values()) <= set(alarms(template))
