"""The front door: what it lets in, what it says by itself, what it writes down, and who is woken."""

import json
import re

import pytest

from dev.functions import RIGHTS, logical
from dev.templates import ROOT, Template
from tests.infra.packaged import functions


def test_s10_each_function_has_its_share_and_none_takes_all(template: Template) -> None:
    """S10: slow webhooks, or a flood of requests, leave the folding its instances; a development account has too few to share."""
    shares = {
        name: function["ReservedConcurrentExecutions"]["Fn::If"] for name, function in functions(template).items()
    }
    assert all(share[0] == "Guarded" and share[2] == {"Ref": "AWS::NoValue"} for share in shares.values())
    assert sum(share[1] for share in shares.values()) <= 900, (
        "Lambda keeps a hundred of an account's thousand unreserved"
    )
    (source,) = functions(template)["DeliverWebhooks"]["Events"].values()
    assert source["Properties"]["ScalingConfig"]["MaximumConcurrency"] <= shares["DeliverWebhooks"][1]


@pytest.mark.parametrize("function", sorted(map(logical, RIGHTS)))
def test_o8_a_function_that_fails_or_is_turned_away_wakes_somebody(template: Template, function: str) -> None:
    """O8."""
    watched = {
        alarm["Properties"]["MetricName"]: alarm["Properties"]
        for alarm in template["Resources"].values()
        if alarm["Type"] == "AWS::CloudWatch::Alarm"
        and alarm["Properties"]["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": function}}]
    }
    assert {"Errors", "Throttles"} <= set(watched)
    for alarm in watched.values():
        assert alarm["AlarmActions"] == [{"Ref": "Alarms"}]
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    if function == "APIHandler":
        assert watched["Duration"]["ExtendedStatistic"] == "p99"


def test_the_gateway_lets_in_so_much_and_writes_down_no_persons_data(template: Template) -> None:
    api = template["Resources"]["RestAPI"]["Properties"]
    (method,) = api["MethodSettings"]
    assert (method["ResourcePath"], method["HttpMethod"]) == ("/*", "*")
    assert method["ThrottlingRateLimit"] == {"Ref": "RequestsPerSecond"}
    assert method["ThrottlingBurstLimit"] == {"Ref": "RequestsAtOnce"}
    assert (method["DataTraceEnabled"], method["LoggingLevel"]) == (False, "OFF")
    log = template["Resources"][api["AccessLogSetting"]["DestinationArn"]["Fn::GetAtt"][0]]
    assert log["Properties"]["RetentionInDays"] > 0
    line = api["AccessLogSetting"]["Format"]
    assert json.loads(line.replace("$context.status", "200"))["path"] == "$context.resourcePath"
    for personal in ("$context.path", "sourceIp", "userAgent", "authorizer", "error.message"):
        assert personal not in line


@pytest.mark.parametrize(
    ("kind", "condition", "parameter"),
    [
        ("AWS::WAFv2::WebACLAssociation", "HasWebAcl", "WebAclArn"),
        ("AWS::ApiGateway::DomainName", "HasDomain", "DomainName"),
        ("AWS::ApiGateway::BasePathMapping", "HasDomain", "DomainName"),
    ],
)
def test_a_firewall_and_a_domain_are_there_when_they_are_named(
    template: Template, kind: str, condition: str, parameter: str
) -> None:
    (resource,) = [each for each in template["Resources"].values() if each["Type"] == kind]
    assert resource["Condition"] == condition
    assert template["Conditions"][condition] == {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]}
    assert template["Parameters"][parameter]["Default"] == ""


def test_the_dashboard_shows_metrics_that_somebody_tells(template: Template) -> None:
    body = template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    widgets = json.loads(body)["widgets"]
    shown = {
        metric[1] for widget in widgets for metric in widget["properties"].get("metrics", ()) if metric[0] == "Wallet"
    }
    shown |= set(re.findall(r'"\.", "([a-z_]+)"', body))
    told = "".join(
        path.read_text("utf-8") for path in (*(ROOT / "wallet_api").rglob("*.py"), ROOT / "chalicelib/request_log.py")
    )
    assert shown >= {"storage_calls", "fold_lag_ms", "stuck_processing"}
    assert [name for name in sorted(shown) if f'"{name}"' not in told] == []


def test_the_gateways_own_refusals_are_static_problems_that_browsers_may_read(template: Template) -> None:
    """API Gateway's default 403 repeats the caller's token, and none of its own answers has CORS headers (S6)."""
    body = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    answers = body["x-amazon-apigateway-gateway-responses"]
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN", "REQUEST_TOO_LARGE", "THROTTLED"} <= set(
        answers
    )
    for kind, answer in answers.items():
        text = answer["responseTemplates"]["application/json"]["Fn::Sub"].replace("${PublicUrl}", "https://wallet.test")
        problem = json.loads(text)
        assert problem["request_id"] == "$context.requestId", kind
        assert text.count("$") == 1, f"{kind} repeats something else of the request"
        assert {"title", "detail", "code", "money_moved", "retry"} <= set(problem), kind
        assert problem["type"] == f"https://wallet.test/docs/errors/{problem['code']}"
        assert problem.get("status") == (int(answer["statusCode"]) if "statusCode" in answer else None), kind
        headers = answer["responseParameters"]
        assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'", kind
        assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'", kind
        assert problem["money_moved"] == ("unknown" if kind in ("INTEGRATION_TIMEOUT", "DEFAULT_5XX") else "no"), kind
