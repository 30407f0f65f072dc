"""The unpacked package in the place of the local cloud's own functions: behind its gateway, and behind its streams."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from dev.client import Api
from dev.cloud import safety
from dev.cloud.local import LocalCloud
from dev.engine_server import EngineServer
from dev.gateway import Call, Gateway, _http, proxy_event
from dev.problems import Reply
from dev.server import Server
from dev.unpacked import Unpacked

AS_LAMBDA = {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}


class PackagedGateway(Gateway):
    """The local gateway in front of the package's own process."""

    functions: Unpacked

    def _called(self, call: Call, method: str, resource: str, captured: dict[str, str]) -> Reply:
        event = proxy_event(call, method, resource, captured, self._app.api.binary_types)
        return _http(self.functions.call("app", event))


@contextmanager
def running(site: Path, cloud: LocalCloud, interpreter: str = sys.executable) -> Iterator[tuple[Api, Unpacked]]:
    """The package's API over HTTP, on the tables, keys and queues of the local cloud; and its functions."""
    played: Any = EngineServer(cloud.region)
    played.engine, played.inbox = cloud.engine, cloud.inbox
    played.services = type(played.services)(cloud.inbox.collect, lambda: None)
    aws = Server(played).start()
    given = {name: value for name, value in os.environ.items() if name.startswith("WALLET_")}
    environment = {**given, **safety.dummy_environment(cloud.region), "AWS_ENDPOINT_URL": aws.url, **AS_LAMBDA}
    gateway = PackagedGateway(cloud.app)
    with Unpacked(site, environment, interpreter) as gateway.functions:
        server = Server(gateway, threads=1).start()
        try:
            with closing(Api(server.port)) as api:
                yield api, gateway.functions
        finally:
            server.stop()
    aws.stop()


@contextmanager
def handled_by(functions: Unpacked, cloud: LocalCloud) -> Iterator[None]:
    """The streams' records go to the package's own handlers."""
    own = [(consumer, consumer.handler) for consumer in cloud.pump.consumers]
    for consumer, _ in own:
        consumer.handler = partial(_handed_over, functions, consumer.name)
    try:
        yield
    finally:
        for consumer, handler in own:
            consumer.handler = handler


def _handed_over(functions: Unpacked, name: str, event: dict[str, Any], _context: Any) -> Any:
    return functions.call(name, event)
