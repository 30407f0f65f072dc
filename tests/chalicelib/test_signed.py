"""A signed request as API Gateway hands it over, and as the local gateway does."""

import base64
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.bodies import NotJson
from chalicelib.signed import signed_request
from wallet_api.signatures.errors import SignatureInvalid

BOTH = {"signature": "sig1=:AA==:", "signature-input": "sig1=()", "host": "127.0.0.1:8000"}


def asked(raw: Any = b"{}", headers: dict[str, str] | None = None, **context: Any) -> Any:
    event = {
        "httpMethod": "GET",
        "path": "/v1/payments",
        "multiValueQueryStringParameters": {"b": ["2"], "a": ["1", "3"]},
        "requestContext": context,
    }
    return SimpleNamespace(headers=BOTH if headers is None else headers, raw_body=raw, to_original_event=lambda: event)


def test_a_request_without_a_signature_is_not_a_signed_one() -> None:
    assert signed_request(asked(headers={"host": "x"})) is None


@pytest.mark.parametrize("name", ["signature", "signature-input"])
def test_half_a_signature_is_none(name: str) -> None:
    """P17: not an unsigned request either."""
    with pytest.raises(SignatureInvalid):
        signed_request(asked(headers={name: "x"}))


def test_behind_api_gateway_the_url_is_what_its_context_says() -> None:
    """The stage is part of the path that was signed; who sends a Host of its own is not believed."""
    found = signed_request(asked(domainName="pay.example.com", path="/api/v1/payments"))
    assert found is not None
    assert (found.authority, found.path) == ("pay.example.com", "/api/v1/payments")


def test_locally_it_is_what_came() -> None:
    found = signed_request(asked(path="/local/v1/payments"))
    assert found is not None
    assert (found.authority, found.path, found.scheme) == ("127.0.0.1:8000", "/v1/payments", "http")
    assert found.query == (("b", "2"), ("a", "1"), ("a", "3"))


def test_the_body_is_the_bytes_that_came() -> None:
    """P21: no parser between them and the digest."""
    for raw, body in ((b'{"a":1.10}', b'{"a":1.10}'), ('{"a": "é"}', '{"a": "é"}'.encode()), (b"", b"")):
        found = signed_request(asked(raw))
        assert found is not None
        assert found.body == body


def test_every_request_has_a_name_of_its_own() -> None:
    first, second = signed_request(asked()), signed_request(asked())
    assert first is not None
    assert second is not None
    assert first.token != second.token


def test_a_body_that_is_no_base_64_is_refused() -> None:
    class Broken(SimpleNamespace):
        @property
        def raw_body(self) -> bytes:
            return base64.b64decode("A", validate=True)

    event: dict[str, Any] = {"httpMethod": "POST", "path": "/", "requestContext": {}}
    broken: Any = Broken(headers=BOTH, to_original_event=lambda: event)
    with pytest.raises(NotJson):
        signed_request(broken)
