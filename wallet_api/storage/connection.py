"""The one connection to DynamoDB: one botocore client, made while the function starts, with time limits that fit a request.

A call takes at most 1 s + 3 s and botocore makes it once: trips and atomic writes try again themselves, with the same token
and within their deadlines (4 s and 10 s), so that the storage time of a request stays below the function's timeout, which stays
below API Gateway's 29 s. PynamoDB as it comes would try for 180 s, and re-send a counter's update without being asked.
Calls go by the wire (wire.py); what it leaves to botocore is told a fixed user agent, which is made once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.config import Config
from botocore.session import Session
from pynamodb.connection import Connection
from pynamodb.connection.base import MetaTable

from wallet_api.storage.signing import USER_AGENT
from wallet_api.storage.wire import Begun, Wire

CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 3
ATTEMPTS = 2
POOL_SIZE = 32

INDEXES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "records": {"by_owner": ("owner_bucket", "owner_order"), "by_due": ("due_bucket", "due_at")},
}
"""The global secondary indexes by table and name, with their hash and range attributes; infra/resources.yaml creates them."""


def client_config(attempts: int = ATTEMPTS) -> Config:
    """The botocore settings that every client of the wallet shares. `attempts` counts the first one as well."""
    return Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": attempts, "mode": "standard"},
        max_pool_connections=POOL_SIZE,
        parameter_validation=False,
        user_agent=USER_AGENT,
    )


class WalletConnection(Connection):
    """PynamoDB's connection around a client that is made at once and never again."""

    def __init__(self, session: Session, region: str, tables: Mapping[str, str]) -> None:
        super().__init__(region=region)
        config = client_config(attempts=1)
        self._wire: Any = Wire(session, session.create_client("dynamodb", region_name=region, config=config))
        for name, table_name in tables.items():
            self.add_meta_table(_meta_table(table_name, INDEXES.get(name, {})))

    @property
    def client(self) -> Any:
        """What makes the calls: botocore's client behind the wire's shorter way."""
        return self._wire

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        """Makes a call, without the capacity that PynamoDB would ask for and the signals that it would send."""
        answer: dict[str, Any] = self._make_api_call(operation_name, operation_kwargs)
        return answer

    def begin(self, operation_name: str, operation_kwargs: dict[str, Any]) -> Begun:
        """A call whose answer is asked for later. It raises botocore's own errors, which name no table."""
        begun: Begun = self._wire.begin(operation_name, operation_kwargs)
        return begun


def _meta_table(table_name: str, indexes: Mapping[str, tuple[str, str]]) -> MetaTable:
    names = ["pk", "sk", *dict.fromkeys(name for keys in indexes.values() for name in keys)]
    return MetaTable(
        {
            "TableName": table_name,
            "KeySchema": _keys("pk", "sk"),
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
            "GlobalSecondaryIndexes": [
                {"IndexName": index, "KeySchema": _keys(*keys)} for index, keys in indexes.items()
            ],
            "LocalSecondaryIndexes": [],
        }
    )


def _keys(hash_name: str, range_name: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_name, "KeyType": "HASH"},
        {"AttributeName": range_name, "KeyType": "RANGE"},
    ]
