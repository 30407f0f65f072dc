"""Calls of a trip over real connections: sent ahead, answered one by one, and made again where that can do no harm."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from botocore.session import Session, get_session

from dev.cloud.clock import MovableClock
from tests.storage.box import BoxItem
from tests.storage.endpoint import READ_TIMEOUT_SECONDS, Endpoint, Last, answering, listening, meet
from wallet_api.storage import budgets, connection, meters
from wallet_api.storage.calls import DEADLINE
from wallet_api.storage.connection import WalletConnection
from wallet_api.storage.errors import StorageBusy, StorageFault
from wallet_api.storage.trips import Trip


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with listening() as endpoint:
        yield endpoint


class Tables:
    """Trips whose calls go to the endpoint."""

    def __init__(self, endpoint: Endpoint, clock: MovableClock, pool: Executor) -> None:
        session = session_at(endpoint)
        self.connection = WalletConnection(session, REGION, {"records": "records"})
        self.clock = clock
        self.pool = pool
        meta = type("Meta", (), {"table_name": "records", "region": REGION})
        self.items: Any = type("BoxItem", (BoxItem,), {"Meta": meta})

    def trip(self) -> Trip:
        return Trip(self.connection, self.pool, self.clock)

    def both(self) -> Any:
        """What a trip of two calls brings: an update's count, and whether an item is there."""
        count = self.items.count
        with self.trip() as trip:
            updated = trip.update(self.items("a", "box"), [count.set(count + 1)], count < 5)
            found = trip.get(self.items, "b", "box")
        counted: Any = updated()
        return counted.count, found() is not None


def session_at(endpoint: Endpoint) -> Session:
    session = get_session()
    session.set_credentials("AKIDEXAMPLE", "secret", None)
    session.set_config_variable("region", REGION)
    # What a developer's environment says with AWS_ENDPOINT_URL.
    create: Any = session.create_client
    monkeyed: Any = session
    monkeyed.create_client = lambda *args, **named: create(*args, endpoint_url=endpoint.url, **named)
    return session


REGION = "eu-north-1"
TOLD = {
    "UpdateItem": {"Attributes": {"pk": {"S": "a"}, "sk": {"S": "box"}, "count": {"N": "1"}}},
    "BatchGetItem": {"Responses": {"records": [{"pk": {"S": "b"}, "sk": {"S": "box"}}]}, "UnprocessedKeys": {}},
}


def told(operation: str, _body: bytes) -> bytes:
    return answering(json.dumps(TOLD[operation]).encode())


def refused(code: str) -> bytes:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}"}).encode()
    return answering(body).replace(b"200 OK", b"400 Bad Request", 1)


class Passing(MovableClock):
    """Whoever waits has waited at once."""

    def sleep(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))


@pytest.fixture
def tables(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    # However busy the machine is: no test here is about how long is waited.
    for name in ("CONNECT_TIMEOUT_SECONDS", "READ_TIMEOUT_SECONDS"):
        monkeypatch.setattr(connection, name, READ_TIMEOUT_SECONDS)
    clock = Passing()
    clock.freeze()
    with ThreadPoolExecutor(4) as pool:
        tables = Tables(endpoint, clock, pool)
        barrier = Barrier(2, timeout=READ_TIMEOUT_SECONDS)

        def respond(operation: str, body: bytes) -> bytes:
            barrier.wait()
            return told(operation, body)

        # The first trip opens its connections, and asks at the same time already.
        endpoint.respond = respond
        assert tables.both() == (1, True)
        assert endpoint.connections == 2
        yield tables
        tables.connection.client._client.close()


class NoThreads(Executor):
    """A pool that nobody may ask."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise AssertionError("a thread was asked for")


def test_a_trip_with_open_connections_asks_at_the_same_time_and_in_its_own_thread(tables: Tables) -> None:
    """The endpoint still answers nobody before both have asked."""
    tables.pool = NoThreads()
    assert tables.both() == (1, True)


@pytest.mark.parametrize("refusal", ["ThrottlingException", "TransactionConflictException"])
@pytest.mark.parametrize("of", [("UpdateItem",), ("BatchGetItem",), ("UpdateItem", "BatchGetItem")])
def test_what_was_refused_is_made_again_and_the_other_is_not(
    endpoint: Endpoint, tables: Tables, refusal: str, of: tuple[str, ...]
) -> None:
    asked: list[str] = []

    def respond(operation: str, body: bytes) -> bytes:
        asked.append(operation)
        return refused(refusal) if operation in of and asked.count(operation) < 3 else told(operation, body)

    endpoint.respond = respond
    assert tables.both() == (1, True)
    assert Counter(asked) == {name: 3 if name in of else 1 for name in TOLD}


def test_a_condition_that_does_not_hold_is_an_answer(endpoint: Endpoint, tables: Tables) -> None:
    endpoint.respond = lambda operation, body: (
        refused("ConditionalCheckFailedException") if operation == "UpdateItem" else told(operation, body)
    )
    tables.pool = NoThreads()
    with pytest.raises(AttributeError):
        tables.both()


def test_every_answer_of_a_trip_is_read_before_one_that_failed_is_reported(endpoint: Endpoint, tables: Tables) -> None:
    endpoint.respond = lambda operation, body: (
        refused("AccessDeniedException") if operation == "UpdateItem" else told(operation, body)
    )
    with pytest.raises(StorageFault):
        tables.both()
    endpoint.respond = told
    tables.pool = NoThreads()
    assert tables.both() == (1, True)
    assert endpoint.connections == 2


def test_lost_answers_are_asked_for_again_as_often_as_without_this_way(endpoint: Endpoint, tables: Tables) -> None:
    """M16: an update that may have been applied is sent once more, and not oftener."""
    asked: list[str] = []

    def respond(operation: str, body: bytes) -> bytes:
        asked.append(operation)
        return Last(b"") if operation == "UpdateItem" else told(operation, body)

    endpoint.respond = respond
    with pytest.raises(StorageBusy):
        tables.both()
    assert Counter(asked) == {"UpdateItem": 2, "BatchGetItem": 1}


def test_nothing_is_sent_ahead_once_the_budget_is_used_up(endpoint: Endpoint, tables: Tables) -> None:
    asked: list[str] = []

    def respond(operation: str, body: bytes) -> bytes:
        asked.append(operation)
        return told(operation, body)

    endpoint.respond = respond
    with budgets.of_request(0.0), pytest.raises(StorageBusy):
        tables.both()
    assert asked == []


def test_an_answer_that_came_counts_though_the_budget_ended_meanwhile(endpoint: Endpoint, tables: Tables) -> None:
    with budgets.of_request():
        budget = budgets.current()

        def respond(operation: str, body: bytes) -> bytes:
            budget.left = 0.0
            return told(operation, body)

        meet(endpoint, 2)
        first = endpoint.respond
        endpoint.respond = lambda operation, body: first(operation, body) and respond(operation, body)
        assert tables.both() == (1, True)
        assert budget.used_up


def test_attempts_count_from_when_the_first_was_sent(endpoint: Endpoint, tables: Tables) -> None:
    """O12: waiting for the first answer is part of the trip's time."""
    asked: list[str] = []

    def respond(operation: str, body: bytes) -> bytes:
        asked.append(operation)
        tables.clock.advance(DEADLINE)
        return refused("ThrottlingException")

    endpoint.respond = respond
    with pytest.raises(StorageBusy):
        tables.both()
    assert Counter(asked) == {"UpdateItem": 1, "BatchGetItem": 1}


def test_all_calls_are_counted_those_that_nobody_answered_too(endpoint: Endpoint, tables: Tables) -> None:
    endpoint.respond = lambda operation, body: Last(b"") if operation == "UpdateItem" else told(operation, body)
    with meters.of_request() as meter, pytest.raises(StorageBusy):
        tables.both()
    assert meter.calls == 3
