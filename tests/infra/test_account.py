"""What is made once for all stages: who deploys may do what deploying takes, by CloudFormation's own lists, and nothing beyond it."""

import ast
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from types import ModuleType
from typing import Any

from botocore import xform_name
from botocore.session import get_session
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from dev import (
    alarms,
    checking,
    halting,
    ledger,
    letters,
    logs,
    master_secrets,
    merchants,
    readiness,
    redrive,
    restoring,
    rotation,
    stacks,
    stuck,
    tracing,
)
from dev.checks import LINT_TEMPLATE
from dev.packaging import STAGES
from dev.templates import ACCOUNT, Template, load_template
from tests.infra.packaged import of_type

MADE = load_template(ACCOUNT)
NOT_OURS = (
    "amplify", "apprunner", "appsync", "bedrock-agentcore", "cognito-idp", "ec2", "elasticfilesystem", "elasticloadbalancing",
    "firehose", "kinesis", "s3files",
)  # fmt: skip
"""Services that a kind of resource may be joined to, and that no stage has."""
UNUSED = {
    # Tables that come from a bucket or live in several regions, and tables' items.
    "dynamodb:*Item", "dynamodb:AssociateTableReplica", "dynamodb:CreateTableReplica", "dynamodb:DescribeImport", "dynamodb:Query",
    "dynamodb:Scan",
    # Roles that services make for themselves, and boundaries that are taken away.
    "iam:CreateServiceLinkedRole", "iam:DeleteRolePermissionsBoundary",
    # What is signed, layered, shared, or lives in a network or on instances of one's own.
    "codedeploy:RegisterOnPremisesInstance", "lambda:GetCodeSigningConfig", "lambda:GetLayerVersion", "lambda:PassCapacityProvider",
    "logs:*LogDelivery", "logs:*LogEvents", "logs:*LogStream*", "logs:*ResourcePolic*", "logs:PutBearerTokenAuthentication",
    "s3:GetObjectMetadata", "s3:ListBucket", "s3:REST.PUT.OBJECT",
    "secretsmanager:GetSecretValue", "secretsmanager:RemoveRegionsFromReplication", "secretsmanager:ReplicateSecretToRegions",
    "wafv2:*PermissionPolicy",
    # Lists of everything, which making a stack does not take.
    "*:List*",
}  # fmt: skip


def statements(name: str) -> Iterator[dict[str, Any]]:
    properties = MADE["Resources"][name]["Properties"]
    documents = [each["PolicyDocument"] for each in properties.get("Policies", [properties])]
    for document in documents:
        yield from document["Statement"]


def patterns(name: str) -> list[str]:
    """The actions that are allowed; a statement may have one alone."""
    return [action for each in statements(name) if each["Effect"] == "Allow" for action in actions_of(each)]


def actions_of(statement: dict[str, Any]) -> list[str]:
    actions: str | list[str] = statement["Action"]
    return [actions] if isinstance(actions, str) else actions


def covered(action: str, allowed: list[str]) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in allowed)


def test_cfn_lint_finds_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LINT_TEMPLATE, "--", str(ACCOUNT)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_the_deployer_may_do_whatever_making_a_stage_takes(expanded: Template) -> None:
    """By what CloudFormation says that it calls for each kind of resource in it."""
    allowed, lacking = patterns("Deployer"), set()
    for kind in {one["Type"] for one in expanded["Resources"].values()}:
        handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", kind).schema["handlers"]
        for act in ("create", "read", "update", "delete"):
            for action in handlers.get(act, {}).get("permissions", ()):
                if action.partition(":")[0] not in NOT_OURS and not covered(action, [*allowed, *UNUSED]):
                    lacking.add(f"{kind}: {action}")
    assert lacking == set()


def test_who_deploys_and_the_deployer_may_let_sam_expand_the_template() -> None:
    """CloudFormation asks both of them, for the very transform."""
    for name in ("Deployer", "Deploying"):
        transforms = [each for each in statements(name) if "cloudformation:CreateChangeSet" in actions_of(each)]
        assert any("aws:transform/Serverless-2016-10-31" in json.dumps(each["Resource"]) for each in transforms), name


def test_the_deployer_touches_nobody_elses_things() -> None:
    """Names that begin with wallet-, but for keys, mappings and addresses of API Gateway, whose names are ids."""
    everywhere = {each["Sid"] for each in statements("Deployer") if each["Resource"] == "*"}
    assert everywhere == {"Keys", "Looking", "OurSources"}
    for each in statements("Deployer"):
        if each["Sid"] in everywhere | {"Expanding", "Gateway", "Packages", "TagsOfSources"}:
            continue
        resources = each["Resource"] if isinstance(each["Resource"], list) else [each["Resource"]]
        for resource in resources:
            assert (
                "wallet-*" in resource["Fn::Sub"]
                or "/wallet/*" in resource["Fn::Sub"]
                or "deploymentconfig" in resource["Fn::Sub"]
            )
    assert not covered("kms:ReplicateKey", patterns("Deployer"))
    assert not covered("iam:CreateUser", patterns("Deployer"))
    assert not covered("dynamodb:PutItem", patterns("Deployer")), "it makes tables and writes nothing in them"
    assert not covered("secretsmanager:GetSecretValue", patterns("Deployer"))


def test_a_role_is_made_and_given_rights_only_within_the_boundary() -> None:
    """Else whoever deploys could write themselves an administrator."""
    by = {each["Sid"]: each for each in statements("Deployer")}
    bounded = by["BoundedOnesAlone"]
    assert bounded["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": {"Ref": "RolesBoundary"}}}
    giving = {"iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"}
    assert giving <= set(bounded["Action"])
    free = [action for name, each in by.items() if name != "BoundedOnesAlone" for action in actions_of(each)]
    assert not [action for action in giving if covered(action, free)]
    assert not covered("iam:DeleteRolePermissionsBoundary", free)
    passed = by["GivenToTheirServices"]["Condition"]["StringEquals"]["iam:PassedToService"]
    assert set(passed) == {"apigateway.amazonaws.com", "codedeploy.amazonaws.com", "lambda.amazonaws.com"}


def test_what_a_stages_roles_may_is_within_the_boundary(expanded: Template) -> None:
    allowed = patterns("RolesBoundary")
    for name, role in of_type(expanded, "AWS::IAM::Role").items():
        for policy in role["Properties"].get("Policies", ()):
            for statement in policy["PolicyDocument"]["Statement"]:
                for action in statement["Action"]:
                    assert covered(action, allowed), f"{name}: {action}"
    assert not [action for action in allowed if action.startswith("iam:") or action == "*"]


def test_whoever_deploys_hands_over_a_package_and_acts_as_the_deployer_alone() -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html"""
    services = {action.partition(":")[0] for action in patterns("Deploying")}
    assert services == {"cloudformation", "iam", "s3"}
    (passing,) = [each for each in statements("Deploying") if each["Action"] == "iam:PassRole"]
    assert passing["Resource"] == {"Fn::GetAtt": ["Deployer", "Arn"]}
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}


NAMES = {"dynamodbstreams": "dynamodb", "sesv2": "ses", "apigateway": "apigateway"}
"""What IAM calls a service otherwise than botocore."""


def calls_of(module: ModuleType) -> Iterator[str]:
    """The rights that a command's own calls take: each call of AWS's that its source names, on the clients that it makes."""
    source = inspect.getsource(module)
    services = {name for name in OPERATIONS if re.search(rf'"{name}"', source)}
    for node in ast.walk(ast.parse(source)):
        called = (
            node.attr if isinstance(node, ast.Attribute) else node.value if isinstance(node, ast.Constant) else None
        )
        for service in services:
            if isinstance(called, str) and called in OPERATIONS[service]:
                name = "GET" if service == "apigateway" else OPERATIONS[service][called]
                yield f"{NAMES.get(service, service)}:{name}"


OPERATIONS = {
    service: {xform_name(name): name for name in get_session().get_service_model(service).operation_names}
    for service in (
        "acm", "apigateway", "cloudformation", "cloudwatch", "dynamodb", "dynamodbstreams", "lambda", "logs", "secretsmanager", "sesv2",
        "sns", "sqs", "sts",
    )
}  # fmt: skip
COMMANDS = (
    alarms, checking, halting, ledger, letters, logs, master_secrets, merchants, readiness, redrive, restoring, rotation, stacks, stuck,
    tracing,
)  # fmt: skip


def test_whoever_is_on_call_may_do_what_the_commands_do() -> None:
    allowed = [*patterns("Operating"), "sts:GetCallerIdentity"]
    found = {call for module in COMMANDS for call in calls_of(module)}
    assert len(found) > 20
    assert {call for call in found if not covered(call, allowed)} == set()


def test_what_the_wallet_itself_does_for_an_operator_they_may_as_well(expanded: Template) -> None:
    """Merchants, fee schedules, verifying and rebuilding go through the wallet's own rules, in the operator's name."""
    allowed = patterns("Operating")
    for role in ("FoldLedgerRole", "VerifyLedgerRole", "SettleProcessingRole"):
        (policy,) = expanded["Resources"][role]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Sid"] not in ("Log", "ReadItsStream", "FindStreams"):
                assert [action for action in statement["Action"] if not covered(action, allowed)] == [], role


def test_nobody_on_call_changes_or_removes_an_entry() -> None:
    (denied,) = [each for each in statements("Operating") if each["Effect"] == "Deny"]
    assert {"dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"} <= set(denied["Action"])
    tables = [each["Fn::Sub"].rpartition("/")[2] for each in denied["Resource"]]
    assert tables == [f"wallet-{stage}-ledger" for stage in STAGES]


def test_packages_are_kept_encrypted_in_every_version_for_nobody_else() -> None:
    bucket = MADE["Resources"]["Packages"]["Properties"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (tls,) = MADE["Resources"]["PackagesPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_policies_have_room() -> None:
    """10,240 characters in a role, 6,144 in a managed policy. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    for name, one in MADE["Resources"].items():
        properties = one["Properties"]
        if one["Type"] == "AWS::IAM::Role":
            assert len(json.dumps(properties["Policies"], separators=(",", ":"))) <= 10_240, name
        if one["Type"] == "AWS::IAM::ManagedPolicy":
            assert len(json.dumps(properties["PolicyDocument"], separators=(",", ":"))) <= 6_144, name
