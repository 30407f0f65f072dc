"""A deployed stack around the local wallet, as AWS shows it to an operator.

The clients are botocore's, so every call's names and types are held against AWS's own models. The local cloud answers for DynamoDB,
queues and secrets; CloudFormation, Lambda, CloudWatch and its logs are answered here, from what infra/ says the stack holds.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

from dev.cloud.local import LocalCloud
from dev.functions import FUNCTIONS, logical
from dev.packaging import merged_infra
from dev.templates import table_names, table_specs

PLAYED = ("cloudformation", "lambda", "cloudwatch", "logs")
RESTORES = ("RestoreTableToPointInTime", "UpdateContinuousBackups")
SINCE = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)


class Deployment:
    """Stands in for a botocore session. `calls` is every played call with what it asked for."""

    def __init__(self, cloud: LocalCloud, stage: str = "prod") -> None:
        self.cloud = cloud
        self.name = f"wallet-{stage}"
        self.stage = stage
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.ringing: set[str] = set()
        self.logged: list[dict[str, Any]] = []
        self.instances: dict[str, int | None] = {}
        """Reserved instances by function, the one that was set last at the end."""
        self.parameters = {"Stage": stage, "PublicUrl": "https://wallet.bank.example", "Begun": ""}
        self.status = "CREATE_COMPLETE"
        self.updates_succeed = True
        self.sources: dict[str, bool] = {}
        self._sources: dict[str, str] = {}
        self.restored: list[str] = []
        self.sqs: Any = cloud.session.create_client("sqs", region_name=cloud.region)
        self.resources = {name: self._physical(name, one) for name, one in self._declared().items()}

    def close(self) -> None:
        """Removes what was made for it."""
        for name, (kind, physical) in self.resources.items():
            if kind == "AWS::SQS::Queue" and name.endswith("DeadLetters"):
                self.sqs.delete_queue(QueueUrl=physical)
        dynamodb: Any = self.cloud.session.create_client("dynamodb", region_name=self.cloud.region)
        for table in self.restored:
            dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
            dynamodb.delete_table(TableName=table)

    def physical(self, name: str) -> str:
        return self.resources[name][1]

    def get_config_variable(self, _name: str) -> str:
        return self.cloud.region

    def create_client(self, service: str, region_name: str | None = None) -> Any:
        client = self.cloud.session.create_client(service, region_name=region_name or self.cloud.region)
        client.meta.events.register("before-parameter-build.*.*", _remember)
        client.meta.events.register_first("before-call.*.*", self._answer)
        return client

    def _declared(self) -> dict[str, str]:
        found = {
            name: str(one.get("Type", "AWS::Made::ByChalice"))
            for name, one in merged_infra(self.stage)["Resources"].items()
        }
        return found | {logical(name): "AWS::Lambda::Function" for name in FUNCTIONS}

    def _physical(self, name: str, kind: str) -> tuple[str, str]:
        settings = self.cloud.wallet.settings
        known = {
            **table_names(),
            "KeysSecret": settings.keys_secret,
            "WebhooksQueue": settings.webhooks_queue,
            "ConfirmationsQueue": settings.confirmations_queue,
        }
        if name in known:
            return kind, known[name]
        if kind == "AWS::SQS::Queue":
            return kind, self.sqs.create_queue(QueueName=f"{self.name}-{name}")["QueueUrl"]
        return kind, f"{self.name}-{name}-1AB2C3"

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        service = model.service_model.service_name
        if service not in PLAYED and model.name not in RESTORES:
            return None
        asked = context["asked"]
        self.calls.append((model.name, asked))
        play: Callable[[dict[str, Any]], dict[str, Any]] = getattr(self, f"_{model.name}")
        answer = play(asked)
        if model.output_shape is not None:
            validate_parameters(answer, model.output_shape)
        return SimpleNamespace(status_code=200), {**answer, "ResponseMetadata": {"HTTPStatusCode": 200}}

    def _ListStackResources(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802  named as AWS names it
        assert asked["StackName"] == self.name
        stamp = {"LastUpdatedTimestamp": SINCE, "ResourceStatus": "CREATE_COMPLETE"}
        listed = [
            {"LogicalResourceId": name, "PhysicalResourceId": physical, "ResourceType": kind, **stamp}
            for name, (kind, physical) in sorted(self.resources.items())
        ]
        # In two pages, as AWS gives a stack of this size.
        if "NextToken" in asked:
            return {"StackResourceSummaries": listed[50:]}
        return {"StackResourceSummaries": listed[:50], "NextToken": "more"}

    def _DescribeStacks(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in self.parameters.items()]
        stack = {"StackName": asked["StackName"], "CreationTime": SINCE, "StackStatus": self.status}
        return {"Stacks": [{**stack, "Parameters": parameters}]}

    def _UpdateStack(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """What is not named at all has its default again, as on AWS."""
        given = {each["ParameterKey"]: each for each in asked["Parameters"]}
        self.parameters = {
            name: self.parameters[name] if each.get("UsePreviousValue") else each["ParameterValue"]
            for name, each in given.items()
        }
        self.status = "UPDATE_COMPLETE" if self.updates_succeed else "UPDATE_ROLLBACK_COMPLETE"
        return {}

    def _function(self, asked: dict[str, Any]) -> str:
        found = {self.physical(logical(name)): name for name in FUNCTIONS}
        return found[asked["FunctionName"]]

    def _GetFunctionConfiguration(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"Handler": f"app.{self._function(asked)}"}

    def _ListEventSourceMappings(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        name = self._function(asked)
        overrides = merged_infra(self.stage)["Resources"].get(logical(name), {}).get("Properties", {})
        found = []
        for source in overrides.get("Events", {}).values():
            properties = source["Properties"]
            mapping: dict[str, Any] = {"UUID": str(uuid5(NAMESPACE_DNS, name)), "State": "Enabled"}
            self._sources[mapping["UUID"]] = name
            if "Stream" in properties:
                letters = self.physical(properties["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0])
                arn = f"arn:aws:sqs:{self.cloud.region}:123456789012:{letters.rpartition('/')[2]}"
                mapping["DestinationConfig"] = {"OnFailure": {"Destination": arn}}
            found.append(mapping)
        return {"EventSourceMappings": found}

    def _UpdateEventSourceMapping(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self.sources[self._sources[asked["UUID"]]] = asked["Enabled"]
        return {}

    def _PutFunctionConcurrency(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        name = self._function(asked)
        self.instances.pop(name, None)
        self.instances[name] = asked["ReservedConcurrentExecutions"]
        return {}

    def _DeleteFunctionConcurrency(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        self.instances[self._function(asked)] = None
        return {}

    def _DescribeAlarms(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        names = {
            physical: name for name, (kind, physical) in self.resources.items() if kind == "AWS::CloudWatch::Alarm"
        }
        assert len(asked["AlarmNames"]) <= 100, "CloudWatch describes no more in one call"
        return {
            "MetricAlarms": [
                {
                    "AlarmName": physical,
                    "StateValue": "ALARM" if names[physical] in self.ringing else "OK",
                    "StateReason": "Threshold Crossed",
                    "StateUpdatedTimestamp": SINCE,
                }
                for physical in asked["AlarmNames"]
            ]
        }

    def _FilterLogEvents(self, _asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        stamp = int(SINCE.timestamp() * 1000)
        return {"events": [{"timestamp": stamp, "message": json.dumps(each)} for each in self.logged]}

    def _RestoreTableToPointInTime(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """As it is now, under another name and without a stream."""
        dynamodb: Any = self.cloud.session.create_client("dynamodb", region_name=self.cloud.region)
        (spec,) = [each for each in table_specs() if each["TableName"] == asked["SourceTableName"]]
        target = asked["TargetTableName"]
        if target in self.restored:
            raise ClientError({"Error": {"Code": "TableAlreadyExistsException", "Message": target}}, "Restore")
        made = {name: value for name, value in spec.items() if name != "StreamSpecification"} | {"TableName": target}
        dynamodb.create_table(**made)
        self.restored.append(target)
        for page in dynamodb.get_paginator("scan").paginate(TableName=asked["SourceTableName"]):
            for item in page["Items"]:
                dynamodb.put_item(TableName=target, Item=item)
        return {}

    def _UpdateContinuousBackups(self, _asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {}


def _remember(params: Any, context: dict[str, Any], **_: Any) -> None:
    context["asked"] = dict(params)
