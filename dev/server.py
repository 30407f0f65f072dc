"""waitress on the loopback, keeping header lines as they came: WSGI folds duplicates, and the wallet must see them.

Requests that never become one (bad syntax, too large) are answered as problem+json too.
"""

import errno
import logging
import sys
import threading
import uuid
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, get_header_lines
from waitress.server import create_server
from waitress.task import ErrorTask, WSGITask

from dev.gateway import MAX_BODY_BYTES, MAX_HEADER_BYTES, RAW_HEADERS
from dev.problems import Reply
from dev.refusals import refusal

HOST = "127.0.0.1"
NEVER = sys.maxsize


class PortInUse(Exception):
    """Somebody else listens there; the text is for a person."""


class _Parser(HTTPRequestParser):
    raw_headers: list[tuple[str, str]]

    def parse_header(self, header_plus: bytes) -> None:
        self.raw_headers = []
        super().parse_header(header_plus)
        for line in get_header_lines(header_plus.partition(b"\r\n")[2]):
            name, _, value = line.partition(b":")
            # What WSGI drops (names with underscores) is dropped here too.
            if b"_" not in name:
                self.raw_headers.append((name.decode("latin-1"), value.strip(b" \t").decode("latin-1")))


class _Task(WSGITask):
    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        request: Any = self.request
        environ[RAW_HEADERS] = request.raw_headers
        return environ


class _ErrorTask(ErrorTask):
    def execute(self) -> None:
        request: Any = self.request
        error = request.error
        reply = _refusal(error.code)
        self.status = f"{reply.status} {error.reason}"
        self.response_headers = [*self.response_headers, *reply.headers, ("Connection", "close")]
        self.set_close_on_finish()
        self.content_length = len(reply.body)
        self.write(reply.body)


def _refusal(status: int) -> Reply:
    request_id = str(uuid.uuid4())
    if status >= 500 and status != 501:
        return refusal("API_CONFIGURATION_ERROR", request_id)
    return refusal({413: "REQUEST_TOO_LARGE", 431: "HEADERS_TOO_LARGE"}.get(status, "NO_REQUEST"), request_id)


class _Channel(HTTPChannel):
    parser_class = _Parser
    task_class = _Task
    error_task_class = _ErrorTask


class Server:
    """One listening server; `run` blocks, `start` does not."""

    def __init__(self, application: Any, port: int = 0, threads: int = 8) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        try:
            server: Any = create_server(
                application,
                host=HOST,
                port=port,
                threads=threads,
                ident=None,
                # Read and refused by the gateway: a client that is cut off while it sends never sees why.
                max_request_body_size=6 * MAX_BODY_BYTES,
                max_request_header_size=MAX_HEADER_BYTES + 1,
                # Kept in memory: a temporary file would stay open for as long as its broken connection is remembered.
                inbuf_overflow=NEVER,
                outbuf_overflow=NEVER,
                connection_limit=1000,
                clear_untrusted_proxy_headers=False,
                expose_tracebacks=False,
            )
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                raise PortInUse(f"Port {port} of {HOST} is not free: choose another with --port.") from error
            raise
        server.channel_class = _Channel
        self._server = server
        self.port = int(server.effective_port)
        self.url = f"http://{HOST}:{self.port}"
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        self._server.run()

    def start(self) -> "Server":
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Lets the workers finish, then closes every socket within the loop's own thread, where nobody else uses it."""
        self._server.task_dispatcher.shutdown()
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._server._map, ignore_all=True))
        if self._thread is not None:
            self._thread.join(timeout=5)
