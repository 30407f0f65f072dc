"""What breaks a client of the released API is found, whatever else is new; the present API breaks none."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from dev.compatibility import RELEASED, breaks, promised
from dev.contract import document

Change = Callable[[Any], object]

TEA = {
    "openapi": "3.1.1",
    "info": {"title": "Tea", "version": "2026-11-22"},
    "paths": {
        "/v1/cups": {
            "post": {
                "security": [{"customer": []}, {"merchant": []}],
                "parameters": [{"name": "size", "in": "query", "required": False, "schema": {"type": "integer"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewCup"}}}},
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Cup"}}}},
                    "402": {},
                },
            }
        }
    },
    "webhooks": {"cup.filled": {"post": {}}},
    "components": {
        "schemas": {
            "NewCup": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "maxLength": 20},
                    "kind": {"enum": ["green", "black"]},
                    "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                },
                "required": ["name"],
            },
            "Cup": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "status": {"enum": ["empty", "full"]},
                    "leaves": {"type": "array", "items": {"$ref": "#/components/schemas/Leaf"}},
                },
                "required": ["id", "status", "leaves"],
            },
            "Leaf": {"type": "object", "properties": {"weight": {"type": "integer"}}, "required": ["weight"]},
        }
    },
}  # fmt: skip


def call(changed: Any) -> Any:
    return changed["paths"]["/v1/cups"]["post"]


def shape(changed: Any, name: str) -> Any:
    return changed["components"]["schemas"][name]


BREAKS: dict[str, tuple[Change, str]] = {
    "a path goes": (lambda now: now["paths"].clear(), "POST /v1/cups: it is gone"),
    "a method goes": (lambda now: now["paths"]["/v1/cups"].pop("post"), "POST /v1/cups: it is gone"),
    "a status goes": (lambda now: call(now)["responses"].pop("402"), "status 402 is gone"),
    "a caller goes": (lambda now: call(now)["security"].pop(), "who could call cannot"),
    "a parameter goes": (lambda now: call(now)["parameters"].clear(), "parameter size is gone"),
    "a parameter is required": (lambda now: call(now)["parameters"][0].update(required=True), "size is required now"),
    "a parameter changes type": (
        lambda now: call(now)["parameters"][0].update(schema={"type": "boolean"}),
        "parameter size: its type is another: integer",
    ),
    "a webhook goes": (lambda now: now["webhooks"].clear(), "webhook cup.filled: it is gone"),
    "a field of an answer goes": (lambda now: shape(now, "Cup")["properties"].pop("id"), "answer.id: it is gone"),
    "a field of an answer inside goes": (
        lambda now: shape(now, "Leaf")["properties"].pop("weight"),
        "answer.leaves[].weight: it is gone",
    ),
    "a field of an answer may be missing": (lambda now: shape(now, "Cup")["required"].remove("id"), "may be missing"),
    "a field of an answer may be null": (
        lambda now: shape(now, "Cup")["properties"].update(id={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "answer.id: its type is another: null",
    ),
    "a state goes": (
        lambda now: shape(now, "Cup")["properties"].update(status={"enum": ["full"]}),
        "answer.status: values are answered no more: empty",
    ),
    "a field of a body goes": (lambda now: shape(now, "NewCup")["properties"].pop("kind"), "body.kind: it is gone"),
    "a field of a body is required": (lambda now: shape(now, "NewCup")["required"].append("kind"), "is required now"),
    "a value is taken no more": (
        lambda now: shape(now, "NewCup")["properties"].update(kind={"enum": ["green"]}),
        "body.kind: values are taken no more: black",
    ),
    "a text must be shorter": (
        lambda now: shape(now, "NewCup")["properties"]["name"].update(maxLength=10),
        "body.name: maxLength is 10 now",
    ),
    "a text must have a form": (
        lambda now: shape(now, "NewCup")["properties"]["name"].update(pattern="^[a-z]+$"),
        "body.name: its pattern is another",
    ),
    "a list of texts may be null in an answer": (
        lambda now: shape(now, "Cup")["properties"].update(
            status={"anyOf": [{"enum": ["empty", "full"], "type": "string"}, {"type": "null"}]}
        ),
        "answer.status: its type is another: null",
    ),
    "null is taken no more": (
        lambda now: shape(now, "NewCup")["properties"].update(note={"type": "string"}),
        "body.note: its type is another: null",
    ),
}

ADDITIONS: dict[str, Change] = {
    "nothing": lambda _: None,
    "a path": lambda now: now["paths"].update({"/v1/pots": {"get": {"responses": {}}}}),
    "a status": lambda now: call(now)["responses"].update({"409": {}}),
    "an optional field of a body": lambda now: shape(now, "NewCup")["properties"].update(sugar={"type": "boolean"}),
    "a field of an answer": lambda now: shape(now, "Cup")["properties"].update(sugar={"type": "boolean"}),
    "a value that is taken": lambda now: shape(now, "NewCup")["properties"]["kind"]["enum"].append("white"),
    "the type of a list of texts": lambda now: shape(now, "NewCup")["properties"]["kind"].update(type="string"),
    "a longer text": lambda now: shape(now, "NewCup")["properties"]["name"].update(maxLength=40),
    "an optional parameter": lambda now: call(now)["parameters"].append(
        {"name": "hot", "in": "query", "required": False, "schema": {"type": "boolean"}}
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_found_and_named(name: str) -> None:
    change, told = BREAKS[name]
    now = copy.deepcopy(TEA)
    change(now)
    found = breaks(TEA, now)
    assert any(told in each for each in found), found


@pytest.mark.parametrize("name", ADDITIONS)
def test_an_addition_is_no_break(name: str) -> None:
    now = copy.deepcopy(TEA)
    ADDITIONS[name](now)
    assert breaks(TEA, now) == []


def test_a_field_that_is_called_like_a_text_is_kept() -> None:
    told = copy.deepcopy(TEA)
    shape(told, "Cup")["properties"]["description"] = {"type": "string", "description": "what it is"}
    assert shape(promised(told), "Cup")["properties"]["description"] == {"type": "string"}


def test_todays_api_keeps_what_the_released_one_promised() -> None:
    """P7."""
    released = json.loads(RELEASED.read_text("utf-8"))
    now = promised(document())
    assert released["info"]["version"] != now["info"]["version"] or breaks(released, now) == []
