"""Who takes part in the bank workload: people with money and a merchant, made over HTTP."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from dev.client import Api

PIN = "428617"
START = 200_00
CARD = "4242424242424242"


@dataclass
class Client:
    """One person, who pays, sends and is refunded. `refresh_token` gives new tokens when the old ones are over."""

    number: int
    id: str
    phone: str
    token: str
    refresh_token: str

    def renew(self, api: Api) -> None:
        """New tokens for old."""
        session = api.post("/v1/sessions/refresh", {"refresh_token": self.refresh_token}).ok(200)["session"]
        self.token, self.refresh_token = session["access_token"], session["refresh_token"]


def key() -> str:
    return uuid.uuid4().hex


def cny(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}


def register(api: Api, engine: Api, number: int) -> Client:
    """Registers somebody with a PIN, a bound card and 200 yuan."""
    phone = f"+861{30 + number}{1234_0000 + number}"
    body = {"phone": phone, "password": "bench-horse-battery-7", "consents": ["terms", "privacy"]}
    begun = api.post("/v1/registrations", body).ok(202)
    made = api.post(f"/v1/registrations/{begun['id']}/confirm", {"code": _code(engine, phone)}).ok(201)
    session = made["session"]
    client = Client(number, made["user"]["id"], phone, session["access_token"], session["refresh_token"])
    api.put("/v1/payment_pin", {"pin": PIN}, token=client.token).ok()
    card = {"number": CARD, "expiry_month": 12, "expiry_year": 2035, "holder_name": "ZHANG WEI", "phone": phone}
    bound = api.post("/v1/cards", card, token=client.token, key=key()).ok(201)
    api.post(f"/v1/cards/{bound['id']}/verify", {"code": _code(engine, phone)}, token=client.token).ok()
    top_up = {"amount": cny(START), "source": {"card_id": bound["id"]}}
    assert api.post("/v1/top_ups", top_up, token=client.token, key=key()).ok(201)["status"] == "succeeded"
    return client


def open_shop(api: Api) -> str:
    """A merchant's secret key."""
    shop = {"name": "Tea House", "category": "5814", "city": "Kunming"}
    return str(api.post("/sandbox/merchants", shop).ok(200)["api_key"])


def _code(engine: Api, phone: str) -> str:
    text = engine.get(f"/messages?to=%2B{phone[1:]}").ok(200)["data"][0]["text"]
    return str(re.findall(r"(?<!\d)\d{6}(?!\d)", text)[0])
