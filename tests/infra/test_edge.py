"""The front door: what it lets in, what it says by itself, what it writes down, and who is woken."""

import json
import re

import pytest

from app import app
from chalicelib.headers import STANDARD
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
    telling = (*(ROOT / "wallet_api").rglob("*.py"), *(ROOT / "chalicelib").glob("*_log.py"))
    told = "".join(path.read_text("utf-8") for path in telling)
    assert shown >= {"storage_calls", "fold_lag_ms", "stuck_processing"}
    assert [name for name in sorted(shown) if f'"{name}"' not in told] == []


# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
OCCASIONS = {
    "ACCESS_DENIED": 403, "API_CONFIGURATION_ERROR": 500, "AUTHORIZER_CONFIGURATION_ERROR": 500, "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400, "BAD_REQUEST_PARAMETERS": 400, "DEFAULT_4XX": None, "DEFAULT_5XX": None, "EXPIRED_TOKEN": 404,
    "INTEGRATION_FAILURE": 504, "INTEGRATION_TIMEOUT": 504, "INVALID_API_KEY": 403, "INVALID_SIGNATURE": 404,
    "MISSING_AUTHENTICATION_TOKEN": 404, "QUOTA_EXCEEDED": 429, "REQUEST_TOO_LARGE": 413, "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429, "UNAUTHORIZED": 401, "UNSUPPORTED_MEDIA_TYPE": 415, "WAF_FILTERED": 403,
}  # fmt: skip
"""All that API Gateway has, with the statuses that we give them; what asks for AWS's proofs is an address that is none."""


def body_of(template: Template) -> Template:
    found: Template = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    return found


def require_static_problem(text: str, headers: dict[str, str], prefix: str) -> Template:
    """The problem, after checking what every one of them has: both languages, CORS, security headers, nothing of the request."""
    problem: Template = json.loads(text.replace("${PublicUrl}", "https://wallet.test"))
    assert problem["request_id"] == "$context.requestId"
    assert re.findall(r"\$[^{]", text) == ["$c"], "it repeats something else of the request"
    assert not re.search(r"#\w", text), "it would be read as a directive"
    assert {"title", "detail", "code", "money_moved", "retry"} <= set(problem)
    assert problem["type"] == f"https://wallet.test/docs/errors/{problem['code']}"
    for words in (problem["title"], problem["detail"]):
        assert re.search(r"[\u4e00-\u9fff].*[A-Za-z]{2}", words), words
    told = {name.removeprefix(prefix): value for name, value in headers.items()}
    assert told["Content-Type"] == "'application/problem+json'"
    assert told["Access-Control-Allow-Origin"] == "'*'"
    assert told["X-Request-Id"] == "context.requestId"
    # What a script may read of it: what names the request, and what to do next.
    assert set(told["Access-Control-Expose-Headers"].strip("'").split(", ")) == {"Allow", "Retry-After", "X-Request-Id"}
    for name, value in STANDARD.items():
        assert told[name] == f"'{value or 'zh-CN, en'}'"
    dynamic = {name for name, value in told.items() if not re.fullmatch(r"'[^'$]*'", value)}
    assert dynamic == {"X-Request-Id"}, "a header that a caller could fill in"
    return problem


def test_s6_the_gateways_own_refusals_are_static_problems_that_browsers_may_read(template: Template) -> None:
    """S5, S6: API Gateway's default 403 repeats the caller's token, and none of its own answers has CORS headers."""
    answers = body_of(template)["x-amazon-apigateway-gateway-responses"]
    assert set(answers) == set(OCCASIONS)
    for kind, answer in answers.items():
        text, headers = answer["responseTemplates"]["application/json"]["Fn::Sub"], answer["responseParameters"]
        problem = require_static_problem(text, headers, "gatewayresponse.header.")
        assert problem.get("status") == OCCASIONS[kind], kind
        assert answer.get("statusCode") == (None if OCCASIONS[kind] is None else str(OCCASIONS[kind])), kind
        asked = (OCCASIONS[kind] or 0) >= 500 or kind == "DEFAULT_5XX"
        assert problem["money_moved"] == ("unknown" if asked else "no"), kind
        # A function without a free instance is told as an integration that failed.
        waits = OCCASIONS[kind] in (429, 504) or kind == "DEFAULT_5XX"
        assert ("gatewayresponse.header.Retry-After" in headers) == waits, kind


def test_s5_a_path_says_405_to_every_method_that_it_does_not_take(template: Template) -> None:
    """S5: by itself API Gateway calls a wrong method a missing authentication token. No function is asked."""
    paths = body_of(template)["paths"]
    assert set(paths) == set(app.routes)
    for path, methods in paths.items():
        integration = methods["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"]
        assert (integration["type"], integration["passthroughBehavior"]) == ("mock", "when_no_templates")
        assert json.loads(integration["requestTemplates"]["application/json"]) == {"statusCode": 405}
        answer = integration["responses"]["default"]
        text, headers = answer["responseTemplates"]["application/json"]["Fn::Sub"], answer["responseParameters"]
        problem = require_static_problem(text, headers, "method.response.header.")
        assert (problem["code"], problem["status"], answer["statusCode"]) == ("method_not_allowed", 405, "405")
        taken = {method.upper() for method in methods if not method.startswith("x-")}
        assert headers["method.response.header.Allow"] == f"'{', '.join(sorted(taken))}'"
        assert taken == set(app.routes[path])
        declared = methods["x-amazon-apigateway-any-method"]["responses"]["405"]["headers"]
        assert {f"method.response.header.{name}" for name in declared} == set(headers), (
            "an undeclared header is dropped"
        )
