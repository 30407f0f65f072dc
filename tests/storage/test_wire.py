"""The wire: the same request as botocore's, and the same answers and errors."""

import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.parsers import ResponseParserError
from botocore.session import Session, get_session
from hypothesis import given
from hypothesis import strategies as st

from dev.cloud.engine import Answer, checked, interception
from wallet_api.storage.connection import client_config
from wallet_api.storage.wire import Signer, Wire

REGION = "eu-central-1"
NOW = time.gmtime(1_795_000_000)


class Line:
    """A wire whose endpoint is played here: what was sent, and what comes back."""

    name = "line"

    def __init__(self) -> None:
        session = session_of("AKIDEXAMPLE", "secret", None)
        self.client: Any = session.create_client("dynamodb", region_name=REGION, config=client_config(attempts=1))
        self.wire = Wire(session, self.client)
        self.sent: list[AWSPreparedRequest] = []
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
    interception.switch_on(REGION, line, lambda _request: (500, {}, b""))
    yield line
    interception.switch_off(REGION)


def session_of(key: str, secret: str, token: str | None) -> Session:
    session = get_session()
    session.set_credentials(key, secret, token)
    return session


@given(
    body=st.binary(max_size=200),
    secret=st.text(min_size=1),
    token=st.none() | st.text("abc/+=", min_size=1),
    url=st.sampled_from(
        [
            "https://dynamodb.eu-central-1.amazonaws.com/",
            "http://localhost:8000/",
            "http://127.0.0.1:80/",
            "http://[::1]:8000/",
        ]
    ),
    at=st.integers(0, 4_000_000_000),
)
def test_a_signature_is_the_one_that_botocore_makes(
    body: bytes, secret: str, token: str | None, url: str, at: int
) -> None:
    session = session_of("AKIDEXAMPLE", secret, token)
    mine = Signer(session, REGION, url).headers("DynamoDB_20120810.PutItem", body, time.gmtime(at))
    unsigned = {name: value for name, value in mine.items() if name in ("X-Amz-Target", "Content-Type")}
    theirs = AWSRequest("POST", url, unsigned, body)
    auth = _At(session.get_credentials(), at)
    auth.add_auth(theirs)
    assert mine["Authorization"] == theirs.headers["Authorization"]
    assert mine.get("X-Amz-Security-Token") == theirs.headers.get("X-Amz-Security-Token")


class _At(SigV4Auth):
    """botocore's signer at a given time."""

    def __init__(self, credentials: Any, at: int) -> None:
        super().__init__(credentials, "dynamodb", REGION)
        self._at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))

    def _modify_request_before_signing(self, request: Any) -> None:
        request.context["timestamp"] = self._at
        super()._modify_request_before_signing(request)


def test_credentials_that_were_renewed_sign_the_next_request() -> None:
    session = session_of("first", "one", None)
    signer = Signer(session, REGION, "https://dynamodb.eu-central-1.amazonaws.com/")
    before = signer.headers("x", b"{}", NOW)["Authorization"]
    session.set_credentials("second", "two", "token")
    after = signer.headers("x", b"{}", NOW)
    assert "Credential=second/" in after["Authorization"]
    assert after["Authorization"] != before
    fresh = Signer(session_of("second", "two", "token"), REGION, "https://dynamodb.eu-central-1.amazonaws.com/")
    assert fresh.headers("x", b"{}", NOW) == after


def test_a_day_has_a_key_of_its_own() -> None:
    url = "https://dynamodb.eu-central-1.amazonaws.com/"
    session = session_of("AKIDEXAMPLE", "secret", None)
    signer = Signer(session, REGION, url)
    for moment in (NOW, time.gmtime(1_795_000_000 + 86_400), NOW):
        assert signer.headers("x", b"{}", moment) == Signer(session, REGION, url).headers("x", b"{}", moment)


def test_without_credentials_nothing_is_sent(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line.wire._signer._session, "get_credentials", lambda: None)
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
    asked = {"RequestItems": {}} if operation == "BatchGetItem" else {"TransactItems": []}
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
    errors: list[ClientError] = []
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


def test_what_is_not_asked_every_day_goes_the_long_way(line: Line) -> None:
    line.comes_back = checked(200, json.dumps({"TableNames": ["t"]}).encode(), "1")
    assert line.ask("ListTables", {})["TableNames"] == ["t"]
