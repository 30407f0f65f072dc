"""One request on its way through the edge: read, authenticated, called, presented; and every way it can fail."""

import json
from typing import Any

import pytest
from chalice.app import Request

from chalicelib import wiring
from chalicelib.documents import Document
from chalicelib.headers import VERSION
from chalicelib.http import Call, Endpoint, Routes, endpoint, respond
from chalicelib.views import Body, MoneyIn, PageQuery, View
from dev.cloud.local import LocalCloud
from wallet_api.errors import Unavailable
from wallet_api.ledger.errors import InsufficientFunds
from wallet_api.ledger.operations import Decided
from wallet_api.money import Money
from wallet_api.sessions.model import Customer


class Note(Body):
    text: str
    amount: MoneyIn | None = None


class NoteView(View):
    object: str = "note"
    text: str
    locale: str = ""


def made(function: Any, method: str = "POST", path: str = "/v1/notes/{note_id}", **promises: Any) -> Endpoint:
    routes = Routes(__name__)
    endpoint(routes, method, path, summary="A note", **{"answer": NoteView, **promises})(function)
    return routes.endpoints[0]


def echoes(call: Call[Any]) -> Any:
    return NoteView(text=call.body.text if isinstance(call.body, Note) else "", locale=call.locale)


def ask(
    promised: Endpoint,
    body: Any = None,
    headers: dict[str, str | list[str]] | None = None,
    query: dict[str, list[str]] | None = None,
    base64: bool = False,
) -> Any:
    """Gives the endpoint the event that API Gateway would, and returns status, document and headers."""
    several = {name: value if isinstance(value, list) else [value] for name, value in (headers or {}).items()}
    if body is not None and "Content-Type" not in several:
        several["Content-Type"] = ["application/json"]
    event = {
        "headers": {name: values[-1] for name, values in several.items()},
        "multiValueHeaders": several,
        "multiValueQueryStringParameters": query,
        "pathParameters": {"note_id": "not_1"},
        "requestContext": {
            "httpMethod": promised.method,
            "resourcePath": promised.path,
            "requestId": "req-7",
            "identity": {"sourceIp": "203.0.113.9"},
        },
        "stageVariables": None,
        "body": json.dumps(body) if isinstance(body, dict) else body,
        "isBase64Encoded": base64,
    }
    answer = respond(promised, Request(event), {"note_id": "not_1"})
    assert answer.headers["X-Request-Id"] == "req-7"
    return answer.status, json.loads(answer.body) if answer.body else None, answer.headers


@pytest.fixture(autouse=True)
def _a_wallet(cloud: LocalCloud) -> None:
    """The edge asks the open wallet for its settings."""


def test_an_answer_is_its_view_and_is_never_cached() -> None:
    """D15."""
    status, shown, headers = ask(made(echoes, body=Note, status=201), {"text": "hello"}, {"Accept-Language": "en"})
    assert (status, shown) == (201, {"object": "note", "text": "hello", "locale": "en"})
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Type"] == "application/json"
    assert headers["Content-Language"] == "en"
    assert headers["Wallet-Version"] == VERSION


def test_nothing_to_say_is_204() -> None:
    assert ask(made(lambda call: None, answer=None))[:2] == (204, None)


def test_an_answer_given_before_says_so() -> None:
    _, _, headers = ask(made(lambda call: Decided(NoteView(text=""), replayed=True)))
    assert headers["Idempotent-Replayed"] == "true"
    _, _, headers = ask(made(lambda call: Decided(NoteView(text=""))))
    assert "Idempotent-Replayed" not in headers


def test_a_document_may_be_cached_and_says_what_it_is() -> None:
    promised = made(lambda call: Document("text/plain", '"page"', {"X-Frame-Options": "DENY"}), answer="text/plain")
    _, shown, headers = ask(promised)
    assert shown == "page"
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Cache-Control"].startswith("public")
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "media_type",
    ["", "Application/JSON", "*/*", "text/plain", "text/plain, application/json", "application/json, text/plain",
     "application/json; charset=utf-16", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)  # fmt: skip
def test_a_body_of_another_kind_is_not_read(media_type: str) -> None:
    """P12."""
    assert (
        ask(made(echoes, body=Note), {"text": "a"}, {"Content-Type": media_type})[1]["code"] == "unsupported_media_type"
    )


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8"]
)
def test_json_is_read(media_type: str) -> None:
    """P12."""
    assert ask(made(echoes, body=Note), {"text": "a"}, {"Content-Type": media_type})[0] == 200


def test_an_absent_body_is_an_empty_one() -> None:
    status, shown, _ = ask(made(echoes, body=Note))
    assert status == 422
    assert [(each["pointer"], each["code"]) for each in shown["errors"]] == [("/text", "required")]


def test_what_an_endpoint_does_not_read_is_refused() -> None:
    """P2: a field or a parameter that nobody reads is somebody's mistake."""
    promised = made(echoes)
    assert ask(promised, {})[0] == 200
    assert ask(promised, {"amount": 1})[1]["errors"][0]["code"] == "unknown_field"
    assert ask(promised, query={"limit": ["5"]})[1]["errors"][0]["code"] == "unknown_field"
    assert ask(made(echoes, method="GET", query=PageQuery), query={"limit": ["5"]})[0] == 200


@pytest.mark.parametrize(("body", "base64"), [("{", False), ('{"text": "\ud800"}', False), ("a", True), ("/w==", True)])
def test_a_body_that_cannot_be_decoded_is_not_json(body: str, base64: bool) -> None:
    """P10."""
    status, shown, _ = ask(made(echoes, body=Note), body, base64=base64)
    assert (status, shown["code"]) == (400, "not_json")


@pytest.mark.parametrize(
    "name", ["Authorization", "Idempotency-Key", "Signature", "Content-Type", "Wallet-Version", "IDEMPOTENCY-KEY"]
)
def test_a_header_that_decides_is_given_once(name: str) -> None:
    """P23."""
    status, shown, _ = ask(made(echoes, body=Note), {"text": "a"}, {name: ["application/json", "b"]})
    assert (status, shown["code"]) == (400, "duplicate_header")


def test_the_same_header_in_two_spellings_is_twice() -> None:
    """P23."""
    shown = ask(made(echoes), None, {"Idempotency-Key": "a", "idempotency-key": "b"})[1]
    assert (shown["code"], shown["header"]) == ("duplicate_header", "idempotency-key")


@pytest.mark.parametrize("name", ["Authorization", "Signature", "Signature-Input"])
def test_a_proof_that_is_no_ascii_text_proves_nothing(name: str) -> None:
    """P22."""
    assert ask(made(echoes), None, {name: "Bearer wat_é"})[0] == 401


@pytest.mark.parametrize("key", ['"abc"', '"abc', "", " a", "a ", "a\tb", "é", "１", "x" * 65])
def test_a_key_is_bare_ascii_of_64_signs(key: str) -> None:
    """M40: what looks like a Structured Field is refused, so that one wish cannot have two names."""
    status, shown, _ = ask(made(echoes), None, {"Idempotency-Key": key})
    assert (status, shown["code"]) == (400, "idempotency_key_malformed")


@pytest.mark.parametrize("key", ["a", "x" * 64, "8e03978e-40d5-43dd-bc93-6894a57f9324", "order 7 'a'"])
def test_a_key_is_accepted_everywhere(key: str) -> None:
    """M40."""
    assert ask(made(echoes), None, {"Idempotency-Key": key})[0] == 200


def test_a_required_key_is_asked_for_before_the_body_is_read() -> None:
    """M38."""
    promised = made(echoes, body=Note, idempotency="required")
    assert ask(promised, {"text": 7})[1]["code"] == "idempotency_key_required"


def test_only_the_version_that_there_is_can_be_pinned() -> None:
    assert ask(made(echoes), None, {"Wallet-Version": VERSION})[0] == 200
    status, shown, _ = ask(made(echoes), None, {"Wallet-Version": "2020-01-01"})
    assert (status, shown["code"], shown["version"]) == (400, "unknown_version", VERSION)


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic dTpw", "Bearer wat_made_up", "Bearer sk_test_made_up", "wat_x", "Bearer  x"],
)
def test_made_up_credentials_are_401_and_read_nothing(authorization: str) -> None:
    status, shown, headers = ask(made(echoes, callers=[Customer]), None, {"Authorization": authorization})
    assert (status, shown["code"], headers["WWW-Authenticate"]) == (401, "not_authenticated", "Bearer")


def test_a_defect_is_told_without_its_story() -> None:
    """P9: no trace, no text of the exception; and it does not claim to know what became of the money."""

    def fails(call: Call[Any]) -> Any:
        raise RuntimeError("phone +8613800138000")

    status, shown, _ = ask(made(fails))
    assert (status, shown["code"], shown["money_moved"], shown["retry"]) == (
        500,
        "internal_error",
        "unknown",
        "same_key",
    )
    assert "13800138000" not in json.dumps(shown)
    assert "RuntimeError" not in json.dumps(shown)


def test_an_endpoint_that_answers_no_view_is_a_defect_and_no_leak() -> None:
    assert ask(made(lambda call: {"password": "x"}))[0] == 500


def test_an_outage_is_503_and_says_when_to_come_again() -> None:
    def fails(call: Call[Any]) -> Any:
        raise Unavailable

    status, _, headers = ask(made(fails))
    assert status == 503
    assert "Retry-After" in headers


def test_even_a_wallet_that_cannot_be_opened_is_told_as_a_problem(cloud: LocalCloud) -> None:
    """P9."""

    def opener() -> Any:
        raise OSError("no secrets here")

    kept = wiring._container.opener, wiring._container.wallet
    wiring._container.opener, wiring._container.wallet = opener, None
    try:
        status, shown, headers = ask(made(echoes))
    finally:
        wiring._container.opener, wiring._container.wallet = kept
    assert (status, shown["code"]) == (500, "internal_error")
    assert headers["Content-Type"] == "application/problem+json"
    assert "secrets" not in json.dumps(shown)


def test_a_refusal_about_money_is_402_in_the_callers_language() -> None:
    def refuses(call: Call[Any]) -> Any:
        raise InsufficientFunds(needed=Money(1250, "CNY"))

    for locale, word in (("en", "balance"), ("zh-CN", "余额")):
        status, shown, _ = ask(made(refuses), None, {"Accept-Language": locale})
        assert status == shown["status"] == 402
        assert word in shown["detail"]


def test_the_call_knows_its_source_and_its_path() -> None:
    seen = []

    def looks(call: Call[Any]) -> Any:
        seen.append((call.source, call.path["note_id"], call.request_id))
        return NoteView(text="")

    ask(made(looks))
    assert seen == [("203.0.113.9", "not_1", "req-7")]


def test_an_id_of_another_form_is_as_missing_as_an_unknown_one() -> None:
    def finds(call: Call[Any]) -> Any:
        return NoteView(text=call.id("note_id", "pay"))

    assert ask(made(finds))[1]["code"] == "not_found"


def test_asking_for_a_caller_that_the_endpoint_does_not_promise_is_a_defect() -> None:
    for attribute in ("customer", "merchant", "asked"):
        assert ask(made(lambda call, name=attribute: getattr(call, name)))[0] == 500
