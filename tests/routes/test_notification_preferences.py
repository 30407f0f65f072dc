"""Preferences and push tokens over HTTP: what everybody begins with, what can be chosen, and what cannot."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Someone, a_merchant, a_person, cny, refused
from tests.confirming import OFF, ON, a_token, choose, register
from tests.recovering import at_the_start_of_a_stretch

PATH = "/v1/me/notification_preferences"
AT_FIRST = {"inbox": True, "push": True, "sms": False, "email": False}


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, pin=None)


def test_nobody_but_a_person_has_preferences(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    assert api.get(PATH).status == api.patch(PATH, {}).status == 401
    refused(api.get(PATH, token=shop.key), 403, "wrong_caller")
    refused(api.patch(PATH, {}, token=shop.key), 403, "wrong_caller")


def test_a_session_that_has_ended_chooses_nothing(api: Api, ada: Someone) -> None:
    api.delete("/v1/sessions/current", token=ada.token).ok(204)
    assert api.get(PATH, token=ada.token).status == 401
    assert api.patch(PATH, {"locale": "en"}, token=ada.token).status == 401
    assert register(api, ada, a_token()).status == 401


def test_everybody_begins_with_the_inbox_and_their_phone(api: Api, ada: Someone) -> None:
    assert api.get(PATH, token=ada.token).ok(200) == {
        "object": "notification_preferences",
        "money_in": AT_FIRST,
        "money_out": AT_FIRST,
        "refunds": AT_FIRST,
        "security": {"inbox": False, "push": False, "sms": True, "email": True},
        "sms_from": cny(0),
        "locale": "profile",
        "phones": [],
    }


def test_somebody_sees_which_of_their_devices_are_pushed_to(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    told = register(api, ada, a_token()).ok(200)
    register(api, a_person(api, cloud, pin=None), a_token()).ok(200)
    assert api.get(PATH, token=ada.token).ok(200)["phones"] == choose(api, ada, locale="en")["phones"] == [told]
    api.delete("/v1/devices/current/push_token", token=ada.token).ok(204)
    assert api.get(PATH, token=ada.token).ok(200)["phones"] == []


def test_what_is_left_away_stays(api: Api, ada: Someone) -> None:
    choose(api, ada, money_out=ON, sms_from=cny(10_000))
    after = choose(api, ada, refunds=OFF, money_out={"email": False}, locale="zh-CN")
    assert after == api.get(PATH, token=ada.token).ok(200)
    assert after["money_out"] == {"inbox": True, "push": True, "sms": True, "email": False}
    assert after["refunds"] == {"inbox": True, **OFF}
    assert after["money_in"] == AT_FIRST
    assert (after["sms_from"], after["locale"]) == (cny(10_000), "zh-CN")
    assert choose(api, ada) == after
    assert choose(api, ada, locale="profile", sms_from=cny(0))["locale"] == "profile"


def test_security_cannot_be_switched_off_and_says_so_by_field(api: Api, ada: Someone) -> None:
    """Whoever holds a session could hide from its owner what they do next."""
    wish = {"security": {"sms": False, "email": False}, "money_in": ON}
    problem = refused(api.patch(PATH, wish, token=ada.token, lang="en"), 422, "invalid_request")
    assert [each["pointer"] for each in problem["errors"]] == ["/security/sms", "/security/email"]
    assert {each["code"] for each in problem["errors"]} == {"cannot_be_chosen"}
    assert choose(api, ada)["money_in"] == AT_FIRST, "nothing of it was done"
    choose(api, ada, security={"sms": True, "email": True, "push": False})


@pytest.mark.parametrize(
    ("wish", "pointer"),
    [
        ({"money_in": {"inbox": False}}, "/money_in/inbox"),
        ({"money_in": {"sms": None}}, None),
        ({"money_in": {"push": "yes"}}, "/money_in/push"),
        ({"everything": ON}, "/everything"),
        ({"locale": "fr"}, "/locale"),
        ({"sms_from": {"amount": -1, "currency": "CNY"}}, "/sms_from/amount"),
        ({"sms_from": {"amount": 1, "currency": "USD"}}, "/sms_from/currency"),
    ],
)
def test_what_cannot_be_chosen_is_refused_by_name(api: Api, ada: Someone, wish: object, pointer: str | None) -> None:
    answer = api.patch(PATH, wish, token=ada.token)
    if pointer is None:
        answer.ok(200)  # null is what was left away
    else:
        assert [each["pointer"] for each in refused(answer, 422, "invalid_request")["errors"]] == [pointer]


def test_a_push_token_is_answered_without_being_shown(api: Api, ada: Someone) -> None:
    token = a_token()
    answer = register(api, ada, token)
    device = api.get("/v1/devices", token=ada.token).ok(200)["data"][0]["id"]
    told = answer.ok(200)
    assert (told["object"], told["device_id"], told["service"]) == ("push_token", device, "fcm")
    assert token not in answer.text
    assert register(api, ada, token).ok(200) == told


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"service": "wns", "token": "a" * 64}, "/service"),
        ({"service": "apns", "token": "short"}, "/token"),
        ({"service": "apns", "token": "a" * 1001}, "/token"),
        ({"service": "apns", "token": "a b c d e f g h"}, "/token"),
        ({"service": "apns"}, "/token"),
    ],
)
def test_a_token_that_can_be_none_is_refused_by_name(api: Api, ada: Someone, body: object, pointer: str) -> None:
    problem = refused(api.put("/v1/devices/current/push_token", body, token=ada.token), 422, "invalid_request")
    assert [each["pointer"] for each in problem["errors"]] == [pointer]


def test_a_session_that_registers_without_end_is_slowed_down(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """Each new token is a call of the push company."""
    at_the_start_of_a_stretch(cloud)
    statuses = [register(api, ada, a_token()).status for _ in range(21)]
    assert statuses == [200] * 20 + [429]
