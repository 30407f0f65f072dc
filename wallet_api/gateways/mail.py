"""Mail: one plain text to one address."""

from __future__ import annotations

import logging
from typing import Any, Protocol

from wallet_api.gateways.errors import MessageNotSent, MessageUnsure

logger = logging.getLogger(__name__)


class Mail(Protocol):
    """What the wallet asks of a mail company."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Sends a text to an address. Raises MessageNotSent, and its kind MessageUnsure when no answer came."""


class SesMail:
    """Amazon SES (API version 2). `client` is botocore's; `sender` is an address that SES has verified."""

    def __init__(self, client: Any, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, to: str, subject: str, text: str) -> None:
        """Sends the text in UTF-8."""
        from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError, ReadTimeoutError

        content = {
            "Simple": {
                "Subject": {"Data": subject, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
            }
        }
        try:
            self._client.send_email(FromEmailAddress=self._sender, Destination={"ToAddresses": [to]}, Content=content)
        except (BotoCoreError, ClientError) as error:
            # The company's own words may hold the address, so only their kind is kept.
            logger.warning("SES took no message: %s", type(error).__name__)
            unsure = isinstance(error, ReadTimeoutError | ConnectionClosedError)
            raise (MessageUnsure if unsure else MessageNotSent) from None
