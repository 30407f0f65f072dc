"""The authenticator app over HTTP."""

import shutil
import subprocess

import pytest

from dev.cloud.local import LocalCloud
from tests.build import a_person, refused
from tests.client import Api
from tests.identity import Authenticator, challenge, enrol, other_than, prove


def test_an_authenticator_is_set_up_confirmed_and_removed(api: Api, cloud: LocalCloud) -> None:
    """A31: the secret is shown once and nowhere else."""
    someone = a_person(api, cloud, pin=None)
    begun = api.post("/v1/totp", token=someone.token)
    assert set(begun.ok(201)) == {"object", "status", "secret", "otpauth_uri"}
    assert begun.headers["cache-control"] == "no-store"
    app = Authenticator(cloud, begun.json["secret"])
    refused(api.post("/v1/totp/confirm", {"code": other_than(app.code())}, token=someone.token), 403, "wrong_factor")
    confirmed = api.post("/v1/totp/confirm", {"code": app.code()}, token=someone.token).ok(200)
    assert (confirmed["status"], len(confirmed["recovery_codes"])) == ("enabled", 10)
    me = api.get("/v1/me", token=someone.token)
    assert me.ok(200)["totp_enabled"] is True
    assert begun.json["secret"] not in me.text
    refused(api.post("/v1/totp", token=someone.token), 409, "totp_enabled")
    cloud.clock.advance("30s")
    assert api.delete("/v1/totp", json={"code": app.code()}, token=someone.token).status == 204
    assert api.get("/v1/me", token=someone.token).ok(200)["totp_enabled"] is False
    refused(api.delete("/v1/totp", json={"code": app.code()}, token=someone.token), 409, "totp_not_enabled")


def test_removing_needs_the_factor_that_is_removed(api: Api, cloud: LocalCloud) -> None:
    """A36."""
    someone = a_person(api, cloud, pin=None)
    app, codes = enrol(api, cloud, someone)
    problem = refused(api.delete("/v1/totp", json={}, token=someone.token), 422, "invalid_request")
    assert [each["pointer"] for each in problem["errors"]] == ["/code"]
    refused(api.delete("/v1/totp", json={"code": other_than(app.code())}, token=someone.token), 403, "wrong_factor")
    assert api.delete("/v1/totp", json={"code": codes[0]}, token=someone.token).status == 204


@pytest.mark.parametrize("code", [123456, 12345, "12345", "１２３４５６", "12345²", "123 456", None, ["123456"]])
def test_a_code_is_a_text_of_six_ascii_digits(api: Api, cloud: LocalCloud, code: object) -> None:
    """A28, A30."""
    someone = a_person(api, cloud, pin=None)
    api.post("/v1/totp", token=someone.token).ok(201)
    problem = refused(api.post("/v1/totp/confirm", {"code": code}, token=someone.token), 422, "invalid_request")
    assert [each["pointer"] for each in problem["errors"]] == ["/code"]


@pytest.mark.skipif(
    shutil.which("oathtool") is None, reason="oathtool (Debian's package of this name) is not installed"
)
def test_an_authenticator_of_other_hands_signs_in(api: Api, cloud: LocalCloud) -> None:
    """A27, A29: from the secret that a person is shown to the session, and its code is good once there as well."""

    def shown() -> str:
        at = cloud.clock.now().strftime("%Y-%m-%d %H:%M:%S UTC")
        command = ["oathtool", "--totp", "--base32", "--now", at, secret]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    someone = a_person(api, cloud, pin=None)
    secret = api.post("/v1/totp", token=someone.token).ok(201)["secret"]
    api.post("/v1/totp/confirm", {"code": shown()}, token=someone.token).ok(200)
    cloud.clock.advance("30s")
    code = shown()
    prove(api, challenge(api, someone), "totp", code).ok(201)
    refused(prove(api, challenge(api, someone), "totp", code), 401, "wrong_second_factor")
