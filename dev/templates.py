"""Reads the CloudFormation files in infra/: the short forms `!Ref`, `!Sub`, `!GetAtt`, and the tables in them.

The local cloud and the tests create their tables from what is deployed, so the two cannot drift apart.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml

ROOT = Path(__file__).resolve().parent.parent
RESOURCES = ROOT / "infra" / "resources.yaml"
OVERRIDES = ROOT / "infra" / "overrides.yaml"
EDGE = ROOT / "infra" / "edge.yaml"
ACCOUNT = ROOT / "infra" / "account.yaml"

Template = dict[str, Any]

# What `create_table` takes; the rest (TTL, point-in-time recovery, encryption, protection) is asked for in other calls.
TABLE_PROPERTIES = (
    "TableName",
    "BillingMode",
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "ProvisionedThroughput",
)


# A SafeLoader that writes short intrinsics in their long form. A class of ours: nobody else's YAML changes. In C, where PyYAML was
# built so: every start of the local cloud waits for it.
_Loader: Any = type("_Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {})


def _intrinsic(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(cast(yaml.MappingNode, node), deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)


def load_template(path: Path) -> Template:
    """Returns the template with every intrinsic in its long form, ready to be written as JSON."""
    return cast(Template, yaml.load(path.read_text("utf-8"), Loader=_Loader))  # a SafeLoader


def _resolved(value: Any, parameters: Mapping[str, str]) -> Any:
    """Replaces `Ref` and `Sub` of parameters; other intrinsics stay as they are."""
    if isinstance(value, list):
        return [_resolved(item, parameters) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("Fn::Sub"), str):
        return re.sub(r"\$\{(\w+)\}", lambda name: parameters.get(name[1], name[0]), value["Fn::Sub"])
    if "Ref" in value:
        return parameters.get(value["Ref"], value)
    return {key: _resolved(item, parameters) for key, item in value.items()}


def _resources(path: Path, kind: str, stage: str) -> dict[str, dict[str, Any]]:
    resources = load_template(path)["Resources"]
    return {
        name: _resolved(resource.get("Properties", {}), {"Stage": stage})
        for name, resource in resources.items()
        if resource["Type"] == kind
    }


def table_specs(path: Path = RESOURCES, *, stage: str = "local") -> list[dict[str, Any]]:
    """Returns the arguments of boto3's `create_table` for each table in the file, in its order."""
    specs = []
    for properties in _resources(path, "AWS::DynamoDB::Table", stage).values():
        spec = {name: properties[name] for name in TABLE_PROPERTIES if name in properties}
        if stream := properties.get("StreamSpecification"):
            spec["StreamSpecification"] = {"StreamEnabled": True, **stream}
        specs.append(spec)
    return specs


def table_names(path: Path = RESOURCES, *, stage: str = "local") -> dict[str, str]:
    """Returns the name of each table by its logical id: `{"LedgerTable": "wallet-local-ledger", …}`."""
    return {name: table["TableName"] for name, table in _resources(path, "AWS::DynamoDB::Table", stage).items()}


def table_environment(stage: str = "local") -> dict[str, str]:
    """Returns what names the tables to the functions: `{"WALLET_TABLE_LEDGER": "wallet-local-ledger", …}`."""
    names = table_names(stage=stage)
    variables = load_template(OVERRIDES)["Globals"]["Function"]["Environment"]["Variables"]
    own = {variable: own_of(value) for variable, value in variables.items()}
    return {variable: names[value["Ref"]] for variable, value in own.items() if value.get("Ref") in names}


def own_of(value: Any) -> Any:
    """What a value is while no restored table stands in for the stack's own."""
    if isinstance(value, dict) and value.get("Fn::If", ("",))[0] == "TablesRestored":
        return value["Fn::If"][2]
    return value


def expiring_tables(path: Path = RESOURCES, *, stage: str = "local") -> dict[str, str]:
    """Returns the attribute that holds the time to live, by table name, of each table that has one."""
    return {
        table["TableName"]: table["TimeToLiveSpecification"]["AttributeName"]
        for table in _resources(path, "AWS::DynamoDB::Table", stage).values()
        if "TimeToLiveSpecification" in table
    }
