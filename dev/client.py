"""A small HTTP client on the standard library, for the demo, the benchmarks and the tests: it sees what a phone sees."""

import json
import socket
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

Headers = dict[str, str] | list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; header names are lower case, duplicates joined by commas."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    def ok(self, status: int | None = None) -> Any:
        """The JSON body, after checking the status: `status`, or any 2xx."""
        expected = self.status == status if status is not None else 200 <= self.status < 300
        assert expected, f"{self.status}: {self.text}"
        return self.json if self.body else None


class Api:
    """Speaks JSON to one server; keeps one connection, so give each thread its own (`fresh`)."""

    def __init__(self, port: int, timeout: int = 30) -> None:
        self.port = port
        self.timeout = timeout
        self._connection: HTTPConnection | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fresh(self) -> "Api":
        """Another client of the same server."""
        return Api(self.port, self.timeout)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, path: str, **options: Any) -> Answer:
        return self.call("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> Answer:
        return self.call("POST", path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> Answer:
        return self.call("PUT", path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> Answer:
        return self.call("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        return self.call("DELETE", path, **options)

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        body: bytes | None = None,
        token: str | None = None,
        key: str | None = None,
        lang: str | None = None,
        headers: Headers = (),  # type: ignore[assignment]
    ) -> Answer:
        """One request. `body` goes as it is; `json` is serialised. A list of `headers` may hold a name twice."""
        lines = list(headers.items() if isinstance(headers, dict) else headers)
        named = {name.lower() for name, _ in lines}
        if json is not None:
            body = _dumped(json)
        if body is not None and "content-type" not in named:
            lines.append(("Content-Type", "application/json"))
        if token is not None:
            lines.append(("Authorization", f"Bearer {token}"))
        if key is not None:
            lines.append(("Idempotency-Key", key))
        if lang is not None:
            lines.append(("Accept-Language", lang))
        if body is not None and "content-length" not in named:
            lines.append(("Content-Length", str(len(body))))
        elif body is None and method in ("POST", "PUT", "PATCH"):
            lines.append(("Content-Length", "0"))
        return self._sent(method, path, lines, body)

    def _sent(self, method: str, path: str, lines: list[tuple[str, str]], body: bytes | None) -> Answer:
        connection = self._connection
        if connection is None:
            connection = self._connection = HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
            connection.connect()
            # Small requests in two writes would wait 40 ms for each other's acknowledgement.
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in lines:
                connection.putheader(name, value.encode("utf-8"))
            connection.endheaders(body)
            response = connection.getresponse()
            content = response.read()
        except BaseException:
            self.close()
            raise
        if response.will_close:
            self.close()
        found: dict[str, str] = {}
        for name, value in response.getheaders():
            lower = name.lower()
            found[lower] = f"{found[lower]}, {value}" if lower in found else value
        return Answer(response.status, found, content)


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
