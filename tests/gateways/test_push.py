"""The push gateway against the local cloud's SNS, and against one that fails."""

import json
import logging
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from dev.cloud.local import LocalCloud
from dev.cloud.services import backend
from wallet_api.gateways.errors import AddressGone, MessageNotSent, PushTokenUnusable
from wallet_api.gateways.push import Push, Pushed, SnsPush

TOKEN = "tok-0123456789abcdef"
SHOWN = Pushed("Paid", "12.50 CNY 已付", "evt_1", 600, {"id": "pay_1"})


@pytest.fixture
def push(cloud: LocalCloud) -> Push:
    return SnsPush(
        cloud.session.create_client("sns", region_name=cloud.region), cloud.wallet.settings.push_applications
    )


class Deaf:
    """An SNS client whose every call fails as it is told, and which remembers what it was asked."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure
        self.asked: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        def call(**asked: Any) -> Any:
            self.asked[name] = asked
            raise self.failure

        return call


def error(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Publish")


@pytest.mark.parametrize("service", ["apns", "apns_sandbox", "fcm"])
def test_a_push_reaches_its_phone(cloud: LocalCloud, push: Push, service: Any) -> None:
    assert push.offers(service)
    address = push.enrol(service, TOKEN + service)
    push.send(service, address, SHOWN)
    (message,) = cloud.inbox.messages(TOKEN + service)
    assert (message.channel, message.text) == ("push", "Paid\n\n12.50 CNY 已付")


def test_a_token_has_one_address_and_is_enabled_again(cloud: LocalCloud, push: Push) -> None:
    address = push.enrol("fcm", TOKEN)
    assert push.enrol("fcm", TOKEN) == address
    backend("sns", cloud.region).platform_endpoints[address].attributes["Enabled"] = False
    with pytest.raises(AddressGone):
        push.send("fcm", address, SHOWN)
    assert push.enrol("fcm", TOKEN) == address
    push.send("fcm", address, SHOWN)


def test_an_address_that_was_let_go_is_gone(push: Push) -> None:
    address = push.enrol("fcm", TOKEN)
    push.forget(address)
    with pytest.raises(AddressGone):
        push.send("fcm", address, SHOWN)


def test_each_service_is_given_its_own_form(push: Push) -> None:
    """Of several with one tag a phone shows the last, and none after its time."""
    deaf = Deaf(error("Throttling"))
    with pytest.raises(MessageNotSent):
        SnsPush(deaf, {}).send("apns", "arn", SHOWN)
    asked = deaf.asked["publish"]
    forms = {name: json.loads(text) for name, text in json.loads(asked["Message"]).items() if name != "default"}
    assert forms["APNS"] == forms["APNS_SANDBOX"]
    assert forms["APNS"]["aps"]["alert"] == {"title": "Paid", "body": "12.50 CNY 已付"}
    message = forms["GCM"]["fcmV1Message"]["message"]
    assert (message["notification"]["title"], message["data"]) == ("Paid", {"id": "pay_1"})
    assert message["android"]["notification"]["tag"] == message["android"]["collapse_key"] == "evt_1"
    kept = {name: each["StringValue"] for name, each in asked["MessageAttributes"].items()}
    assert kept["AWS.SNS.MOBILE.APNS.COLLAPSE_ID"] == "evt_1"
    assert kept["AWS.SNS.MOBILE.APNS.TTL"] == "600"
    assert message["android"]["ttl"] == "600s"
    assert len(asked["Message"].encode()) < 4096, "Apple's limit"


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (error("EndpointDisabled"), AddressGone),
        (error("NotFound"), AddressGone),
        (error("InvalidParameter", "Invalid parameter: TargetArn Reason: No endpoint found"), AddressGone),
        (error("InvalidParameter", "Invalid parameter: Message too long"), MessageNotSent),
        (error("Throttling"), MessageNotSent),
        (ConnectTimeoutError(endpoint_url="https://sns"), MessageNotSent),
    ],
)
def test_only_a_phone_that_is_gone_is_called_so(failure: Exception, said: type[Exception]) -> None:
    with pytest.raises(said):
        SnsPush(Deaf(failure), {}).send("fcm", "arn", SHOWN)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (error("InvalidParameter", f"Invalid parameter: Token {TOKEN}"), PushTokenUnusable),
        (error("InternalError", TOKEN), MessageNotSent),
        (ConnectTimeoutError(endpoint_url=f"https://sns/?{TOKEN}"), MessageNotSent),
    ],
)
def test_a_token_that_is_none_is_told_from_a_company_that_is_away_and_neither_is_logged(
    failure: Exception, said: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    """O13, D9."""
    with caplog.at_level(logging.DEBUG), pytest.raises(said) as refused:
        SnsPush(Deaf(failure), {"fcm": "arn"}).enrol("fcm", TOKEN)
    assert TOKEN not in caplog.text + repr(refused.value)


def test_a_token_that_sns_knows_with_other_attributes_keeps_its_endpoint() -> None:
    """AWS names the endpoint in the refusal, and nowhere else."""
    arn = "arn:aws:sns:eu-west-1:123456789012:endpoint/GCM/wallet/5e3e9847-3183-3f18-a7e8-671c3a57d4b3"
    told = (
        f"Invalid parameter: Token Reason: Endpoint {arn} already exists with the same Token, but different attributes."
    )

    class Knowing(Deaf):
        def set_endpoint_attributes(self, **asked: Any) -> None:
            self.asked["set"] = asked

    client = Knowing(error("InvalidParameter", told))
    assert SnsPush(client, {"fcm": "arn"}).enrol("fcm", TOKEN) == arn
    assert client.asked["set"] == {"EndpointArn": arn, "Attributes": {"Token": TOKEN, "Enabled": "true"}}


def test_what_the_deployment_names_no_application_for_is_not_offered() -> None:
    assert not SnsPush(Deaf(error("x")), {"fcm": ""}).offers("fcm")
    assert not SnsPush(Deaf(error("x")), {}).offers("apns")


def test_an_address_that_cannot_be_let_go_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    SnsPush(Deaf(error("InternalError")), {}).forget("arn")
    assert "kept an endpoint" in caplog.text
