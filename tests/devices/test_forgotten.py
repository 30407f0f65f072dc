"""A device that nobody signed in on for half a year is forgotten."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests import freezing
from tests.build import Someone, a_person, code_to, refused
from tests.identity import challenge, prove, send_code
from tests.signing import a_phone_of


def seen(api: Api, someone: Someone) -> list[str]:
    return [each["id"] for each in api.get("/v1/devices", token=someone.token).ok(200)["data"]]


def first_device(api: Api, someone: Someone) -> tuple[str, str]:
    session = api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token}).ok(200)["session"]
    return session["device_id"], session["device_token"]


def test_it_is_gone_from_the_list_and_from_the_table(api: Api, cloud: LocalCloud) -> None:
    """A43, A50: with its key."""
    ada = a_person(api, cloud)
    old, _ = first_device(api, ada)
    a_phone_of(api, freezing.back(api, cloud, ada))
    cloud.clock.advance("179d")
    later = freezing.back(api, cloud, ada)
    assert old in seen(api, later)
    cloud.clock.advance("24h")
    now = freezing.back(api, cloud, ada)
    assert len(seen(api, now)) == 2
    wallet = cloud.wallet
    kept = [row.id for row in wallet.storage.query(wallet.devices.items, ada.id, prefix="device/")]
    assert old not in kept
    assert len(kept) == 2


def test_its_token_is_worth_nothing(api: Api, cloud: LocalCloud) -> None:
    ada = a_person(api, cloud)
    _, token = first_device(api, ada)
    cloud.clock.advance("179d")
    freezing.back(api, cloud, ada, device={"token": token})
    cloud.clock.advance("180d")
    begun = challenge(api, ada, device={"token": token})
    send_code(api, begun).ok(202)
    refused(prove(api, begun, "sms", code_to(cloud, ada.phone)), 409, "device_removed")
