"""Requests sent ahead, over real connections: under way at the same time in one thread, and each with its own answer."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

from tests.storage.endpoint import READ_TIMEOUT_SECONDS, Endpoint, Last, answering, listening, meet
from wallet_api.storage.ahead import _MOMENT, Ahead, Sent


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with listening() as endpoint:
        yield endpoint


class Sender:
    """Botocore's HTTP session, and what is sent ahead on its connections."""

    def __init__(self, endpoint: Endpoint, read_timeout_seconds: float, **session: Any) -> None:
        # Only what is sent ahead has little time: connections are opened and used by the session, however busy the machine is.
        self.session = URLLib3Session(timeout=int(READ_TIMEOUT_SECONDS), **session)
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
    sent_later = both[1]._deadline - both[0]._deadline
    assert both[1]._connection.timeout <= max(sent_later, _MOMENT)
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
