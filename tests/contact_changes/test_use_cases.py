"""Another phone or e-mail: proven twice, swapped at once, told to old and new."""

from typing import Any

import pytest

from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, Someone, a_person, a_phone, code_to, refused
from tests.client import Answer, Api
from tests.faults.injector import Faults
from tests.identity import at_once, enrol, give_password, other_than, register, sign_in
from tests.recovering import told


@pytest.fixture
def someone(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, pin=None)


def start(api: Api, someone: Someone, password: str = PASSWORD, **contact: str) -> Answer:
    return api.post("/v1/contact_changes", {"current_password": password, **contact}, token=someone.token)


def begun(api: Api, cloud: LocalCloud, someone: Someone, **contact: str) -> dict[str, Any]:
    """A change with both codes sent; what confirms it."""
    made = start(api, someone, **contact).ok(202)
    api.post(f"/v1/contact_changes/{made['id']}/send", {"method": "sms"}, token=someone.token).ok(202)
    body = {"code": code_to(cloud, next(iter(contact.values())).lower()), "method": "sms"}
    return {"id": made["id"], "body": {**body, "factor_code": code_to(cloud, someone.phone)}}


def confirm(api: Api, someone: Someone, change: dict[str, Any], **other: str) -> Answer:
    path = f"/v1/contact_changes/{change['id']}/confirm"
    return api.post(path, {**change["body"], **other}, token=someone.token)


def test_a_phone_is_changed_at_once_and_old_and_new_are_told(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A36, M21: the new one signs in, the old one is nobody's and may open a wallet that is another's."""
    new = a_phone()
    me = confirm(api, someone, begun(api, cloud, someone, phone=new)).ok(200)
    assert me["phone"].endswith(new[-4:])
    refused(give_password(api, phone=someone.phone), 401, "invalid_credentials")
    give_password(api, phone=new).ok(200)
    assert any("已更换" in text for text in told(cloud, someone.phone))
    assert any("已更换" in text for text in told(cloud, new))
    register(api, phone=someone.phone).ok(202)
    begun_again = register(api, phone=someone.phone).ok(202)
    made = api.post(f"/v1/registrations/{begun_again['id']}/confirm", {"code": code_to(cloud, someone.phone)}).ok(201)
    assert made["user"]["id"] != someone.id, "A26: a recycled number opens nothing of its former owner's"


def test_a_change_is_a_fact_that_payments_can_ask_for(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A25: when the contact last changed stands on the person."""
    assert cloud.wallet.people.require(someone.id).contact_changed_at is None
    before = cloud.clock.now()
    confirm(api, someone, begun(api, cloud, someone, phone=a_phone())).ok(200)
    changed_at = cloud.wallet.people.require(someone.id).contact_changed_at
    assert changed_at is not None
    assert before <= changed_at <= cloud.clock.now()


def test_an_e_mail_is_added_beside_the_phone_and_both_sign_in(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A36: a second way to be reached when an SMS does not arrive."""
    me = confirm(api, someone, begun(api, cloud, someone, email="Mei@Example.com")).ok(200)
    assert (me["email"], me["phone"] is not None) == ("m***@example.com", True)
    assert give_password(api, email="mei@example.com").ok(200)["methods"] == ["sms", "email"]
    give_password(api, phone=someone.phone).ok(200)
    assert any("新增" in text for text in told(cloud, someone.phone))
    assert any("新增" in text for text in told(cloud, "mei@example.com"))


def test_with_an_authenticator_the_change_is_proven_by_it_alone(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A25, A36."""
    app, recovery_codes = enrol(api, cloud, someone)
    new = a_phone()
    made = start(api, someone, phone=new).ok(202)
    assert made["methods"] == ["totp", "recovery_code"]
    send = api.post(f"/v1/contact_changes/{made['id']}/send", {"method": "sms"}, token=someone.token)
    refused(send, 422, "contact_refused")
    change = {"id": made["id"], "body": {"code": code_to(cloud, new), "method": "totp", "factor_code": "000000"}}
    refused(confirm(api, someone, change, method="sms"), 422, "contact_refused")
    refused(confirm(api, someone, change, factor_code=other_than(app.code())), 403, "wrong_factor")
    confirm(api, someone, change, method="recovery_code", factor_code=recovery_codes[0]).ok(200)


def test_neither_code_nor_the_password_is_enough_alone(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A36."""
    new = a_phone()
    refused(start(api, someone, password="not it", phone=new), 403, "wrong_current_password")
    change = begun(api, cloud, someone, phone=new)
    wrong_new, wrong_old = other_than(change["body"]["code"]), other_than(change["body"]["factor_code"])
    refused(confirm(api, someone, change, code=wrong_new), 403, "wrong_code")
    refused(confirm(api, someone, change, factor_code=wrong_old), 403, "wrong_factor")
    give_password(api, phone=someone.phone).ok(200)
    confirm(api, someone, change).ok(200)
    refused(confirm(api, someone, change), 404, "not_found")


def test_a_change_is_its_persons_alone(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A18, P1."""
    change = begun(api, cloud, someone, phone=a_phone())
    stranger = a_person(api, cloud, pin=None)
    refused(confirm(api, stranger, change), 404, "not_found")
    confirm(api, someone, change).ok(200)


def test_a_contact_of_somebody_else_gets_the_same_answer_and_its_owner_a_notice(
    api: Api, cloud: LocalCloud, someone: Someone, faults: Faults
) -> None:
    """A10, A11: after the same calls."""

    def asked(phone: str) -> tuple[object, ...]:
        before = len(faults.calls)
        answer = start(api, someone, phone=phone)
        calls = sorted(operation for operation, _ in faults.calls[before:])
        return answer.status, sorted(answer.ok(202)), sorted(answer.headers), calls

    other = a_person(api, cloud, pin=None)
    assert asked(a_phone()) == asked(other.phone)
    assert "已有钱包" in cloud.inbox.messages(other.phone)[0].shown()["text"]


def test_ones_own_contact_and_a_number_without_sms_are_refused_on_their_field(api: Api, someone: Someone) -> None:
    for contact, pointer, code in (
        ({"phone": someone.phone}, "/phone", "contact_is_yours"),
        ({"phone": "+19005551234"}, "/phone", "phone_takes_no_sms"),
    ):
        problem = refused(start(api, someone, **contact), 422, "contact_refused")
        assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [(pointer, code)]


def test_of_two_who_want_one_number_at_once_one_gets_it(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """M21: and the other keeps what they had."""
    new, other = a_phone(), a_person(api, cloud, pin=None)
    changes = [(someone, begun(api, cloud, someone, phone=new)), (other, begun(api, cloud, other, phone=new))]
    wishes = iter(changes)

    def wish(own: Api) -> Answer:
        who, change = next(wishes)
        return confirm(own, who, change)

    answers = at_once(2, wish, api)
    assert sorted(answer.status for answer in answers) == [200, 409]
    phones = {api.get("/v1/me", token=who.token).ok(200)["phone"] for who, _ in changes}
    assert len(phones) == 2


def test_a_change_ends_after_a_quarter_of_an_hour(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """M24."""
    change = begun(api, cloud, someone, phone=a_phone())
    cloud.clock.advance("14m")
    later = Someone(someone.id, someone.phone, sign_in(api, cloud, someone)["session"]["access_token"], "")
    cloud.clock.advance("61s")
    refused(confirm(api, later, change), 404, "not_found")
