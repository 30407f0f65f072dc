"""Creates what infra/resources.yaml describes: tables by their own properties, the key of personal data, the secret."""

import secrets
from datetime import datetime
from functools import cache
from typing import Any

from botocore.exceptions import ClientError
from botocore.session import Session

from dev import templates

STAGE = "local"
FIELD_KEY = f"alias/wallet-{STAGE}-fields"
KEYS_SECRET = f"wallet-{STAGE}-keys"
MAIL_SENDER = "no-reply@wallet.example.com"
WEBHOOKS_QUEUE = f"wallet-{STAGE}-webhooks"
CONFIRMATIONS_QUEUE = f"wallet-{STAGE}-confirmations"
PUSH_PLATFORMS = {"apns": "APNS", "apns_sandbox": "APNS_SANDBOX", "fcm": "GCM"}
"""SNS's names of the push services; for Firebase it still says what that was called first."""


@cache
def _tables() -> list[dict[str, Any]]:
    return templates.table_specs(stage=STAGE)


@cache
def _expiring() -> dict[str, str]:
    return templates.expiring_tables(stage=STAGE)


def table_names() -> list[str]:
    """The names of all tables."""
    return [str(spec["TableName"]) for spec in _tables()]


def environment(public_url: str, region: str) -> dict[str, str]:
    """What the wallet's functions read in the cloud, for this machine."""
    return {
        **templates.table_environment(STAGE),
        "WALLET_STAGE": STAGE,
        "WALLET_MODE": "test",
        "WALLET_FIELD_KEY": FIELD_KEY,
        "WALLET_KEYS_SECRET": KEYS_SECRET,
        "WALLET_PUBLIC_URL": public_url,
        "WALLET_MAIL_SENDER": MAIL_SENDER,
        "WALLET_QUEUE_WEBHOOKS": f"https://sqs.{region}.amazonaws.com/123456789012/{WEBHOOKS_QUEUE}",
        "WALLET_QUEUE_CONFIRMATIONS": f"https://sqs.{region}.amazonaws.com/123456789012/{CONFIRMATIONS_QUEUE}",
        **{
            f"WALLET_PUSH_{service.upper()}": f"arn:aws:sns:{region}:123456789012:app/{platform}/wallet-{STAGE}"
            for service, platform in PUSH_PLATFORMS.items()
        },
    }


def create(session: Session, region: str) -> None:
    """Creates everything that is not there yet; safe to call again on an engine that keeps its data."""
    create_tables(session.create_client("dynamodb", region_name=region))
    keys: Any = session.create_client("kms", region_name=region)
    key_id = keys.create_key(Description="Wraps the data keys of personal data.")["KeyMetadata"]["KeyId"]
    keys.create_alias(AliasName=FIELD_KEY, TargetKeyId=key_id)
    vault: Any = session.create_client("secretsmanager", region_name=region)
    vault.create_secret(Name=KEYS_SECRET, SecretString=secrets.token_hex(32))
    queues: Any = session.create_client("sqs", region_name=region)
    queues.create_queue(QueueName=WEBHOOKS_QUEUE)
    queues.create_queue(QueueName=CONFIRMATIONS_QUEUE)
    pushes: Any = session.create_client("sns", region_name=region)
    for platform in PUSH_PLATFORMS.values():
        pushes.create_platform_application(Name=f"wallet-{STAGE}", Platform=platform, Attributes={})
    mail: Any = session.create_client("ses", region_name=region)
    mail.verify_email_identity(EmailAddress=MAIL_SENDER)


def create_tables(dynamodb: Any) -> None:
    for spec in _tables():
        try:
            dynamodb.create_table(**spec)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceInUseException":
                raise
    for name, attribute in _expiring().items():
        try:
            dynamodb.update_time_to_live(
                TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": attribute}
            )
        except ClientError as error:
            # An endpoint that keeps its data says so when it is on already.
            if "already" not in str(error):
                raise


def sweep_expired(dynamodb: Any, now: datetime) -> int:
    """Deletes the items whose time to live is over; how many."""
    over = {":now": {"N": str(int(now.timestamp()))}}
    swept = 0
    for table, attribute in _expiring().items():
        condition = {
            "ExpressionAttributeNames": {"#expires": attribute},
            "ExpressionAttributeValues": over,
        }
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=table, FilterExpression="#expires < :now", **condition
        )
        for item in [item for page in pages for item in page["Items"]]:
            key = {name: item[name] for name in ("pk", "sk")}
            dynamodb.delete_item(TableName=table, Key=key, ConditionExpression="#expires < :now", **condition)
            swept += 1
    return swept


def streamed_tables() -> list[str]:
    """The names of the tables whose changes are streamed."""
    return [str(spec["TableName"]) for spec in _tables() if "StreamSpecification" in spec]


def table_for_arn(arn: str, names: list[str]) -> str:
    """The table that a placeholder ARN in app.py means: `…:table/ledger/stream/…` is the one ending in `-ledger`."""
    word = arn.partition(":table/")[2].partition("/")[0]
    found = [name for name in names if name == word or name.endswith(f"-{word}")] if word else []
    if len(found) != 1:
        raise LookupError(f"The stream ARN {arn!r} in app.py names no streamed table of {', '.join(names)}.")
    return found[0]
