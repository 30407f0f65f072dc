"""People who are told of their money on their phones, by SMS and by e-mail, and what arrived there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import Someone, a_person, key, send
from wallet_api.confirmations.store import CONFIRMATION
from wallet_api.confirmations.use_cases import Sending
from wallet_api.gateways.errors import AddressGone, MessageNotSent, MessageUnsure
from wallet_api.gateways.push import Pushed, Service
from wallet_api.gateways.queue import QueueMessage
from wallet_api.notifications.use_cases import _texts

ON, OFF = {"push": True, "sms": True, "email": True}, {"push": False, "sms": False, "email": False}


NOTICES = {words["subject"] for kind in _texts().values() for words in kind.values()}
"""What notices are called, in both languages."""


def a_token() -> str:
    """A push token that no other phone has."""
    return f"tok-{key()}"


def register(api: Api, someone: Someone, token: str, service: str = "fcm") -> Answer:
    """The phone of somebody's session says where it is pushed to."""
    return api.put("/v1/devices/current/push_token", {"service": service, "token": token}, token=someone.token)


def choose(api: Api, someone: Someone, **wished: Any) -> Any:
    """Somebody's preferences after a change."""
    return api.patch("/v1/me/notification_preferences", wished, token=someone.token).ok(200)


def shown_on(cloud: LocalCloud, token: str) -> list[str]:
    """Whatever a phone showed, the newest first, once every stream and queue is read."""
    cloud.pump.drain()
    return [each.text for each in cloud.inbox.messages(token) if each.channel == "push"]


def pushed(cloud: LocalCloud, token: str) -> list[str]:
    """What it showed about money: what happened to its person's access is left out."""
    return [text for text in shown_on(cloud, token) if text.partition("\n\n")[0] not in NOTICES]


def noticed(cloud: LocalCloud, token: str) -> list[str]:
    """What it showed about its person's access."""
    return [text for text in shown_on(cloud, token) if text.partition("\n\n")[0] in NOTICES]


def told_over(cloud: LocalCloud, channel: str, address: str) -> list[str]:
    """What was sent somewhere about money, the newest first: codes and notices are left out."""
    cloud.pump.drain()
    found = [each.text for each in cloud.inbox.messages(address) if each.channel == channel]
    return [text for text in found if ", no. " in text or "，编号 " in text]


def texted(cloud: LocalCloud, someone: Someone) -> list[str]:
    """The SMS about money that somebody got, the newest first."""
    return told_over(cloud, "sms", someone.phone)


def with_phone(api: Api, cloud: LocalCloud, *, balance: int = 0) -> tuple[Someone, str]:
    """A person who is written to in English and whose phone is pushed to, and its token."""
    someone, token = a_person(api, cloud, balance=balance), a_token()
    cloud.pump.drain()
    register(api, someone, token).ok(200)
    choose(api, someone, locale="en")
    return someone, token


def kept(cloud: LocalCloud) -> list[dict[str, Any]]:
    """Every confirmation that there is, as the table holds it."""
    items = cloud.wallet.confirmations.store.items
    return [each for each in cloud.wallet.storage.scan(items) if each["sk"]["S"] == CONFIRMATION]


@contextmanager
def waiting(cloud: LocalCloud) -> Iterator[None]:
    """Streams are read and no message is taken: the queues stand still until the block ends, and lose what they hold then."""
    taken, workers = cloud.pump.queues.workers, cloud.pump.queues
    workers.workers = []
    try:
        yield
    finally:
        workers.workers = taken


def message_of(item: dict[str, Any]) -> QueueMessage:
    """A message about a confirmation, as the queue brings it."""
    return QueueMessage("1", json.dumps({"confirmation": item["pk"]["S"]}))


@dataclass
class Company:
    """A message company that does what a test wants; `sent` is what it took."""

    failure: BaseException | None = None
    sent: list[tuple[str, ...]] = field(default_factory=list)
    pushes: list[Pushed] = field(default_factory=list)

    def _take(self, *words: str) -> None:
        if isinstance(self.failure, MessageUnsure):
            self.sent.append(words)
        if self.failure is not None:
            raise self.failure
        self.sent.append(words)

    def forget(self, address: str) -> None:
        self.sent.append(("forgotten", address))


class Texts(Company):
    """SMS or mail."""

    def send(self, to: str, *words: str) -> None:
        self._take(to, *words)


class Phones(Company):
    """Pushes."""

    def offers(self, service: Service) -> bool:
        return True

    def enrol(self, service: Service, token: str) -> str:
        self._take("enrolled", token)
        return f"address of {token}"

    def send(self, service: Service, address: str, shown: Pushed) -> None:
        if self.failure is None:
            self.pushes.append(shown)
        self._take(address, shown.text)


DOWN, UNSURE, GONE = MessageNotSent(), MessageUnsure(), AddressGone()


def sending(cloud: LocalCloud, **companies: Company) -> Sending:
    """The wallet's worker with other companies: `sms`, `mail`, `push`."""
    worker: Sending = replace(cloud.wallet.confirmations, **companies)
    return worker


def moved(api: Api, cloud: LocalCloud, payer: Someone, amount: int = 700, *, to: Someone | None = None) -> None:
    """Money goes from somebody to somebody else; the streams are read and nothing is sent."""
    send(api, payer, to or a_person(api, cloud), amount).ok(201)
    with waiting(cloud):
        cloud.pump.drain()
