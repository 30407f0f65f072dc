"""A client whose requests come from an address of the test's choice, as API Gateway would name it."""

import io
from typing import Any

from dev.client import Answer
from dev.cloud.local import LocalCloud
from dev.gateway import RAW_HEADERS
from tests.promises import PromisedApi


class From(PromisedApi):
    """Asks the local gateway without a socket between; `source` is what the gateway takes the peer's address to be."""

    def __init__(self, cloud: LocalCloud, source: str) -> None:
        super().__init__(port=0)
        self.cloud, self.source = cloud, source

    def fresh(self) -> "From":
        return From(self.cloud, self.source)

    def _sent(self, method: str, path: str, lines: list[tuple[str, str]], body: bytes | None) -> Answer:
        begun: list[Any] = []
        content = body or b""
        environ = {
            "REQUEST_METHOD": method,
            "REQUEST_URI": path,
            "QUERY_STRING": path.partition("?")[2],
            "CONTENT_LENGTH": str(len(content)),
            "REMOTE_ADDR": self.source,
            "wsgi.input": io.BytesIO(content),
            RAW_HEADERS: lines,
        }
        parts = list(self.cloud.gateway(environ, lambda status, headers: begun.extend((status, headers))))
        status, headers = begun
        return Answer(int(status[:3]), {name.lower(): value for name, value in headers}, b"".join(parts))
