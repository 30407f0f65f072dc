"""An SMS company that is slow, or delivers twice: the company has no idempotency token, so the wallet has one code."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from dev.cloud.local import LocalCloud
from tests.build import a_phone, code_to, refused
from tests.client import Api
from tests.identity import confirm, register


class Company:
    """The SMS company's door, with something in between."""

    def __init__(self, real: Any, publish: Callable[[Callable[..., Any], dict[str, Any]], Any]) -> None:
        self.real, self.between = real, publish

    def publish(self, **message: Any) -> Any:
        return self.between(self.real.publish, message)


def twice(publish: Callable[..., Any], message: dict[str, Any]) -> Any:
    """The answer came too late, so the client asked once more."""
    publish(**message)
    return publish(**message)


def without_an_answer(publish: Callable[..., Any], message: dict[str, Any]) -> Any:
    """It is delivered, and nobody is told so."""
    publish(**message)
    raise ReadTimeoutError(endpoint_url="https://sns")


def through(monkeypatch: pytest.MonkeyPatch, cloud: LocalCloud, between: Callable[..., Any]) -> None:
    sms: Any = cloud.wallet.one_time_codes.sms
    monkeypatch.setattr(sms, "_client", Company(sms._client, between))


def test_a_message_that_arrives_twice_holds_one_code(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A23."""
    phone = a_phone()
    through(monkeypatch, cloud, twice)
    begun = register(api, phone=phone).ok(202)["id"]
    assert len({message.text for message in cloud.inbox.messages(phone)}) == 1
    assert len(cloud.inbox.messages(phone)) == 2
    confirm(api, begun, code_to(cloud, phone)).ok(201)
    assert confirm(api, register(api, phone=phone).ok(202)["id"], "000000").status == 403


def test_of_a_message_that_was_not_answered_and_its_successor_the_last_is_good(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A23, O13: the person is told that it may not come, asks again, and then both arrive."""
    phone, began = a_phone(), []
    through(monkeypatch, cloud, without_an_answer)
    refused(register(api, phone=phone), 503, "message_not_sent")
    lost = code_to(cloud, phone)
    monkeypatch.undo()
    began.append(register(api, phone=phone).ok(202)["id"])
    fresh = code_to(cloud, phone)
    assert lost != fresh or len(cloud.inbox.messages(phone)) == 2
    if lost != fresh:
        refused(confirm(api, began[0], lost), 403, "wrong_code")
    confirm(api, began[0], fresh).ok(201)


def test_a_code_that_is_sent_again_ends_the_one_that_was_not_answered(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A23: under the same registration one code is valid, however many messages of it arrive."""
    phone = a_phone()
    begun = register(api, phone=phone).ok(202)["id"]
    first = code_to(cloud, phone)
    cloud.clock.advance("60s")
    through(monkeypatch, cloud, without_an_answer)
    refused(api.post(f"/v1/registrations/{begun}/resend", {}), 503, "message_not_sent")
    second = code_to(cloud, phone)
    monkeypatch.undo()
    if first != second:
        refused(confirm(api, begun, first), 403, "wrong_code")
    confirm(api, begun, second).ok(201)
