"""SMS: one text to one phone number."""

from __future__ import annotations

import logging
from typing import Any, Protocol

from wallet_api.gateways.errors import MessageNotSent, MessageUnsure

logger = logging.getLogger(__name__)


class Sms(Protocol):
    """What the wallet asks of an SMS company."""

    def send(self, to: str, text: str) -> None:
        """Sends a text to an E.164 number. Raises MessageNotSent, and its kind MessageUnsure when no answer came.

        A company may deliver one text twice, so a text that is sent again must not need to be new.
        """


class SnsSms:
    """Amazon SNS. `client` is botocore's; Publish has no idempotency token."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def send(self, to: str, text: str) -> None:
        """Publishes the text as transactional, which SNS delivers ahead of advertising."""
        from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError, ReadTimeoutError

        kind = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
        try:
            self._client.publish(PhoneNumber=to, Message=text, MessageAttributes=kind)
        except (BotoCoreError, ClientError) as error:
            # The company's own words may hold the number, so only their kind is kept.
            logger.warning("SNS took no message: %s", type(error).__name__)
            unsure = isinstance(error, ReadTimeoutError | ConnectionClosedError)
            raise (MessageUnsure if unsure else MessageNotSent) from None
