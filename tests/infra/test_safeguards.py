"""What an auditor asks of a stack first: what is encrypted and with what, what outlives what, and who comes in over what."""

from typing import Any

from dev.templates import Template
from tests.infra.packaged import functions

FOURTEEN_DAYS = 14 * 24 * 3600
"""As long as SQS keeps a message."""


def of_type(template: Template, kind: str) -> dict[str, Any]:
    return {name: one for name, one in template["Resources"].items() if one["Type"] == kind}


def outlives_the_stack(resource: Any) -> bool:
    return bool(resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain")


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
            assert outlives_the_stack(queue), name
        else:
            assert kept < FOURTEEN_DAYS, name


def test_keys_are_renewed_every_year_outlive_the_stack_and_are_the_accounts(template: Template) -> None:
    keys = of_type(template, "AWS::KMS::Key")
    assert set(keys) == {"FieldKey", "TablesKey"}
    for name, key in keys.items():
        assert key["Properties"]["EnableKeyRotation"] is True, name
        assert outlives_the_stack(key), name
        (statement,) = key["Properties"]["KeyPolicy"]["Statement"]
        account = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
        assert (statement["Effect"], statement["Principal"]) == ("Allow", account), "IAM alone says who may use it"


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
        assert outlives_the_stack(resource), name
        assert resource["Condition"] == "HasOwnLogRole", "an account that has a role keeps it"
    assert template["Conditions"]["HasOwnLogRole"] == {"Fn::Equals": [{"Ref": "GatewayLogRole"}, "ours"]}


def test_logs_are_json_lines_and_outlive_the_stack(template: Template) -> None:
    for name, function in functions(template).items():
        assert function["LoggingConfig"]["LogFormat"] == "JSON", name
        log = template["Resources"][function["LoggingConfig"]["LogGroup"]["Ref"]]
        assert outlives_the_stack(log), name
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
