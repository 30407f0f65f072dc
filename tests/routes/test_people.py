"""One's own page over HTTP."""

import pytest

from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, a_person, refused
from tests.client import Api
from tests.identity import sign_in


def test_people_see_themselves_with_masked_contacts(api: Api, cloud: LocalCloud) -> None:
    """D15."""
    someone = a_person(api, cloud)
    answer = api.get("/v1/me", token=someone.token)
    me = answer.ok(200)
    assert set(me) == {
        "id", "object", "status", "phone", "email", "display_name", "locale", "consents", "totp_enabled",
        "payment_pin_set", "created_at", "password",
    }  # fmt: skip
    assert (me["id"], me["object"], me["email"], me["locale"]) == (someone.id, "user", None, "zh-CN")
    assert me["phone"] == f"+86{someone.phone[3:6]}****{someone.phone[-4:]}"
    assert (me["consents"], me["totp_enabled"], me["payment_pin_set"]) == (["terms", "privacy"], False, True)
    assert answer.headers["cache-control"] == "no-store"


def test_an_old_password_is_worth_a_reminder_and_blocks_nothing(api: Api, cloud: LocalCloud) -> None:
    """A6: 90 days; a reminder, never a forced change."""
    someone = a_person(api, cloud)
    shown = api.get("/v1/me", token=someone.token).ok()
    assert shown["password"] == {"changed_at": shown["created_at"], "reminder": False}
    cloud.clock.advance("89d")
    session = sign_in(api, cloud, someone)["session"]
    assert not api.get("/v1/me", token=session["access_token"]).ok()["password"]["reminder"], "not a day too early"
    cloud.clock.advance("2d")
    token = sign_in(api, cloud, someone)["session"]["access_token"]
    old = api.patch("/v1/me", {"display_name": "Li Na"}, token=token).ok()["password"]
    assert old == {"changed_at": shown["created_at"], "reminder": True}
    change = {"current_password": PASSWORD, "new_password": "another-pony-蓝莓-43"}
    assert api.put("/v1/password", change, token=token).status < 300
    fresh = api.get("/v1/me", token=token).ok()["password"]
    assert (fresh["reminder"], fresh["changed_at"] > old["changed_at"]) == (False, True)


def test_people_choose_their_name_and_language(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud, pin=None)
    changed = api.patch("/v1/me", {"display_name": "李娜", "locale": "en"}, token=someone.token).ok(200)
    assert (changed["display_name"], changed["locale"]) == ("李娜", "en")
    assert api.patch("/v1/me", {}, token=someone.token).ok(200) == changed


@pytest.mark.parametrize(
    "body",
    [
        {"display_name": ""},
        {"display_name": "x" * 61},
        {"display_name": "a\nb"},
        {"locale": "fr"},
        {"phone": "+8613812345678"},
        {"totp_enabled": True},
    ],
)
def test_nobody_changes_more_of_themselves_than_that(api: Api, cloud: LocalCloud, body: dict[str, object]) -> None:
    """P2."""
    someone = a_person(api, cloud, pin=None)
    problem = refused(api.patch("/v1/me", body, token=someone.token), 422, "invalid_request")
    assert [each["pointer"] for each in problem["errors"]] == [f"/{next(iter(body))}"]


def test_nobody_is_seen_without_a_token(api: Api) -> None:
    refused(api.get("/v1/me"), 401, "not_authenticated")
    refused(api.patch("/v1/me", {}), 401, "not_authenticated")
