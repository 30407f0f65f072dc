"""Callbacks: what is posted to addresses that merchants chose.

The name is resolved, every address it leads to is checked, and the connection goes to an address that was checked, under
the name's own certificate; each post does this anew, for a name may lead elsewhere tomorrow. No redirect is followed, no
proxy is asked, and of the answer only its status, its `Retry-After` and how long it was are kept: what it says is never
shown to anybody.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from threading import Lock
from typing import Literal, Protocol

from msgspec import Struct, field

from wallet_api.gateways.addresses import Address, Rules, Target

TIMEOUT_SECONDS = 15
"""For all of one post: name, connection, certificate, request and answer."""
AT_ONCE = 10
MAX_ANSWER = 4096
"""How many bytes of an answer's body are read, so that who sends it is not cut off in the middle of a short one."""

Resolver = Callable[[str, int], Sequence[str]]
Problem = Literal["name_unknown", "address_refused", "unreachable", "certificate_refused", "timed_out", "no_http"]


class Callback(Struct, frozen=True):
    """One thing to post."""

    url: str
    body: bytes
    headers: Mapping[str, str]


class Answered(Struct, frozen=True):
    """What came of it: an HTTP status, or the problem that kept it from coming."""

    status: int | None
    problem: Problem | None
    milliseconds: int
    retry_after: str | None = None
    body_bytes: int = 0

    @property
    def taken(self) -> bool:
        """Whether the other side says that it has it. A redirect says nothing of the kind."""
        return self.status is not None and 200 <= self.status < 300


class Callbacks(Protocol):
    """Who posts to addresses of others."""

    def acceptable(self, url: str) -> bool:
        """Whether a URL may be called, as far as its text tells."""

    def post(self, callbacks: Sequence[Callback]) -> list[Answered]:
        """Posts all of them at the same time, at most `AT_ONCE`; it takes no longer than the slowest may."""


def resolved(host: str, port: int) -> list[str]:
    """Every IPv4 and IPv6 address that this machine's resolver knows for a name. Raises OSError for none."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class _Refused(Exception):
    """An attempt ends here; the problem says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem: Problem = problem


class _Attempt(Struct):
    """One post under way, which can be ended from outside."""

    ends_at: float
    over: bool = False
    opened: socket.socket | None = None
    lock: Lock = field(default_factory=Lock)

    def left(self) -> float:
        """Seconds that are left. Raises _Refused when none are."""
        left = self.ends_at - time.monotonic()
        if left <= 0 or self.over:
            raise _Refused("timed_out")
        return left

    def hold(self, opened: socket.socket) -> socket.socket:
        """Remembers the socket, so that it can be ended."""
        with self.lock:
            self.opened = opened
        self.left()
        return opened

    def end(self) -> None:
        """Ends the attempt wherever it waits."""
        with self.lock:
            self.over = True
            if self.opened is not None:
                # Not the method of an encrypted socket, which would first forget its keys under the reader's hands.
                with suppress(OSError):
                    socket.socket.shutdown(self.opened, socket.SHUT_RDWR)


class HttpsCallbacks:
    """Real connections, on a pool of its own. `context` and `resolver` are the machine's own when none are given."""

    def __init__(
        self,
        rules: Rules,
        *,
        resolver: Resolver = resolved,
        context: ssl.SSLContext | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._rules = rules
        self._resolver = resolver
        self._context = context
        self._timeout_seconds = timeout_seconds
        self._lock = Lock()
        self._pool: ThreadPoolExecutor | None = None

    def acceptable(self, url: str) -> bool:
        """Whether the text of a URL speaks against it."""
        return self._rules.target(url) is not None

    def post(self, callbacks: Sequence[Callback]) -> list[Answered]:
        """Posts all; what has not ended in time is ended."""
        answered: list[Answered] = []
        for start in range(0, len(callbacks), AT_ONCE):
            answered += self._at_once(callbacks[start : start + AT_ONCE])
        return answered

    def _at_once(self, callbacks: Sequence[Callback]) -> list[Answered]:
        began = time.monotonic()
        attempts = [_Attempt(began + self._timeout_seconds) for _ in callbacks]
        futures = [self._threads().submit(self._post, *each) for each in zip(callbacks, attempts, strict=True)]
        _, late = wait(futures, timeout=self._timeout_seconds)
        for future, attempt in zip(futures, attempts, strict=True):
            if future in late:
                attempt.end()
        if late:
            wait(late, timeout=1)
        gone = Answered(None, "timed_out", _milliseconds_since(began))
        return [future.result() if future.done() else gone for future in futures]

    def _threads(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="callback")
            return self._pool

    def _post(self, callback: Callback, attempt: _Attempt) -> Answered:
        began = time.monotonic()
        try:
            target = self._rules.target(callback.url)
            if target is None:
                raise _Refused("address_refused")
            status, retry_after, length = self._exchange(target, self._addresses(target), callback, attempt)
            return Answered(status, None, _milliseconds_since(began), retry_after, length)
        except _Refused as refusal:
            problem = refusal.problem
        except ssl.SSLError:
            problem = "certificate_refused"
        except TimeoutError:
            problem = "timed_out"
        except OSError:
            problem = "unreachable"
        except (http.client.HTTPException, ValueError):
            problem = "no_http"
        return Answered(None, "timed_out" if attempt.over else problem, _milliseconds_since(began))

    def _addresses(self, target: Target) -> list[Address]:
        try:
            found = self._resolver(target.host, target.port)
        except (OSError, UnicodeError):
            raise _Refused("name_unknown") from None
        allowed = self._rules.allows(target, found)
        if allowed is None:
            raise _Refused("address_refused")
        return allowed

    def _exchange(
        self, target: Target, addresses: Sequence[Address], callback: Callback, attempt: _Attempt
    ) -> tuple[int, str | None, int]:
        connection = http.client.HTTPConnection(target.host, target.port)
        try:
            # The connection is handed over open: http.client never sees a name that it could resolve once more.
            connection.sock = self._connected(target, addresses, attempt)
            connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
            headers = {"Host": target.authority, "Connection": "close", "Content-Length": str(len(callback.body))}
            for name, value in {**headers, **callback.headers}.items():
                connection.putheader(name, value)
            connection.endheaders(callback.body)
            response = connection.getresponse()
            # What was cut off here may look like an answer.
            attempt.left()
            retry_after = response.headers.get("Retry-After")
            return response.status, retry_after, _length(response)
        finally:
            connection.close()

    def _connected(self, target: Target, addresses: Sequence[Address], attempt: _Attempt) -> socket.socket:
        """A connection to the first of the checked addresses that takes one, under the name's certificate."""
        for position, address in enumerate(addresses):
            try:
                opened = socket.create_connection((str(address), target.port), timeout=attempt.left())
                break
            except OSError:
                if position + 1 == len(addresses):
                    raise
        else:
            raise _Refused("unreachable")
        try:
            attempt.hold(opened).settimeout(attempt.left())
            if target.scheme == "http":
                return opened
            return attempt.hold(self._trusted().wrap_socket(opened, server_hostname=target.host))
        except BaseException:
            opened.close()
            raise

    def _trusted(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                self._context = ssl.create_default_context()
            return self._context


def _length(response: http.client.HTTPResponse) -> int:
    """How much of the body came, of what is read of it. The status is known, so whatever happens now changes nothing."""
    with suppress(OSError, http.client.HTTPException, ValueError):
        return len(response.read(MAX_ANSWER))
    return 0


def _milliseconds_since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
