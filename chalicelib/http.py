"""@endpoint: parse → authenticate → call → present. Every failure on the way becomes a problem+json; a traceback never
leaves.

Chalice would answer an unexpected exception, a deep body or an odd Content-Type in its own words, so nothing of it is
used but the routing: the body is read from its raw bytes, and exceptions are turned into answers before Chalice could
see them.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Literal, TypeVar

import msgspec
from chalice.app import Blueprint, Request, Response
from msgspec import Struct, field

from chalicelib import auth, documents, errors, headers, messages, request_log, wiring
from chalicelib.bodies import parse, read_document
from chalicelib.documents import Document
from chalicelib.fingerprints import fingerprint_of
from chalicelib.messages import Locale
from chalicelib.received import query_of, raw_body
from chalicelib.signed import signed_request
from chalicelib.views import Body, View
from wallet_api.clients.model import Client
from wallet_api.errors import NotFound, Unavailable, WalletError
from wallet_api.ids import is_id
from wallet_api.ledger.operations import Decided, Operation
from wallet_api.merchants.model import MerchantCaller, Scope
from wallet_api.sessions.model import Customer
from wallet_api.storage import budgets, meters
from wallet_api.wallet import Wallet

B = TypeVar("B")
logger = logging.getLogger(__name__)


class Endpoint(Struct, frozen=True):
    """What an endpoint promises; the OpenAPI document is made from these.

    `answer` is a View type, None for an answer without a body (204), or the media type of a Document.
    """

    method: str
    path: str
    summary: str
    callers: tuple[type[auth.Caller], ...]
    body: type[Body] | None
    query: type[msgspec.Struct] | None
    answer: Any
    status: int
    idempotency: Literal["required", "accepted"]
    session: Literal["checked", "in_use_case"]
    scope: str
    errors: tuple[type[WalletError], ...]
    description: str
    function: Callable[[Call[Any]], Any]


class Call(Struct, Generic[B], frozen=True):
    """One request, read and authenticated. `caller` is typed by the endpoint's own narrowing properties."""

    wallet: Wallet
    body: B
    path: Mapping[str, str]
    query: Any
    caller: auth.Caller | None
    operation: Operation | None
    locale: Locale
    source: str
    request_id: str
    client: Client | None = None

    @property
    def customer(self) -> Customer:
        """The person who calls. Raises TypeError when the endpoint is not theirs alone: a defect of its declaration."""
        if not isinstance(self.caller, Customer):
            raise TypeError("this endpoint's caller is no customer")
        return self.caller

    @property
    def merchant(self) -> MerchantCaller:
        """The merchant who calls. Raises TypeError as `customer` does."""
        if not isinstance(self.caller, MerchantCaller):
            raise TypeError("this endpoint's caller is no merchant")
        return self.caller

    @property
    def party(self) -> auth.Caller:
        """Whoever calls, where both kinds may. Raises TypeError where anybody may."""
        if self.caller is None:
            raise TypeError("this endpoint asks nobody who they are")
        return self.caller

    @property
    def asked(self) -> Operation:
        """What is asked under the Idempotency-Key. Raises TypeError when the endpoint does not require one."""
        if self.operation is None:
            raise TypeError("this endpoint requires no Idempotency-Key")
        return self.operation

    def id(self, name: str, prefix: str) -> str:
        """An id from the path; what does not look like one of ours is as missing as an unknown one. Raises NotFound."""
        text = self.path[name]
        if not is_id(text, prefix):
            raise NotFound
        return text


class Routes(Blueprint):
    """A Chalice blueprint that remembers what its endpoints promise."""

    def __init__(self, import_name: str) -> None:
        super().__init__(import_name)
        self.endpoints: list[Endpoint] = []


class _Answer(Struct, frozen=True):
    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


def endpoint(
    routes: Routes,
    method: str,
    path: str,
    *,
    summary: str,
    answer: Any,
    status: int = 200,
    callers: Sequence[type[auth.Caller]] = (),
    body: type[Body] | None = None,
    query: type[msgspec.Struct] | None = None,
    idempotency: Literal["required", "accepted"] = "accepted",
    session: Literal["checked", "in_use_case"] = "checked",
    scope: Scope | Literal[""] = "",
    errors: Sequence[type[WalletError]] = (),
) -> Callable[[Callable[[Call[Any]], Any]], Callable[[Call[Any]], Any]]:
    """Registers a function as an endpoint.

    `callers` empty means that anybody may call. `session` says who asks whether the customer's session lives: the edge,
    with one read of its own, or the use case in its first trip. `scope` is what a restricted key of a merchant must hold.
    The function gets a Call and gives a View, a Decided view, a Document, or None.
    """

    def register(function: Callable[[Call[Any]], Any]) -> Callable[[Call[Any]], Any]:
        promised = Endpoint(
            method, path, summary, tuple(callers), body, query, answer, status, idempotency, session, scope, tuple(errors),
            (function.__doc__ or "").strip(), function,
        )  # fmt: skip
        routes.endpoints.append(promised)

        def view(**path_values: str) -> Response:
            return answered(promised, routes.current_request, path_values)

        routes.route(path, methods=[method], content_types=[], name=f"{method} {path}")(view)
        return function

    return register


def answered(promised: Endpoint, request: Request, path_values: Mapping[str, str]) -> Response:
    """One request's answer, as Chalice takes it."""
    made = respond(promised, request, path_values)
    return Response(body=made.body, status_code=made.status, headers=dict(made.headers))


def respond(promised: Endpoint, request: Request, path_values: Mapping[str, str]) -> _Answer:
    """One request's answer; whatever goes wrong is an answer as well. It leaves one line in the log."""
    request_id = str((request.context or {}).get("requestId") or secrets.token_hex(16))
    began = time.perf_counter()
    with meters.of_request() as meter:
        made = _respond(promised, request, path_values, request_id, meter)
    try:
        wallet = wiring.wallet()
    except Exception:  # noqa: BLE001  logged as a defect before
        return made
    request_log.tell(wallet, meter, f"{promised.method} {promised.path}", request_id, made.status, began)
    if wallet.settings.stage != "prod":
        return _Answer(made.status, made.body, {**made.headers, "Server-Timing": request_log.server_timing(began)})
    return made


def _respond(
    promised: Endpoint, request: Request, path_values: Mapping[str, str], request_id: str, meter: meters.Meter
) -> _Answer:
    locale = messages.locale_of(request.headers.get("accept-language"))
    standard = {**headers.STANDARD, "Content-Language": locale, "X-Request-Id": request_id}
    try:
        with budgets.of_request():
            made = _handle(promised, request, path_values, locale, request_id)
        return _Answer(made.status, made.body, {**standard, **made.headers})
    except WalletError as error:
        failure = error
    except Exception:
        logger.exception("a defect", extra={"request_id": request_id, "endpoint": f"{promised.method} {promised.path}"})
        failure = errors.Defect()
    if isinstance(failure, Unavailable):
        logger.error("unavailable: %s", failure.code, extra={"request_id": request_id})
    meter.outcome = failure.code
    document = errors.problem(failure, locale, request_id, _docs_url())
    return _Answer(document["status"], errors.encoded(document), {**standard, **errors.headers_of(failure)})


def _docs_url() -> str:
    """Where the pages of problems are; empty while no wallet can be opened, so that even this is told as a problem."""
    try:
        return wiring.wallet().settings.public_url
    except Exception:  # noqa: BLE001  logged as a defect before
        return ""


def _handle(
    promised: Endpoint, request: Request, path_values: Mapping[str, str], locale: Locale, request_id: str
) -> _Answer:
    wallet = wiring.wallet()
    raw_event = request.to_original_event()
    client = headers.require_acceptable(
        wallet, promised.path, request.headers, raw_event.get("multiValueHeaders") or {}
    )
    given = request.headers.get("authorization")
    caller: auth.Caller | None = None
    if promised.callers:
        caller = auth.authenticate(wallet, given, promised.callers, promised.scope, lambda: signed_request(request))
        if (meter := meters.current()) is not None:
            meter.caller = request_log.caller_kind(caller)
    if isinstance(caller, Customer) and promised.session == "checked":
        wallet.sessions.require_live(caller)
    key = headers.idempotency_key(request.headers, promised.idempotency)
    query = query_of(raw_event, promised.query, is_document=isinstance(promised.answer, str))
    raw = raw_body(request)
    document = parse(raw)
    body = read_document(document, raw, promised.body or Body)
    operation = None
    if key is not None and caller is not None and promised.idempotency == "required":
        fingerprint = fingerprint_of(wallet, promised.method, promised.path.format(**path_values), document)
        operation = Operation(
            caller=caller.id,
            mode=wallet.settings.mode,
            key=key,
            fingerprint=fingerprint,
            kind=f"{promised.method} {promised.path}",
            requested_at=wallet.clock.now(),
            request_id=request_id,
            locale=locale,
        )
    source = str((request.context.get("identity") or {}).get("sourceIp", ""))
    call: Call[Any] = Call(wallet, body, path_values, query, caller, operation, locale, source, request_id, client)
    return _present(promised, promised.function(call), request)


def _present(promised: Endpoint, result: Any, request: Request) -> _Answer:
    headers: dict[str, str] = {}
    if isinstance(result, Decided):
        if result.replayed:
            headers["Idempotent-Replayed"] = "true"
        result = result.value
    if result is None:
        return _Answer(204, "", headers)
    if isinstance(result, Document):
        return _document(promised, result, request)
    if not isinstance(result, View):
        raise TypeError(f"{promised.path} answers {type(result).__name__}, which is no view")
    headers["Content-Type"] = "application/json"
    return _Answer(promised.status, msgspec.json.encode(result).decode(), headers)


def _document(promised: Endpoint, result: Document, request: Request) -> _Answer:
    place = documents.without_slash(str(request.context.get("path", "")))
    if place is not None and result.media_type == "text/html":
        return _Answer(308, "", {"Location": place})
    told = documents.headers_of(result)
    if documents.is_known(told.get("ETag", ""), request.headers.get("if-none-match", "")):
        return _Answer(304, "", {name: value for name, value in told.items() if name != "Content-Type"})
    return _Answer(promised.status, result.text, told)
