"""The local server lets go of all it holds, wherever a connection ends."""

import gc
import http.client
import socket
import time
import warnings
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any

import pytest

from dev.server import HOST, Server

LARGE = 3 * 1024 * 1024
HALF_A_REQUEST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % LARGE + b"x" * (LARGE // 2)


def _large_answer(environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Length", str(LARGE))])
    return [b"x" * LARGE]


def _reads_all(port: int) -> None:
    with closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
        connection.request("GET", "/")
        assert len(connection.getresponse().read()) == LARGE


def _reads_nothing(port: int) -> None:
    with socket.create_connection((HOST, port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert connection.recv(1)


def _sends_half(port: int) -> None:
    with socket.create_connection((HOST, port)) as connection:
        connection.sendall(HALF_A_REQUEST)
        # So long that the server has read what was sent when the connection breaks off.
        time.sleep(0.2)


@pytest.mark.parametrize("client", [_reads_all, _reads_nothing, _sends_half])
def test_a_large_body_leaves_no_file_open(client: Callable[[int], None]) -> None:
    """A file that only the collector closes is told by Python at some later moment, in somebody else's work."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        server = Server(_large_answer).start()
        client(server.port)
        server.stop()
        del server
        gc.collect()
    assert [str(each.message) for each in told if issubclass(each.category, ResourceWarning)] == []
