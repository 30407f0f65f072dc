"""DynamoDB's wire protocol, spoken directly: the calls that every request makes, at a fraction of botocore's processor time.

botocore reads the service's model anew for each call: it resolves the endpoint by its rules, asks a dozen events, walks the
parameters and the answer shape by shape. For eight operations whose form is fixed (AWS JSON 1.0, one endpoint) nothing of that
changes from call to call. What decides stays botocore's: who we are (its credentials, which it renews, and its signer), how a
request travels (its HTTP session with our time limits), what an error means (its parser and its classes, asked for every answer
but a plain 200), and every other operation.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, Protocol, TypedDict

import msgspec
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import NoCredentialsError
from botocore.parsers import ResponseParserError, create_parser
from botocore.session import Session

from wallet_api.storage import meters
from wallet_api.storage.ahead import Ahead
from wallet_api.storage.signing import Signer

_VERSION = "DynamoDB_20120810"


class Value(TypedDict, total=False):
    """One attribute's value as DynamoDB writes it; bytes travel as base 64."""

    S: str
    N: str
    B: bytes
    BOOL: bool
    NULL: bool
    M: dict[str, Value]
    L: list[Value]
    SS: list[str]
    NS: list[str]
    BS: list[bytes]


class _Left(TypedDict, total=False):
    Keys: list[dict[str, Value]]
    ConsistentRead: bool


class _Batch(TypedDict, total=False):
    Responses: dict[str, list[dict[str, Value]]]
    UnprocessedKeys: dict[str, _Left]
    ConsumedCapacity: Any


class _One(TypedDict, total=False):
    Item: dict[str, Value]
    Attributes: dict[str, Value]
    ConsumedCapacity: Any


class _Many(TypedDict, total=False):
    Items: list[dict[str, Value]]
    LastEvaluatedKey: dict[str, Value]
    Count: int
    ScannedCount: int
    ConsumedCapacity: Any


_ONE, _MANY = msgspec.json.Decoder(_One), msgspec.json.Decoder(_Many)
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    "BatchGetItem": msgspec.json.Decoder(_Batch),
    "DeleteItem": _ONE,
    "GetItem": _ONE,
    "PutItem": _ONE,
    "Query": _MANY,
    "Scan": _MANY,
    "TransactWriteItems": _ONE,
    "UpdateItem": _ONE,
}
_encode = msgspec.json.Encoder().encode


class Begun(Protocol):
    """A call that was begun. One that is not under way waits for its connection first, when its answer is asked for."""

    @property
    def under_way(self) -> bool: ...

    def answer(self) -> dict[str, Any]:
        """Waits for the answer; ask once."""


class Call(NamedTuple):
    """A call of the wire's."""

    wire: Wire
    operation: str
    receive: Callable[[], Any]
    meter: meters.Meter | None
    under_way: bool

    def answer(self) -> dict[str, Any]:
        """Waits for the answer, having sent the request if that was not done before. Raises what botocore would raise."""
        try:
            response = self.receive()
        except Exception:
            if self.meter is not None:
                self.meter.add({})
            raise
        return self.wire.answered(self.operation, response, self.meter)


class Wire:
    """Makes calls in place of a botocore client of DynamoDB, which it stands on; each call is made once."""

    def __init__(self, session: Session, client: Any) -> None:
        self._client = client
        self._events = client.meta.events
        self._http = client._endpoint.http_session
        self._url = client.meta.endpoint_url.rstrip("/") + "/"
        self._ahead = Ahead(self._http, self._url, client.meta.config.read_timeout)
        self._session = session
        self._signer = Signer(self._url, client.meta.region_name)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the client's own."""
        return getattr(self._client, name)

    def _make_api_call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """The answer as botocore would give it, without its ResponseMetadata. Raises what botocore would raise."""
        if operation in _DECODERS:
            return self._begun(operation, parameters).answer()
        made: dict[str, Any] = self._client._make_api_call(operation, parameters)
        return made

    def begin(self, operation: str, parameters: dict[str, Any]) -> Begun:
        """One of the eight calls, under way if a connection is open; its `answer` gives and raises what `_make_api_call` would."""
        return self._begun(operation, parameters)

    def _begun(self, operation: str, parameters: dict[str, Any]) -> Call:
        meter = meters.current()
        if meter is not None:
            parameters = {**parameters, "ReturnConsumedCapacity": "TOTAL"}
        request = self._signed(f"{_VERSION}.{operation}", _encode(parameters))
        answered = self._intercepted(operation, request)
        sent = self._ahead.send(request) if answered is None else None
        receive = sent.answer if sent else (lambda: answered) if answered else partial(self._http.send, request)
        return Call(self, operation, receive, meter, under_way=bool(sent or answered))

    def answered(self, operation: str, response: Any, meter: meters.Meter | None) -> dict[str, Any]:
        """What a response says. Raises what it says went wrong."""
        answer: dict[str, Any] = {}
        try:
            if response.status_code != 200:
                raise self._error(operation, response)
            answer = _decoded(_DECODERS[operation], response.content, response.headers)
        finally:
            if meter is not None:
                meter.add(answer)
        return answer

    def _signed(self, target: str, body: bytes) -> AWSPreparedRequest:
        """A request with AWS Signature Version 4. Raises NoCredentialsError."""
        credentials = self._session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        return self._signer.signed(target, body, credentials.get_frozen_credentials())

    def _intercepted(self, operation: str, request: AWSPreparedRequest) -> Any:
        """What a `before-send` handler answers in the endpoint's place, as it may before botocore's own calls."""
        answers = self._events.emit(f"before-send.dynamodb.{operation}", request=request)
        return next((answer for _, answer in answers if answer is not None), None)

    def _error(self, operation: str, response: Any) -> Exception:
        model = self._client.meta.service_model
        raw = {"headers": response.headers, "status_code": response.status_code, "body": response.content}
        raw["context"] = {"operation_name": operation}
        parser = create_parser("json")
        parsed = parser.parse(raw, model.operation_model(operation).output_shape)
        code = parsed.get("Error", {}).get("Code")
        shape = model.shape_for_error_code(code) if code else None
        if shape is not None:
            parsed.update(parser.parse(raw, shape))
        error: Exception = self._client.exceptions.from_code(code)(parsed, operation)
        return error


def _decoded(decoder: msgspec.json.Decoder[Any], content: bytes, headers: Any) -> dict[str, Any]:
    """Raises ResponseParserError for what cannot be what DynamoDB sent: whether it applied the request is then unknown."""
    checksum = headers.get("x-amz-crc32")
    if checksum is not None and checksum != str(zlib.crc32(content)):
        raise ResponseParserError("the answer's checksum is another")
    try:
        answer: dict[str, Any] = decoder.decode(content)
    except msgspec.DecodeError as error:
        raise ResponseParserError(f"the answer is not DynamoDB's: {error}") from error
    return answer
