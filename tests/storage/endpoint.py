"""An endpoint on the loopback that answers as a test tells it, over real connections."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

READ_TIMEOUT_SECONDS = 30.0
"""No test waits for so long: it ends what would hang."""
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
        # A caller who has gone is what some tests are about; who waits for others in vain hangs up, and fails nobody else's test.
        with suppress(OSError, BrokenBarrierError), connection, connection.makefile("rb") as stream:
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
        # Closing alone wakes nobody: the thread, and with it the port, would wait for one more connection.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()


@contextmanager
def listening() -> Iterator[Endpoint]:
    """One that listens while the block lasts."""
    endpoint = Endpoint()
    try:
        yield endpoint
    finally:
        endpoint.close()


def meet(endpoint: Endpoint, count: int) -> None:
    """Nobody is answered before so many have asked."""
    barrier = Barrier(count, timeout=READ_TIMEOUT_SECONDS)

    def respond(_operation: str, body: bytes) -> bytes:
        barrier.wait()
        return answering(body)

    endpoint.respond = respond
