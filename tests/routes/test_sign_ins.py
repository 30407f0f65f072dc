"""Signing in over HTTP."""

import pytest

from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, a_person, a_phone, code_to, refused
from tests.client import Api
from tests.identity import challenge, enrol, give_password, prove, send_code


def test_a_password_and_a_code_by_sms_give_a_session(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud, pin=None)
    asked = give_password(api, phone=someone.phone)
    assert (asked.ok(200)["status"], asked.json["methods"]) == ("second_factor_required", ["sms"])
    assert asked.headers["cache-control"] == "no-store"
    sent = send_code(api, asked.json["challenge_id"]).ok(202)
    assert (sent["status"], sent["channel"]) == ("code_sent", "sms")
    assert sent["sent_to"].endswith(f"****{someone.phone[-4:]}")
    code = code_to(cloud, someone.phone)
    made = prove(api, asked.json["challenge_id"], "sms", code).ok(201)
    assert made["user"]["id"] == someone.id
    assert made["session"]["access_token"] not in (someone.token, "")
    assert api.get("/v1/me", token=made["session"]["access_token"]).ok(200).items() >= made["user"].items()
    api.get("/v1/me", token=someone.token).ok(200)
    refused(prove(api, asked.json["challenge_id"], "sms", code), 404, "not_found")


def test_an_authenticator_or_a_recovery_code_does_as_well(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud, pin=None)
    app, codes = enrol(api, cloud, someone)
    asked = give_password(api, phone=someone.phone).ok(200)
    assert asked["methods"] == ["totp", "sms", "recovery_code"]
    made = prove(api, asked["challenge_id"], "totp", app.code()).ok(201)
    assert made["user"]["totp_enabled"] is True
    refused(prove(api, challenge(api, someone), "totp", app.code()), 401, "wrong_second_factor")
    prove(api, challenge(api, someone), "recovery_code", codes[0]).ok(201)
    refused(prove(api, challenge(api, someone), "recovery_code", codes[0]), 401, "wrong_second_factor")


@pytest.mark.parametrize("spelled", ["13812345678", "+86 138-1234-5678"])
def test_a_phone_may_be_written_as_people_write_it(api: Api, cloud: LocalCloud, spelled: str) -> None:
    """P14."""
    begun = api.post(
        "/v1/registrations", {"phone": "+8613812345678", "password": PASSWORD, "consents": ["terms", "privacy"]}
    ).ok(202)
    api.post(f"/v1/registrations/{begun['id']}/confirm", {"code": code_to(cloud, "+8613812345678")}).ok(201)
    give_password(api, phone=spelled).ok(200)


def test_a_password_typed_on_another_keyboard_is_the_same(api: Api, cloud: LocalCloud) -> None:
    """A4."""
    phone = a_phone()
    body = {"phone": phone, "password": "café au lait!", "consents": ["terms", "privacy"]}
    begun = api.post("/v1/registrations", body).ok(202)
    api.post(f"/v1/registrations/{begun['id']}/confirm", {"code": code_to(cloud, phone)}).ok(201)
    give_password(api, phone=phone, password="cafe\u0301 au lait!").ok(200)
    refused(give_password(api, phone=phone, password="cafe au lait!"), 401, "invalid_credentials")


def test_a_refused_sign_in_tells_nothing_in_either_language(api: Api, cloud: LocalCloud) -> None:
    """A10."""
    someone = a_person(api, cloud, pin=None)
    for lang in ("en", "zh-CN"):
        texts = {
            api.post("/v1/sessions", {"phone": phone, "password": "wrong password"}, lang=lang).json["detail"]
            for phone in (someone.phone, a_phone())
        }
        assert len(texts) == 1


def test_a_method_that_was_not_offered_is_refused(api: Api, cloud: LocalCloud) -> None:
    """A47: the server says which proofs it takes."""
    someone = a_person(api, cloud, pin=None)
    open_challenge = challenge(api, someone)
    for answer in (
        send_code(api, open_challenge, "email"),
        prove(api, open_challenge, "totp", "123456"),
        prove(api, open_challenge, "recovery_code", "A" * 24),
    ):
        assert refused(answer, 422, "method_not_offered")["errors"][0]["pointer"] == "/method"
    problem = refused(send_code(api, open_challenge, "totp"), 422, "invalid_request")
    assert problem["errors"][0]["pointer"] == "/method"


def test_a_challenge_ends_after_a_quarter_of_an_hour(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud, pin=None)
    open_challenge = challenge(api, someone)
    cloud.clock.advance("15m")
    refused(send_code(api, open_challenge), 404, "not_found")
    refused(prove(api, open_challenge, "sms", "123456"), 404, "not_found")


def test_an_expired_code_is_said_so_and_another_is_sent(api: Api, cloud: LocalCloud) -> None:
    """A17, A21."""
    someone = a_person(api, cloud, pin=None)
    open_challenge = challenge(api, someone)
    send_code(api, open_challenge).ok(202)
    refused(send_code(api, open_challenge), 429, "resend_too_soon")
    cloud.clock.advance("601s")
    refused(prove(api, open_challenge, "sms", code_to(cloud, someone.phone)), 403, "code_expired")
    send_code(api, open_challenge).ok(202)
    prove(api, open_challenge, "sms", code_to(cloud, someone.phone)).ok(201)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"password": "x"}, ""),
        ({"phone": "+8613812345678", "email": "li@example.com", "password": "x"}, ""),
        ({"phone": "1", "password": "x"}, "/phone"),
        ({"phone": "+8613812345678ext9", "password": "x"}, "/phone"),
        ({"email": "li", "password": "x"}, "/email"),
        ({"phone": "+8613812345678"}, "/password"),
        ({"phone": "+8613812345678", "password": 12345678}, "/password"),
        ({"phone": "+8613812345678", "password": "x", "device": {"platform": "i\nOS"}}, "/device/platform"),
        ({"phone": "+8613812345678", "password": "x", "device": {"name": "x" * 65}}, "/device/name"),
        ({"phone": "+8613812345678", "password": "x", "role": "agent"}, "/role"),
    ],
)
def test_a_field_that_cannot_be_is_named(api: Api, body: dict[str, object], pointer: str) -> None:
    """P2, P14: what is said depends on the field's form alone."""
    problem = refused(api.post("/v1/sessions", body), 422, "invalid_request")
    assert pointer in [each["pointer"] for each in problem["errors"]]


@pytest.mark.parametrize("code", ["１２３４５６", "12345", "123456\n", 123456, "123456; drop", "x" * 41])
def test_a_code_that_cannot_be_is_named(api: Api, cloud: LocalCloud, code: object) -> None:
    """A28, A30."""
    someone = a_person(api, cloud, pin=None)
    body = {"method": "sms", "code": code}
    problem = refused(
        api.post(f"/v1/sessions/challenges/{challenge(api, someone)}/verify", body), 422, "invalid_request"
    )
    assert [each["pointer"] for each in problem["errors"]] == ["/code"]
