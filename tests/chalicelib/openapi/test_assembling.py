"""The OpenAPI document: valid, complete, and unable to say anything else than the code."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib import errors, messages, openapi
from chalicelib.http import Endpoint, Routes, endpoint
from chalicelib.openapi.operations import ID_PATTERN
from chalicelib.openapi.problems import problems_of
from chalicelib.routes import every
from chalicelib.views import Body, ListView, MoneyIn, MoneyView, PageQuery, View
from dev.templates import ROOT
from wallet_api.ledger.errors import InsufficientFunds
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer

ENDPOINTS = [each for routes in every() for each in routes.endpoints]
URL = "https://wallet.example"


@pytest.fixture(scope="module")
def document() -> Any:
    return openapi.document(ENDPOINTS, URL)


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def operations(document: Any) -> dict[tuple[str, str], Any]:
    return {(method, path): each for path, item in document["paths"].items() for method, each in item.items()}


def test_it_is_valid_openapi_3_1(document: Any) -> None:
    """An always-true document, from which a client can be generated."""
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_it_holds_every_route_and_nothing_else(document: Any) -> None:
    """P7."""
    assert set(operations(document)) == {(each.method.lower(), each.path) for each in ENDPOINTS}
    assert len(operations(document)) == len(ENDPOINTS)


def test_it_is_the_same_each_time(document: Any) -> None:
    assert json.dumps(openapi.document(ENDPOINTS, URL)) == json.dumps(document)


def test_every_operation_has_one_name_and_says_what_it_does(document: Any) -> None:
    names = [each["operationId"] for each in operations(document).values()]
    assert sorted(set(names)) == sorted(names)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)
    silent = [each["operationId"] for each in operations(document).values() if not each["summary"]]
    assert silent == []
    assert all(tag["description"].strip() for tag in document["tags"])


def test_nothing_is_referred_to_that_is_not_there_and_nothing_is_there_for_nobody(document: Any) -> None:
    used = {node["$ref"] for node in nodes(document) if isinstance(node.get("$ref"), str)}
    there = {
        f"#/components/{kind}/{name}"
        for kind, named in document["components"].items()
        if kind != "securitySchemes"
        for name in named
    }
    assert used <= there
    unused = there - used
    assert {name for name in unused if "/schemas/" in name or "/examples/" in name} == set()


def test_every_refusal_that_an_endpoint_declares_is_told_with_its_status(document: Any) -> None:
    for each in ENDPOINTS:
        responses = operations(document)[each.method.lower(), each.path]["responses"]
        for kind in problems_of(each):
            status = str(errors.status_of(kind))
            told = responses[status]["content"]["application/problem+json"]["examples"]
            assert kind.code in told, (each.path, kind.code)


def test_what_the_gateway_in_front_says_is_told_of_every_call(document: Any) -> None:
    """A client that knows a closed list of statuses has to know these, above all the one after which money may have moved."""
    gateway = yaml.safe_load((ROOT / "infra" / "gateway.yaml").read_text("utf-8"))["responses"]
    assert gateway["THROTTLED"]["code"] == "too_many_requests"
    assert (gateway["INTEGRATION_TIMEOUT"]["status"], gateway["INTEGRATION_TIMEOUT"]["code"]) == (
        504,
        "outcome_unknown",
    )
    for told in operations(document).values():
        responses = told["responses"]
        assert "too_many_requests" in responses["429"]["content"]["application/problem+json"]["examples"]
        assert set(responses["504"]["content"]["application/problem+json"]["examples"]) == {"outcome_unknown"}
    waited = document["components"]["examples"]["outcome_unknown_at_the_gateway"]["value"]
    assert (waited["status"], waited["money_moved"], waited["retry"]) == (504, "unknown", "same_key")


def test_examples_of_problems_are_told_in_english_with_the_chinese_title_beside(document: Any) -> None:
    for name, example in document["components"]["examples"].items():
        code = example["value"]["code"]
        assert name in (code, f"{code}_at_the_gateway")
        assert example["summary"] == messages.title(code, "en")
        assert example["x-summary-zh"] == messages.title(code, "zh-CN")


class NewNote(Body):
    """What to write down."""

    text: str
    amount: MoneyIn | None = None
    tags: list[str] = []


class NoteView(View):
    """What was written down."""

    object: str = "note"
    id: str
    amount: MoneyView | None = None


class NoteQuery(PageQuery, frozen=True):
    order_id: str | None = None


@pytest.fixture(scope="module")
def sample() -> Any:
    routes = Routes(__name__)

    @endpoint(
        routes, "POST", "/v1/notes/{note_id}", summary="Write", callers=[Customer], body=NewNote, answer=NoteView,
        status=201, idempotency="required", errors=[InsufficientFunds],
    )  # fmt: skip
    def write(_: Any) -> Any:
        """Writes it down."""

    @endpoint(
        routes, "GET", "/v1/notes", summary="Read", callers=[Customer, MerchantCaller], query=NoteQuery,
        answer=ListView[NoteView],
    )  # fmt: skip
    def read(_: Any) -> Any: ...

    @endpoint(routes, "DELETE", "/v1/notes/{note_id}", summary="Forget", answer=None)
    def forget(_: Any) -> Any: ...

    made = openapi.document(routes.endpoints, URL)
    OpenAPIV31SpecValidator(made).validate()
    return made


def test_a_body_keeps_its_optional_fields_and_an_answer_always_has_all(sample: Any) -> None:
    schemas = sample["components"]["schemas"]
    assert schemas["NewNote"]["required"] == ["text"]
    assert schemas["NewNote"]["additionalProperties"] is False
    assert schemas["NoteView"]["required"] == ["object", "id", "amount"]
    assert schemas["MoneyIn"]["properties"]["amount"]["exclusiveMinimum"] == 0


def test_callers_are_alternatives_and_nobody_needs_nothing(sample: Any) -> None:
    paths = sample["paths"]
    assert paths["/v1/notes"]["get"]["security"] == [{"customer": []}, {"merchant": []}]
    assert paths["/v1/notes/{note_id}"]["post"]["security"] == [{"customer": []}]
    assert paths["/v1/notes/{note_id}"]["delete"]["security"] == []


def test_parameters_stand_in_path_query_and_header(sample: Any) -> None:
    write = sample["paths"]["/v1/notes/{note_id}"]["post"]["parameters"]
    assert write[0] == {
        "name": "note_id", "in": "path", "required": True,
        "schema": {"type": "string", "pattern": ID_PATTERN},
    }  # fmt: skip
    assert {"$ref": "#/components/parameters/IdempotencyKeyRequired"} in write
    read = {each["name"]: each for each in sample["paths"]["/v1/notes"]["get"]["parameters"] if "name" in each}
    whole = {"type": "integer", "format": "int32", "minimum": 1, "maximum": 100, "default": 20}
    assert read["limit"]["schema"] == whole
    assert read["order_id"]["schema"] == {"type": "string"}
    assert not read["order_id"]["required"]


def test_answers_have_their_status_and_shape(sample: Any) -> None:
    write = sample["paths"]["/v1/notes/{note_id}"]["post"]["responses"]
    assert write["201"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/NoteView"}
    assert "Idempotent-Replayed" in write["201"]["headers"]
    refused = {"400", "401", "402", "403", "404", "409", "413", "415", "422", "426", "429", "500", "503", "504"}
    assert set(write) == {"201", *refused}
    assert "content" not in sample["paths"]["/v1/notes/{note_id}"]["delete"]["responses"]["204"]


def test_every_text_that_a_body_takes_has_an_end() -> None:
    """P3: no field takes a text or a list of any length."""
    for each in ENDPOINTS:
        if each.body is None:
            continue
        _, components = msgspec.json.schema_components([each.body])
        for name, shape in components.items():
            for field, schema in shape.get("properties", {}).items():
                for part in nodes(schema):
                    bounded = part.get("maxLength") or part.get("enum") or re.search(r"\{\d", part.get("pattern", ""))
                    bounded = bounded or part.get("format") == "date-time"  # which msgspec reads to its end
                    assert part.get("type") != "string" or bounded, f"{each.path}: {name}.{field}"
                    assert part.get("type") != "array" or part.get("maxItems"), f"{each.path}: {name}.{field}"


def test_identifiers_match_what_the_wallet_makes() -> None:
    from wallet_api.clock import SystemClock
    from wallet_api.ids import new_id

    assert re.fullmatch(ID_PATTERN, new_id("pay", SystemClock().now()))
    assert isinstance(ENDPOINTS[0], Endpoint)
