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
        ({"holder_name": "12 34"}, "/holder_name", "not_a_name"),
        ({"holder_name": "王芳🙂"}, "/holder_name", "not_a_name"),
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


@pytest.mark.parametrize("typed", ["阿卜杜拉·买买提", "阿卜杜拉・买买提", "阿卜杜拉\u3000•\u3000买买提"])
def test_a_holders_name_reaches_the_acquirer_in_one_way_however_it_was_typed(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    """The issuer compares it with the card's own: a keyboard's dot or space is no reason to refuse somebody their card."""
    handed_on, acquirer = [], type(cloud.wallet.cards.acquirer)
    original = acquirer.tokenise

    def listening(self: Any, reference: str, details: Any) -> Any:
        handed_on.append(details.holder_name)
        return original(self, reference, details)

    monkeypatch.setattr(acquirer, "tokenise", listening)
    bind(api, a_person(api, cloud, pin=None), holder_name=typed).ok(201)
    assert handed_on == ["阿卜杜拉·买买提"]


def test_what_is_no_name_is_told_with_what_to_do(api: Api, cloud: LocalCloud) -> None:
    """In both languages."""
    someone = a_person(api, cloud, pin=None)
    body = {"number": APPROVES, "expiry_month": 1, "expiry_year": 30, "holder_name": "123", "phone": someone.phone}
    for lang, words in (("en", "letters of any script"), ("zh-CN", "各种文字的字母")):
        answer = api.post("/v1/cards", body, token=someone.token, key=key(), lang=lang)
        assert words in refused(answer, 422, "invalid_request")["errors"][0]["detail"]


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
