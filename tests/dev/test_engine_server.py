"""AWS in a process of its own: what one wallet wrote, sealed and signed, the next one finds."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest

from bench.processes import Process
from dev.cloud.local import LocalCloud
from tests.dev.tiny import Tiny

REGION = "eu-central-1"
SERVICES = ("dynamodb", "dynamodbstreams", "kms", "secretsmanager", "sns", "sesv2", "sqs", "sts")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = Process("dev.engine_server", "/", "--region", REGION)
    try:
        server.start()
        yield server.url
    finally:
        server.close()


def opened(url: str) -> LocalCloud:
    return LocalCloud.start(url, app=lambda: Tiny().app, wallet=False, region=REGION, keep=True)


def test_what_one_left_the_next_one_finds(url: str) -> None:
    with opened(url) as first:
        dynamodb: Any = first.session.create_client("dynamodb", region_name=REGION)
        assert dynamodb.meta.endpoint_url == url
        dynamodb.put_item(TableName="wallet-local-ledger", Item={"pk": {"S": "p"}, "sk": {"S": "s"}})
        first.pump.drain()
        assert [consumer.table for consumer in first.pump.consumers if consumer.waiting] == []
        sealed = _sealed(first)
    with opened(url) as second:
        dynamodb = second.session.create_client("dynamodb", region_name=REGION)
        assert dynamodb.scan(TableName="wallet-local-ledger")["Count"] == 1
        assert _opened(second, sealed) == b"plain"
        assert second.pump.drain() > 0, "whoever starts again reads the streams from their beginning"


def test_every_service_that_the_wallet_uses_is_played(url: str) -> None:
    with opened(url) as cloud:
        clients: dict[str, Any] = {name: cloud.session.create_client(name, region_name=REGION) for name in SERVICES}
        phone = "+8613900000001"
        clients["sns"].publish(PhoneNumber=phone, Message="你好 123456")
        clients["sqs"].create_queue(QueueName="q")
        assert clients["sts"].get_caller_identity()["Account"] == "123456789012"
        assert clients["kms"].list_aliases()["Aliases"]
    with urlopen(f"{url}/messages?to=%2B8613900000001") as answer:
        assert [each["text"] for each in json.load(answer)["data"]] == ["你好 123456"]


def test_a_service_that_nobody_plays_is_refused(url: str) -> None:
    with opened(url) as cloud:
        s3: Any = cloud.session.create_client("s3", region_name=REGION)
        with pytest.raises(s3.exceptions.ClientError):
            s3.list_buckets()


def test_eighty_items_are_read_at_one_moment(url: str) -> None:
    with opened(url) as cloud:
        dynamodb: Any = cloud.session.create_client("dynamodb", region_name=REGION)
        keys = [{"pk": {"S": "p"}, "sk": {"S": str(number)}} for number in range(100)]
        gets = [{"Get": {"TableName": "wallet-local-ledger", "Key": key}} for key in keys]
        assert len(dynamodb.transact_get_items(TransactItems=gets)["Responses"]) == 100


def _sealed(cloud: LocalCloud) -> bytes:
    keys: Any = cloud.session.create_client("kms", region_name=REGION)
    sealed: bytes = keys.encrypt(KeyId="alias/wallet-local-fields", Plaintext=b"plain")["CiphertextBlob"]
    return sealed


def _opened(cloud: LocalCloud, sealed: bytes) -> bytes:
    keys: Any = cloud.session.create_client("kms", region_name=REGION)
    plain: bytes = keys.decrypt(CiphertextBlob=sealed)["Plaintext"]
    return plain
