"""The mail gateway against the local cloud's SES, and against one that does not answer."""

import logging

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from dev.cloud.local import LocalCloud
from wallet_api.gateways.errors import MessageNotSent, MessageUnsure
from wallet_api.gateways.mail import SesMail

ADDRESS = "li.na@example.com"


REJECTED = ClientError({"Error": {"Code": "MessageRejected", "Message": f"not verified: {ADDRESS}"}}, "SendEmail")


class Deaf:
    """An SES client whose every call fails."""

    def __init__(self, failure: Exception = REJECTED) -> None:
        self.failure = failure

    def send_email(self, **asked: object) -> None:
        raise self.failure


def test_a_mail_reaches_its_address_with_its_subject(cloud: LocalCloud) -> None:
    client = cloud.session.create_client("sesv2", region_name=cloud.region)
    SesMail(client, cloud.wallet.settings.mail_sender).send(ADDRESS, "登录验证码", "验证码 123456")
    (message,) = cloud.inbox.messages(ADDRESS)
    assert message.channel == "email"
    assert "登录验证码" in message.text
    assert "验证码 123456" in message.text


def test_a_company_that_fails_is_said_so_without_the_address(caplog: pytest.LogCaptureFixture) -> None:
    """O13, D9."""
    with caplog.at_level(logging.DEBUG), pytest.raises(MessageNotSent) as refused:
        SesMail(Deaf(), "no-reply@example.com").send(ADDRESS, "subject", "text")
    assert "SES took no message" in caplog.text
    assert ADDRESS not in caplog.text + repr(refused.value)


@pytest.mark.parametrize(
    ("failure", "unsure"), [(ReadTimeoutError(endpoint_url="https://ses"), True), (REJECTED, False)]
)
def test_a_mail_that_may_have_gone_out_is_told_from_one_that_did_not(failure: Exception, unsure: bool) -> None:
    with pytest.raises(MessageNotSent) as told:
        SesMail(Deaf(failure), "no-reply@example.com").send(ADDRESS, "subject", "text")
    assert isinstance(told.value, MessageUnsure) == unsure
