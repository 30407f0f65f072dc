"""Payments and refunds for tests, made the way real ones are: over HTTP."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Shop, Someone, cny, key
from wallet_api.ledger import chart
from wallet_api.ledger.verify import verify


def ask(api: Api, shop: Shop, amount: int = 1250, *, idem: str | None = None, **fields: Any) -> Answer:
    """A merchant's request for a payment of an order of its own."""
    body = {"amount": cny(amount), "description": "乌龙茶", "order_id": key(), **fields}
    return api.post("/v1/payments", body, token=shop.key, key=idem or key())


def a_payment(api: Api, shop: Shop, amount: int = 1250, **fields: Any) -> Any:
    """A payment that waits for its customer."""
    return ask(api, shop, amount, **fields).ok(201)


def confirm(
    api: Api, someone: Someone, payment_id: str, *, pin: str = PIN, idem: str | None = None, **more: Any
) -> Answer:
    """A customer's yes."""
    body = {"authorization": {"pin": pin}, **more}
    return api.post(f"/v1/payments/{payment_id}/confirm", body, token=someone.token, key=idem or key())


def cancel(api: Api, shop: Shop, payment_id: str, *, idem: str | None = None) -> Answer:
    """A merchant's second thought."""
    return api.post(f"/v1/payments/{payment_id}/cancel", token=shop.key, key=idem or key())


def capture(api: Api, shop: Shop, payment_id: str, amount: int | None = None, *, idem: str | None = None) -> Answer:
    """A merchant takes what was set aside; without an amount, all of it."""
    body = {} if amount is None else {"amount": cny(amount)}
    return api.post(f"/v1/payments/{payment_id}/capture", body, token=shop.key, key=idem or key())


def an_authorized_payment(api: Api, shop: Shop, someone: Someone, amount: int = 1250) -> Any:
    """A payment whose money is set aside, as the customer sees it."""
    payment = a_payment(api, shop, amount, capture="manual")
    return confirm(api, someone, payment["id"]).ok(200)


def a_paid_payment(api: Api, shop: Shop, someone: Someone, amount: int = 1250) -> Any:
    """A payment that a customer confirmed, as the merchant sees it."""
    payment = a_payment(api, shop, amount)
    confirm(api, someone, payment["id"]).ok(200)
    return api.get(f"/v1/payments/{payment['id']}", token=shop.key).ok(200)


def refund(
    api: Api, shop: Shop, payment_id: str, amount: int | None = None, *, idem: str | None = None, **fields: Any
) -> Answer:
    """Money back; without an amount, all that is left."""
    body = {"payment_id": payment_id, "reason": "returned", **fields}
    if amount is not None:
        body["amount"] = cny(amount)
    return api.post("/v1/refunds", body, token=shop.key, key=idem or key())


def at_once(api: Api, *calls: Callable[[Api], Answer]) -> list[Answer]:
    """All calls at the same moment, each on a connection of its own."""

    def made(call: Callable[[Api], Answer]) -> Answer:
        client = api.fresh()
        try:
            return call(client)
        finally:
            client.close()

    with ThreadPoolExecutor(len(calls)) as crowd:
        return list(crowd.map(made, calls))


def folded(cloud: LocalCloud, account: str) -> int:
    """A busy account's CNY balance once the stream is read to its end; the whole ledger is checked on the way."""
    cloud.pump.drain()
    assert verify(cloud.wallet.ledger).findings == []
    return int(cloud.wallet.ledger.accounts.require(account).balance("CNY").amount)


def merchant_balance(cloud: LocalCloud, shop: Shop) -> int:
    """What the wallet owes the merchant."""
    return folded(cloud, chart.merchant(shop.id))


def pay_at(
    api: Api,
    someone: Someone,
    outlet_id: str,
    amount: int = 1250,
    *,
    pin: str = PIN,
    idem: str | None = None,
    **more: Any,
) -> Answer:
    """A customer pays what they typed at the code on a wall."""
    body = {"amount": cny(amount), "authorization": {"pin": pin}, **more}
    return api.post(f"/v1/outlets/{outlet_id}/payments", body, token=someone.token, key=idem or key())
