"""What AWS refuses when a stack is made, or drops without a word, and what neither a linter nor a played AWS asks about: its documented
quotas, each with a place where it is told.
"""

import json
import re
from collections import Counter
from typing import Any

import pytest

from app import app
from dev.templates import ROOT, Template, own_of
from tests.client import Api
from tests.infra.packaged import functions, in_stage, of_type

ARN = "arn:aws:dynamodb:ap-southeast-1:123456789012:table/wallet-prod-accounts-" + "r" * 20
"""As long as the names of this stack's things become."""


def written(value: Any) -> int:
    """Bytes, without blanks, as CloudFormation keeps it."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def test_the_whole_is_one_stack_that_cloudformation_takes(expanded: Template) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html; of what SAM made of it."""
    assert len(expanded["Resources"]) <= 500
    assert len(expanded["Parameters"]) <= 200
    assert len(expanded["Outputs"]) <= 200
    assert len(expanded.get("Description", "")) <= 1024
    assert all(len(one["Description"].encode()) <= 4000 for one in expanded["Parameters"].values())
    assert written(expanded) < 1_048_576 * 0.7
    # The command line writes what is no ASCII as escapes.
    assert len(json.dumps(expanded)) < 1_048_576 * 0.8


def test_the_api_has_no_more_paths_and_words_than_api_gateway_takes(expanded: Template) -> None:
    """300 resources, the root and each part of a path among them; 6 MB of a definition; 3 KB of a log's format.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
    """
    (api,) = of_type(expanded, "AWS::ApiGateway::RestApi").values()
    body = api["Properties"]["Body"]
    nodes = {"/"}
    for path in body["paths"]:
        parts = path.strip("/").split("/")
        nodes |= {"/" + "/".join(parts[: length + 1]) for length in range(len(parts))}
    assert set(body["paths"]) == set(app.routes)
    assert len(nodes) <= 300
    parts_of_paths = {part for path in body["paths"] for part in path.split("/") if part}
    assert [part for part in parts_of_paths if not re.fullmatch(r"[A-Za-z0-9._:-]+|\{\w+\}", part)] == []
    assert written(body) <= 6 * 1024 * 1024
    (stage,) = of_type(expanded, "AWS::ApiGateway::Stage").values()
    assert len(stage["Properties"]["AccessLogSetting"]["Format"]) <= 3 * 1024
    assert all(len(name) <= 64 for name in stage["Properties"]["Variables"])


def test_no_two_paths_name_the_same_place_otherwise(expanded: Template) -> None:
    """API Gateway takes one name for what varies at a place: `/v1/payments/{id}` beside `/v1/payments/{payment_id}` is refused."""
    (api,) = of_type(expanded, "AWS::ApiGateway::RestApi").values()
    named: dict[str, set[str]] = {}
    for path in api["Properties"]["Body"]["paths"]:
        for match in re.finditer(r"\{(\w+)\}", path):
            named.setdefault(path[: match.start()], set()).add(match[1])
    assert named
    assert {place: names for place, names in named.items() if len(names) > 1} == {}


def test_a_functions_settings_have_room(expanded: Template) -> None:
    """4 KB of environment, names and values. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
    for name, one in of_type(expanded, "AWS::Lambda::Function").items():
        variables = one["Properties"]["Environment"]["Variables"]
        assert sum(len(variable) + len(ARN) for variable in variables) <= 4096, name
        assert not [variable for variable in variables if variable.startswith(("AWS_", "LAMBDA_"))], "Lambda's own"


@pytest.mark.parametrize("restored", [True, False])
def test_a_roles_policies_have_room(expanded: Template, restored: bool) -> None:
    """10,240 characters without blanks. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    conditions = {"TablesRestored": restored, "FormerFieldKey": True}
    for name, role in of_type(expanded, "AWS::IAM::Role").items():
        text = json.dumps(in_stage(role["Properties"].get("Policies", []), conditions), separators=(",", ":"))
        assert len(re.sub(r'\{"(Fn::GetAtt|Fn::Sub|Ref)":[^}]*\}', f'"{ARN}"', text)) <= 10_240, name


def test_what_calls_a_function_has_few_statements(expanded: Template) -> None:
    """20 KB of a function's own policy, of which SAM would write one for each path."""
    calls = Counter(
        json.dumps(one["Properties"]["FunctionName"]) for one in of_type(expanded, "AWS::Lambda::Permission").values()
    )
    assert max(calls.values()) <= 2


def test_no_more_than_two_read_a_stream(template: Template) -> None:
    """A third would be throttled, and hold up the other two.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
    """
    sources = [each["Properties"] for one in functions(template).values() for each in one.get("Events", {}).values()]
    readers = Counter(own_of(each["Stream"])["Fn::GetAtt"][0] for each in sources if "Stream" in each)
    assert readers
    assert max(readers.values()) <= 2


def test_alarms_look_no_farther_back_than_cloudwatch_does(template: Template) -> None:
    """A day, or seven where a period is an hour or more; five actions, and 1,024 characters of what it means.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    assert alarms
    for name, one in alarms.items():
        alarm = one["Properties"]
        assert alarm["Period"] % 60 == 0, name
        assert alarm["Period"] * alarm["EvaluationPeriods"] <= (604_800 if alarm["Period"] >= 3600 else 86_400), name
        assert len(alarm["AlarmActions"]) <= 5, name
        assert len(alarm["AlarmDescription"]) <= 1024, name


def test_a_fresh_accounts_instances_are_enough(template: Template) -> None:
    """1,000, of which a hundred stay with nobody. https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""
    shares = [one["ReservedConcurrentExecutions"]["Fn::If"][1] for one in functions(template).values()]
    assert sum(shares) + 100 <= 1000
    assert str(sum(shares) + 100) in (ROOT / "docs" / "deploying.md").read_text("utf-8"), "the page says how many"


def test_the_page_counts_what_costs_before_the_first_request(expanded: Template) -> None:
    page = " ".join((ROOT / "docs" / "deploying.md").read_text("utf-8").split())
    kinds = {
        "alarms": "AWS::CloudWatch::Alarm",
        "keys": "AWS::KMS::Key",
        "secret": "AWS::SecretsManager::Secret",
        "dashboard": "AWS::CloudWatch::Dashboard",
        "schedules": "AWS::Events::Rule",
    }
    for word, kind in kinds.items():
        assert f" {len(of_type(expanded, kind))} {word}" in page, kind


LARGEST_ANSWER = 6_291_556
"""Bytes of what a function answers, as JSON. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


@pytest.mark.parametrize(
    "path", ["/openapi.json", "/docs/bruno.json", "/docs/assets/swagger-ui-bundle.js", "/llms.txt", "/docs/errors"]
)
def test_the_largest_answers_have_room_in_what_lambda_hands_on(api: Api, path: str) -> None:
    answer = api.get(path)
    assert answer.status == 200
    handed_on = {"statusCode": 200, "headers": dict(answer.headers), "multiValueHeaders": {}, "body": answer.text}
    assert len(json.dumps(handed_on)) <= LARGEST_ANSWER / 2
