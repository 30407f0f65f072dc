"""infra/functions.yaml spelled out: each function's role with what it may do and no more, its log, its share of instances and the
alarms that every function has.

What reads a stream or a queue is read by Lambda in the role's name, so those rights follow from the sources in
infra/overrides.yaml and stand in no list.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dev.templates import OVERRIDES, ROOT, Template, load_template, own_of

FUNCTIONS: Mapping[str, Any] = load_template(ROOT / "infra" / "functions.yaml")
RIGHTS: Mapping[str, Mapping[str, Sequence[str]]] = {name: each["rights"] for name, each in FUNCTIONS.items()}
"""Actions by function and by what they are done to: a table, one of its indexes, or one of the services of `_SERVICES`."""
UNTRIED: Mapping[tuple[str, str, str], str] = {
    (name, resource, action): reason
    for name, each in FUNCTIONS.items()
    for resource, actions in each.get("untried", {}).items()
    for action, reason in actions.items()
}
"""Why a right is used nowhere on this machine, by function, resource and action."""

RESTORED = ("ledger", "accounts", "people", "records")
"""The tables that `./wallet ops restore` brings back: what is kept for ever."""
RETENTION_DAYS = 180
_LIST_ALL = "*"
_NOTHING = {"Ref": "AWS::NoValue"}
_Statement = dict[str, Any]


def logical(function: str) -> str:
    """The name of a function's resource as Chalice makes it: `fold_ledger` is FoldLedger."""
    return "APIHandler" if function == "api_handler" else _camel(function)


def _camel(function: str) -> str:
    return "".join(word.capitalize() for word in function.split("_"))


def log_of(function: str) -> str:
    """The name of the resource of a function's log."""
    return "ApiLogs" if function == "api_handler" else f"{_camel(function)}Logs"


def resources() -> Template:
    """What is laid over Chalice's functions and roles, and what stands beside them."""
    overrides = load_template(OVERRIDES)["Resources"]
    made: Template = {}
    for name, function in FUNCTIONS.items():
        sources = overrides.get(logical(name), {}).get("Properties", {}).get("Events", {}).values()
        statements = [*_statements(function["rights"]), *_polled(sources), _logged(name)]
        document = {"Version": "2012-10-17", "Statement": statements}
        made[f"{_camel(name)}Role"] = {
            "Properties": {
                "ManagedPolicyArns": [],
                "Policies": [{"PolicyName": "own", "PolicyDocument": document}],
                "PermissionsBoundary": {"Fn::If": ["HasBoundary", {"Ref": "PermissionsBoundaryArn"}, _NOTHING]},
            }
        }
        made[logical(name)] = {
            "Properties": {
                "LoggingConfig": {"LogFormat": "JSON", "LogGroup": {"Ref": log_of(name)}},
                "ReservedConcurrentExecutions": _in_prod(function["instances"]),
                **_waiting(function),
            }
        }
        made[log_of(name)] = _log(name)
        made |= _alarms(name, function)
    return made


def _waiting(function: Mapping[str, Any]) -> Template:
    """How long what a schedule asked for may wait, and how often it is tried again: six hours and twice, if nothing is said. A schedule
    that comes again each minute would then meet hundreds of its former selves after a busy time.
    """
    if "waits" not in function:
        return {}
    waits = function["waits"]
    limits = {"MaximumEventAgeInSeconds": waits["seconds"], "MaximumRetryAttempts": waits["retries"]}
    return {"EventInvokeConfig": limits}


def _in_prod(value: Any) -> Any:
    """A development account may have ten instances in all: there a share would be refused."""
    return {"Fn::If": ["Guarded", value, _NOTHING]}


def _log(name: str) -> Template:
    called = "api" if name == "api_handler" else name.replace("_", "-")
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "LogGroupName": {"Fn::Sub": f"/wallet/${{Stage}}/{called}"},
            "RetentionInDays": RETENTION_DAYS,
            "KmsKeyId": {"Fn::GetAtt": ["OperationsKey", "Arn"]},
        },
    }


def _statements(rights: Mapping[str, Sequence[str]]) -> Iterator[_Statement]:
    tables = {name: actions for name, actions in rights.items() if name not in _SERVICES}
    for name, actions in tables.items():
        yield _allow(
            f"{_camel(name.replace('/', '_'))}Items", [f"dynamodb:{each}" for each in sorted(actions)], _table(name)
        )
    if tables:
        yield _tables_at_rest()
    for name, actions in rights.items():
        if name in _SERVICES:
            service = name.partition("/")[0]
            yield from _SERVICES[name]([f"{service}:{each}" for each in sorted(actions)])


def _table(name: str) -> Any:
    """A table or one of its indexes; what was restored in its place, when there is such."""
    table, _, index = name.partition("/")
    of, index = f"{table.capitalize()}Table", f"/index/{index}" if index else ""
    own = {"Fn::Sub": f"${{{of}.Arn}}{index}"} if index else {"Fn::GetAtt": [of, "Arn"]}
    return {"Fn::If": ["TablesRestored", _restored(table, index), own]} if table in RESTORED else own


def _stream(source: Any) -> Any:
    """What a handler reads: the stream of the stack's own table, or any of the restored one's."""
    own = own_of(source)
    table = own["Fn::GetAtt"][0].removesuffix("Table").lower()
    return {"Fn::If": ["TablesRestored", _restored(table, "/stream/*"), own]}


def _restored(table: str, part: str) -> Any:
    arn = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/"
    return {"Fn::Sub": f"{arn}wallet-${{Stage}}-{table}-${{RestoredTables}}{part}"}


def _allow(sid: str, actions: Sequence[str], where: Any, **more: Any) -> _Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": where, **more}


def _tables_at_rest() -> _Statement:
    """DynamoDB uses the tables' key in the name of whoever asks it, and nobody uses it in another way.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    """
    used = ("CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey*", "ReEncrypt*")
    by_dynamodb = {"StringEquals": {"kms:ViaService": {"Fn::Sub": "dynamodb.${AWS::Region}.${AWS::URLSuffix}"}}}
    where = {"Fn::GetAtt": ["TablesKey", "Arn"]}
    return _allow("TablesAtRest", [f"kms:{each}" for each in used], where, Condition=by_dynamodb)


def _field_keys(actions: Sequence[str]) -> Iterator[_Statement]:
    """While a key is rotated, what was wrapped before it must still open, and nothing new be wrapped the old way."""
    own = {"Fn::GetAtt": ["FieldKey", "Arn"]}
    wraps = [each for each in actions if each != "kms:Decrypt"]
    if wraps:
        yield _allow("WrapPersonalData", wraps, {"Fn::If": ["OwnFieldKey", own, {"Ref": "FieldKeyArn"}]})
    if "kms:Decrypt" in actions:
        current = {"Fn::If": ["OwnFieldKey", _NOTHING, {"Ref": "FieldKeyArn"}]}
        former = {"Fn::If": ["FormerFieldKey", {"Ref": "FormerFieldKeyArn"}, _NOTHING]}
        yield _allow("OpenPersonalData", ["kms:Decrypt"], [own, current, former])


def _secret(actions: Sequence[str]) -> Iterator[_Statement]:
    yield _allow("OurKeys", actions, {"Ref": "KeysSecret"})


def _texts(actions: Sequence[str]) -> Iterator[_Statement]:
    """A text message to a phone has no resource of its own; publishing to topics is what is kept out."""
    yield {"Sid": "TextMessages", "Effect": "Allow", "Action": list(actions), "NotResource": "arn:*:sns:*:*:*"}


def _mail(actions: Sequence[str]) -> Iterator[_Statement]:
    yield _allow("Mail", actions, "*", Condition={"StringEquals": {"ses:FromAddress": {"Ref": "MailSender"}}})


def _queue(actions: Sequence[str]) -> Iterator[_Statement]:
    yield _allow("SendMessages", actions, {"Fn::GetAtt": ["WebhooksQueue", "Arn"]})


def _confirmations_queue(actions: Sequence[str]) -> Iterator[_Statement]:
    yield _allow("SendConfirmations", actions, {"Fn::GetAtt": ["ConfirmationsQueue", "Arn"]})


def _push(actions: Sequence[str]) -> Iterator[_Statement]:
    """An app's phones are endpoints of its platform application."""
    ours = "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}"
    where = [{"Fn::Sub": f"{ours}:{kind}/*"} for kind in ("app", "endpoint")]
    yield _allow("PushToPhones", actions, where)


_SERVICES = {
    "kms": _field_keys,
    "secretsmanager": _secret,
    "ses": _mail,
    "sns": _texts,
    "sns/push": _push,
    "sqs": _queue,
    "sqs/confirmations": _confirmations_queue,
}


def _polled(sources: Any) -> Iterator[_Statement]:
    """What Lambda does in the role's name to bring records and messages, and to give up on them."""
    for source in sources:
        properties = source["Properties"]
        if "Stream" in properties:
            actions = ("DescribeStream", "GetRecords", "GetShardIterator")
            yield _allow("ReadItsStream", [f"dynamodb:{each}" for each in actions], _stream(properties["Stream"]))
            yield _allow("FindStreams", ["dynamodb:ListStreams"], _LIST_ALL)
            letters = properties["DestinationConfig"]["OnFailure"]["Destination"]
            yield _allow("GiveUp", ["sqs:SendMessage"], letters)
        if "Queue" in properties:
            taking = ("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage")
            yield _allow("TakeMessages", [f"sqs:{each}" for each in taking], properties["Queue"])


def _logged(name: str) -> _Statement:
    return _allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], {"Fn::GetAtt": [log_of(name), "Arn"]})


def _alarms(name: str, function: Mapping[str, Any]) -> Template:
    """Errors, throttles, and for the API how long the slowest of a hundred takes."""
    of = _camel(name)
    errors = (
        f"{function['does']}: {function['errors']} invocations in five minutes raised, ran out of time or of memory."
    )
    throttled = f"{function['does']}: all its instances are busy, and some invocations were turned away."
    made = {
        f"{of}Fails": _alarm(name, errors, "Errors", function["errors"] - 1),
        f"{of}Throttled": _alarm(name, throttled, "Throttles", 0),
    }
    if "slow_ms" in function:
        slow = f"{function['does']}: one answer in a hundred takes longer than {function['slow_ms']} ms."
        made[f"{of}Slow"] = _alarm(name, slow, "Duration", function["slow_ms"], ExtendedStatistic="p99")
    return made


def _alarm(name: str, told: str, metric: str, threshold: int, **statistic: Any) -> Template:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": told,
            "Namespace": "AWS/Lambda",
            "MetricName": metric,
            "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": logical(name)}}],
            **(statistic or {"Statistic": "Sum"}),
            "Period": 300,
            "EvaluationPeriods": 1 if metric == "Errors" else 3,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": "Alarms"}],
        },
    }
