"""The first folder of the Bruno collection: from registering to a withdrawal, each request with what it takes from the answers
before, ready to be run one after the other against a sandbox.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_PERSON, _MERCHANT = "customer_token", "merchant_key"
_CODE = r"res.body.data[0].text.match(/(?<!\d)\d{6}(?!\d)/)[0]"
_PASSWORD, _PIN = "a cup of pu-erh", "428617"
_CARD = {"number": "6200000000000005", "expiry_month": 12, "expiry_year": 2035, "holder_name": "LI MEI"}


def _money(amount: int) -> Json:
    return {"amount": amount, "currency": "CNY"}


def _step(
    name: str, method: str, path: str, status: int, body: Json | None = None, token: str = "", **taken: str
) -> tuple[str, str, str, int, Json | None, str, dict[str, str]]:
    return name, method, path, status, body, token, taken


STEPS = (
    _step("Look at the sandbox", "GET", "/sandbox", 200, merchant_key="res.body.seeded.merchant_key"),
    _step(
        "Register",
        "POST",
        "/v1/registrations",
        202,
        {"phone": "{{phone}}", "password": _PASSWORD, "consents": ["terms", "privacy"]},
        registration_id="res.body.id",
    ),
    _step("Read the code", "GET", "/sandbox/messages?to={{phone_in_query}}", 200, code=_CODE),
    _step(
        "Prove the phone",
        "POST",
        "/v1/registrations/{{registration_id}}/confirm",
        201,
        {"code": "{{code}}"},
        customer_token="res.body.session.access_token",  # noqa: S106
    ),
    _step("Set the payment PIN", "PUT", "/v1/payment_pin", 200, {"pin": _PIN}, _PERSON),
    _step("Bind a card", "POST", "/v1/cards", 201, {**_CARD, "phone": "{{phone}}"}, _PERSON, card_id="res.body.id"),
    _step("Read the issuer's code", "GET", "/sandbox/messages?to={{phone_in_query}}", 200, code=_CODE),
    _step("Confirm the card", "POST", "/v1/cards/{{card_id}}/verify", 200, {"code": "{{code}}"}, _PERSON),
    _step(
        "Top up",
        "POST",
        "/v1/top_ups",
        201,
        {"amount": _money(30_000), "source": {"card_id": "{{card_id}}"}},
        _PERSON,
        top_up_id="res.body.id",
    ),
    _step(
        "The merchant asks for a payment",
        "POST",
        "/v1/payments",
        201,
        {"amount": _money(3_600), "description": "乌龙茶", "order_id": "{{$guid}}"},
        _MERCHANT,
        payment_id="res.body.id",
        qr="res.body.qr",
    ),
    _step("Scan its code", "POST", "/v1/scans", 200, {"qr": "{{qr}}"}, _PERSON),
    _step(
        "Pay",
        "POST",
        "/v1/payments/{{payment_id}}/confirm",
        200,
        {"authorization": {"pin": _PIN}},
        _PERSON,
    ),
    _step(
        "The merchant gives a part back",
        "POST",
        "/v1/refunds",
        201,
        {"payment_id": "{{payment_id}}", "amount": _money(1_250), "reason": "returned"},
        _MERCHANT,
        refund_id="res.body.id",
    ),
    _step(
        "Withdraw",
        "POST",
        "/v1/withdrawals",
        201,
        {"amount": _money(5_000), "card_id": "{{card_id}}", "authorization": {"pin": _PIN}},
        _PERSON,
        withdrawal_id="res.body.id",
    ),
    _step("Look at the wallet", "GET", "/v1/wallet", 200, token=_PERSON),
)
"""Name, method, path, status, body, whose token, and what later steps take from the answer."""

FRESH_PHONE = """
const phone = "+86138" + String(Math.floor(Math.random() * 1e8)).padStart(8, "0");
bru.setVar("phone", phone);
bru.setVar("phone_in_query", encodeURIComponent(phone));
""".strip()
"""Before the first step: somebody who has no wallet yet."""
