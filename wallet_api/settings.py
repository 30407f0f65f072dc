"""Settings: the only place that reads the environment, once, when a wallet is opened."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, cast

from msgspec import Struct

Mode = Literal["test", "live"]

TABLES = ("ledger", "accounts", "people", "records", "ephemeral")
PUSH_SERVICES = ("apns", "apns_sandbox", "fcm")


def started_by_lambda(environment: Mapping[str, str] | None = None) -> bool:
    """Whether Lambda is starting this process, or did.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    return "AWS_LAMBDA_INITIALIZATION_TYPE" in (os.environ if environment is None else environment)


class SettingsIncomplete(Exception):
    """A variable that the wallet cannot run without is missing or wrong; the text names it."""


class Settings(Struct, frozen=True):
    """What a deployment decides. `tables` maps the wallet's name of a table to DynamoDB's, `push_applications` the push services
    that it reaches to SNS's platform applications; what is empty there is not offered.
    """

    stage: str
    mode: Mode
    region: str
    tables: Mapping[str, str]
    field_key: str
    keys_secret: str
    public_url: str
    mail_sender: str
    webhooks_queue: str
    confirmations_queue: str
    push_applications: Mapping[str, str]

    @staticmethod
    def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
        """Reads `WALLET_*` and `AWS_REGION`. Raises SettingsIncomplete when one is missing."""
        given = os.environ if environment is None else environment

        def need(name: str) -> str:
            value = given.get(name, "")
            if not value:
                raise SettingsIncomplete(
                    f"{name} is not set; infra/overrides.yaml sets it in the cloud, ./wallet serve here"
                )
            return value

        mode = given.get("WALLET_MODE", "test")
        if mode not in ("test", "live"):
            raise SettingsIncomplete(f"WALLET_MODE is {mode!r}; it says test or live")
        return Settings(
            stage=need("WALLET_STAGE"),
            mode=cast(Mode, mode),
            region=need("AWS_REGION"),
            tables={name: need(f"WALLET_TABLE_{name.upper()}") for name in TABLES},
            field_key=need("WALLET_FIELD_KEY"),
            keys_secret=need("WALLET_KEYS_SECRET"),
            public_url=need("WALLET_PUBLIC_URL").rstrip("/"),
            mail_sender=need("WALLET_MAIL_SENDER"),
            webhooks_queue=need("WALLET_QUEUE_WEBHOOKS"),
            confirmations_queue=need("WALLET_QUEUE_CONFIRMATIONS"),
            push_applications={name: given.get(f"WALLET_PUSH_{name.upper()}", "") for name in PUSH_SERVICES},
        )
