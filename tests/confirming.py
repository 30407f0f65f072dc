"""People who are told of their money on their phones, by SMS and by e-mail, and what arrived there."""

from typing import Any

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import Someone, a_person, key

ALL_ON = {"push": True, "sms": True, "email": True}


def a_token() -> str:
    """A push token that no other phone has."""
    return f"tok-{key()}"


def register(api: Api, someone: Someone, token: str, service: str = "fcm") -> Answer:
    """The phone of somebody's session says where it is pushed to."""
    return api.put("/v1/devices/current/push_token", {"service": service, "token": token}, token=someone.token)


def choose(api: Api, someone: Someone, **wished: Any) -> Any:
    """Somebody's preferences after a change."""
    return api.patch("/v1/me/notification_preferences", wished, token=someone.token).ok(200)


def in_english(api: Api, someone: Someone) -> None:
    """What is sent to them is in English from now on."""
    choose(api, someone, locale="en")


def pushed(cloud: LocalCloud, token: str) -> list[str]:
    """What a phone showed, the newest first, once every stream and queue is read."""
    cloud.pump.drain()
    return [each.text for each in cloud.inbox.messages(token) if each.channel == "push"]


def texted(cloud: LocalCloud, someone: Someone) -> list[str]:
    """The SMS about money that somebody got, the newest first: codes and notices are left out."""
    cloud.pump.drain()
    found = [each.text for each in cloud.inbox.messages(someone.phone) if each.channel == "sms"]
    return [text for text in found if ", no. " in text or "编号" in text]


def with_phone(api: Api, cloud: LocalCloud, *, balance: int = 0) -> tuple[Someone, str]:
    """A person in English whose phone is pushed to, and its token."""
    someone, token = a_person(api, cloud, balance=balance), a_token()
    cloud.pump.drain()
    register(api, someone, token).ok(200)
    in_english(api, someone)
    return someone, token
