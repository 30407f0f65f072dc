"""`--engine URL`: an endpoint on this machine is used over the wire, streams included."""

import os
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from dev import demo
from dev.cloud.clock import MovableClock
from dev.cloud.corrected_moto import MotoEngine
from dev.cloud.local import LocalCloud
from dev.server import Server
from tests.dev.tiny import Tiny

REGION = "eu-west-3"


@dataclass
class Wire:
    """What an engine reads of a request."""

    headers: dict[str, str]
    body: bytes


@pytest.fixture
def endpoint() -> Iterator[str]:
    """Corrected moto behind HTTP, standing for whatever a developer has started."""
    engine = MotoEngine(MovableClock().now)

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        target = environ["HTTP_X_AMZ_TARGET"]
        service = "streams.dynamodb" if target.startswith("DynamoDBStreams") else "dynamodb"
        request: Any = Wire({"X-Amz-Target": target}, body)
        status, headers, content = engine.answer(service, REGION, request)
        start_response(f"{status} X", list(headers.items()))
        return [content]

    server = Server(application).start()
    yield server.url
    server.stop()
    engine.remove_tables()


def test_an_endpoint_on_this_machine_is_used_over_the_wire(endpoint: str) -> None:
    tiny = Tiny()
    with LocalCloud.start(endpoint, app=lambda: tiny.app, wallet=False, region=REGION) as cloud:
        dynamodb: Any = cloud.session.create_client("dynamodb", region_name=REGION)
        assert dynamodb.meta.endpoint_url == endpoint
        for name in "ab":
            dynamodb.put_item(
                TableName="wallet-local-ledger", Item={"pk": {"S": "p"}, "sk": {"S": name}, "b": {"B": b"\x00"}}
            )
        cloud.pump.drain()
        assert tiny.seen("fold") == tiny.seen("project") == ["a", "b"]
        assert tiny.batches["fold"][0][0]["dynamodb"]["NewImage"]["b"] == {"B": "AA=="}
        cloud.pump.replay("fold")
        cloud.pump.drain()
        assert tiny.seen("fold") == ["a", "b", "a", "b"]
        back = cloud.keep()
        dynamodb.delete_item(TableName="wallet-local-ledger", Key={"pk": {"S": "p"}, "sk": {"S": "a"}})
        back()
        assert [item["b"] for item in cloud.engine.items("wallet-local-ledger", REGION)] == [{"B": b"\x00"}] * 2
        cloud.reset()
        assert dynamodb.scan(TableName="wallet-local-ledger")["Count"] == 0


def test_whoever_forgot_to_start_their_engine_is_told_how(capsys: pytest.CaptureFixture[str]) -> None:
    """And the process gets its environment back."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        before = dict(os.environ)
        assert demo.main(["--engine", url]) == 1
    assert dict(os.environ) == before
    assert capsys.readouterr().err.startswith(f"Nothing answers at {url}: start your engine first")
