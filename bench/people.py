"""People for the measurements, made over HTTP as real ones are, and a client that needs no socket."""

from __future__ import annotations

import io
import re
import uuid
from dataclasses import dataclass, replace
from typing import Any

from dev.client import Answer, Api
from dev.gateway import RAW_HEADERS, Gateway

PIN = "428617"
PASSWORD = "bench-horse-battery-7"
CARD, DEBIT_CARD, CARD_WITH_A_CODE = "4242424242424242", "6200000000000005", "4000000000003220"


@dataclass(frozen=True)
class Person:
    """A registered person with a PIN and a bound card."""

    id: str
    phone: str
    token: str
    card_id: str


class InProcess(Api):
    """Asks the local gateway without a socket between, so that a measurement holds the wallet's time and no server's."""

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(port=0)
        self.gateway = gateway
        self.asked: set[tuple[str, str]] = set()
        """Methods and paths of all requests so far."""

    def fresh(self) -> InProcess:
        return InProcess(self.gateway)

    def _sent(self, method: str, path: str, lines: list[tuple[str, str]], body: bytes | None) -> Answer:
        self.asked.add((method, path.partition("?")[0]))
        begun: list[Any] = []
        content = body or b""
        environ = {
            "REQUEST_METHOD": method,
            "REQUEST_URI": path,
            "QUERY_STRING": path.partition("?")[2],
            "CONTENT_LENGTH": str(len(content)),
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": io.BytesIO(content),
            RAW_HEADERS: lines,
        }
        parts = list(self.gateway(environ, lambda status, headers: begun.extend((status, headers))))
        status, headers = begun
        return Answer(int(status[:3]), {name.lower(): value for name, value in headers}, b"".join(parts))


def key() -> str:
    """A fresh Idempotency-Key."""
    return uuid.uuid4().hex


def cny(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}


def code_to(api: Api, phone: str) -> str:
    """The six digits of the newest message to a phone."""
    text = api.get(f"/sandbox/messages?to=%2B{phone[1:]}&limit=1").ok(200)["data"][0]["text"]
    return str(re.findall(r"(?<!\d)\d{6}(?!\d)", text)[0])


def a_person(api: Api, number: int, balance: int = 3_000_00) -> Person:
    """Registers, sets a PIN, binds a card and tops up."""
    phone = f"+86139{number:08d}"
    made = register(api, phone)
    token = str(made["session"]["access_token"])
    api.put("/v1/payment_pin", {"pin": PIN}, token=token).ok()
    person = Person(made["user"]["id"], phone, token, "")
    person = replace(person, card_id=bind(api, person))
    top_up(api, person, balance).ok(201)
    return person


def register(api: Api, phone: str) -> Any:
    """Asks for an account and proves the phone: what the confirmation answers."""
    body = {"phone": phone, "password": PASSWORD, "consents": ["terms", "privacy"]}
    begun = api.post("/v1/registrations", body).ok(202)
    return api.post(f"/v1/registrations/{begun['id']}/confirm", {"code": code_to(api, phone)}).ok(201)


def bind(api: Api, person: Person, number: str = CARD) -> str:
    """Asks for a card and says its issuer's code: the card's id."""
    card = {
        "number": number, "expiry_month": 12, "expiry_year": 2035, "holder_name": "ZHANG WEI", "phone": person.phone,
    }  # fmt: skip
    bound = api.post("/v1/cards", card, token=person.token, key=key()).ok(201)
    api.post(f"/v1/cards/{bound['id']}/verify", {"code": code_to(api, person.phone)}, token=person.token).ok()
    return str(bound["id"])


def top_up(api: Api, person: Person, amount: int) -> Answer:
    body = {"amount": cny(amount), "source": {"card_id": person.card_id}}
    return api.post("/v1/top_ups", body, token=person.token, key=key())


def withdraw(api: Api, person: Person, amount: int) -> Answer:
    body = {"amount": cny(amount), "card_id": person.card_id, "authorization": {"pin": PIN}}
    return api.post("/v1/withdrawals", body, token=person.token, key=key())


def ask(api: Api, merchant_key: str, amount: int = 1250, **more: Any) -> Answer:
    """A merchant's request for a payment of a new order."""
    body = {"amount": cny(amount), "description": "乌龙茶", "order_id": key(), **more}
    return api.post("/v1/payments", body, token=merchant_key, key=key())


def confirm(api: Api, person: Person, payment_id: str, idem: str | None = None) -> Answer:
    body = {"authorization": {"pin": PIN}}
    return api.post(f"/v1/payments/{payment_id}/confirm", body, token=person.token, key=idem or key())


def refund(api: Api, merchant_key: str, payment_id: str, amount: int) -> Answer:
    body = {"payment_id": payment_id, "reason": "returned", "amount": cny(amount)}
    return api.post("/v1/refunds", body, token=merchant_key, key=key())


def ask_back(api: Api, person: Person, payment_id: str) -> str:
    """A customer's wish to have a payment back: the request's id."""
    body = {"payment_id": payment_id, "reason": "returned"}
    return str(api.post("/v1/refund_requests", body, token=person.token, key=key()).ok(201)["id"])


def transfer(api: Api, person: Person, phone: str, amount: int, delay: str = "none") -> Answer:
    body = {"to": {"phone": phone}, "amount": cny(amount), "delay": delay, "authorization": {"pin": PIN}}
    return api.post("/v1/transfers", body, token=person.token, key=key())


def outlet(api: Api, merchant_key: str) -> str:
    """Opens an outlet: its id."""
    return str(api.post("/v1/outlets", {"name": "Cuihu"}, token=merchant_key, key=key()).ok(201)["id"])


def apply(api: Api, person: Person) -> Answer:
    """An application for a merchant, with all that an operator asks for."""
    body = {
        "legal_name": "昆明翠湖茶馆有限公司", "registration_number": "91350100M000100Y43", "name": "翠湖茶馆",
        "latin_name": "CUIHU TEA HOUSE", "city": "昆明", "latin_city": "KUNMING", "category": "5814",
        "contact": {"name": "李梅", "phone": "+8613800138000", "email": "mei@tea.example"},
        "settlement_account": {
            "bank": "中国农业银行", "holder_name": "昆明翠湖茶馆有限公司", "account_number": "8110701012800123456",
        },
    }  # fmt: skip
    return api.post("/v1/merchant_applications", body, token=person.token, key=key())
