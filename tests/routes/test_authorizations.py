"""Asking over HTTP what a move has to be signed or proven with, and using it."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import (
    PIN,
    Shop,
    Someone,
    a_merchant,
    a_person,
    balance_of,
    cny,
    key,
    refused,
)
from tests.shopping import a_payment, cancel, confirm
from tests.signing import (
    Phone,
    a_phone_of,
    ask,
    ask_transfer,
    code_yes,
    pay,
    raw,
    transfer,
)

BALANCE = 30_000_00


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=BALANCE)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def phone(api: Api, ada: Someone) -> Phone:
    return a_phone_of(api, ada)


def test_a_stranger_and_a_merchant_ask_for_nothing(api: Api, shop: Shop) -> None:
    body = {"operation": "transfer", "fields": {}}
    refused(api.post("/v1/authorizations", body), 401, "not_authenticated")
    refused(api.post("/v1/authorizations", body, token=shop.key), 403, "wrong_caller")


def test_what_cannot_be_asked_for_is_named(api: Api, ada: Someone, bo: Someone) -> None:
    for operation, fields, pointer in (
        ("payment", {}, "/fields/payment_id"),
        ("transfer", {"to": {"user_id": bo.id}}, "/fields/amount"),
        ("transfer", {"to": {}, "amount": cny(1)}, "/fields/to"),
        ("payment", {"payment_id": "pay_" + "0" * 26, "amount": cny(1)}, "/fields/amount"),
    ):
        problem = refused(ask(api, ada, operation, **fields), 422, "invalid_request")
        assert [each["pointer"] for each in problem["errors"]] == [pointer]
    refused(ask(api, ada, "payment", payment_id="nonsense"), 404, "not_found")
    refused(ask(api, ada, "transfer", to={"user_id": ada.id}, amount=cny(1)), 402, "transfer_to_self")
    refused(ask(api, ada, "transfer", to={"user_id": bo.id}, amount=cny(10_000_01)), 402, "transaction_limit_exceeded")


def test_out_of_order_is_told_by_the_payment_a48(api: Api, ada: Someone, shop: Shop, phone: Phone) -> None:
    """A48: asking for or using a yes after the end of the payment is 409."""
    payment = a_payment(api, shop)["id"]
    proof = phone.yes(ask(api, ada, "payment", payment_id=payment).ok(201))
    cancel(api, shop, payment).ok(200)
    refused(pay(api, ada, payment, proof), 409, "payment_canceled")
    refused(ask(api, ada, "payment", payment_id=payment), 409, "payment_canceled")


def test_what_is_signed_is_what_is_seen(api: Api, ada: Someone, bo: Someone, phone: Phone) -> None:
    """A46: the challenge is the hash of a text that names payee, amount, currency and quote."""
    import hashlib
    import json

    asked = ask_transfer(api, ada, bo, 700)
    assert raw(asked["challenge"]) == hashlib.sha256(asked["text"].encode()).digest()
    seen = json.loads(asked["text"])
    assert (seen["operation"], seen["payee"], seen["amount"], seen["currency"]) == ("transfer", bo.id, 700, "CNY")
    assert seen["quote_id"] is None


def test_a_payment_goes_on_under_its_key_once_enough_is_shown(
    api: Api, cloud: LocalCloud, ada: Someone, shop: Shop
) -> None:
    payment, idem = a_payment(api, shop, 6_000_00)["id"], key()
    refused(confirm(api, ada, payment, idem=idem), 403, "step_up_required")

    asked = ask(api, ada, "payment", payment_id=payment, pin=PIN).ok(201)
    assert asked["methods"] == ["sms"]
    paid = pay(api, ada, payment, code_yes(api, cloud, ada, asked), idem=idem)

    assert paid.ok(200)["status"] == "succeeded"


def test_the_same_key_again_is_answered_again_whatever_became_of_the_challenge(
    api: Api, ada: Someone, bo: Someone, phone: Phone
) -> None:
    """A lost answer is asked for again with the very same request."""
    proof, idem = phone.yes(ask_transfer(api, ada, bo, 700)), key()
    first = transfer(api, ada, bo, 700, proof, idem=idem).ok(201)
    again = transfer(api, ada, bo, 700, proof, idem=idem)

    assert (again.ok(201), again.headers["idempotent-replayed"]) == (first, "true")
    assert balance_of(api, bo) == 700
