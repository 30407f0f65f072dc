"""What somebody owns, for the matrix of strangers: how each thing that an id in a path names is made, over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, Shop, Someone, a_card, a_merchant, a_person, cny, key, send, signed_in_again
from tests.delaying import delayed
from tests.identity import sign_in
from tests.mandates.agreeing import a_mandate
from tests.refunding import ask_back
from tests.selling import a_key, an_outlet, an_owned_shop, apply
from tests.shopping import a_paid_payment, a_payment, refund
from tests.signing import ask
from tests.withdrawing import TAKES, withdraw

WEBHOOK = "https://hooks.example/wallet"


@dataclass
class World:
    """Ada owns merchant A and paid at it; Bo is another person, merchant B another merchant."""

    api: Api
    cloud: LocalCloud
    ada: Someone = field(init=False)
    bo: Someone = field(init=False)
    a: Shop = field(init=False)
    b: Shop = field(init=False)

    def __post_init__(self) -> None:
        self.ada, self.a = an_owned_shop(self.api, self.cloud)
        self.bo, self.b = a_person(self.api, self.cloud), a_merchant(self.cloud)

    def get(self, path: str, token: str) -> Any:
        return self.api.get(path, token=token).ok(200)

    def post(self, path: str, body: Any = None, token: str = "") -> Any:
        return self.api.post(path, body, token=token or self.ada.token, key=key()).ok()

    def rich(self) -> str:
        """A card of Ada's, who has money from then on; its id."""
        card = a_card(self.api, self.cloud, self.ada)
        body = {"amount": cny(100_00), "source": {"card_id": card}}
        self.top_up = str(self.post("/v1/top_ups", body)["id"])
        return card

    def paid(self) -> str:
        self.rich()
        return str(a_paid_payment(self.api, self.a, self.ada)["id"])

    def transferred(self) -> str:
        self.rich()
        other = a_person(self.api, self.cloud)
        return str(send(self.api, self.ada, other, 100).ok(201)["id"])

    def to_arrive(self) -> str:
        self.rich()
        other = a_person(self.api, self.cloud)
        return str(delayed(self.api, self.ada, other, 100).ok(201)["id"])


Make = Callable[[World], dict[str, str]]


def _one(name: str, make: Callable[[World], Any]) -> Make:
    return lambda world: {name: str(make(world))}


def _event_of_merchant(world: World) -> str:
    a_payment(world.api, world.a)
    world.cloud.pump.drain()
    return str(world.get("/v1/events", world.a.key)["data"][0]["id"])


def _signing_key(world: World) -> str:
    body = {"name": "server", "algorithm": "hmac-sha256"}
    return str(world.post(f"/v1/merchants/{world.a.id}/signing_keys", body)["id"])


def _endpoint(world: World) -> str:
    return str(world.post("/v1/webhook_endpoints", {"url": WEBHOOK}, world.a.key)["id"])


def _replay(world: World) -> dict[str, str]:
    endpoint, now = _endpoint(world), world.cloud.clock.now()
    span = {"from": now.strftime("%Y-%m-%dT00:00:00Z"), "to": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    made = world.post(f"/v1/webhook_endpoints/{endpoint}/replay", span, world.a.key)
    return {"endpoint_id": endpoint, "replay_id": str(made["id"])}


def _contact_change(world: World) -> str:
    body = {"email": "ada@example.com", "current_password": PASSWORD}
    return str(world.post("/v1/contact_changes", body)["id"])


def _unfreeze(world: World) -> str:
    world.post("/v1/freezes")
    session = sign_in(world.api, world.cloud, world.ada)["session"]
    world.ada = replace(world.ada, token=session["access_token"], refresh_token=session["refresh_token"])
    return str(world.post("/v1/unfreezes", {"password": PASSWORD})["id"])


def _challenge(world: World) -> str:
    world.rich()
    payment = a_payment(world.api, world.a)["id"]
    return str(ask(world.api, world.ada, "payment", payment_id=payment).ok(201)["challenge_id"])


def _transaction(world: World) -> str:
    world.paid()
    return str(world.get("/v1/transactions", world.ada.token)["data"][0]["id"])


def _notification_of_person(world: World) -> str:
    world.rich()
    world.cloud.pump.drain()
    return str(world.get("/v1/notifications", world.ada.token)["data"][0]["id"])


def _payout(world: World) -> str:
    world.rich()
    a_paid_payment(world.api, world.a, world.ada, 50_00)
    world.cloud.pump.drain()
    world.cloud.clock.advance("24h")
    world.ada, world.bo = (signed_in_again(world.api, each) for each in (world.ada, world.bo))
    return str(world.post("/v1/payouts", {"currency": "CNY"}, world.a.key)["id"])


def _top_up(world: World) -> str:
    world.rich()
    return world.top_up


def _withdrawal(world: World) -> str:
    world.rich()
    return str(withdraw(world.api, world.ada, a_card(world.api, world.cloud, world.ada, TAKES), 50_00).ok(201)["id"])


_session = _one("session_id", lambda world: world.get("/v1/sessions", world.ada.token)["data"][0]["id"])
_device = _one("device_id", lambda world: world.get("/v1/devices", world.ada.token)["data"][0]["id"])
_card = _one("card_id", lambda world: a_card(world.api, world.cloud, world.ada))
_topped_up = _one("top_up_id", _top_up)
_application = _one("application_id", lambda world: apply(world.api, world.ada).ok(201)["id"])
_merchant = _one("merchant_id", lambda world: world.a.id)
_outlet = _one("outlet_id", lambda world: an_outlet(world.api, world.a).ok(201)["id"])
_waiting = _one("payment_id", lambda world: a_payment(world.api, world.a)["id"])
_mandate = _one("mandate_id", lambda world: a_mandate(world.api, world.a, world.ada)["id"])
_paid = _one("payment_id", World.paid)
_asked_back = _one("request_id", lambda world: ask_back(world.api, world.ada, world.paid()).ok(201)["id"])
_change = _one("change_id", _contact_change)
_frozen = _one("unfreeze_id", _unfreeze)
_webhook = _one("endpoint_id", _endpoint)
_event = _one("event_id", _event_of_merchant)
_notification = _one("notification_id", _notification_of_person)


def _api_key(world: World) -> dict[str, str]:
    return {"merchant_id": world.a.id, "key_id": a_key(world.api, world.ada.token, world.a.id)["id"]}


def _key_to_sign(world: World) -> dict[str, str]:
    return {"merchant_id": world.a.id, "key_id": _signing_key(world)}


def _quote(world: World) -> str:
    card = a_card(world.api, world.cloud, world.ada)
    return str(world.post("/v1/fee_quotes", {"operation": "top_up", "amount": cny(100), "card_id": card})["id"])


def _used_key(world: World) -> str:
    """Its shape is an id's, so that another of the kind can be made up."""
    used = f"key_{key()}"
    body = {"amount": cny(100), "description": "tea", "order_id": "1"}
    world.api.post("/v1/payments", body, token=world.a.key, key=used).ok(201)
    return used


OWNED: dict[str, Make] = {
    "DELETE /v1/sessions/{session_id}": _session,
    "DELETE /v1/devices/{device_id}": _device,
    "POST /v1/authorizations/{challenge_id}/send": _one("challenge_id", _challenge),
    "POST /v1/unfreezes/{unfreeze_id}/send": _frozen,
    "POST /v1/unfreezes/{unfreeze_id}/confirm": _frozen,
    "POST /v1/contact_changes/{change_id}/resend": _change,
    "POST /v1/contact_changes/{change_id}/send": _change,
    "POST /v1/contact_changes/{change_id}/confirm": _change,
    "POST /v1/payment_pin_resets/{reset_id}/confirm": _one(
        "reset_id", lambda world: world.post("/v1/payment_pin_resets")["id"]
    ),
    "POST /v1/cards/{card_id}/verify": _card,
    "GET /v1/cards/{card_id}": _card,
    "PATCH /v1/cards/{card_id}": _card,
    "DELETE /v1/cards/{card_id}": _card,
    "POST /v1/top_ups/{top_up_id}/confirm": _topped_up,
    "GET /v1/top_ups/{top_up_id}": _topped_up,
    "GET /v1/withdrawals/{withdrawal_id}": _one("withdrawal_id", _withdrawal),
    "GET /v1/merchant_applications/{application_id}": _application,
    "PATCH /v1/merchant_applications/{application_id}": _application,
    "GET /v1/merchants/{merchant_id}": _merchant,
    "PATCH /v1/merchants/{merchant_id}": _merchant,
    "GET /v1/merchants/{merchant_id}/settlement_account": _merchant,
    "PUT /v1/merchants/{merchant_id}/settlement_account": _merchant,
    "GET /v1/merchants/{merchant_id}/payout_schedule": _merchant,
    "PATCH /v1/merchants/{merchant_id}/payout_schedule": _merchant,
    "GET /v1/merchants/{merchant_id}/balance": _merchant,
    "GET /v1/payouts/{payout_id}": _one("payout_id", _payout),
    "POST /v1/merchants/{merchant_id}/api_keys": _merchant,
    "GET /v1/merchants/{merchant_id}/api_keys": _merchant,
    "POST /v1/merchants/{merchant_id}/api_keys/{key_id}/roll": _api_key,
    "DELETE /v1/merchants/{merchant_id}/api_keys/{key_id}": _api_key,
    "POST /v1/merchants/{merchant_id}/signing_keys": _merchant,
    "GET /v1/merchants/{merchant_id}/signing_keys": _merchant,
    "DELETE /v1/merchants/{merchant_id}/signing_keys/{key_id}": _key_to_sign,
    "GET /v1/outlets/{outlet_id}": _outlet,
    "PATCH /v1/outlets/{outlet_id}": _outlet,
    "POST /v1/payments/{payment_id}/capture": _waiting,
    "POST /v1/payments/{payment_id}/cancel": _waiting,
    "GET /v1/payments/{payment_id}": _paid,
    "GET /v1/mandates/{mandate_id}": _mandate,
    "PATCH /v1/mandates/{mandate_id}": _mandate,
    "DELETE /v1/mandates/{mandate_id}": _mandate,
    "GET /v1/refunds/{refund_id}": _one(
        "refund_id", lambda world: refund(world.api, world.a, world.paid(), 100).ok(201)["id"]
    ),
    "GET /v1/refund_requests/{request_id}": _asked_back,
    "POST /v1/refund_requests/{request_id}/approve": _asked_back,
    "POST /v1/refund_requests/{request_id}/decline": _asked_back,
    "POST /v1/refund_requests/{request_id}/cancel": _asked_back,
    "GET /v1/transfers/{transfer_id}": _one("transfer_id", World.transferred),
    "POST /v1/transfers/{transfer_id}/cancel": _one("transfer_id", World.to_arrive),
    "GET /v1/fee_quotes/{quote_id}": _one("quote_id", _quote),
    "GET /v1/operations/{key}": _one("key", _used_key),
    "GET /v1/transactions/{transaction_id}": _one("transaction_id", _transaction),
    "GET /v1/events/{event_id}": _event,
    "GET /v1/webhook_endpoints/{endpoint_id}": _webhook,
    "PATCH /v1/webhook_endpoints/{endpoint_id}": _webhook,
    "DELETE /v1/webhook_endpoints/{endpoint_id}": _webhook,
    "POST /v1/webhook_endpoints/{endpoint_id}/roll_secret": _webhook,
    "POST /v1/webhook_endpoints/{endpoint_id}/test": _webhook,
    "GET /v1/webhook_endpoints/{endpoint_id}/deliveries": _webhook,
    "POST /v1/webhook_endpoints/{endpoint_id}/replay": _webhook,
    "GET /v1/webhook_endpoints/{endpoint_id}/replays/{replay_id}": _replay,
    "POST /v1/events/{event_id}/replay": _event,
    "POST /v1/notifications/{notification_id}/read": _notification,
}
"""How the owner's thing is made for each route that names one."""

_A_DAY = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
BODIES: dict[str, dict[str, Any]] = {
    "DELETE /v1/sessions/{session_id}": {"password": PASSWORD},
    "DELETE /v1/devices/{device_id}": {"password": PASSWORD},
    "POST /v1/webhook_endpoints/{endpoint_id}/replay": _A_DAY,
}
"""What a route's sample says otherwise here, so that nothing but the asker speaks against the request."""

LEFT_AWAY = {"POST /v1/events/{event_id}/replay": "endpoint_id"}

OPEN: dict[str, str] = {
    "POST /v1/registrations/{registration_id}/resend": "who registers has no account yet; the id is random",
    "POST /v1/registrations/{registration_id}/confirm": "proven by the code that was sent",
    "POST /v1/sessions/challenges/{challenge}/send": "who signs in has no session yet; the challenge carries a tag",
    "POST /v1/sessions/challenges/{challenge}/verify": "proven by the second factor",
    "POST /v1/password_resets/{reset_id}/confirm": "proven by the code that was sent",
    "POST /v1/unlocks/{unlock_id}/confirm": "proven by a second factor",
    "POST /v1/loss_reports/{report_id}/confirm": "proven by the code that was sent",
    "POST /v1/payments/{payment_id}/confirm": "whoever is shown a waiting payment may pay it",
    "POST /v1/mandates/{mandate_id}/confirm": "whoever is shown a waiting mandate may agree to it",
    "POST /v1/outlets/{outlet_id}/payments": "whoever scans an outlet's code may pay there",
    "POST /v1/operations/{key}/abandon": "a key is its caller's own: everybody who names it names another operation",
    "GET /checkout/mandates/{mandate_id}": "the page that a customer is sent to",
    "GET /checkout/outlets/{outlet_id}": "what hangs on the outlet's wall, for everybody",
    "GET /v1/reconciliation/{date}": "a date is nobody's: the key alone says whose day it is",
    "GET /checkout/{payment_id}": "the page that a payer is sent to",
    "GET /docs/assets/{name}": "public",
    "GET /docs/errors/{code}": "public",
    "GET /docs/guides/{name}": "public",
}
"""Routes whose id belongs to nobody, and why."""
