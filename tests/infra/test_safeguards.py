"""What an auditor asks of a stack first: what is encrypted and with what, what outlives what, and who comes in over what."""

from fnmatch import fnmatchcase
from typing import Any

from dev.packaging import LASTING
from dev.templates import Template
from tests.infra.packaged import functions, is_prod, of_type

FOURTEEN_DAYS = 14 * 24 * 3600
"""As long as SQS keeps a message."""


def outlives_the_stack(template: Template, resource: Any) -> bool:
    """In prod. A stack that was never made whole leaves nothing that would be in the way of the next try, and a trial nothing at all."""
    found = resource["DeletionPolicy"], resource["UpdateReplacePolicy"]
    return bool(found == ((LASTING, "Retain") if is_prod(template) else ("Delete", "Delete")))


def test_every_queue_is_encrypted(template: Template) -> None:
    queues = of_type(template, "AWS::SQS::Queue")
    assert queues
    assert [name for name, one in queues.items() if one["Properties"].get("SqsManagedSseEnabled") is not True] == []


def test_what_was_given_up_on_is_kept_as_long_as_a_queue_can_and_longer_than_what_is_on_its_way(
    template: Template,
) -> None:
    """O6: a message's age counts from its first queue, so that dead letters of a queue that keeps as long would be gone at once."""
    for name, queue in of_type(template, "AWS::SQS::Queue").items():
        kept = queue["Properties"]["MessageRetentionPeriod"]
        if name.endswith("DeadLetters"):
            assert kept == FOURTEEN_DAYS, name
            assert outlives_the_stack(template, queue), name
        else:
            assert kept < FOURTEEN_DAYS, name


def test_keys_are_renewed_every_year_outlive_the_stack_and_are_the_accounts(template: Template) -> None:
    keys = of_type(template, "AWS::KMS::Key")
    assert set(keys) == {"FieldKey", "OperationsKey", "TablesKey"}
    for name, key in keys.items():
        assert key["Properties"]["EnableKeyRotation"] is True, name
        assert outlives_the_stack(template, key), name
        statement, *others = key["Properties"]["KeyPolicy"]["Statement"]
        account = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
        assert (statement["Effect"], statement["Principal"]) == ("Allow", account)
        assert not others or name == "OperationsKey", "IAM alone says who may use it"


def test_alarms_and_logs_are_encrypted_with_a_key_that_their_services_may_use_for_this_stack_alone(
    template: Template,
) -> None:
    """An alarm that may not use its topic's key is published to nobody, and a log group is not made; no word of it is said."""
    key = {"Fn::GetAtt": ["OperationsKey", "Arn"]}
    assert template["Resources"]["Alarms"]["Properties"]["KmsMasterKeyId"] == key
    logs = of_type(template, "AWS::Logs::LogGroup")
    assert all(log["Properties"]["KmsKeyId"] == key for log in logs.values())
    _, alarms, written = template["Resources"]["OperationsKey"]["Properties"]["KeyPolicy"]["Statement"]
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert set(alarms["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    assert alarms["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert written["Principal"] == {"Service": {"Fn::Sub": "logs.${AWS::Region}.${AWS::URLSuffix}"}}
    assert {"kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*"} <= set(written["Action"])
    (arn,) = (each["Fn::Sub"] for each in written["Condition"]["ArnLike"].values())
    group = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
    for log in logs.values():
        name = log["Properties"]["LogGroupName"]["Fn::Sub"]
        assert fnmatchcase(group + name, arn), name


def test_only_the_queue_that_gives_up_puts_into_its_dead_letters(template: Template) -> None:
    queues = of_type(template, "AWS::SQS::Queue")
    givers = {
        queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]: queue["Properties"]["QueueName"]
        for queue in queues.values()
        if "RedrivePolicy" in queue["Properties"]
    }
    assert givers
    for name in (each for each in queues if each.endswith("DeadLetters")):
        allowed = queues[name]["Properties"]["RedriveAllowPolicy"]
        if name not in givers:
            assert allowed == {"redrivePermission": "denyAll"}, name
            continue
        own = "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:" + givers[name]["Fn::Sub"]
        assert allowed == {"redrivePermission": "byQueue", "sourceQueueArns": [{"Fn::Sub": own}]}, name


def test_every_role_of_the_stack_is_bounded_where_the_account_asks_for_it(expanded: Template) -> None:
    """In many accounts a role without the boundary cannot be made, SAM's own among them: there is none of SAM's."""
    roles = of_type(expanded, "AWS::IAM::Role")
    assert len(roles) > 12
    for name, role in roles.items():
        bounded = {"Fn::If": ["HasBoundary", {"Ref": "PermissionsBoundaryArn"}, {"Ref": "AWS::NoValue"}]}
        assert role["Properties"]["PermissionsBoundary"] == bounded, name


def test_production_is_the_stage_that_is_guarded(template: Template) -> None:
    """Deletion protection, restoring to a second, shares of instances and careful releases all hang on this."""
    assert template["Conditions"]["Guarded"] == {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}
    assert template["Parameters"]["Stage"]["AllowedValues"] == ["dev", "prod"]


def test_callers_come_over_tls_to_the_region_and_through_the_firewall(template: Template) -> None:
    """P6."""
    domain = template["Resources"]["Domain"]["Properties"]
    assert domain["SecurityPolicy"] == "TLS_1_2"
    assert domain["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert domain["RegionalCertificateArn"] == {"Ref": "CertificateArn"}, "of the same region, as the parameter says"
    assert template["Resources"]["RestAPI"]["Properties"]["EndpointConfiguration"] == "REGIONAL"
    mapping = template["Resources"]["DomainMapping"]["Properties"]
    assert (mapping["DomainName"], mapping["RestApiId"]) == ({"Ref": "Domain"}, {"Ref": "RestAPI"})
    firewall = template["Resources"]["Firewall"]["Properties"]
    assert firewall["WebACLArn"] == {"Ref": "WebAclArn"}
    stage = "apigateway:${AWS::Region}::/restapis/${RestAPI}/stages/${RestAPI.Stage}"
    assert firewall["ResourceArn"] == {"Fn::Sub": "arn:${AWS::Partition}:" + stage}, "WAF stands before a stage"
    assert template["Parameters"]["PublicUrl"]["AllowedPattern"].startswith("https://")


def test_what_the_whole_account_shares_is_left_when_the_stack_goes(template: Template) -> None:
    """Every other API of the account and region writes its logs with the same role."""
    for name in ("GatewayAccount", "GatewayLogsRole"):
        resource = template["Resources"][name]
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain", name
        assert resource["Condition"] == "HasOwnLogRole", "an account that has a role keeps it"
    assert template["Conditions"]["HasOwnLogRole"] == {"Fn::Equals": [{"Ref": "GatewayLogRole"}, "ours"]}


def test_logs_are_json_lines_and_outlive_the_stack(template: Template) -> None:
    for name, function in functions(template).items():
        assert function["LoggingConfig"]["LogFormat"] == "JSON", name
        log = template["Resources"][function["LoggingConfig"]["LogGroup"]["Ref"]]
        assert outlives_the_stack(template, log), name
        assert log["Properties"]["RetentionInDays"] >= 90, name


def test_slow_answers_and_failing_ones_wake_somebody_while_callers_still_wait(template: Template) -> None:
    """O8, O12: an answer that takes longer than the function may is none, so a threshold near it would say nothing."""
    late = template["Resources"]["ApiAnswersLate"]["Properties"]
    assert (late["MetricName"], late["ExtendedStatistic"]) == ("Latency", "p99")
    assert late["Threshold"] <= functions(template)["APIHandler"]["Timeout"] * 1000 / 5
    failing = {name: template["Resources"][name]["Properties"] for name in ("ApiAnswersFail", "ReleaseFails")}
    for name, alarm in failing.items():
        assert (alarm["MetricName"], alarm["Statistic"]) == ("5XXError", "Average"), name
        assert alarm["Threshold"] <= 0.02, name
    release = failing["ReleaseFails"]
    assert release["Period"] * release["EvaluationPeriods"] < 600, "before all requests go to the new release"


def test_a_prod_stack_is_not_made_with_the_examples_addresses(template: Template) -> None:
    """CloudFormation refuses it before it makes anything."""
    rule = template["Rules"]["ProdHasItsOwnAddresses"]
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}
    refused = [each["Assert"]["Fn::Not"][0]["Fn::Equals"] for each in rule["Assertions"]]
    defaults = template["Parameters"]
    assert refused == [[{"Ref": name}, defaults[name]["Default"]] for name in ("PublicUrl", "MailSender")]
    assert all("give" in each["AssertDescription"] for each in rule["Assertions"])


def given(rules: Template, name: str) -> tuple[str, list[str]]:
    """The parameter that a rule is about, and those that are to be given with it."""
    rule = rules[name]

    def named(condition: Any) -> str:
        parameter, empty = condition["Fn::Not"][0]["Fn::Equals"]
        assert empty == ""
        return str(parameter["Ref"])

    return named(rule["RuleCondition"]), [named(each["Assert"]) for each in rule["Assertions"]]


def test_what_needs_another_parameter_is_refused_before_anything_is_made(template: Template) -> None:
    """A domain without a certificate fails after half an hour, restored tables without streams would be folded by nobody."""
    rules = template["Rules"]
    assert given(rules, "DomainHasItsCertificate") == ("DomainName", ["CertificateArn"])
    streams = ["RestoredLedgerStream", "RestoredRecordsStream"]
    assert given(rules, "RestoredTablesHaveTheirStreams") == ("RestoredTables", streams)


def test_the_package_of_one_stage_is_not_deployed_over_the_other(template: Template) -> None:
    """`deploy` keeps a stack's Stage, whatever the package says: prod would have the memory of dev, and nothing that outlives it."""
    (assertion,) = template["Rules"]["PackageIsOfTheStage"]["Assertions"]
    assert assertion["Assert"] == {"Fn::Equals": [{"Ref": "Stage"}, template["Parameters"]["Stage"]["Default"]]}
