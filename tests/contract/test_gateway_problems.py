"""What the gateway in front says by itself, the local server says in the deployed words."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from dev import refusals
from dev.client import Answer, Api
from dev.gateway import MAX_BODY_BYTES
from dev.packaging import package_template

SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIA/20261122/eu-west-1/execute-api/aws4_request, SignedHeaders=host, Signature=00"
)
CHANGING = ("x-request-id", "date", "server", "content-length", "connection", "via")


@pytest.fixture(scope="module")
def api_template(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The deployed API, as CloudFormation is given it."""
    path = package_template(tmp_path_factory.mktemp("template"), "prod")
    return json.loads(path.read_text())["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]


@pytest.fixture
def plain(api: Api) -> Iterator[Api]:
    """A client that expects nothing: what a gateway says stands in no endpoint's promises."""
    with closing(Api(api.port)) as client:
        yield client


FAULT = "Wallet-Sandbox-Fault"
PROVOKED: dict[str, tuple[str, Callable[[Api], Answer]]] = {
    "an unknown address": ("MISSING_AUTHENTICATION_TOKEN", lambda api: api.get("/v1/nowhere")),
    "with a token": ("MISSING_AUTHENTICATION_TOKEN", lambda api: api.get("/v1/nowhere", token="eyJ.a.token")),
    "with AWS's own signature": (
        "INVALID_SIGNATURE", lambda api: api.post("/v1/nowhere", {}, headers={"Authorization": SIGNED}),
    ),
    "a body of more than ten megabytes": (
        "REQUEST_TOO_LARGE", lambda api: api.post("/v1/registrations", body=b"x" * (MAX_BODY_BYTES + 1)),
    ),
    "too many at once": ("THROTTLED", lambda api: api.get("/v1/health", headers={FAULT: "too_many_requests"})),
    "no answer in time": ("INTEGRATION_TIMEOUT", lambda api: api.get("/v1/health", headers={FAULT: "timeout_before_commit"})),
    "a wrong method with a body that is no JSON": (
        "UNSUPPORTED_MEDIA_TYPE", lambda api: api.call("DELETE", "/v1/health", body=b"x", headers={"Content-Type": "text/plain"}),
    ),
}  # fmt: skip
"""Each of API Gateway's own answers that can be brought about on this machine."""


@pytest.mark.parametrize("how", PROVOKED)
def test_the_local_server_says_what_the_template_says(plain: Api, api_template: Any, how: str) -> None:
    """S5, S6: to the letter, headers too."""
    kind, provoke = PROVOKED[how]
    deployed = api_template["x-amazon-apigateway-gateway-responses"][kind]
    require_deployed(provoke(plain), deployed, "gatewayresponse.header.")


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "POST"])
def test_a_wrong_method_is_answered_as_the_template_answers_it(plain: Api, api_template: Any, method: str) -> None:
    """S5."""
    path = api_template["paths"]["/v1/health"]
    deployed = path["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"]["responses"]["default"]
    assert method.lower() not in path
    require_deployed(plain.call(method, "/v1/health"), deployed, "method.response.header.")


def require_deployed(answer: Answer, deployed: Any, prefix: str) -> None:
    shown = {name: value for name, value in answer.headers.items() if name not in CHANGING}
    told = {
        name.removeprefix(prefix).lower(): value.strip("'") for name, value in deployed["responseParameters"].items()
    }
    assert answer.status == int(deployed["statusCode"])
    assert shown == {name: value for name, value in told.items() if name not in CHANGING}
    request_id = answer.headers["x-request-id"]
    text = deployed["responseTemplates"]["application/json"]["Fn::Sub"].replace("$context.requestId", request_id)
    if answer.body:
        assert answer.text == text.replace("${PublicUrl}", json.loads(answer.text)["type"].partition("/docs/")[0])


def test_everything_that_can_be_provoked_here_is_compared() -> None:
    """What is left out comes of an authorizer, an API key, a validator, a firewall or a fault of AWS: none is played here."""
    unplayed = {
        "ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE", "BAD_REQUEST_BODY",
        "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX", "DEFAULT_5XX", "EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INVALID_API_KEY",
        "QUOTA_EXCEEDED", "RESOURCE_NOT_FOUND", "UNAUTHORIZED", "WAF_FILTERED",
    }  # fmt: skip
    assert {kind for kind, _ in PROVOKED.values()} == set(refusals.responses()) - unplayed


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"GET /v1/health HTTP/1.1\r\nX-Big: " + b"x" * 11_000 + b"\r\n\r\n", "headers_too_large"),
        (b"GET\r\n\r\n", "malformed_request"),
        (b"POST /v1/registrations HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", "body_too_large"),
    ],
)
def test_what_never_becomes_a_request_is_a_problem_in_both_languages(api: Api, sent: bytes, code: str) -> None:
    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as connection:
        connection.sendall(sent)
        found = b""
        while part := connection.recv(65536):
            found += part
    head, _, body = found.partition(b"\r\n\r\n")
    shown = json.loads(body)
    assert shown["code"] == code
    assert f"HTTP/1.1 {shown['status']} ".encode() in head.replace(b"HTTP/1.0", b"HTTP/1.1")
    assert b"Strict-Transport-Security" in head
    assert b"xxxx" not in body
