"""What the wallet sent: every SMS and every push that SNS took, and every mail that SES took, newest first."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from dev.cloud.services import backend


@dataclass(frozen=True)
class Message:
    """One message to one receiver, for a push the token of its phone; `created_at` is RFC 3339 UTC, on the local clock."""

    id: str
    channel: str
    to: str
    text: str
    created_at: str

    def shown(self) -> dict[str, str]:
        return asdict(self)


class Inbox:
    """Copies what moto caught, when it caught it, because moto keeps no times."""

    def __init__(self, region: str, now: Callable[[], datetime]) -> None:
        self._region = region
        self._now = now
        self._lock = Lock()
        self._messages: list[Message] = []

    def collect(self) -> None:
        """Takes over what arrived since the last call."""
        with self._lock:
            at = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
            sms = backend("sns", self._region)
            for found, (phone, text) in list(sms.sms_messages.items()):
                self._messages.append(Message(str(found), "sms", str(phone), str(text), at))
            sms.sms_messages.clear()
            for phone in list(sms.platform_endpoints.values()):
                self._messages += [
                    Message(str(found), "push", str(phone.attributes["Token"]), _pushed(text), at)
                    for found, text in list(phone.messages.items())
                ]
                phone.messages.clear()
            mail = backend("email", self._region)
            for sent in list(mail.sent_messages):
                self._messages += [Message(str(sent.id), "email", to, _text(sent), at) for to in _receivers(sent)]
            mail.sent_messages.clear()

    def messages(self, to: str | None = None) -> list[Message]:
        """Newest first; with `to`, only what that phone number or address received."""
        with self._lock:
            return [message for message in reversed(self._messages) if to in (None, message.to)]

    def clear(self) -> None:
        with self._lock:
            self._messages.clear()


def _receivers(sent: Any) -> list[str]:
    destinations = sent.destinations
    return list(destinations.get("ToAddresses", ())) if isinstance(destinations, dict) else list(destinations)


def _pushed(text: str) -> str:
    """What the phone shows."""
    return str(json.loads(text)["default"])


def _text(sent: Any) -> str:
    subject, body = getattr(sent, "subject", ""), getattr(sent, "body", None)
    return f"{subject}\n\n{body}" if body is not None else str(getattr(sent, "raw_data", ""))
