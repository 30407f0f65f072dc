"""A phone or e-mail is removed when another one reaches its person, and both are told."""

from typing import Any

import pytest

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests import freezing
from tests.build import PASSWORD, Someone, a_person, code_to, refused
from tests.crowd import at_once
from tests.identity import enrol, give_password, register
from tests.recovering import told


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, pin=None)


@pytest.fixture
def email(api: Api, cloud: LocalCloud, ada: Someone) -> str:
    found = freezing.with_email(api, cloud, ada)
    cloud.clock.advance("61s")
    return found


def start(api: Api, someone: Someone, what: str, password: str = PASSWORD) -> Answer:
    return api.post("/v1/contact_changes", {"remove": what, "current_password": password}, token=someone.token)


def prove_with(api: Api, cloud: LocalCloud, someone: Someone, change: Any, method: str, address: str) -> dict[str, str]:
    api.post(f"/v1/contact_changes/{change['id']}/send", {"method": method}, token=someone.token).ok(202)
    return {"method": method, "factor_code": code_to(cloud, address)}


def confirm(api: Api, someone: Someone, change: Any, **proof: str) -> Answer:
    return api.post(f"/v1/contact_changes/{change['id']}/confirm", proof, token=someone.token)


def test_a_lost_phone_is_removed_by_the_e_mail_that_stays(
    api: Api, cloud: LocalCloud, ada: Someone, email: str
) -> None:
    """A36, A26: the old number neither signs in nor is anybody's, and both contacts are told."""
    begun = start(api, ada, "phone").ok(202)
    assert (begun["status"], begun["methods"], begun["sent_to"]) == ("proof_required", ["email"], None)
    me = confirm(api, ada, begun, **prove_with(api, cloud, ada, begun, "email", email)).ok(200)
    assert (me["phone"], me["email"] is not None) == (None, True)
    refused(give_password(api, phone=ada.phone), 401, "invalid_credentials")
    give_password(api, email=email).ok(200)
    assert any("已从钱包移除" in text for text in told(cloud, ada.phone))
    assert any("已从钱包移除" in text for text in told(cloud, email))
    changed_at = cloud.wallet.people.require(ada.id).contact_changed_at
    assert changed_at is not None
    register(api, phone=ada.phone).ok(202)
    refused(confirm(api, ada, begun, method="email", factor_code="123456"), 404, "not_found")


def test_what_is_removed_proves_nothing_and_what_is_missing_is_named(
    api: Api, cloud: LocalCloud, ada: Someone, email: str
) -> None:
    """A36."""
    begun = start(api, ada, "email").ok(202)
    send = api.post(f"/v1/contact_changes/{begun['id']}/send", {"method": "email"}, token=ada.token)
    refused(send, 422, "contact_refused")
    refused(start(api, ada, "email", "not the password"), 403, "wrong_current_password")
    proof = prove_with(api, cloud, ada, begun, "sms", ada.phone)
    problem = refused(confirm(api, ada, begun, code="123456", **proof), 422, "contact_refused")
    assert [each["pointer"] for each in problem["errors"]] == ["/code"]
    refused(api.post(f"/v1/contact_changes/{begun['id']}/resend", {}, token=ada.token), 404, "not_found")
    confirm(api, ada, begun, **proof).ok(200)


def test_the_last_contact_stays(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    for what, code in (("phone", "contact_is_the_last"), ("email", "channel_not_registered")):
        problem = refused(start(api, ada, what), 422, "contact_refused")
        assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("/remove", code)]
    body = {"remove": "phone", "email": "li@example.com", "current_password": PASSWORD}
    refused(api.post("/v1/contact_changes", body, token=ada.token), 422, "invalid_request")


def test_of_two_removals_at_once_one_contact_is_left(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """With an authenticator either could be proven by the same person; nobody may end up unreachable."""
    app, recovery_codes = enrol(api, cloud, ada)
    email = "both@example.com"
    body = {"email": email, "current_password": PASSWORD}
    added = api.post("/v1/contact_changes", body, token=ada.token).ok(202)
    confirm(api, ada, added, code=code_to(cloud, email), method="totp", factor_code=app.code()).ok(200)
    changes = [start(api, ada, what).ok(202) for what in ("phone", "email")]
    proofs = list(zip(changes, recovery_codes, strict=False))
    answers = at_once(
        api,
        lambda client, each: confirm(client, ada, each[0], method="recovery_code", factor_code=each[1]),
        proofs,
    )
    assert sorted(answer.status for answer in answers) == [200, 409]
    person = cloud.wallet.people.require(ada.id)
    assert len(person.channels) == 1
