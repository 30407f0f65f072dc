"""Devices over HTTP: seen, known again, limited while they are new, removed."""

from contextlib import suppress

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import (
    PIN,
    Someone,
    a_person,
    balance_of,
    code_to,
    refused,
    send,
    signed_in_again,
)
from tests.crowd import at_once
from tests.signing import a_phone_of, an_authenticator, ask_transfer, sign_in, transfer
from wallet_api.devices.errors import DeviceUsedMeanwhile
from wallet_api.devices.model import Device


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=10_000_00)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


def devices(api: Api, someone: Someone) -> list[dict[str, object]]:
    found: list[dict[str, object]] = api.get("/v1/devices", token=someone.token).ok(200)["data"]
    return found


def told(cloud: LocalCloud, someone: Someone, words: str) -> bool:
    cloud.wallet.notifications.send_due()
    return any(words in message.shown()["text"] for message in cloud.inbox.messages(someone.phone))


def test_a_stranger_sees_and_removes_nothing(api: Api, ada: Someone, bo: Someone) -> None:
    refused(api.get("/v1/devices"), 401, "not_authenticated")
    (device,) = devices(api, ada)
    refused(api.delete(f"/v1/devices/{device['id']}", token=bo.token), 404, "not_found")
    refused(api.delete("/v1/devices/nonsense", token=bo.token), 404, "not_found")
    assert len(devices(api, ada)) == 1


def test_a_person_sees_where_they_are_signed_in_a43(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """A43, A50."""
    elsewhere, _ = sign_in(api, cloud, ada, name="小米 15", app_version="3.2.1")

    new, first = devices(api, elsewhere)

    assert (new["name"], new["platform"], new["app_version"]) == ("小米 15", "ios", "3.2.1")
    assert (new["current"], first["current"]) == (True, False)
    assert new["limited_until"]
    assert first["limited_until"] is None


def test_a_new_device_is_announced_and_the_one_that_opened_the_wallet_is_not_a50(
    api: Api, cloud: LocalCloud, ada: Someone
) -> None:
    """A50, A43: a notice to the channels that were there before."""
    assert not told(cloud, ada, "新设备")
    sign_in(api, cloud, ada)
    assert told(cloud, ada, "新设备")


def test_a_new_device_moves_little_for_a_day_a50(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """A50: a PIN up to 1000, more proof up to 3000 in one move and 5000 a day, whatever is proven."""
    there, _ = sign_in(api, cloud, ada)
    send(api, there, bo, 1_000_00).ok(201)
    problem = refused(send(api, there, bo, 1_000_01), 403, "step_up_required")
    assert (problem["reason"], problem["methods"]) == ("new_device", "sms")
    refused(send(api, there, bo, 3_000_01), 402, "transaction_limit_exceeded")
    totp = an_authenticator(api, cloud, there)
    for amount, status in ((2_500_00, 201), (1_600_00, 402), (1_000_00, 201), (500_00, 402)):
        asked = ask_transfer(api, there, bo, amount, pin=PIN)
        answer = transfer(api, there, bo, amount, {"challenge_id": asked["challenge_id"], "code": totp()})
        assert answer.status == status, answer.text
    assert balance_of(api, bo) == 4_500_00

    cloud.clock.advance("24h")
    send(api, signed_in_again(api, there), bo, 1_500_00).ok(201)


def test_the_small_limit_of_a_day_holds_against_moves_at_once_a50(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """A50, M30: the new device's limit is counted in the money's own write."""
    there, _ = sign_in(api, cloud, ada)
    while balance_of(api, bo) < 4_800_00:
        send(api, there, bo, 800_00).ok(201)
    answers = at_once(api, lambda client, _: send(client, there, bo, 200_00), range(8))
    assert [answer.status for answer in answers].count(201) <= 1
    assert balance_of(api, bo) <= 5_000_00


def test_a_device_that_comes_back_with_its_token_is_the_same_one(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    _, tokens = sign_in(api, cloud, ada)
    cloud.clock.advance("25h")
    again, _ = sign_in(api, cloud, ada, token=tokens["device_token"], app_version="4.0.0")

    same, first = devices(api, again)
    assert (same["id"], same["current"], same["app_version"]) == (tokens["device_id"], True, "4.0.0")
    assert first["id"] != same["id"]


def test_coming_back_ends_the_session_that_ran_there_before_and_no_other(
    api: Api, cloud: LocalCloud, ada: Someone
) -> None:
    """A43: one device, one session; what was copied from it before is worth nothing afterwards."""
    elsewhere, _ = sign_in(api, cloud, ada)
    cloud.clock.advance("2m")
    before, tokens = sign_in(api, cloud, ada)
    cloud.clock.advance("2m")
    again, newer = sign_in(api, cloud, ada, token=tokens["device_token"])
    refused(api.get("/v1/me", token=before.token), 401, "session_ended")
    refused(api.post("/v1/sessions/refresh", {"refresh_token": before.refresh_token}), 401, "session_ended")
    for alive in (ada, elsewhere, again):
        api.get("/v1/me", token=alive.token).ok(200)
    cloud.clock.advance("2m")
    last, _ = sign_in(api, cloud, ada, token=newer["device_token"])
    refused(api.get("/v1/me", token=again.token), 401, "session_ended")
    api.delete("/v1/sessions/current", token=last.token).ok()
    cloud.clock.advance("2m")
    sign_in(api, cloud, ada, token=newer["device_token"])


def test_of_sign_ins_on_one_device_at_once_one_session_is_left(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """A43: whichever came second ended the other."""
    _, tokens = sign_in(api, cloud, ada)
    wallet, begun = cloud.wallet, []
    person_id, device = ada.id, Device(token=tokens["device_token"])
    with wallet.storage.trip() as trip:
        seen = wallet.devices.sessions_on(person_id, trip)
    earlier = wallet.devices.earlier_session(person_id, device, seen())
    for _ in range(2):
        with suppress(DeviceUsedMeanwhile), wallet.storage.atomic_write() as write:
            begun.append(wallet.sessions.begin(person_id, device, write, earlier=earlier))
    first, second = begun
    api.get("/v1/me", token=first.access_token).ok(200)
    refused(api.get("/v1/me", token=second.access_token), 401, "session_ended")
    assert wallet.devices.earlier_session(person_id, device, {}) == first.session.id


def test_coming_back_does_not_end_the_day_early(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """A50."""
    _, tokens = sign_in(api, cloud, ada)
    cloud.clock.advance("2h")
    again, _ = sign_in(api, cloud, ada, token=tokens["device_token"])
    refused(send(api, again, bo, 1_000_01), 403, "step_up_required")


def test_a_token_of_somebody_else_or_made_up_makes_a_new_device(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    _, theirs = sign_in(api, cloud, bo)
    cloud.clock.advance("2m")
    for token in (theirs["device_token"], "wdt_AAAA", theirs["device_token"][:-1] + "A"):
        cloud.clock.advance("10m")
        _, tokens = sign_in(api, cloud, ada, token=token)
        assert tokens["device_id"] != theirs["device_id"]
    assert len(devices(api, signed_in_again(api, bo))) == 2


def test_a_removed_device_is_out_at_once_a42(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """A42, A43, A50: its session, its refresh token, its key and its token are worth nothing from then on."""
    there, tokens = sign_in(api, cloud, ada)
    phone = a_phone_of(api, there)
    proof = phone.yes(ask_transfer(api, there, bo, 700))

    assert api.delete(f"/v1/devices/{tokens['device_id']}", token=ada.token).status == 204

    refused(transfer(api, there, bo, 700, proof), 401, "session_ended")
    refused(api.post("/v1/sessions/refresh", {"refresh_token": there.refresh_token}), 401, "session_ended")
    refused(transfer(api, ada, bo, 700, phone.yes(ask_transfer(api, ada, bo, 700))), 403, "wrong_signature")
    assert told(cloud, ada, "已从您的钱包移除")
    assert len(devices(api, ada)) == 1
    refused(api.delete(f"/v1/devices/{tokens['device_id']}", token=ada.token), 404, "not_found")


def test_a_removed_device_signs_in_as_a_new_one(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    _, tokens = sign_in(api, cloud, ada)
    api.delete(f"/v1/devices/{tokens['device_id']}", token=ada.token)
    cloud.clock.advance("2m")
    body = {"phone": ada.phone, "password": "horse-battery-蓝莓-42", "device": {"token": tokens["device_token"]}}
    challenge = api.post("/v1/sessions", body).ok(200)["challenge_id"]
    api.post(f"/v1/sessions/challenges/{challenge}/send", {"method": "sms"}).ok(202)
    proof = {"method": "sms", "code": code_to(cloud, ada.phone)}
    refused(api.post(f"/v1/sessions/challenges/{challenge}/verify", proof), 409, "device_removed")
    cloud.clock.advance("2m")
    sign_in(api, cloud, ada)


def test_removing_the_device_that_asks_signs_out(api: Api, ada: Someone) -> None:
    (device,) = devices(api, ada)
    assert api.delete(f"/v1/devices/{device['id']}", token=ada.token).status == 204
    refused(api.get("/v1/devices", token=ada.token), 401, "session_ended")
