"""The wire: the same request as botocore's, and the same answers and errors."""

import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.parsers import ResponseParserError
from botocore.session import Session, get_session

from dev.cloud.engine import Answer, checked, interception
from wallet_api.storage import meters
from wallet_api.storage.connection import client_config
from wallet_api.storage.wire import Wire

REGION = "eu-central-1"
NOW = time.gmtime(1_795_000_000)


class Line:
    """A wire whose endpoint is played here: what was sent, and what comes back."""

    name = "line"

    def __init__(self) -> None:
        self.session = session = session_of("AKIDEXAMPLE", "secret", None)
        self.client: Any = session.create_client("dynamodb", region_name=REGION, config=client_config(attempts=1))
        self.wire = Wire(session, self.client)
        self.sent: list[Any] = []
        self.comes_back: Answer = checked(200, b"{}", "1")

    def answer(self, _service: str, _region: str, request: AWSPreparedRequest) -> Answer:
        self.sent.append(request)
        return self.comes_back

    def reset(self) -> None:
        """It has no items."""

    def on_write(self, listener: Callable[[], None]) -> None:
        """It writes nothing."""

    def ask(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.wire._make_api_call(operation, parameters)


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    engine: Any = line
    interception.switch_on(REGION, engine, lambda _request: (500, {}, b""))
    yield line
    interception.switch_off(REGION)


def session_of(key: str, secret: str, token: str | None) -> Session:
    session = get_session()
    session.set_credentials(key, secret, token)
    return session


def test_credentials_that_were_renewed_sign_the_next_request() -> None:
    line = Line()
    engine: Any = line
    interception.switch_on(REGION, engine, lambda _request: (500, {}, b""))
    try:
        line.ask("GetItem", {})
        line.session.set_credentials("RENEWED", "two", "token")
        line.ask("GetItem", {})
    finally:
        interception.switch_off(REGION)
    before, after = (request.headers for request in line.sent)
    assert "Credential=AKIDEXAMPLE/" in before["Authorization"]
    assert "Credential=RENEWED/" in after["Authorization"]
    assert after["X-Amz-Security-Token"] == "token"


def test_without_credentials_nothing_is_sent(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line.session, "get_credentials", lambda: None)
    with pytest.raises(NoCredentialsError):
        line.ask("GetItem", {})
    assert line.sent == []


ITEM = {
    "pk": {"S": "a/ü/\U0001f600"},
    "n": {"N": "-12345678901234567890123456789012345678"},
    "b": {"B": b"\x00\xff"},
    "m": {"M": {"B": {"N": "1"}, "l": {"L": [{"B": b"x"}, {"BOOL": True}, {"NULL": True}]}}},
    "s": {"SS": ["a"]},
    "ns": {"NS": ["1"]},
    "bs": {"BS": [b"y"]},
}


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("PutItem", {"TableName": "t", "Item": ITEM}),
        ("GetItem", {"TableName": "t", "Key": {"pk": {"S": "a"}}, "ConsistentRead": True}),
        (
            "TransactWriteItems",
            {"ClientRequestToken": "x", "TransactItems": [{"Put": {"TableName": "t", "Item": ITEM}}]},
        ),
    ],
)
def test_a_request_says_what_botocores_would(line: Line, operation: str, parameters: dict[str, Any]) -> None:
    line.ask(operation, parameters)
    line.client._make_api_call(operation, parameters)
    mine, theirs = line.sent
    assert mine.url == theirs.url
    assert mine.method == theirs.method
    assert json.loads(mine.body) == json.loads(theirs.body)
    for name in ("X-Amz-Target", "Content-Type", "User-Agent"):
        assert mine.headers[name] == theirs.headers[name].decode()
    signed = [request.headers["Authorization"] for request in (mine, theirs)]
    mine_signs, theirs_sign = (str(each, "ascii") if isinstance(each, bytes) else each for each in signed)
    assert mine_signs.partition("Signature=")[0] == theirs_sign.partition("Signature=")[0]


WRITTEN = json.loads(json.dumps(ITEM, default=lambda raw: b64encode(raw).decode()))


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("BatchGetItem", {"Responses": {"t": [WRITTEN, WRITTEN]}, "UnprocessedKeys": {}}),
        (
            "BatchGetItem",
            {"Responses": {}, "UnprocessedKeys": {"t": {"Keys": [{"pk": {"S": "a"}}], "ConsistentRead": True}}},
        ),
        ("GetItem", {"Item": WRITTEN}),
        ("GetItem", {}),
        ("Query", {"Items": [WRITTEN], "Count": 1, "ScannedCount": 1, "LastEvaluatedKey": {"pk": {"S": "a"}}}),
        ("Scan", {"Items": [], "Count": 0, "ScannedCount": 0}),
        ("UpdateItem", {"Attributes": WRITTEN}),
        ("TransactWriteItems", {}),
    ],
)
def test_an_answer_is_read_as_botocore_reads_it(line: Line, operation: str, body: dict[str, Any]) -> None:
    line.comes_back = checked(200, json.dumps(body).encode(), "1")
    asked: dict[str, Any] = {"RequestItems": {}} if operation == "BatchGetItem" else {"TransactItems": []}
    theirs = line.client._make_api_call(operation, asked if operation.startswith(("Batch", "Transact")) else {})
    del theirs["ResponseMetadata"]
    assert line.ask(operation, {}) == theirs


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (
            400,
            {
                "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
                "message": "no",
                "Item": WRITTEN,
            },
        ),
        (
            400,
            {
                "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                "Message": "no",
                "CancellationReasons": [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": WRITTEN}],
            },
        ),
        (400, {"__type": "com.amazon.coral.service#UnheardOf", "message": "?"}),
        (500, {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"}),
        (503, {}),
    ],
)
def test_an_error_is_botocores_own(line: Line, status: int, body: dict[str, Any]) -> None:
    line.comes_back = checked(status, json.dumps(body).encode(), "request-1")
    errors: list[Any] = []
    for client in (line.wire, line.client):
        with pytest.raises(ClientError) as caught:
            client._make_api_call("UpdateItem", {})
        errors.append(caught.value)
    mine, theirs = errors
    assert type(mine) is type(theirs)
    for said_of_retries in ("RetryAttempts", "MaxAttemptsReached"):
        theirs.response["ResponseMetadata"].pop(said_of_retries, None)
    assert mine.response == theirs.response


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"<html>", b"[]", b'{"Item": 1}', b'{"Item": {"n": {"N": 1}}}', b'{"Item": {"b": {"B": "\\u00fc"}}}'],
)
def test_an_answer_that_cannot_be_read_is_no_answer(line: Line, body: bytes) -> None:
    """S22: the request may have been applied, so this is neither a success nor a refusal."""
    line.comes_back = checked(200, body, "1")
    with pytest.raises(ResponseParserError):
        line.ask("GetItem", {})


def test_an_answer_that_was_changed_on_its_way_is_no_answer(line: Line) -> None:
    status, headers, _ = checked(200, b'{"Item": {"n": {"N": "1"}}}', "1")
    line.comes_back = status, headers, b'{"Item": {"n": {"N": "9"}}}'
    with pytest.raises(ResponseParserError, match="checksum"):
        line.ask("GetItem", {})


def never() -> Any:
    raise TimeoutError


def test_every_call_is_counted_however_it_ends(line: Line) -> None:
    """A request that asks ten times, and is refused, costs ten calls."""
    units = {"ConsumedCapacity": {"TableName": "t", "CapacityUnits": 1.5}}
    ends = {
        "answered": checked(200, json.dumps(units).encode(), "1"),
        "refused": checked(400, b'{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException"}', "1"),
        "unreadable": checked(200, b"<html>", "1"),
    }
    with meters.of_request() as meter:
        for end, line.comes_back in ends.items():
            with nullcontext() if end == "answered" else pytest.raises((ClientError, ResponseParserError)):
                line.ask("GetItem", {})
        unanswered = line.wire._begun("GetItem", {})._replace(receive=never)
        with pytest.raises(TimeoutError):
            unanswered.answer()
    assert (meter.calls, meter.units) == (4, 1.5)


def test_what_is_not_asked_every_day_goes_the_long_way(line: Line) -> None:
    line.comes_back = checked(200, json.dumps({"TableNames": ["t"]}).encode(), "1")
    assert line.ask("ListTables", {})["TableNames"] == ["t"]
