"""The collection holds every call, with the token of who may make it."""

import json
from typing import Any

import pytest

from chalicelib.openapi.bruno import collection


@pytest.fixture(scope="module")
def requests(document: Any) -> dict[tuple[str, str], Any]:
    folders = collection(document)["items"]
    return {
        (each["request"]["method"], each["request"]["url"]): each["request"]
        for folder in folders[1:]
        for each in folder["items"]
    }


def test_every_call_is_in_it_once(document: Any, requests: Any) -> None:
    assert len(requests) == sum(len(item) for item in document["paths"].values())


def test_a_request_is_ready_to_be_sent(requests: Any) -> None:
    made = requests["POST", "{{baseUrl}}/v1/payments"]
    assert json.loads(made["body"]["json"])["amount"] == {"amount": 1250, "currency": "CNY"}
    assert made["auth"] == {"mode": "bearer", "bearer": {"token": "{{merchant_key}}"}}
    assert {"name": "Idempotency-Key", "value": "{{$guid}}", "enabled": True} in made["headers"]


def test_what_stands_in_a_path_is_a_parameter(requests: Any) -> None:
    made = requests["GET", "{{baseUrl}}/v1/payments/:payment_id"]
    assert {"name": "payment_id", "value": "{{payment_id}}", "enabled": True, "type": "path"} in made["params"]


def test_what_an_answer_names_stands_in_the_paths_after_it(requests: Any) -> None:
    taken = requests["POST", "{{baseUrl}}/v1/payments"]["vars"]["res"]
    assert taken == [{"name": "payment_id", "value": "res.body.id", "enabled": True}]
