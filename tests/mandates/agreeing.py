"""Mandates for tests, made the way real ones are: over HTTP."""

from typing import Any

from dev.client import Answer, Api
from tests.build import PIN, Shop, Someone, cny, key
from tests.shopping import ask as ask_payment


def ask(
    api: Api, shop: Shop, most: int = 100_00, monthly: int = 300_00, *, idem: str | None = None, **fields: Any
) -> Answer:
    """A merchant's request for a standing consent of a reference of its own."""
    body = {
        "description": "Monthly tea",
        "reference": key(),
        "max_per_payment": cny(most),
        "max_per_month": cny(monthly),
        **fields,
    }
    return api.post("/v1/mandates", body, token=shop.key, key=idem or key())


def confirm(
    api: Api, someone: Someone, mandate_id: str, *, pin: str = PIN, idem: str | None = None, **authorization: Any
) -> Answer:
    """A customer's yes."""
    body = {"authorization": authorization or {"pin": pin}}
    return api.post(f"/v1/mandates/{mandate_id}/confirm", body, token=someone.token, key=idem or key())


def a_waiting_mandate(api: Api, shop: Shop, most: int = 100_00, monthly: int = 300_00, **fields: Any) -> Any:
    """A mandate that waits for its customer, as its merchant sees it."""
    return ask(api, shop, most, monthly, **fields).ok(201)


def a_mandate(api: Api, shop: Shop, someone: Someone, most: int = 100_00, monthly: int = 300_00) -> Any:
    """A mandate that may be charged by, as its customer sees it."""
    return confirm(api, someone, a_waiting_mandate(api, shop, most, monthly)["id"]).ok(200)


def charge(
    api: Api, shop: Shop, mandate_id: str, amount: int = 1250, *, idem: str | None = None, **fields: Any
) -> Answer:
    """A merchant charges without asking."""
    return ask_payment(api, shop, amount, idem=idem, mandate_id=mandate_id, **fields)


def end(api: Api, mandate_id: str, token: str) -> Answer:
    """Either side has enough of it."""
    return api.delete(f"/v1/mandates/{mandate_id}", token=token)
