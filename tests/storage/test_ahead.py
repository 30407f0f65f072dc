"""Requests sent ahead, over real connections: under way at the same time in one thread, and each with its own answer."""

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.httpsession import URLLib3Session
from botocore.session import Session, get_session

from dev.cloud.clock import MovableClock
from tests.storage.box import BoxItem
from wallet_api.storage import budgets, meters
from wallet_api.storage.ahead import _MOMENT, Ahead, Sent
from wallet_api.storage.calls import DEADLINE
from wallet_api.storage.connection import WalletConnection
from wallet_api.storage.errors import StorageBusy, StorageFault
from wallet_api.storage.trips import Trip

READ_TIMEOUT_SECONDS = 5.0
Respond = Callable[[str, bytes], bytes]
"""Gets an operation's name and a body; gives the bytes of the whole response."""


class Last(bytes):
    """A response after which the endpoint hangs up."""


def answering(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Endpoint:
    """Answers on the loopback as it is told, each connection in a thread of its own."""

    def __init__(self) -> None:
        self.respond: Respond = lambda _operation, body: answering(body)
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # A caller who has gone is what some tests are about.
        with suppress(OSError), connection, connection.makefile("rb") as stream:
            while request := self._read(stream):
                told = self.respond(*request)
                connection.sendall(told)
                if isinstance(told, Last):
                    connection.shutdown(socket.SHUT_RDWR)
                    return

    @staticmethod
    def _read(stream: Any) -> tuple[str, bytes] | None:
        headers = {}
        while line := stream.readline().strip().decode():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if not headers:
            return None
        return headers.get("x-amz-target", "").rpartition(".")[2], stream.read(int(headers["content-length"]))

    def hang_up(self) -> None:
        """Closes every connection that is open."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def close(self) -> None:
        self._listener.close()
        self.hang_up()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.close()


class Sender:
    """Botocore's HTTP session, and what is sent ahead on its connections."""

    def __init__(self, endpoint: Endpoint, read_timeout_seconds: float, **session: Any) -> None:
        self.session = URLLib3Session(timeout=(1, read_timeout_seconds), **session)
        self.url = endpoint.url
        self.ahead = Ahead(self.session, self.url, read_timeout_seconds)

    def request(self, body: bytes) -> Any:
        return AWSRequest("POST", self.url, {"X-Amz-Target": "x.Echo"}, body).prepare()

    def open(self, count: int) -> None:
        """So many connections, idle."""
        with ThreadPoolExecutor(count) as crowd:
            list(crowd.map(lambda _: self.session.send(self.request(b"open")), range(count)))

    def sent(self, body: bytes) -> Sent:
        sent = self.ahead.send(self.request(body))
        assert sent is not None
        return sent


@pytest.fixture
def sender(endpoint: Endpoint) -> Iterator[Sender]:
    sender = Sender(endpoint, READ_TIMEOUT_SECONDS)
    meet(endpoint, 2)
    sender.open(2)
    endpoint.respond = lambda _operation, body: answering(body)
    yield sender
    sender.session.close()


def meet(endpoint: Endpoint, count: int) -> None:
    """Nobody is answered before so many have asked."""
    barrier = Barrier(count, timeout=READ_TIMEOUT_SECONDS)

    def respond(_operation: str, body: bytes) -> bytes:
        barrier.wait()
        return answering(body)

    endpoint.respond = respond


def test_requests_are_under_way_at_the_same_time_and_each_brings_its_own_answer(
    endpoint: Endpoint, sender: Sender
) -> None:
    meet(endpoint, 2)
    first, second = sender.sent(b"first"), sender.sent(b"second")
    assert (second.answer().content, first.answer().content) == (b"second", b"first")
    assert endpoint.connections == 2


def test_without_an_open_connection_nothing_is_sent(endpoint: Endpoint) -> None:
    sender = Sender(endpoint, READ_TIMEOUT_SECONDS)
    assert sender.ahead.send(sender.request(b"")) is None
    assert endpoint.connections == 0
    sender.session.close()


def test_a_connection_that_the_other_end_has_closed_is_not_used(endpoint: Endpoint, sender: Sender) -> None:
    endpoint.hang_up()
    for _ in range(2):
        assert sender.ahead.send(sender.request(b"")) is None
    assert sender.session.send(sender.request(b"anew")).content == b"anew"
    assert sender.sent(b"ahead").answer().content == b"ahead"


def test_what_goes_through_a_proxy_is_the_sessions(endpoint: Endpoint) -> None:
    sender = Sender(endpoint, READ_TIMEOUT_SECONDS, proxies={"http": endpoint.url})
    sender.open(1)
    assert sender.ahead.send(sender.request(b"")) is None
    sender.session.close()


def test_a_session_that_was_closed_sends_nothing_ahead(sender: Sender) -> None:
    sender.session.close()
    assert sender.ahead.send(sender.request(b"")) is None


def test_an_answer_that_comes_too_late_is_nobody_elses(endpoint: Endpoint) -> None:
    """S22, S50: what became of the request is unknown, and the next one on this connection would read its answer."""
    sender, late = Sender(endpoint, 0.05), Event()
    sender.open(1)

    def respond(_operation: str, body: bytes) -> bytes:
        if body == b"slow":
            late.wait(READ_TIMEOUT_SECONDS)
        return answering(body)

    endpoint.respond = respond
    slow = sender.sent(b"slow")
    with pytest.raises(ReadTimeoutError):
        slow.answer()
    late.set()
    assert sender.ahead.send(sender.request(b"next")) is None
    assert sender.session.send(sender.request(b"next")).content == b"next"
    sender.session.close()


def test_those_that_are_not_answered_are_waited_for_once_and_not_one_after_the_other(endpoint: Endpoint) -> None:
    """O12: each has its time from when it was sent."""
    sender, never = Sender(endpoint, 0.05), Event()
    meet(endpoint, 2)
    sender.open(2)

    def respond(_operation: str, _body: bytes) -> bytes:
        never.wait(READ_TIMEOUT_SECONDS)
        return Last(b"")

    endpoint.respond = respond
    both = [sender.sent(b"first"), sender.sent(b"second")]
    for sent in both:
        with pytest.raises(ReadTimeoutError):
            sent.answer()
    assert both[1]._connection.timeout == _MOMENT
    never.set()
    sender.session.close()


def test_what_has_come_in_time_is_read_however_late_somebody_looks(sender: Sender) -> None:
    sent = sender.sent(b"here")
    sent._deadline = 0.0
    assert sent._connection.sock.recv(1, socket.MSG_PEEK)
    assert sent.answer().content == b"here"


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"what is this?\r\n\r\n",
    ],
)
def test_an_answer_that_breaks_off_is_no_answer_and_ends_its_connection(
    endpoint: Endpoint, sender: Sender, told: bytes
) -> None:
    """S22: the request may have been applied."""
    endpoint.respond = lambda _operation, _body: Last(told)
    broken = sender.sent(b"")
    with pytest.raises(ConnectionClosedError):
        broken.answer()
    assert broken._connection.sock is None


def test_after_an_answer_that_ends_its_connection_another_one_is_opened(endpoint: Endpoint) -> None:
    sender = Sender(endpoint, READ_TIMEOUT_SECONDS)
    sender.open(1)
    endpoint.respond = lambda _operation, body: Last(answering(body, "Connection: close"))
    assert sender.sent(b"last").answer().content == b"last"
    assert sender.ahead.send(sender.request(b"")) is None
    sender.session.close()


def test_a_wait_that_is_broken_off_ends_its_connection(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer is still to come, and belongs to nobody."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    sent = sender.sent(b"")
    monkeypatch.setattr(sent._connection, "getresponse", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sent.answer()
    assert sent._connection.sock is None


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
        return updated().count, found() is not None


def session_at(endpoint: Endpoint) -> Session:
    session = get_session()
    session.set_credentials("AKIDEXAMPLE", "secret", None)
    session.set_config_variable("region", REGION)
    # What a developer's environment says with AWS_ENDPOINT_URL.
    create = session.create_client
    session.create_client = lambda *args, **named: create(*args, endpoint_url=endpoint.url, **named)  # type: ignore[method-assign]
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


@pytest.fixture
def tables(endpoint: Endpoint) -> Iterator[Tables]:
    clock = MovableClock()
    clock.freeze()
    clock.sleep = lambda seconds: clock.advance(timedelta(seconds=seconds))  # type: ignore[method-assign]
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
    endpoint.respond = lambda operation, body: asked.append(operation) or told(operation, body)  # type: ignore[func-returns-value]
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
