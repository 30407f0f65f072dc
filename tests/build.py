"""People and merchants for tests, made the way real ones are: over HTTP, and through the operator's use cases."""

import itertools
import re
import uuid
from dataclasses import dataclass, replace
from typing import Any

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from wallet_api.ledger import chart
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer

PIN = "428617"
PASSWORD = "horse-battery-蓝莓-42"
APPROVED_CARD = "4242424242424242"
_numbers = itertools.count(13800000001)


@dataclass
class Someone:
    """A registered person with a session and a payment PIN."""

    id: str
    phone: str
    token: str
    refresh_token: str


@dataclass
class Shop:
    """A merchant with a test key."""

    id: str
    key: str


def cny(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}


def key() -> str:
    """A fresh Idempotency-Key."""
    return str(uuid.uuid4())


def a_phone() -> str:
    """A mainland mobile number that no other test has."""
    return f"+86{next(_numbers)}"


def code_to(cloud: LocalCloud, address: str) -> str:
    """The six digits of the newest message to this phone or e-mail address."""
    text = cloud.inbox.messages(address)[0].shown()["text"]
    found = re.search(r"(?<!\d)\d{6}(?!\d)", text)
    assert found, text
    return found.group()


def a_person(api: Api, cloud: LocalCloud, *, pin: str | None = PIN, balance: int = 0) -> Someone:
    """Registers over HTTP, sets a PIN, and tops up from a card when a balance (fen) is wanted."""
    phone = a_phone()
    body = {"phone": phone, "password": PASSWORD, "consents": ["terms", "privacy"]}
    begun = api.post("/v1/registrations", body).ok(202)
    made = api.post(f"/v1/registrations/{begun['id']}/confirm", {"code": code_to(cloud, phone)}).ok(201)
    session = made["session"]
    someone = Someone(made["user"]["id"], phone, session["access_token"], session["refresh_token"])
    if pin is not None:
        api.put("/v1/payment_pin", {"pin": pin}, token=someone.token).ok(200)
    if balance:
        fund(api, cloud, someone, balance)
    return someone


def a_card(api: Api, cloud: LocalCloud, someone: Someone, number: str = APPROVED_CARD) -> str:
    """Binds a card and has the issuer confirm it; the card's id."""
    body = {
        "number": number,
        "expiry_month": 12,
        "expiry_year": 2035,
        "holder_name": "ZHANG WEI",
        "phone": someone.phone,
    }
    card = api.post("/v1/cards", body, token=someone.token, key=key()).ok(201)
    code = code_to(cloud, someone.phone)
    api.post(f"/v1/cards/{card['id']}/verify", {"code": code}, token=someone.token).ok()
    return str(card["id"])


def fund(api: Api, cloud: LocalCloud, someone: Someone, amount: int) -> None:
    """Tops up from a card that approves."""
    source = {"card_id": a_card(api, cloud, someone)}
    made = api.post("/v1/top_ups", {"amount": cny(amount), "source": source}, token=someone.token, key=key()).ok(201)
    assert made["status"] == "succeeded", made


def a_merchant(cloud: LocalCloud, name: str = "Tea House", category: str = "5814") -> Shop:
    """A merchant as an operator makes one, with its secret key."""
    merchants = cloud.wallet.merchants
    merchant = merchants.create(name=name, category=category, city="Kunming")
    return Shop(merchant.id, merchants.issue_key(merchant.id))


def balance_of(api: Api, someone: Someone) -> int:
    """The CNY balance in fen, as the person sees it."""
    balances = api.get("/v1/wallet", token=someone.token).ok(200)["balances"]
    return int(next(each["amount"] for each in balances if each["currency"] == "CNY"))


def signed_in_again(api: Api, someone: Someone) -> Someone:
    """The same person with fresh tokens: access tokens live minutes, and the clock was moved."""
    session = api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token}).ok(200)["session"]
    return replace(someone, token=session["access_token"], refresh_token=session["refresh_token"])


def send(api: Api, payer: Someone, payee: Someone, amount: int, *, pin: str = PIN, idem: str | None = None) -> Answer:
    """A transfer by phone number."""
    body = {"to": {"phone": payee.phone}, "amount": cny(amount), "authorization": {"pin": pin}}
    return api.post("/v1/transfers", body, token=payer.token, key=idem or key())


def known_payee(cloud: LocalCloud, payer: Someone, payee_id: str) -> None:
    """Makes a payee one whom the payer has sent a high amount before, so that the PIN is enough for the next."""
    wallet = cloud.wallet
    with wallet.storage.atomic_write() as write:
        wallet.authorizations.remember(payer.id, payee_id, write)


def as_customer(cloud: LocalCloud, someone: Someone) -> Customer:
    """Who asks, as the edge tells a use case of them."""
    customer: Customer | None = cloud.wallet.sessions.presented(someone.token)
    assert customer is not None
    return customer


def as_merchant(cloud: LocalCloud, shop: Shop) -> MerchantCaller:
    """The shop's key, as the edge tells a use case of it."""
    caller: MerchantCaller | None = cloud.wallet.merchants.presented(shop.key)
    assert caller is not None
    return caller


def refused(answer: Answer, status: int, code: str) -> dict[str, Any]:
    """The problem of a refusal that moved no money, after checking its form."""
    problem: dict[str, Any] = answer.json
    assert (answer.status, problem["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["status"], problem["money_moved"]) == (status, "no"), answer.text
    return problem


def spent_today(cloud: LocalCloud, someone: Someone) -> dict[str, int]:
    """What counts against somebody's limits of the day."""
    return dict(cloud.wallet.ledger.accounts.require(chart.customer(someone.id)).spent)
