"""The local API Gateway: what the app is given is what was sent, and nobody gets a traceback."""

import json
import socket
from typing import Any

import pytest

from dev.gateway import MAX_BODY_BYTES
from tests.client import Answer, Api

PROBLEM_MEMBERS = {"type", "title", "status", "detail", "code", "request_id", "money_moved", "retry"}


def problem(answer: Answer, status: int, code: str) -> dict[str, Any]:
    """The problem document, after checking what every one of them has."""
    assert answer.status == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    document: dict[str, Any] = answer.json
    assert set(document) >= PROBLEM_MEMBERS
    assert (document["status"], document["code"]) == (status, code)
    assert answer.headers["x-request-id"] == document["request_id"]
    return document


def event(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = answer.ok(200)["event"]
    return found


def raw(http: Api, text: bytes) -> bytes:
    """The answer to bytes that no client library would send."""
    with socket.create_connection(("127.0.0.1", http.port), timeout=10) as connection:
        connection.sendall(text)
        found = b""
        while part := connection.recv(65536):
            found += part
    return found


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key", "Signature"])
def test_duplicate_headers_stand_apart(http: Api, name: str) -> None:
    """P23: a comma-joined value would look like one header."""
    found = event(http.get("/echo/x", headers=[(name, "one, still one"), ("X-Other", "o"), (name.lower(), "two")]))
    assert found["multiValueHeaders"][name] == ["one, still one", "two"]
    assert found["headers"][name] == "two"


def test_the_event_is_a_whole_rest_proxy_event(http: Api) -> None:
    found = event(http.post("/echo/x?a=1&a=2&b=%E4%BD%A0&c=", json={"k": "v"}, token="t", key="k", lang="en"))
    assert (found["resource"], found["path"], found["httpMethod"]) == ("/echo/{name}", "/echo/x", "POST")
    assert found["pathParameters"] == {"name": "x"}
    assert found["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["你"], "c": [""]}
    assert found["queryStringParameters"] == {"a": "2", "b": "你", "c": ""}
    assert (json.loads(found["body"]), found["isBase64Encoded"]) == ({"k": "v"}, False)
    assert found["headers"]["Authorization"] == "Bearer t"
    context = found["requestContext"]
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert (context["resourcePath"], context["httpMethod"], context["stage"]) == ("/echo/{name}", "POST", "api")
    assert len(context["requestId"]) == 36


def test_what_is_absent_is_null(http: Api) -> None:
    found = event(http.get("/echo/x"))
    assert found["queryStringParameters"] is found["multiValueQueryStringParameters"] is found["body"] is None


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/echo/a%2Fb", "a/b"),
        ("/echo/%2e%2e%2f", "../"),
        ("/echo/%2541", "%41"),
        ("/echo/%E4%BD%A0", "你"),
        ("/echo/a+b", "a+b"),
        ("/echo/x/", "x"),
    ],
)
def test_a_path_is_decoded_once_and_after_it_is_cut(http: Api, path: str, name: str) -> None:
    """S8."""
    answer = http.get(path).ok(200)
    assert answer["name"] == name
    assert answer["event"]["path"] == path


def test_a_word_goes_before_a_placeholder(http: Api) -> None:
    assert http.get("/echo/fixed").ok() == {"fixed": "yes"}


@pytest.mark.parametrize("path", ["/", "/nowhere", "/echo", "/echo/", "//echo/x", "/echo/x/y", "/echo//", "/%00"])
def test_an_unknown_path_is_a_404_problem(http: Api, path: str) -> None:
    """S5: API Gateway would say 403."""
    problem(http.get(path), 404, "not_found")


@pytest.mark.parametrize("method", ["DELETE", "HEAD", "OPTIONS", "PUT", "TRACE"])
def test_a_wrong_method_is_a_405_problem_and_says_which_are_right(http: Api, method: str) -> None:
    """As the template has it: of a path's methods none stands for another, and HEAD is no GET."""
    answer = http.call(method, "/echo/x")
    if method == "HEAD":
        assert (answer.status, answer.body) == (405, b"")
    else:
        problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, POST"


def test_a_body_over_ten_megabytes_is_a_413_problem_that_the_client_gets_to_see(http: Api) -> None:
    """P3."""
    problem(http.post("/echo/x", body=b"x" * (MAX_BODY_BYTES + 1)), 413, "body_too_large")


def test_headers_over_ten_kilobytes_are_a_431_problem(http: Api) -> None:
    problem(http.get("/echo/x", headers={"X-Big": "x" * 11_000}), 431, "headers_too_large")


@pytest.mark.parametrize(
    "text",
    [
        b"GET\r\n\r\n",
        b"GET /echo/x HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST /echo/x HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"POST /echo/x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /echo/x HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
    ],
)
def test_what_is_no_http_is_a_400_problem(http: Api, text: bytes) -> None:
    head, _, body = raw(http, text).partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400")), head
    assert b"application/problem+json" in head
    assert json.loads(body)["code"] == "malformed_request"


def test_a_chunked_body_arrives_whole(http: Api) -> None:
    text = (
        b"POST /echo/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"
        b'Content-Type: application/json\r\n\r\n4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n'
    )
    body = raw(http, text).partition(b"\r\n\r\n")[2]
    assert json.loads(body)["event"]["body"] == '{"a":1}'


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff\xfe", b'{"a":1,"a":2}', b"nul", b""])
@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON", "*/*", "text/plain", ""])
def test_a_body_goes_through_as_it_is(http: Api, body: bytes, content_type: str) -> None:
    """P10, P11, P12, P21: the edge judges it; the gateway does not."""
    answer = http.post("/echo/x", body=body, headers={"Content-Type": content_type})
    if answer.status == 200:
        assert event(answer)["body"] == (body.decode("utf-8", "replace") or None)
    else:
        # Chalice's own check of the tiny app's route.
        assert answer.status == 415


def test_bytes_of_a_binary_type_come_in_base64(http: Api) -> None:
    answer = http.post("/echo/x", body=b"\x00\x01", headers={"Content-Type": "application/octet-stream"})
    assert answer.status == 415  # the tiny app's route takes JSON only; that it answers at all is the point


def test_no_traceback_and_no_detail_of_a_defect_goes_out(http: Api) -> None:
    """P9, S7."""
    answer = http.post("/boom")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "x-request-id" in answer.headers
