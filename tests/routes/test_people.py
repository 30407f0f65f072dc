"""One's own page over HTTP."""

import pytest

from dev.cloud.local import LocalCloud
from tests.build import a_person, refused
from tests.client import Api


def test_people_see_themselves_with_masked_contacts(api: Api, cloud: LocalCloud) -> None:
    """D15."""
    someone = a_person(api, cloud)
    answer = api.get("/v1/me", token=someone.token)
    me = answer.ok(200)
    assert set(me) == {
        "id", "object", "status", "phone", "email", "display_name", "locale", "consents", "totp_enabled",
        "payment_pin_set", "created_at",
    }  # fmt: skip
    assert (me["id"], me["object"], me["email"], me["locale"]) == (someone.id, "user", None, "zh-CN")
    assert me["phone"] == f"+86{someone.phone[3:6]}****{someone.phone[-4:]}"
    assert (me["consents"], me["totp_enabled"], me["payment_pin_set"]) == (["terms", "privacy"], False, True)
    assert answer.headers["cache-control"] == "no-store"


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
