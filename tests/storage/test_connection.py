"""The one connection: bounded in time, and knowing the indexes that the tables have."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from pynamodb.exceptions import PynamoDBConnectionError

from dev.cloud.local import LocalCloud
from dev.templates import table_specs
from wallet_api.storage import atomic, calls
from wallet_api.storage.connection import CONNECT_TIMEOUT_SECONDS, INDEXES, READ_TIMEOUT_SECONDS, client_config


def test_a_trip_and_a_write_stay_below_the_functions_timeout_together(cloud: LocalCloud) -> None:
    """O12, S50, S51: at the worst each ends its last call this long after its deadline."""
    call = timedelta(seconds=CONNECT_TIMEOUT_SECONDS + READ_TIMEOUT_SECONDS)
    longest = calls.DEADLINE + call + atomic.DEADLINE + call
    stages = json.loads(Path(".chalice/config.json").read_text("utf-8"))["stages"].values()
    for stage in stages:
        assert longest < timedelta(seconds=stage["lambda_timeout"]) < timedelta(seconds=29)
    config = cloud.wallet.storage._connection.client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS)
    assert config.retries["total_max_attempts"] == 1


@pytest.mark.parametrize("operation", ["GetItem", "DescribeTable"])
def test_a_call_is_sent_once_and_without_a_wait_of_the_librarys(cloud: LocalCloud, operation: str) -> None:
    """S25, S53: neither PynamoDB's four attempts nor botocore's limiter; the wire's way and botocore's are the same in this."""
    client, sent = cloud.wallet.storage._connection.client, []
    table = cloud.wallet.settings.tables["records"]
    key = {"Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}} if operation == "GetItem" else {}

    def broken(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        sent.append(request.url)
        return AWSResponse(request.url, 503, HTTPHeaders(), _Body(b"{}"))

    client.meta.events.register_first("before-send.dynamodb", broken)
    try:
        with pytest.raises((ClientError, PynamoDBConnectionError)):
            cloud.wallet.storage._connection.dispatch(operation, {"TableName": table, **key})
    finally:
        client.meta.events.unregister("before-send.dynamodb", broken)
    assert len(sent) == 1
    assert client.meta.config.retries["mode"] == "standard"


class _Body(BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


def test_other_services_are_asked_twice_at_most() -> None:
    """S50, S53, A23: a message service that does not answer in time may get the message twice, and not five times."""
    config: Any = client_config()
    assert config.retries == {"total_max_attempts": 2, "mode": "standard"}


def test_the_indexes_are_those_of_the_template(cloud: LocalCloud) -> None:
    for spec in table_specs(stage="local"):
        described = {
            index["IndexName"]: tuple(key["AttributeName"] for key in index["KeySchema"])
            for index in spec.get("GlobalSecondaryIndexes", [])
        }
        (name,) = [name for name, table in cloud.wallet.settings.tables.items() if table == spec["TableName"]]
        assert described == dict(INDEXES.get(name, {}))
