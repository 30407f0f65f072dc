"""Who registered by e-mail alone: a code to a mailbox is no second factor for money."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, PIN, Someone, a_person, code_to, fund, refused, send
from tests.signing import an_authenticator, ask_transfer, send_code, transfer

EMAIL = "mei.only@example.com"


@pytest.fixture
def mei(api: Api, cloud: LocalCloud) -> Someone:
    """With a PIN and money, and no phone that the wallet knows."""
    body = {"email": EMAIL, "password": PASSWORD, "consents": ["terms", "privacy"]}
    begun = api.post("/v1/registrations", body).ok(202)
    made = api.post(f"/v1/registrations/{begun['id']}/confirm", {"code": code_to(cloud, EMAIL)}).ok(201)
    session = made["session"]
    mei = Someone(made["user"]["id"], "+8613955550001", session["access_token"], session["refresh_token"])
    api.put("/v1/payment_pin", {"pin": PIN}, token=mei.token).ok(200)
    fund(api, cloud, mei, 20_000_00)
    return mei


def test_a_code_by_e_mail_moves_no_large_amount_a24(api: Api, cloud: LocalCloud, mei: Someone) -> None:
    """A24: the PIN is enough for what it is enough for; more takes an authenticator, which is on offer to everybody."""
    bo = a_person(api, cloud)
    send(api, mei, bo, 100_00).ok(201)
    refused(send(api, mei, bo, 9_000_00), 403, "step_up_unavailable")
    sent = len(cloud.inbox.messages(EMAIL))
    asked = ask_transfer(api, mei, bo, 100_00, pin=PIN)
    assert "sms" not in asked["methods"]
    refused(send_code(api, mei, asked), 403, "method_not_accepted")
    assert len(cloud.inbox.messages(EMAIL)) == sent
    totp = an_authenticator(api, cloud, mei)
    asked = ask_transfer(api, mei, bo, 9_000_00, pin=PIN)
    transfer(api, mei, bo, 9_000_00, {"challenge_id": asked["challenge_id"], "code": totp()}).ok(201)
