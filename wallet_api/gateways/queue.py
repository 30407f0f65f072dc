"""Queues: small messages to a worker of ours, at least once each, in no order, and perhaps later."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

logger = logging.getLogger(__name__)

LONGEST_DELAY = 900
"""Seconds: SQS keeps nothing back for longer."""
AT_ONCE = 10


class Message(Struct, frozen=True):
    """What a worker is told: plain JSON, ids only. It is taken no sooner than after the delay."""

    body: Mapping[str, str | int]
    delay_seconds: int = 0


class QueueMessage(Struct, frozen=True):
    """A message as the queue gives it."""

    id: str
    body: str

    def names(self) -> Mapping[str, str]:
        """What it names. Raises MessageUnreadable."""
        try:
            names = json.loads(self.body)
        except ValueError:
            names = None
        if not isinstance(names, dict) or not all(isinstance(value, str) for value in names.values()):
            raise MessageUnreadable(self.id)
        return names


class MessageUnreadable(Exception):
    """A message that this worker was never sent."""


class Queue(Protocol):
    """Where messages to a worker go."""

    def send(self, messages: Sequence[Message]) -> None:
        """Sends all of them. What could not be sent is logged: whoever sends has another way to find what is due."""


class SqsQueue:
    """Amazon SQS. `client` is botocore's; a call of it may arrive twice, so the worker has to know what it did."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Sequence[Message]) -> None:
        """Sends in batches of ten."""
        from botocore.exceptions import BotoCoreError, ClientError

        for start in range(0, len(messages), AT_ONCE):
            entries = [
                {
                    "Id": str(number),
                    "MessageBody": json.dumps(message.body, separators=(",", ":")),
                    "DelaySeconds": min(message.delay_seconds, LONGEST_DELAY),
                }
                for number, message in enumerate(messages[start : start + AT_ONCE])
            ]
            try:
                failed = len(self._client.send_message_batch(QueueUrl=self._url, Entries=entries).get("Failed", ()))
            except (BotoCoreError, ClientError) as error:
                logger.warning("SQS took no message: %s", type(error).__name__)
                continue
            if failed:
                logger.warning("SQS did not take %d of %d messages", failed, len(entries))
