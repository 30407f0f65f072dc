"""A local API Gateway: a WSGI application that gives Chalice the full REST proxy event and its answer back to HTTP.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
What differs from AWS is listed in docs/local-cloud.md.
"""

import base64
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from http.client import responses
from typing import Any
from urllib.parse import parse_qsl, unquote

from chalice.app import Chalice

from dev.cloud.context import LambdaContext
from dev.cloud.context import request_id as new_request_id
from dev.cloud.rights import rights
from dev.problems import Reply
from dev.refusals import method_refusal, refusal

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_HEADER_BYTES = 10 * 1024
STAGE = "api"
_SIGNED = "AWS4-HMAC-SHA256"
RAW_HEADERS = "wallet.raw_headers"
"""Key of the WSGI environment under which our server leaves the header lines as they came: `[(name, value)]`."""

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class _PerThread(Chalice):
    """What `chalice.local.LocalChalice` is for the current request, for the Lambda context as well."""

    _of_thread = threading.local()

    @property
    def current_request(self) -> Any:
        return getattr(self._of_thread, "request", None)

    @current_request.setter
    def current_request(self, value: Any) -> None:
        self._of_thread.request = value

    @property
    def lambda_context(self) -> Any:
        return getattr(self._of_thread, "context", None)

    @lambda_context.setter
    def lambda_context(self, value: Any) -> None:
        self._of_thread.context = value


@dataclass(frozen=True)
class Route:
    """One of app.py's paths, cut into segments; `{name}` matches any one segment."""

    resource: str
    segments: tuple[str, ...]

    def match(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        captured = {}
        for pattern, given in zip(self.segments, segments, strict=True):
            if pattern.startswith("{"):
                if not given:
                    return None
                captured[pattern[1:-1]] = given
            elif pattern != given:
                return None
        return captured


@dataclass(frozen=True)
class Call:
    """One HTTP request, read once."""

    method: str
    path: str
    segments: tuple[str, ...]
    query: list[tuple[str, str]]
    headers: list[tuple[str, str]]
    body: bytes
    source_ip: str
    request_id: str


Around = Callable[[Call, Callable[[], Reply]], Reply]
"""Gets a call that has found its route, and what answers it."""


class Gateway:
    """The WSGI application in front of one Chalice app. Safe for any number of threads."""

    def __init__(
        self, app: Any, extra: Callable[[Call], Reply | None] | None = None, around: Around | None = None
    ) -> None:
        app.__class__ = _PerThread
        self._app = app
        self._extra = extra
        self._around = around
        self._routes: dict[int, list[Route]] = {}
        for resource in app.routes:
            route = Route(resource, _segments(resource))
            self._routes.setdefault(len(route.segments), []).append(route)
        for routes in self._routes.values():
            # A word goes before a placeholder, segment by segment.
            routes.sort(key=lambda route: [segment.startswith("{") for segment in route.segments])

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request_id = new_request_id()
        try:
            reply = self._reply(environ, request_id)
        except Exception:
            log.exception("The local gateway failed")
            reply = refusal("API_CONFIGURATION_ERROR", request_id)
        lines = reply.headers
        if not any(name.lower() == "x-request-id" for name, _ in lines):
            lines = [*lines, ("X-Request-Id", request_id)]
        start_response(f"{reply.status} {responses.get(reply.status, 'Unknown')}", _with_length(lines, reply))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]

    def _reply(self, environ: Environ, request_id: str) -> Reply:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > MAX_BODY_BYTES:
            return refusal("REQUEST_TOO_LARGE", request_id)
        call = _read(environ, length, request_id)
        if self._extra is not None and (reply := self._extra(call)) is not None:
            return reply
        for route in self._routes.get(len(call.segments), ()):
            captured = route.match(call.segments)
            if captured is not None:
                routed = partial(self._routed, call, route.resource, captured)
                return routed() if self._around is None else self._around(call, routed)
        signed = any(name.lower() == "authorization" and value.startswith(_SIGNED) for name, value in call.headers)
        return refusal("INVALID_SIGNATURE" if signed else "MISSING_AUTHENTICATION_TOKEN", request_id)

    def _routed(self, call: Call, resource: str, captured: dict[str, str]) -> Reply:
        methods = self._app.routes[resource]
        if call.method in methods:
            return self._called(call, call.method, resource, captured)
        if call.body and not _is_json(call.headers):
            return refusal("UNSUPPORTED_MEDIA_TYPE", call.request_id)
        return method_refusal(methods, call.request_id)

    def _called(self, call: Call, method: str, resource: str, captured: dict[str, str]) -> Reply:
        event = proxy_event(call, method, resource, captured, self._app.api.binary_types)
        with rights.running("api_handler"):
            return _http(self._app(event, LambdaContext("api_handler")))


def _segments(path: str) -> tuple[str, ...]:
    trimmed = path if path == "/" else path.removesuffix("/")
    return tuple(trimmed.split("/")[1:])


def _read(environ: Environ, length: int, request_id: str) -> Call:
    raw_path = environ.get("REQUEST_URI") or environ.get("PATH_INFO", "/")
    path = raw_path.partition("?")[0]
    return Call(
        method=environ["REQUEST_METHOD"],
        path=path,
        # Cut first, decode once: an encoded slash stays within its segment.
        segments=tuple(unquote(segment) for segment in _segments(path)),
        query=parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True),
        headers=environ.get(RAW_HEADERS) or _folded(environ),
        body=environ["wsgi.input"].read(length) if length else b"",
        source_ip=environ.get("REMOTE_ADDR", "127.0.0.1"),
        request_id=request_id,
    )


def _folded(environ: Environ) -> list[tuple[str, str]]:
    """Header lines from a server that keeps no raw ones: duplicates are one line, joined by commas."""
    lines = [
        (name.removeprefix("HTTP_").replace("_", "-").title(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    if content_type := environ.get("CONTENT_TYPE"):
        lines.append(("Content-Type", content_type))
    return lines


def _gathered(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Values by name; names that differ in case only are one name, spelled as it came first."""
    spelled: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(spelled.setdefault(name.lower(), name), []).append(value)
    return found


def proxy_event(
    call: Call, method: str, resource: str, captured: dict[str, str], binary_types: list[str]
) -> dict[str, Any]:
    """The REST API proxy event (version 1.0). Duplicate header lines stand apart in `multiValueHeaders`."""
    headers = _gathered(call.headers)
    query: dict[str, list[str]] = {}
    for name, value in call.query:
        query.setdefault(name, []).append(value)
    content_type = next((values[-1] for name, values in headers.items() if name.lower() == "content-type"), "")
    binary = bool(call.body) and _is_binary(content_type, binary_types)
    body = None
    if call.body:
        body = base64.b64encode(call.body).decode() if binary else call.body.decode("utf-8", "replace")
    return {
        "resource": resource,
        "path": call.path,
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": captured or None,
        "stageVariables": None,
        "requestContext": _request_context(call, method, resource, headers),
        "body": body,
        "isBase64Encoded": binary,
    }


def _request_context(call: Call, method: str, resource: str, headers: dict[str, list[str]]) -> dict[str, Any]:
    agents = [values[-1] for name, values in headers.items() if name.lower() == "user-agent"]
    return {
        "accountId": "123456789012",
        "apiId": "local",
        "resourceId": "local",
        "resourcePath": resource,
        "httpMethod": method,
        "path": f"/{STAGE}{call.path}",
        "stage": STAGE,
        "protocol": "HTTP/1.1",
        "requestId": call.request_id,
        "extendedRequestId": call.request_id,
        "requestTimeEpoch": time.time_ns() // 1_000_000,
        "identity": {"sourceIp": call.source_ip, "userAgent": agents[0] if agents else None},
    }


def _is_json(headers: list[tuple[str, str]]) -> bool:
    """As API Gateway chooses a template: a body that does not say what it is, is JSON."""
    given = [value for name, value in headers if name.lower() == "content-type"]
    return not given or given[-1].partition(";")[0].strip().lower() == "application/json"


def _is_binary(content_type: str, binary_types: list[str]) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    family = kind.partition("/")[0]
    return kind in binary_types or f"{family}/*" in binary_types


def _http(answer: dict[str, Any]) -> Reply:
    lines: list[tuple[str, str]] = []
    several: dict[str, list[str]] = answer.get("multiValueHeaders") or {}
    for name, value in (answer.get("headers") or {}).items():
        if name not in several:
            lines.append((name, str(value)))
    lines += [(name, str(value)) for name, values in several.items() for value in values]
    body = answer.get("body") or ""
    raw = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    return Reply(int(answer["statusCode"]), raw, lines)


def _with_length(lines: list[tuple[str, str]], reply: Reply) -> list[tuple[str, str]]:
    kept = [(name, value) for name, value in lines if name.lower() not in ("content-length", "connection")]
    return kept if reply.status in (204, 304) else [*kept, ("Content-Length", str(len(reply.body)))]
