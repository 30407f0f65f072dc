"""Push: a title and a text on the screen of a phone, by way of the company that made it or its system."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any, Literal, Protocol

from msgspec import Struct

from wallet_api.gateways.errors import AddressGone, MessageNotSent, PushTokenUnusable

logger = logging.getLogger(__name__)

Service = Literal["apns", "apns_sandbox", "fcm"]
"""Apple's service, Apple's for apps under development, and Firebase Cloud Messaging."""

_GONE = ("EndpointDisabled", "EndpointDisabledException", "NotFound", "NotFoundException")
_UNUSABLE = ("InvalidParameter", "InvalidParameterException")
_KNOWN_ENDPOINT = r"(arn:[\w-]+:sns:[\w:/.-]+) already exists"


class Pushed(Struct, frozen=True):
    """What appears. Of several with one `tag` a phone shows the last; after `seconds` it is worth nothing and not shown any more.

    `data` is for the app alone.
    """

    title: str
    text: str
    tag: str
    seconds: int
    data: Mapping[str, str]


class Push(Protocol):
    """What the wallet asks of whoever pushes."""

    def offers(self, service: Service) -> bool:
        """Whether phones of this service are reached."""

    def enrol(self, service: Service, token: str) -> str:
        """Where the app that holds this token is reached from now on; the same address for the same token.

        Raises PushTokenUnusable, MessageNotSent.
        """

    def send(self, service: Service, address: str, pushed: Pushed) -> None:
        """Pushes to an address. Raises AddressGone when the app is no longer there, MessageNotSent."""

    def forget(self, address: str) -> None:
        """Lets an address go; nothing is said when that fails, for nobody uses it any more."""


class SnsPush:
    """Amazon SNS. `client` is botocore's; `applications` are the ARNs of the platform applications, by service.

    https://docs.aws.amazon.com/sns/latest/dg/mobile-platform-endpoint.html
    """

    def __init__(self, client: Any, applications: Mapping[str, str]) -> None:
        self._client = client
        self._applications = applications

    def offers(self, service: Service) -> bool:
        """Whether the deployment names a platform application for it."""
        return bool(self._applications.get(service))

    def enrol(self, service: Service, token: str) -> str:
        """The token's endpoint, enabled: one that SNS disabled once stays so until somebody says otherwise."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            endpoint = self._endpoint(service, token)
            self._client.set_endpoint_attributes(EndpointArn=endpoint, Attributes={"Token": token, "Enabled": "true"})
        except ClientError as error:
            if _code(error) in _UNUSABLE:
                raise PushTokenUnusable from None
            raise _not_sent(error) from None
        except BotoCoreError as error:
            raise _not_sent(error) from None
        return endpoint

    def send(self, service: Service, address: str, pushed: Pushed) -> None:
        """Publishes in the form of each service. Apple's takes its tag and its time from attributes, Firebase's from the text."""
        from botocore.exceptions import BotoCoreError, ClientError

        name = service.upper()
        kept = {
            f"AWS.SNS.MOBILE.{name}.TTL": str(pushed.seconds),
            "AWS.SNS.MOBILE.APNS.COLLAPSE_ID": pushed.tag,
            "AWS.SNS.MOBILE.APNS.PUSH_TYPE": "alert",
        }
        try:
            self._client.publish(
                TargetArn=address,
                MessageStructure="json",
                Message=json.dumps(_forms(pushed), ensure_ascii=False),
                MessageAttributes={each: {"DataType": "String", "StringValue": value} for each, value in kept.items()},
            )
        except ClientError as error:
            if _is_gone(error):
                raise AddressGone from None
            raise _not_sent(error) from None
        except BotoCoreError as error:
            raise _not_sent(error) from None

    def forget(self, address: str) -> None:
        """Removes the endpoint."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.delete_endpoint(EndpointArn=address)
        except (BotoCoreError, ClientError) as error:
            logger.warning("SNS kept an endpoint: %s", type(error).__name__)

    def _endpoint(self, service: Service, token: str) -> str:
        """SNS refuses a token that it knows with other attributes, and names its endpoint while it does."""
        from botocore.exceptions import ClientError

        application = self._applications[service]
        try:
            return str(
                self._client.create_platform_endpoint(PlatformApplicationArn=application, Token=token)["EndpointArn"]
            )
        except ClientError as error:
            known = re.search(_KNOWN_ENDPOINT, error.response.get("Error", {}).get("Message", ""))
            if known is None:
                raise
            return known[1]


def _forms(pushed: Pushed) -> dict[str, str]:
    """What SNS publishes to each kind of endpoint; `default` is for whoever reads the message and knows none of them."""
    apple = {"aps": {"alert": {"title": pushed.title, "body": pushed.text}, "sound": "default"}, **pushed.data}
    android = {
        "priority": "high",
        "ttl": f"{pushed.seconds}s",
        "collapse_key": pushed.tag,
        "notification": {"tag": pushed.tag},
    }
    message = {"notification": {"title": pushed.title, "body": pushed.text}, "data": pushed.data, "android": android}
    return {
        "default": f"{pushed.title}\n\n{pushed.text}",
        "APNS": _json(apple),
        "APNS_SANDBOX": _json(apple),
        "GCM": _json({"fcmV1Message": {"message": message}}),
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _is_gone(error: Any) -> bool:
    """SNS calls an endpoint that was removed a wrong parameter, as it does a text that is too long: only the first is the phone's."""
    named = "TargetArn" in error.response.get("Error", {}).get("Message", "")
    return _code(error) in _GONE or (_code(error) in _UNUSABLE and named)


def _not_sent(error: Exception) -> MessageNotSent:
    """The company's own words may hold the token, so only their kind is kept."""
    logger.warning("SNS took no push: %s", type(error).__name__)
    return MessageNotSent()
