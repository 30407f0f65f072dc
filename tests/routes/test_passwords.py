"""Changing the password over HTTP."""

from contextlib import suppress
from unittest.mock import patch

import pytest

from dev.client import Answer
from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, Someone, a_person, code_to, refused
from tests.client import Api
from tests.elsewhere import From
from tests.freezing import freeze
from tests.identity import at_once, challenge, give_password, prove, send_code, sign_in
from tests.recovering import NEW_PASSWORD, confirm_reset, start_reset, told
from wallet_api.sessions.use_cases import Sessions


@pytest.fixture
def someone(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, pin=None)


def change(api: Api, someone: Someone, current: str = PASSWORD, new: str = NEW_PASSWORD) -> Answer:
    return api.put("/v1/password", {"current_password": current, "new_password": new}, token=someone.token)


def test_a_change_signs_out_every_other_device_and_tells_the_person(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """A6, A42: also the access token of a device that is in the middle of something."""
    other = sign_in(api, cloud, someone)["session"]
    change(api, someone).ok(200)
    api.get("/v1/me", token=someone.token).ok(200)
    refused(api.get("/v1/me", token=other["access_token"]), 401, "session_ended")
    refused(api.post("/v1/sessions/refresh", {"refresh_token": other["refresh_token"]}), 401, "session_ended")
    refused(give_password(api, phone=someone.phone), 401, "invalid_credentials")
    give_password(api, phone=someone.phone, password=NEW_PASSWORD).ok(200)
    assert any("密码已更改" in text for text in told(cloud, someone.phone))


def test_a_change_needs_the_current_password_and_counts_tries(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A6, A12: with the sign-in's own tries, and no more."""
    for _ in range(5):
        refused(change(api, someone, current="not it"), 403, "wrong_current_password")
    refused(change(api, someone), 403, "wrong_current_password")
    problem = refused(api.put("/v1/password", {"new_password": "x"}, token=someone.token), 422, "invalid_request")
    assert [each["pointer"] for each in problem["errors"]] == ["/current_password"]
    cloud.clock.advance("61s")
    change(api, someone).ok(200)


@pytest.mark.parametrize(("new", "reason"), [("password1", "password_common"), ("a b c", "password_too_short")])
def test_a_change_refuses_what_attackers_try_first(api: Api, someone: Someone, new: str, reason: str) -> None:
    """A5: with the reason, and the old one stays."""
    problem = refused(change(api, someone, new=new), 422, "password_refused")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("/new_password", reason)]
    give_password(api, phone=someone.phone).ok(200)


def test_of_parallel_changes_one_is_made(api: Api, someone: Someone) -> None:
    """A6: the others were proven with a password that is no more."""
    new = iter([f"a good 茶 password {each}" for each in ("one", "two", "three")])
    answers = at_once(3, lambda own: change(own, someone, new=next(new)), api)
    assert sorted(answer.status for answer in answers) == [200, 403, 403]


def test_sessions_that_are_over_are_gone_when_somebody_looks(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A44: expired ones are neither shown nor kept."""
    cloud.clock.advance("31d")
    fresh = sign_in(api, cloud, someone)["session"]
    shown = api.get("/v1/sessions", token=fresh["access_token"]).ok(200)["data"]
    assert [each["current"] for each in shown] == [True]
    rows = cloud.wallet.storage.query(cloud.wallet.sessions.items, someone.id, prefix="session/")
    assert len(rows) == 1


def test_a_refresh_token_that_was_copied_is_told_to_its_owner(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A39: once, however often the copy is tried."""
    api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token}).ok(200)
    cloud.clock.advance("31s")
    for _ in range(3):
        refused(api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token}), 401, "session_ended")
    assert len([text for text in told(cloud, someone.phone) if "被复制" in text]) == 1


def test_a_sign_in_under_way_does_not_survive_a_change(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A42, A43."""
    begun = challenge(api, someone)
    send_code(api, begun).ok(202)
    code = code_to(cloud, someone.phone)
    cloud.clock.advance("1s")
    change(api, someone).ok(200)
    refused(prove(api, begun, "sms", code), 404, "not_found")


@pytest.mark.parametrize("way", ["change", "reset", "freeze"])
def test_a_function_that_stops_after_the_write_has_signed_out_everybody(
    api: Api, cloud: LocalCloud, someone: Someone, way: str
) -> None:
    """A38, A42: in the write of the new password, or of the freeze; what comes after it only finds those that began meanwhile."""
    other = sign_in(api, cloud, someone)["session"]
    begun = start_reset(api, phone=someone.phone).ok(202)["id"]
    elsewhere = From(cloud, "203.0.113.7")
    with patch.object(Sessions, "end_older", side_effect=KeyboardInterrupt), suppress(KeyboardInterrupt):
        if way == "change":
            body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
            elsewhere.put("/v1/password", body, token=someone.token)
        elif way == "freeze":
            freeze(elsewhere, someone)
        else:
            confirm_reset(elsewhere, begun, code_to(cloud, someone.phone))
    refused(api.get("/v1/me", token=other["access_token"]), 401, "session_ended")
    refused(api.post("/v1/sessions/refresh", {"refresh_token": other["refresh_token"]}), 401, "session_ended")
    give_password(api, phone=someone.phone, password=PASSWORD if way == "freeze" else NEW_PASSWORD).ok(200)
