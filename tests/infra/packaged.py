"""What a packaged template holds, found as CloudFormation and Lambda find it."""

import copy
import json
from typing import Any

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from dev.templates import Template

READS_A_STREAM = {"dynamodb:GetRecords", "dynamodb:GetShardIterator"}


def functions(template: Template) -> dict[str, dict[str, Any]]:
    resources = template["Resources"].items()
    return {name: one["Properties"] for name, one in resources if one["Type"] == "AWS::Serverless::Function"}


def of_type(template: Template, kind: str) -> dict[str, Any]:
    return {name: one for name, one in template["Resources"].items() if one["Type"] == kind}


def is_prod(template: Template) -> bool:
    """Whose package it is."""
    return bool(template["Parameters"]["Stage"]["Default"] == "prod")


class _Session:
    region_name = "eu-central-1"


def expanded_by_sam(packaged: Template, bucket: str = "packages", **parameters: str) -> Template:
    """CloudFormation's own words, from SAM's, as they are when these parameters are given."""
    template = copy.deepcopy(packaged)
    for function in functions(template).values():
        function["CodeUri"] = f"s3://{bucket}/deployment.zip"
    given = {"Stage": str(template["Parameters"]["Stage"]["Default"]), **parameters}
    found: Template = Translator({}, Parser(), boto_session=_Session()).translate(template, given)
    return found


def in_stage(value: Any, conditions: dict[str, bool]) -> Any:
    """A value as CloudFormation resolves its conditions; AWS::NoValue takes the property away."""
    if isinstance(value, list):
        return [in_stage(each, conditions) for each in value]
    if not isinstance(value, dict):
        return value
    if "Fn::If" in value:
        name, then, otherwise = value["Fn::If"]
        return in_stage(then if conditions.get(name, False) else otherwise, conditions)
    resolved = {name: in_stage(each, conditions) for name, each in value.items()}
    return {name: each for name, each in resolved.items() if each != {"Ref": "AWS::NoValue"}}


def allowed(template: Template, function: str) -> list[dict[str, Any]]:
    """The statements of a function's role, found as Lambda finds them."""
    role = functions(template)[function]["Role"]["Fn::GetAtt"][0]
    properties = template["Resources"][role]["Properties"]
    assert properties["ManagedPolicyArns"] == [], "a role has its own policy and no other"
    (policy,) = properties["Policies"]
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return statements


def actions_on(template: Template, function: str, table: str) -> set[str]:
    """What a function may do to a table, by its whole ARN or a pattern that it fits."""
    return {
        action
        for statement in allowed(template, function)
        if table in json.dumps(statement.get("Resource")) or statement.get("Resource") == "*"
        for action in statement["Action"]
        if action.startswith("dynamodb:") and "Stream" not in action and action not in READS_A_STREAM
    }
