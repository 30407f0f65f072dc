"""Registering over HTTP."""

import re

import pytest

from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, a_person, a_phone, code_to, refused
from tests.client import Answer, Api
from tests.faults.injector import Faults
from tests.identity import confirm, give_password, other_than, register

FIELDS = {"id", "object", "status", "channel", "sent_to", "expires_at", "resend_at", "created_at"}


def resend(api: Api, registration_id: str, **body: str) -> Answer:
    return api.post(f"/v1/registrations/{registration_id}/resend", body)


def test_a_phone_and_a_code_make_a_person_who_is_signed_in(api: Api, cloud: LocalCloud) -> None:
    phone = a_phone()
    begun = register(api, phone=phone)
    registration = begun.ok(202)
    assert set(registration) == FIELDS
    assert (registration["status"], registration["channel"]) == ("code_sent", "sms")
    assert registration["sent_to"] == f"+86{phone[3:6]}****{phone[-4:]}"
    assert begun.headers["cache-control"] == "no-store"
    made = confirm(api, registration["id"], code_to(cloud, phone), device={"name": "P50", "platform": "harmony"}).ok(
        201
    )
    assert (made["user"]["object"], made["user"]["phone"]) == ("user", registration["sent_to"])
    assert made["session"]["expires_in"] == 900
    assert api.get("/v1/me", token=made["session"]["access_token"]).ok(200).items() >= made["user"].items()
    wallet = api.get("/v1/wallet", token=made["session"]["access_token"]).ok(200)
    assert wallet["status"] == "active"


def test_an_e_mail_address_does_as_well(api: Api, cloud: LocalCloud) -> None:
    begun = register(api, email="Li.Na@Example.com", locale="en").ok(202)
    assert (begun["channel"], begun["sent_to"]) == ("email", "l***@example.com")
    assert "your code to open a wallet" in cloud.inbox.messages("li.na@example.com")[0].text
    made = confirm(api, begun["id"], code_to(cloud, "li.na@example.com")).ok(201)
    assert (made["user"]["email"], made["user"]["phone"], made["user"]["locale"]) == ("l***@example.com", None, "en")
    give_password(api, email="LI.NA@example.com").ok(200)


def test_registering_a_known_phone_looks_like_registering_a_new_one(api: Api, cloud: LocalCloud) -> None:
    """A10, A11: same status, fields and headers; only the owner learns of it, and no code exists that would work."""
    owner, stranger = a_person(api, cloud, pin=None), a_phone()
    known, new = register(api, phone=owner.phone), register(api, phone=stranger)
    assert known.status == new.status == 202
    assert set(known.json) == set(new.json) == FIELDS
    assert set(known.headers) == set(new.headers)
    notice = cloud.inbox.messages(owner.phone)[0].text
    assert not re.search(r"\d{6}", notice)
    assert "已有钱包" in notice
    for path, body in (("confirm", {"code": "123456"}), ("resend", {})):
        one, two = (api.post(f"/v1/registrations/{each.json['id']}/{path}", body) for each in (known, new))
        assert (one.status, one.json["code"]) == (two.status, two.json["code"])
        assert set(one.json) == set(two.json)
    give_password(api, phone=owner.phone).ok(200)


def test_registering_a_known_phone_makes_the_same_calls(api: Api, cloud: LocalCloud, faults: Faults) -> None:
    """A10, A11: so that the time it takes tells nothing either."""
    owner, calls = a_person(api, cloud, pin=None), []
    for phone in (owner.phone, a_phone()):
        faults.clear()
        register(api, phone=phone).ok(202)
        calls.append([operation for operation, _ in faults.calls])
    assert calls[0] == calls[1]


def test_wrong_codes_are_counted_and_the_right_one_dies_with_the_fifth(api: Api, cloud: LocalCloud) -> None:
    """A20."""
    phone = a_phone()
    begun = register(api, phone=phone).ok(202)
    code = code_to(cloud, phone)
    for left in (4, 3, 2, 1, 0):
        assert refused(confirm(api, begun["id"], other_than(code)), 403, "wrong_code")["attempts_left"] == left
    refused(confirm(api, begun["id"], code), 403, "code_used_up")


def test_a_code_expires_and_another_may_be_asked_for(api: Api, cloud: LocalCloud) -> None:
    """A17, A21."""
    phone = a_phone()
    begun = register(api, phone=phone).ok(202)
    too_soon = resend(api, begun["id"])
    problem = refused(too_soon, 429, "resend_too_soon")
    assert 0 < int(too_soon.headers["retry-after"]) <= 60
    assert problem["retry"] == "after"
    cloud.clock.advance("601s")
    refused(confirm(api, begun["id"], code_to(cloud, phone)), 403, "code_expired")
    again = resend(api, begun["id"]).ok(202)
    assert (again["id"], again["sent_to"]) == (begun["id"], begun["sent_to"])
    confirm(api, begun["id"], code_to(cloud, phone)).ok(201)


def test_a_code_that_does_not_arrive_may_go_over_the_other_contact(api: Api, cloud: LocalCloud) -> None:
    """Only when a second contact was given; then only the proven one belongs to the person."""
    phone, email = a_phone(), "li.na@example.com"
    begun = register(api, phone=phone, email=email).ok(202)
    cloud.clock.advance("60s")
    assert resend(api, begun["id"], channel="email").ok(202)["sent_to"] == "l***@example.com"
    made = confirm(api, begun["id"], code_to(cloud, email)).ok(201)
    assert (made["user"]["phone"], made["user"]["email"]) == (None, "l***@example.com")
    assert give_password(api, phone=phone).status == 401
    alone = register(api, phone=a_phone()).ok(202)
    cloud.clock.advance("60s")
    problem = refused(resend(api, alone["id"], channel="email"), 422, "registration_refused")
    assert problem["errors"][0]["pointer"] == "/channel"


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"phone": "13812345"}, "/phone", "phone_malformed"),
        ({"phone": "＋８６１３８１２３４５６７８"}, "/phone", "phone_malformed"),
        ({"phone": "+8613812345678\u200b"}, "/phone", "phone_malformed"),
        ({"phone": "+19005551234"}, "/phone", "phone_takes_no_sms"),
        ({"phone": 13812345678}, "/phone", "wrong_type"),
        ({"phone": None}, "/phone", "contact_required"),
        ({"email": "li.na@"}, "/email", "email_malformed"),
        ({"password": "qmv4 t8"}, "/password", "password_too_short"),
        ({"password": "x y4" * 33}, "/password", "password_too_long"),
        ({"password": "x" * 513}, "/password", "too_long"),
        ({"password": "P@ssw0rd1"}, "/password", "password_common"),
        ({"password": "hello3812345678"}, "/password", "password_holds_contact"),
        ({"password": "wallet-2026"}, "/password", "password_holds_product"),
        ({"password": "horse\u202ebattery"}, "/password", "forbidden_characters"),
        ({"consents": ["terms"]}, "/consents", "consent_required"),
        ({"consents": ["terms", "privacy", "spam"]}, "/consents", "too_long"),
        ({"consents": ["terms", "spam"]}, "/consents/1", "unknown_value"),
        ({"locale": "fr"}, "/locale", "unknown_value"),
        ({"balance": 100}, "/balance", "unknown_field"),
    ],
)
def test_what_is_wrong_is_said_on_its_field_and_nothing_is_sent(
    api: Api, cloud: LocalCloud, change: dict[str, object], pointer: str, code: str
) -> None:
    """A5, A22, P2, P13, P14."""
    body = {"phone": "+8613812345678", "password": PASSWORD, "consents": ["terms", "privacy"], **change}
    answer = api.post("/v1/registrations", body, lang="en")
    assert answer.status == 422, answer.text
    assert (pointer, code) in [(each["pointer"], each["code"]) for each in answer.json["errors"]], answer.text
    assert cloud.inbox.messages() == []


def test_a_megabyte_of_password_is_not_hashed(api: Api) -> None:
    """A8."""
    refused(register(api, phone=a_phone(), password="x" * 2**20), 413, "body_too_large")


@pytest.mark.parametrize("path", ["confirm", "resend"])
def test_an_unknown_registration_is_missing(api: Api, path: str) -> None:
    body = {"code": "123456"} if path == "confirm" else {}
    for unknown in ("reg_01KAMS3Q0V5T1C9D9SZ3GZ2WQY", "reg_x", "usr_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"):
        refused(api.post(f"/v1/registrations/{unknown}/{path}", body), 404, "not_found")
