"""The template as CloudFormation takes it: SAM's own translator expands it, and moto's CloudFormation makes the stack."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import moto.awslambda
import moto.cloudwatch
import moto.events
import moto.iam
import moto.kms
import moto.logs
import moto.sns
import moto.sqs  # noqa: F401  each brings its resources to CloudFormation
import pytest
from moto.awslambda.models import lambda_backends
from moto.cloudformation.models import cloudformation_backends
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.sqs.models import sqs_backends

from dev.functions import RIGHTS, logical
from dev.packaging import STAGES
from dev.templates import ROOT, Template
from tests.infra.packaged import expanded_by_sam, in_stage

ACCOUNT, REGION, BUCKET = "123456789012", "eu-central-1", "wallet-packages"
UNPLAYED = ("AWS::ApiGateway::", "AWS::WAFv2::")
"""moto makes no REST API from a body. That part is held by cfn-lint, and by the local server, which answers as the template says."""


@pytest.fixture(scope="module", params=STAGES)
def stage(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def expanded(stage: str, written: dict[str, Path]) -> Template:
    """CloudFormation's own words, from SAM's."""
    return expanded_by_sam(json.loads(written[stage].read_text()), BUCKET)


@pytest.fixture(scope="module")
def stack(stage: str, expanded: Template) -> Iterator[Any]:
    """The stack, made by moto in a region of its own."""
    whole = {
        name: one
        for name, one in expanded["Resources"].items()
        if not one["Type"].startswith(UNPLAYED) and "RestAPI" not in json.dumps(one)
    }
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("app.py", "")
    cloudformation: Any = cloudformation_backends[ACCOUNT][REGION]
    backends = [each[ACCOUNT][REGION] for each in (lambda_backends, dynamodb_backends, sqs_backends)]
    bucket = s3_backends[ACCOUNT]["aws"]
    bucket.create_bucket(BUCKET, REGION)
    bucket.put_object(BUCKET, "deployment.zip", package.getvalue())
    template = {**expanded, "Resources": whole, "Outputs": {}, "AWSTemplateFormatVersion": "2010-09-09"}
    with pytest.warns(UserWarning, match="not supported by moto"):
        made = cloudformation.create_stack(
            name=f"wallet-{stage}", template=json.dumps(template), parameters={"Stage": stage}, notification_arns=[], tags={},
            role_arn=None,
        )  # fmt: skip
    yield made
    for backend in (*backends, cloudformation, bucket):
        backend.reset()


def test_the_stack_is_made(stack: Any, stage: str) -> None:
    assert stack.status == "CREATE_COMPLETE"
    names = {f"wallet-{stage}-{table}" for table in ("ledger", "accounts", "people", "records", "ephemeral")}
    assert set(dynamodb_backends[ACCOUNT][REGION].tables) == names


def test_its_tables_are_protected_by_stage_and_encrypted_with_a_key_of_the_stack(stack: Any, stage: str) -> None:
    tables: dict[str, Any] = dynamodb_backends[ACCOUNT][REGION].tables
    for name, table in tables.items():
        lasting = not name.endswith("ephemeral")
        assert table.deletion_protection_enabled == (lasting and stage == "prod"), name
        assert table.sse_specification["KMSMasterKeyId"].startswith(f"arn:aws:kms:{REGION}:{ACCOUNT}:key/"), name
        assert table.billing_mode == "PAY_PER_REQUEST", name
        streamed = name.endswith(("ledger", "records"))
        assert table.stream_specification.get("StreamViewType") == ("NEW_AND_OLD_IMAGES" if streamed else None), name


def test_its_functions_have_their_python_memory_time_and_share(stack: Any, stage: str) -> None:
    made = {each.function_name: each for each in lambda_backends[ACCOUNT][REGION].list_functions()}
    assert len(made) == len(RIGHTS)
    for name, function in made.items():
        assert function.run_time == "python3.13", name
        assert function.timeout < 29 or "VerifyLedger" in name, name
        assert function.memory_size >= 1024, name
        assert bool(function.reserved_concurrency) == (stage == "prod"), name


def test_its_queues_give_up_into_dead_letters(stack: Any) -> None:
    queues: dict[str, Any] = sqs_backends[ACCOUNT][REGION].queues
    redriven = [queue for queue in queues.values() if queue.redrive_policy]
    assert redriven
    arns = {queue.queue_arn for queue in queues.values()}
    assert {queue.redrive_policy["deadLetterTargetArn"] for queue in redriven} <= arns


def test_a_release_is_tried_on_a_tenth_and_taken_back_when_answers_fail(expanded: Template, stage: str) -> None:
    """API Gateway asks the alias, which moves from release to release by CodeDeploy."""
    resources = in_stage(expanded["Resources"], {"CarefulReleases": stage == "prod"})
    alias = resources["APIHandlerAliaslive"]
    assert alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"] == {
        "Ref": "APIHandlerDeploymentGroup"
    }
    group = resources["APIHandlerDeploymentGroup"]["Properties"]
    assert group["AutoRollbackConfiguration"]["Enabled"] is True
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    (_, config) = group["DeploymentConfigName"]["Fn::Sub"]
    if stage == "prod":
        assert config["ConfigName"] == "Canary10Percent10Minutes"
        watched = [each["Name"]["Ref"] for each in group["AlarmConfiguration"]["Alarms"]]
        assert watched == ["ReleaseFails", "ApiHandlerFails"]
        quick = resources["ReleaseFails"]["Properties"]
        assert quick["Period"] * quick["EvaluationPeriods"] < 600, "it rings while the release is tried"
        assert quick["MetricName"] == "5XXError"
        assert quick["Threshold"] < 0.1, "a release that always fails shows in a tenth of the answers"
    else:
        assert config["ConfigName"] == "AllAtOnce"
    (version,) = [one for one in resources.values() if one["Type"] == "AWS::Lambda::Version"]
    assert version["DeletionPolicy"] == "Retain", "the former release is there to go back to"


def test_a_release_that_mends_what_fails_is_not_stopped_by_the_alarm_that_rings(expanded: Template) -> None:
    """Nor one while the wallet stands still, when every answer is a 5xx: a restore ends with a deployment."""
    careful = {"Fn::And": [{"Condition": "Guarded"}, {"Fn::Equals": [{"Ref": "Releases"}, "careful"]}]}
    assert expanded["Conditions"]["CarefulReleases"] == careful
    assert expanded["Parameters"]["Releases"]["Default"] == "careful"
    resources = in_stage(expanded["Resources"], {"Guarded": True, "CarefulReleases": False})
    group = resources["APIHandlerDeploymentGroup"]["Properties"]
    assert group["AlarmConfiguration"] == {}
    assert group["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": "AllAtOnce"}
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert re.search(r"RestoredTables=r1 .*Releases=at-once", page)


def test_api_gateway_asks_the_release_that_is_live_and_nothing_else(expanded: Template) -> None:
    api = json.dumps(expanded["Resources"]["RestAPI"])
    assert "${APIHandlerAliaslive}" in api
    assert "APIHandler.Arn" not in json.dumps(expanded["Resources"])
    permission = expanded["Resources"]["APIHandlerInvokePermission"]["Properties"]
    assert permission["FunctionName"] == {"Ref": "APIHandlerAliaslive"}


def test_a_schedules_call_that_waits_too_long_is_dropped(expanded: Template) -> None:
    """Lambda would keep it for six hours, and hand over all of them when an instance is free again."""
    rules = [one["Properties"] for one in expanded["Resources"].values() if one["Type"] == "AWS::Events::Rule"]
    every = {rule["Targets"][0]["Arn"]["Fn::GetAtt"][0]: rule["ScheduleExpression"] for rule in rules}
    waiting = {
        one["Properties"]["FunctionName"]["Ref"]: one["Properties"]
        for one in expanded["Resources"].values()
        if one["Type"] == "AWS::Lambda::EventInvokeConfig"
    }
    assert set(every) == set(waiting)
    for function, limits in waiting.items():
        minute = every[function] == "rate(1 minute)"
        assert limits["MaximumEventAgeInSeconds"] == (60 if minute else 3600), function
        assert limits["MaximumRetryAttempts"] == (0 if minute else 2), function
    assert logical("verify_ledger") in waiting
