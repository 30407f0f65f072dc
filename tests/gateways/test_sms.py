"""The SMS gateway against the local cloud's SNS, and against one that does not answer."""

import logging

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError

from dev.cloud.local import LocalCloud
from wallet_api.gateways.errors import MessageNotSent, MessageUnsure
from wallet_api.gateways.sms import SnsSms

PHONE = "+8613812345678"


class Deaf:
    """An SNS client whose every call fails as it is told."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    def publish(self, **asked: object) -> None:
        raise self.failure


def test_a_text_reaches_its_phone(cloud: LocalCloud) -> None:
    SnsSms(cloud.session.create_client("sns", region_name=cloud.region)).send(PHONE, "验证码 123456")
    (message,) = cloud.inbox.messages(PHONE)
    assert (message.channel, message.text) == ("sms", "验证码 123456")


@pytest.mark.parametrize(
    "failure",
    [
        ReadTimeoutError(endpoint_url=f"https://sns/?PhoneNumber={PHONE}"),
        ClientError({"Error": {"Code": "InvalidParameter", "Message": f"Invalid: {PHONE}"}}, "Publish"),
    ],
)
def test_a_company_that_fails_is_said_so_without_the_number(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """O13, D9: nothing of the number reaches the log or the error."""
    with caplog.at_level(logging.DEBUG), pytest.raises(MessageNotSent) as refused:
        SnsSms(Deaf(failure)).send(PHONE, "text")
    assert "SNS took no message" in caplog.text
    assert PHONE not in caplog.text + repr(refused.value)
    assert refused.value.__suppress_context__


@pytest.mark.parametrize(
    ("failure", "unsure"),
    [
        (ReadTimeoutError(endpoint_url="https://sns"), True),
        (ConnectionClosedError(endpoint_url="https://sns"), True),
        (ConnectTimeoutError(endpoint_url="https://sns"), False),
        (ClientError({"Error": {"Code": "Throttling"}}, "Publish"), False),
    ],
)
def test_a_text_that_may_have_gone_out_is_told_from_one_that_did_not(failure: Exception, unsure: bool) -> None:
    """A23: the company knows no key by which it would know the second."""
    with pytest.raises(MessageNotSent) as told:
        SnsSms(Deaf(failure)).send(PHONE, "text")
    assert isinstance(told.value, MessageUnsure) == unsure
