"""Customers who want their money back, in tests: the requests that most of them begin with, over HTTP."""

from typing import Any

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, cny, key
from tests.shopping import a_paid_payment

LOST, DECLINED, LATER, LATER_DECLINED, SILENT, SILENT_DECLINED = 888_06, 888_01, 888_02, 888_03, 888_04, 888_05
"""What the sandbox's bank does with amounts that are sent to a card."""


def ask_back(
    api: Api, someone: Someone, payment_id: str, amount: int | None = None, *, idem: str | None = None, **fields: Any
) -> Answer:
    """A customer asks; without an amount, for all that is left."""
    body = {"payment_id": payment_id, "reason": "damaged", **fields}
    if amount is not None:
        body["amount"] = cny(amount)
    return api.post("/v1/refund_requests", body, token=someone.token, key=idem or key())


def approve(api: Api, shop: Shop, request_id: str, amount: int | None = None, *, idem: str | None = None) -> Answer:
    """A merchant says yes; without an amount, to all that was asked for."""
    body = {} if amount is None else {"amount": cny(amount)}
    return api.post(f"/v1/refund_requests/{request_id}/approve", body, token=shop.key, key=idem or key())


def decline(api: Api, shop: Shop, request_id: str, reason: str = "It was used") -> Answer:
    """A merchant says no."""
    return api.post(f"/v1/refund_requests/{request_id}/decline", {"reason": reason}, token=shop.key)


def take_back(api: Api, someone: Someone, request_id: str) -> Answer:
    """A customer's second thought."""
    return api.post(f"/v1/refund_requests/{request_id}/cancel", token=someone.token)


def asked(api: Api, shop: Shop, someone: Someone, amount: int = 1250, **fields: Any) -> Any:
    """An open request for all of a new payment."""
    payment = a_paid_payment(api, shop, someone, amount)
    return ask_back(api, someone, payment["id"], **fields).ok(201)


def refund_to_card(api: Api, shop: Shop, someone: Someone, amount: int = 1250, **fields: Any) -> Any:
    """An approved refund of a new payment to a card, as its customer sees it then."""
    request = asked(api, shop, someone, amount, destination="card", **fields)
    refund_id = approve(api, shop, request["id"]).ok(200)["refund_id"]
    return api.get(f"/v1/refunds/{refund_id}", token=someone.token).ok(200)


def settle(cloud: LocalCloud, hours: int = 2) -> None:
    """Time passes, and the schedule runs."""
    cloud.clock.advance(f"{hours}h")
    cloud.wallet.refunds.settle_due()


def steps_of(shown: Any) -> list[str]:
    """What happened, by name."""
    return [step["what"] for step in shown["timeline"]]
