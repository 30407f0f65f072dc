"""Any DynamoDB-compatible endpoint on this machine that the developer has started: requests go to it as they are.

Nothing is corrected: what it gets wrong, it gets wrong. Its data outlives the server unless it is reset.
"""

import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest
from botocore.session import get_session

from dev.cloud import resources
from dev.cloud.engine import LOOPBACK, Answer
from dev.cloud.safety import Environment

BATCH = 25
"""How many items one call writes."""


class NotAnEngine(ValueError):
    """`--engine` names neither a known engine nor a loopback URL where one answers."""


def _require_answer(host: str, port: int, url: str) -> None:
    """Whoever forgot to start their engine is told so at once. Raises NotAnEngine."""
    try:
        socket.create_connection((host.strip("[]"), port), timeout=2).close()
    except OSError as nobody:
        example = f"python -m dev.engine_server --port {port}"
        raise NotAnEngine(f"Nothing answers at {url}: start your engine first, or this one: {example}") from nobody


class UrlEngine:
    """Points botocore's DynamoDB clients at `url`; with `whole` those of every service."""

    def __init__(self, url: str, environment: Environment, *, whole: bool = False) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or (parts.hostname or "") not in LOOPBACK:
            raise NotAnEngine(
                f"--engine takes moto, ministack, or the URL of an endpoint on this machine; not {url!r}."
            )
        _require_answer(parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme], url)
        self.name = url
        names = ("AWS_ENDPOINT_URL",) if whole else ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_DYNAMODB_STREAMS")
        environment.lay(dict.fromkeys(names, url))

    def answer(self, service: str, region: str, request: AWSPreparedRequest) -> Answer | None:  # noqa: ARG002
        """None: the request has been addressed to the endpoint already."""
        return None

    def on_write(self, listener: Callable[[], None]) -> None:
        """It cannot tell; the pump looks once a second."""

    def keep(self) -> Callable[[], None]:
        """Over the wire: what was there is written again, so the streams tell it as if it were new."""
        dynamodb: Any = get_session().create_client("dynamodb")
        kept = {name: self.items(name, "") for name in resources.table_names()}

        def put_back() -> None:
            for name, items in kept.items():
                for start in range(0, len(items), BATCH):
                    puts = [{"PutRequest": {"Item": item}} for item in items[start : start + BATCH]]
                    dynamodb.batch_write_item(RequestItems={name: puts})

        return put_back

    def items(self, table: str, region: str) -> list[dict[str, Any]]:  # noqa: ARG002
        """A scan of it."""
        dynamodb: Any = get_session().create_client("dynamodb")
        pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def reset(self) -> None:
        """Makes the tables anew."""
        dynamodb: Any = get_session().create_client("dynamodb")
        wanted = set(resources.table_names())
        for name in wanted.intersection(dynamodb.list_tables()["TableNames"]):
            dynamodb.delete_table(TableName=name)
            dynamodb.get_waiter("table_not_exists").wait(TableName=name)
        resources.create_tables(dynamodb)
