"""One request with everything that DynamoDB was asked and answered for it, to be played again at once and any number of times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from botocore.awsrequest import AWSPreparedRequest

from bench.use_cases import Bench, Request
from dev.cloud.calls import Real, intercepted
from dev.cloud.engine import Answer, interception
from dev.cloud.local import LocalCloud
from wallet_api.storage.connection import client_config
from wallet_api.storage.wire import Wire


@dataclass
class Tape:
    """What was asked of DynamoDB in one request, and an engine that answers the same at once, by the calls' names."""

    name = "tape"
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    lock: Any = field(default_factory=Lock)

    def answer(self, _service: str, _region: str, request: AWSPreparedRequest) -> Answer:
        return self.answers[_name(request)]

    def told(self) -> Iterator[tuple[str, tuple[int, dict[str, str], bytes]]]:
        """Every answer by the name of its call."""
        for name, (status, headers, body) in self.answers.items():
            yield name, (status, dict(headers), body)

    def reset(self) -> None:
        """It has no items."""

    def on_write(self, listener: Callable[[], None]) -> None:
        """It writes nothing."""


def _name(request: AWSPreparedRequest) -> str:
    target = request.headers["X-Amz-Target"]
    return (target if isinstance(target, str) else target.decode()).rpartition(".")[2]


@dataclass
class _Ear:
    """Stands before an engine and writes its answers down."""

    engine: Any
    tape: Tape

    def answer(self, service: str, region: str, request: AWSPreparedRequest) -> Answer:
        found: Answer = self.engine.answer(service, region, request)
        with self.tape.lock:
            if self.tape.answers.setdefault(_name(request), found) is not found:
                raise LookupError(f"{_name(request)} is asked twice: the tape could not tell the answers apart")
        return found


@dataclass
class _Door:
    """Stands before the app and writes the gateway's events down."""

    app: Any
    tape: Tape

    def __getattr__(self, name: str) -> Any:
        return getattr(self.app, name)

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        self.tape.events.append(event)
        return self.app(event, context)


def record(bench: Bench, request: Request) -> Tape:
    """Makes the request once, at a time that stands still from here on."""
    cloud, tape = bench.cloud, Tape()
    cloud.clock.freeze()

    def call(real: Real, client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        with tape.lock:
            tape.calls.append((operation, parameters))
        return real(client, operation, parameters)

    gateway = cloud.gateway
    app = gateway._app
    gateway._app = _Door(app, tape)
    try:
        with engine(cloud, _Ear(cloud.engine, tape)), intercepted(call):
            request()
    finally:
        gateway._app = app
    return tape


@contextmanager
def engine(cloud: LocalCloud, other: Any) -> Iterator[None]:
    """Another engine answers this cloud's DynamoDB calls for a while."""
    own, services = interception._clouds[cloud.region]
    interception._clouds[cloud.region] = other, services
    try:
        yield
    finally:
        interception._clouds[cloud.region] = own, services


@contextmanager
def over_http(cloud: LocalCloud, url: str) -> Iterator[None]:
    """This cloud's wallet asks DynamoDB at a URL for a while, over real connections."""
    connection = cloud.wallet.storage._connection
    session, own = connection._wire._session, connection._wire
    client = session.create_client(
        "dynamodb", region_name=cloud.region, config=client_config(attempts=1), endpoint_url=url
    )
    connection._wire = Wire(session, client)
    try:
        yield
    finally:
        connection._wire = own
