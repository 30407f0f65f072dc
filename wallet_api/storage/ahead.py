"""Requests sent ahead: one leaves now and its answer is read later, so that one thread has several under way at a time.

A request goes ahead only on a connection that is open and idle in the pool of botocore's HTTP session. Whatever opens one stays
the session's: names, TLS, proxies, and how long that may take. A connection goes back to the pool once its answer was read to
the end, and is closed after anything else, so that no request ever gets another one's answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from weakref import ref

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from urllib3.exceptions import ClosedPoolError, HTTPError
from urllib3.exceptions import ReadTimeoutError as BodyTimeoutError

_MOMENT = 0.001
"""Seconds. What has come by its deadline is read even if somebody looks at it later: a timeout of zero would not wait at all."""


class Response(NamedTuple):
    """An answer that was read to the end."""

    status_code: int
    headers: Any
    content: bytes


class Ahead:
    """Sends requests to one URL on the idle connections of botocore's HTTP session."""

    def __init__(self, session: Any, url: str, read_timeout_seconds: float) -> None:
        self._session = session
        self._url = url
        self._target = urlsplit(url).path
        self._proxied = session._proxy_config.proxy_url_for(url) is not None
        self._found: Callable[[], Any] = _nothing
        self._read_timeout_seconds = read_timeout_seconds

    def send(self, request: AWSPreparedRequest) -> Sent | None:
        """What will bring the answer; None when no connection is open, and nothing was sent."""
        pool = self._pool()
        connection = None if pool is None else _idle(pool)
        if connection is None:
            return None
        connection.timeout = self._read_timeout_seconds
        sent = Sent(pool, connection, self._url, time.monotonic() + self._read_timeout_seconds)
        sent.send(request, self._target)
        return sent

    def _pool(self) -> Any:
        """The session's pool for the URL. It is the session's to keep: once that is closed, its connections close."""
        pool = self._found()
        if pool is None and not self._proxied:
            pool = self._session._manager.connection_from_url(self._url)
            self._found = ref(pool)
        return pool


def _nothing() -> None:
    return None


def _idle(pool: Any) -> Any:
    """A connection that is open and that nobody uses; None when there is none."""
    try:
        connection = pool._get_conn(timeout=0)
    except ClosedPoolError:
        return None
    if connection.sock is not None:
        return connection
    pool._put_conn(connection)
    return None


class Sent:
    """A request under way on a connection that is its own until the answer was read."""

    __slots__ = ("_connection", "_deadline", "_error", "_pool", "_url")

    def __init__(self, pool: Any, connection: Any, url: str, deadline: float) -> None:
        self._pool = pool
        self._connection = connection
        self._url = url
        self._deadline = deadline
        self._error: Exception | None = None

    def send(self, request: AWSPreparedRequest, target: str) -> None:
        """Sends it; what goes wrong is told by `answer`, as the request may have arrived all the same."""
        try:
            self._connection.request(
                request.method, target, request.body, request.headers, preload_content=False, decode_content=False
            )
        except BrokenPipeError:
            # The other end has stopped reading, and may have answered before.
            pass
        except (OSError, HTTPException) as error:
            self._connection.close()
            self._error = self._told(error)
        except BaseException:
            self._connection.close()
            raise

    def answer(self) -> Response:
        """Waits for the answer. Raises ReadTimeoutError or ConnectionClosedError: whether the request was applied is then unknown."""
        if self._error is not None:
            raise self._error
        connection = self._connection
        connection.timeout = max(self._deadline - time.monotonic(), _MOMENT)
        try:
            response = connection.getresponse()
            content = response.read()
        except (OSError, HTTPException, HTTPError) as error:
            connection.close()
            raise self._told(error) from error
        except BaseException:
            connection.close()
            raise
        self._pool._put_conn(connection)
        return Response(response.status, response.headers, content)

    def _told(self, error: Exception) -> Exception:
        if isinstance(error, TimeoutError | BodyTimeoutError):
            return ReadTimeoutError(endpoint_url=self._url, error=error)
        return ConnectionClosedError(endpoint_url=self._url, error=error)
