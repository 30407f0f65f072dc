"""Forgotten passwords, locks and notices over HTTP, step by step."""

from dev.cloud.local import LocalCloud
from tests.build import Someone, code_to
from tests.client import Answer, Api
from tests.identity import give_password

NEW_PASSWORD = "seven quiet 茶 rivers"


def start_reset(api: Api, **contact: str) -> Answer:
    return api.post("/v1/password_resets", contact)


def confirm_reset(api: Api, reset_id: str, code: str, password: str = NEW_PASSWORD) -> Answer:
    return api.post(f"/v1/password_resets/{reset_id}/confirm", {"code": code, "new_password": password})


def reset(api: Api, cloud: LocalCloud, someone: Someone, password: str = NEW_PASSWORD) -> Answer:
    """Both steps, by SMS."""
    begun = start_reset(api, phone=someone.phone).ok(202)
    return confirm_reset(api, begun["id"], code_to(cloud, someone.phone), password)


def start_unlock(api: Api, **contact: str) -> Answer:
    return api.post("/v1/unlocks", contact)


def confirm_unlock(api: Api, unlock_id: str, method: str, code: str) -> Answer:
    return api.post(f"/v1/unlocks/{unlock_id}/confirm", {"method": method, "code": code})


def lock(api: Api, someone: Someone) -> None:
    """Five wrong passwords."""
    for _ in range(5):
        give_password(api, phone=someone.phone, password="not the password")
    assert give_password(api, phone=someone.phone).status == 401


def told(cloud: LocalCloud, address: str) -> list[str]:
    """Every text that reached an address since the schedule ran once more, newest first."""
    cloud.advance("1m")
    return [message.shown()["text"] for message in cloud.inbox.messages(address)]


def at_the_start_of_a_stretch(cloud: LocalCloud) -> None:
    """Moves the clock to where the counts of ten minutes begin anew, so that none does so while a test counts."""
    cloud.clock.advance(600 - int(cloud.clock.now().timestamp()) % 600)
