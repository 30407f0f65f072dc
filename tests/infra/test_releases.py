"""A deployment reaches those who call: whatever it changes, what API Gateway asks and says is what was deployed last, and nothing else
is open.
"""

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from samtranslator.model import apigateway

from dev.templates import Template
from tests.infra.packaged import expanded_by_sam, of_type

LONGEST_DESCRIPTION = 256
"""Of a version. https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html"""
OF_A_TRIAL = {
    "Mode": "live",
    "PublicUrl": "https://wallet.bank.example",
    "MailSender": "pay@bank.example",
    "PushApns": "arn:aws:sns:eu-central-1:123456789012:app/APNS/wallet",
    "PushApnsSandbox": "arn:aws:sns:eu-central-1:123456789012:app/APNS_SANDBOX/wallet",
    "PushFcm": "arn:aws:sns:eu-central-1:123456789012:app/GCM/wallet",
    "RestoredTables": "r1",
    "Begun": "20261122T010500Z",
}


def parameters_in(template: Template, value: Any) -> set[str]:
    """The parameters that a value follows from, by the conditions that it asks as well."""
    text = json.dumps(value)
    named = set(re.findall(r'\{"Ref": "(\w+)"\}', text)) | set(re.findall(r"\$\{(\w+)\}", text))
    asked = set(re.findall(r'"Fn::If": \["(\w+)"', text))
    found = named & set(template["Parameters"])
    for condition in asked:
        found |= parameters_in(template, template["Conditions"][condition])
    return found


def described(template: Template, **given: str) -> str:
    """What CloudFormation makes of the version's description."""
    text, more = template["Resources"]["APIHandler"]["Properties"]["VersionDescription"]["Fn::Sub"]
    parameters = {name: one.get("Default", "") for name, one in template["Parameters"].items()} | given
    told = {name: resolved(template, value, parameters) for name, value in more.items()}
    return re.sub(r"\$\{(\w+)\}", lambda name: {**parameters, **told}[name[1]], text)


def resolved(template: Template, value: Any, parameters: dict[str, str]) -> str:
    if isinstance(value, str):
        return value
    ((function, given),) = value.items()
    if function == "Ref":
        return parameters[given]
    if function == "Fn::If":
        (named,) = parameters_in(template, template["Conditions"][given[0]])
        return resolved(template, given[1 if parameters[named] else 2], parameters)
    place, split = given
    separator, text = split["Fn::Split"]
    return resolved(template, text, parameters).split(str(separator))[int(place)]


def test_whatever_a_deployment_changes_of_the_apis_settings_is_another_version_of_it(template: Template) -> None:
    """A version keeps the settings that it was published with. SAM publishes one when the template changes, and a parameter's value is not
    in it: the API would go on with the tables that were replaced, while folding and webhooks have the restored ones.
    """
    settings = template["Globals"]["Function"]["Environment"]["Variables"]
    follows = parameters_in(template, settings) - {"Stage"}
    assert follows == set(OF_A_TRIAL), "what settings follow from is to be in VersionDescription"
    before = described(template)
    for name, value in OF_A_TRIAL.items():
        assert described(template, **{name: value}) != before, name


def test_a_version_with_another_description_is_another_version(expanded: Template) -> None:
    """By CloudFormation's own schema; and the alias, with whatever asks it, follows."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", "AWS::Lambda::Version").schema
    assert "/properties/Description" in schema["createOnlyProperties"]
    ((name, version),) = of_type(expanded, "AWS::Lambda::Version").items()
    assert "PublicUrl" in json.dumps(version["Properties"]["Description"])
    (alias,) = of_type(expanded, "AWS::Lambda::Alias").values()
    assert alias["Properties"]["FunctionVersion"] == {"Fn::GetAtt": [name, "Version"]}


def test_a_versions_description_has_room_for_the_longest_that_may_be_given(template: Template) -> None:
    parameters = template["Parameters"]
    longest = {name: "x" * parameters[name]["MaxLength"] for name in ("PublicUrl", "MailSender")}
    patterned = {name: OF_A_TRIAL[name].rpartition("/")[0] + "/" + "x" * 20 for name in OF_A_TRIAL if "Push" in name}
    patterned |= {"RestoredTables": "r" * 20, "Begun": OF_A_TRIAL["Begun"]}
    for name, value in patterned.items():
        assert re.fullmatch(parameters[name]["AllowedPattern"], value), name
        assert not re.fullmatch(parameters[name]["AllowedPattern"], value + "x"), name
    longest |= patterned | {"Mode": max(parameters["Mode"]["AllowedValues"], key=len)}
    assert set(longest) == set(OF_A_TRIAL)
    assert len(described(template, **longest)) <= LONGEST_DESCRIPTION


def test_what_api_gateway_says_is_deployed_again_whatever_a_deployment_changes(
    template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own refusals name PublicUrl, which is no part of what SAM compares."""
    found: list[str] = []
    for moment in (1, 2):
        monkeypatch.setattr(apigateway, "time", SimpleNamespace(time=lambda moment=moment: moment))
        found += of_type(expanded_by_sam(template), "AWS::ApiGateway::Deployment")
    assert len(set(found)) == 2


def test_there_is_one_stage_the_one_with_limits_a_log_and_the_firewall(expanded: Template) -> None:
    """SAM's deployment makes a second one, `Stage`, on which none of that stands."""
    (deployment,) = of_type(expanded, "AWS::ApiGateway::Deployment").values()
    assert "StageName" not in deployment["Properties"]
    ((name, stage),) = of_type(expanded, "AWS::ApiGateway::Stage").items()
    assert {"AccessLogSetting", "MethodSettings"} <= set(stage["Properties"])
    assert expanded["Resources"]["DomainMapping"]["Properties"]["Stage"] == {"Ref": name}
    assert f"${{{name}}}" in expanded["Resources"]["Firewall"]["Properties"]["ResourceArn"]["Fn::Sub"]


@pytest.mark.parametrize(
    "url", ["https://wallet.bank.example", "https://a1b2c3d4e5.execute-api.ap-southeast-1.amazonaws.com/api"]
)
def test_the_wallet_may_be_reached_at_a_domain_or_at_api_gateways_own_address(template: Template, url: str) -> None:
    """The latter has the stage in its path, and is what a trial without a domain has."""
    public_url = template["Parameters"]["PublicUrl"]
    assert re.fullmatch(public_url["AllowedPattern"], url)
    assert len(url) <= public_url["MaxLength"]


@pytest.mark.parametrize(
    "url", ["http://wallet.bank.example", "https://wallet.bank.example/", "https://a b.example", "https:///api"]
)
def test_an_address_that_links_could_not_be_made_of_is_refused(template: Template, url: str) -> None:
    assert not re.fullmatch(template["Parameters"]["PublicUrl"]["AllowedPattern"], url)
