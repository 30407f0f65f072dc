"""The form of what cards take and give over HTTP."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import APPROVES, bind
from tests.build import a_card, a_merchant, a_person, key, refused


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"number": "4242424242424241"}, "/number", "card_number_invalid"),
        ({"number": "4242 4242 4242 4242"}, "/number", "wrong_format"),
        ({"number": "４２４２４２４２４２４２４２４２"}, "/number", "wrong_format"),
        ({"number": 4242424242424242}, "/number", "wrong_type"),
        ({"number": "4" * 40}, "/number", "wrong_format"),
        ({"expiry_month": 13}, "/expiry_month", "too_large"),
        ({"expiry_month": True}, "/expiry_month", "wrong_type"),
        ({"expiry_month": 1, "expiry_year": 2020}, "/expiry_year", "card_expired"),
        ({"expiry_year": "35"}, "/expiry_year", "wrong_type"),
        ({"holder_name": "Z\u202eW"}, "/holder_name", "forbidden_characters"),
        ({"cvv": "123"}, "/cvv", "unknown_field"),
    ],
)
def test_a_card_that_cannot_be_one_is_refused_by_field_and_never_repeated(
    api: Api, cloud: LocalCloud, fields: dict[str, Any], pointer: str, code: str
) -> None:
    """D1, M25: a security code has no field at all."""
    answer = bind(api, a_person(api, cloud, pin=None), **fields)
    problem = refused(answer, 422, "invalid_request")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [(pointer, code)]
    assert str(fields.get("number", "4242")) not in answer.text


def test_a_card_is_its_owners_alone_and_is_never_cached(api: Api, cloud: LocalCloud) -> None:
    """D15."""
    someone, shop = a_person(api, cloud), a_merchant(cloud)
    card_id = a_card(api, cloud, someone)
    answer = api.get(f"/v1/cards/{card_id}", token=someone.token)
    assert answer.headers["cache-control"] == "no-store"
    assert set(answer.ok(200)) == {
        "id", "object", "status", "brand", "bank", "kind", "last4", "expiry_month", "expiry_year", "default",
        "code_expires_at", "created_at",
    }  # fmt: skip
    refused(api.get("/v1/cards", token=shop.key), 403, "wrong_caller")
    refused(api.get("/v1/cards"), 401, "not_authenticated")
    refused(api.get("/v1/cards/../people", token=someone.token), 404, "not_found")


def test_binding_needs_a_key(api: Api, cloud: LocalCloud) -> None:
    """M38."""
    someone = a_person(api, cloud)
    body = {"number": APPROVES, "expiry_month": 1, "expiry_year": 30, "holder_name": "ZHANG", "phone": someone.phone}
    refused(api.post("/v1/cards", body, token=someone.token), 400, "idempotency_key_required")
    made = api.post("/v1/cards", body, token=someone.token, key=key()).ok(201)
    assert (made["expiry_month"], made["expiry_year"]) == (1, 2030)
