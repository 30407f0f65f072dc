"""The port of a program that is being started, or was killed and is started again, is nobody else's meanwhile."""

import errno
import socket
import sys
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bench.processes import Port


def nobody_else_gets(number: int) -> None:
    with socket.socket() as other, pytest.raises(OSError, match=f"Errno {errno.EADDRINUSE}"):
        other.bind(("127.0.0.1", number))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody may listen on a port where another stands")
def test_a_port_is_held_before_while_and_after_a_server_of_ours_listens() -> None:
    with closing(Port()) as port:
        for _ in range(2):
            nobody_else_gets(port.number)
            with HTTPServer(("127.0.0.1", port.number), BaseHTTPRequestHandler):
                nobody_else_gets(port.number)
                socket.create_connection(("127.0.0.1", port.number), timeout=30).close()
        nobody_else_gets(port.number)
