"""How every state of everything that has a life is reached in the sandbox, as docs/sandbox.md tells it; over HTTP.

What an operator does in a deployed wallet, and what waits for time or for a stream, is done by the local cloud.
"""

from collections.abc import Callable
from contextlib import closing
from typing import Any

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests import banking, delaying, freezing, withdrawing
from tests.build import Shop, Someone, a_card, a_merchant, a_person, code_to, key, send, signed_in_again
from tests.handset import a_handset, scan
from tests.mandates import agreeing
from tests.receiver import status
from tests.refunding import DECLINED, LATER, approve, asked, decline, refund_to_card, take_back
from tests.selling import an_outlet, apply
from tests.settling import earn, pay_out, with_account
from tests.shopping import a_paid_payment, a_payment, cancel, confirm
from tests.webhooks.endpoints import an_endpoint, deliveries, receiving

Recipe = Callable[[Api, LocalCloud], Any]
"""Gives the object as its owner sees it at last."""


def _rich(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=3_000_00)


def _top_up(number: str) -> Recipe:
    def recipe(api: Api, cloud: LocalCloud) -> Any:
        ada = a_person(api, cloud)
        made = banking.top_up(api, ada, a_card(api, cloud, ada, number), 100)
        top_up_id = made.json.get("top_up_id") or made.json["id"]
        return api.get(f"/v1/top_ups/{top_up_id}", token=ada.token).ok(200)

    return recipe


def _withdrawal(number: str, *, days: int = 0) -> Recipe:
    def recipe(api: Api, cloud: LocalCloud) -> Any:
        ada, card_id = withdrawing.with_card(api, cloud, number)
        made = withdrawing.withdraw(api, ada, card_id).ok(201)
        for _ in range(days):
            withdrawing.later(cloud, "24h")
        ada = signed_in_again(api, ada) if days else ada
        return withdrawing.shown(api, ada, made["id"])

    return recipe


def _paying(amount: int, **fields: Any) -> Recipe:
    """A payment of an amount, confirmed."""

    def recipe(api: Api, cloud: LocalCloud) -> Any:
        ada, shop = _rich(api, cloud), a_merchant(cloud)
        payment = a_payment(api, shop, amount, **fields)
        confirm(api, ada, payment["id"])
        return api.get(f"/v1/payments/{payment['id']}", token=shop.key).ok(200)

    return recipe


def _canceled_payment(api: Api, cloud: LocalCloud) -> Any:
    shop = a_merchant(cloud)
    return cancel(api, shop, a_payment(api, shop)["id"]).ok(200)


def _card(number: str, *, verified: bool) -> Recipe:
    def recipe(api: Api, cloud: LocalCloud) -> Any:
        ada = a_person(api, cloud)
        card = banking.bind(api, ada, number)
        card_id = card.json["id"]
        if verified:
            banking.verify(api, ada, card_id, code_to(cloud, ada.phone))
        return api.get(f"/v1/cards/{card_id}", token=ada.token).ok(200)

    return recipe


def _application(decide: str, **fields: Any) -> Recipe:
    def recipe(api: Api, cloud: LocalCloud) -> Any:
        ada = a_person(api, cloud)
        made = apply(api, ada, **fields).ok(201)
        if decide:
            reason = {"reason": "the registration number is unknown"} if decide == "decline" else {}
            api.post("/sandbox/operator", {decide: made["id"], **reason}).ok(200)
        return api.get(f"/v1/merchant_applications/{made['id']}", token=ada.token).ok(200)

    return recipe


def _outlet(api: Api, cloud: LocalCloud) -> Any:
    return an_outlet(api, a_merchant(cloud)).ok(201)


def _closed_outlet(api: Api, cloud: LocalCloud) -> Any:
    shop = a_merchant(cloud)
    return api.patch(f"/v1/outlets/{an_outlet(api, shop).ok(201)['id']}", {"status": "closed"}, token=shop.key).ok(200)


def _refund(amount: int) -> Recipe:
    def recipe(api: Api, cloud: LocalCloud) -> Any:
        ada, shop = _rich(api, cloud), a_merchant(cloud)
        made = refund_to_card(api, shop, ada, amount)
        return api.get(f"/v1/refunds/{made['id']}", token=ada.token).ok(200)

    return recipe


def _stopped_refund(api: Api, cloud: LocalCloud) -> Any:
    ada, shop = _rich(api, cloud), a_merchant(cloud)
    request, idem = asked(api, shop, ada, destination="card"), key()
    path, headers = f"/v1/refund_requests/{request['id']}/approve", [("Wallet-Sandbox-Fault", "stop_before_acquirer")]
    headers += [("Authorization", f"Bearer {shop.key}"), ("Idempotency-Key", idem)]
    with closing(Api(api.port)) as plain:
        assert plain.call("POST", path, json={}, headers=headers).status == 504
    refund_id = approve(api, shop, request["id"], idem=idem).ok(200)["refund_id"]
    return api.get(f"/v1/refunds/{refund_id}", token=ada.token).ok(200)


def _balance_refund(api: Api, cloud: LocalCloud) -> Any:
    ada, shop = _rich(api, cloud), a_merchant(cloud)
    payment = a_paid_payment(api, shop, ada)
    return api.post("/v1/refunds", {"payment_id": payment["id"], "reason": "returned"}, token=shop.key, key=key()).ok(
        201
    )


Then = Callable[[Api, LocalCloud, Shop, Someone, str], object]


def _request(then: Then) -> Recipe:
    def recipe(api: Api, cloud: LocalCloud) -> Any:
        ada, shop = _rich(api, cloud), a_merchant(cloud)
        request = asked(api, shop, ada)
        then(api, cloud, shop, ada, request["id"])
        return api.get(f"/v1/refund_requests/{request['id']}", token=shop.key).ok(200)

    return recipe


def _escalated(_api: Api, cloud: LocalCloud, _shop: Shop, _ada: Someone, _request: str) -> None:
    cloud.clock.advance("73h")
    cloud.wallet.refund_requests.escalate_due()


def _payout(amount: int, *, later: str = "") -> Recipe:
    def recipe(api: Api, cloud: LocalCloud) -> Any:
        shop = with_account(cloud, a_merchant(cloud))
        payer = a_person(api, cloud, balance=2_000_00)
        earn(api, cloud, shop, 1_000_00, payer)
        cloud.clock.advance("25h")
        made = pay_out(api, shop, amount).ok(201)
        if later:
            cloud.clock.advance(later)
            cloud.wallet.payouts.settle_due()
        return api.get(f"/v1/payouts/{made['id']}", token=shop.key).ok(200)

    return recipe


def _mandate(then: str) -> Recipe:
    def recipe(api: Api, cloud: LocalCloud) -> Any:
        ada, shop = a_person(api, cloud), a_merchant(cloud)
        mandate = agreeing.a_waiting_mandate(api, shop)["id"]
        if then in ("active", "revoked"):
            agreeing.confirm(api, ada, mandate).ok(200)
        if then == "revoked":
            agreeing.end(api, mandate, ada.token).ok()
        if then == "canceled":
            agreeing.end(api, mandate, shop.key).ok()
        return api.get(f"/v1/mandates/{mandate}", token=shop.key).ok(200)

    return recipe


def _delivery(answer: int, *, hours: int = 0, sent: bool = True) -> Recipe:
    """A test event on its way to a server that answers so."""

    def recipe(api: Api, cloud: LocalCloud) -> Any:
        shop = a_merchant(cloud)
        with receiving(cloud) as server:
            server.usual = status(answer)
            endpoint = an_endpoint(api, shop, server.url)["id"]
            api.post(f"/v1/webhook_endpoints/{endpoint}/test", token=shop.key).ok()
            if sent:
                cloud.pump.drain()
            for _ in range(hours // 3):
                cloud.advance("3h")
            return deliveries(api, shop, endpoint)[0]

    return recipe


def _endpoint(wanted: str) -> Recipe:
    def recipe(api: Api, cloud: LocalCloud) -> Any:
        shop = a_merchant(cloud)
        endpoint = an_endpoint(api, shop)["id"]
        return api.patch(f"/v1/webhook_endpoints/{endpoint}", {"status": wanted}, token=shop.key).ok(200)

    return recipe


def _code_at_till(api: Api, cloud: LocalCloud) -> Any:
    ada, shop = _rich(api, cloud), a_merchant(cloud)
    return scan(api, shop, a_handset(api, cloud, ada).code(), 500_00).ok(201)


def _operation(ask_for: Callable[[Api, LocalCloud, Someone, str], Answer | None]) -> Recipe:
    def recipe(api: Api, cloud: LocalCloud) -> Any:
        ada, idem = a_person(api, cloud), key()
        ask_for(api, cloud, ada, idem)
        return api.get(f"/v1/operations/{idem}", token=ada.token).ok(200)

    return recipe


def _sent(balance: int) -> Callable[[Api, LocalCloud, Someone, str], Answer | None]:
    def ask_for(api: Api, cloud: LocalCloud, ada: Someone, idem: str) -> Answer:
        if balance:
            banking.top_up(api, ada, a_card(api, cloud, ada), balance)
        return send(api, ada, a_person(api, cloud), 100, idem=idem)

    return ask_for


def _unanswered(api: Api, cloud: LocalCloud, ada: Someone, idem: str) -> Answer:
    return banking.top_up(api, ada, a_card(api, cloud, ada, banking.LATER_APPROVES), 100, idem=idem)


def _abandoned(api: Api, _cloud: LocalCloud, ada: Someone, idem: str) -> Answer:
    return api.post(f"/v1/operations/{idem}/abandon", token=ada.token)


RECIPES: dict[tuple[str, str], Recipe] = {
    ("payment", "requires_confirmation"): lambda api, cloud: a_payment(api, a_merchant(cloud)),
    ("payment", "requires_action"): _code_at_till,
    ("payment", "processing"): _paying(777_04),
    ("payment", "authorized"): _paying(1250, capture="manual"),
    ("payment", "succeeded"): _paying(1250),
    ("payment", "failed"): _paying(777_01),
    ("payment", "canceled"): _canceled_payment,
    ("top_up", "processing"): _top_up(banking.LATER_APPROVES),
    ("top_up", "requires_action"): _top_up(banking.NEEDS_CODE),
    ("top_up", "succeeded"): _top_up(banking.APPROVES),
    ("top_up", "failed"): _top_up(banking.DECLINES),
    ("withdrawal", "processing"): _withdrawal(withdrawing.LATER_TAKES),
    ("withdrawal", "succeeded"): _withdrawal(withdrawing.TAKES),
    ("withdrawal", "failed"): _withdrawal(withdrawing.DECLINES),
    ("withdrawal", "returned"): _withdrawal(withdrawing.RETURNS, days=3),
    ("transfer", "scheduled"): delaying.becomes(lambda *_: None),
    ("transfer", "succeeded"): delaying.becomes(lambda *_: None, later="2h"),
    ("transfer", "canceled"): delaying.becomes(
        lambda api, ada, _, transfer: delaying.take_back(api, ada, transfer).ok(200)
    ),
    ("transfer", "failed"): delaying.becomes(lambda api, _, bo, __: freezing.freeze(api, bo).ok(201), later="2h"),
    ("card", "verification_required"): _card(banking.APPROVES, verified=False),
    ("card", "active"): _card(banking.APPROVES, verified=True),
    ("card", "verification_failed"): _card(banking.UNVERIFIABLE, verified=True),
    ("refund", "created"): _stopped_refund,
    ("refund", "pending"): _refund(LATER),
    ("refund", "succeeded"): _balance_refund,
    ("refund", "failed"): _refund(DECLINED),
    ("refund_request", "open"): _request(lambda *_: None),
    ("refund_request", "approved"): _request(lambda api, _, shop, __, request: approve(api, shop, request).ok(200)),
    ("refund_request", "declined"): _request(lambda api, _, shop, __, request: decline(api, shop, request).ok(200)),
    ("refund_request", "canceled"): _request(lambda api, _, __, ada, request: take_back(api, ada, request).ok(200)),
    ("refund_request", "escalated"): _request(_escalated),
    ("payout", "processing"): _payout(888_02),
    ("payout", "paid"): _payout(500_00),
    ("payout", "failed"): _payout(888_01),
    ("payout", "returned"): _payout(888_04, later="72h"),
    ("mandate", "requires_confirmation"): _mandate(""),
    ("mandate", "active"): _mandate("active"),
    ("mandate", "revoked"): _mandate("revoked"),
    ("mandate", "canceled"): _mandate("canceled"),
    ("merchant_application", "incomplete"): _application("", settlement_account=None),
    ("merchant_application", "pending"): _application(""),
    ("merchant_application", "approved"): _application("approve"),
    ("merchant_application", "declined"): _application("decline"),
    ("outlet", "active"): _outlet,
    ("outlet", "closed"): _closed_outlet,
    ("webhook_endpoint", "enabled"): _endpoint("enabled"),
    ("webhook_endpoint", "disabled"): _endpoint("disabled"),
    ("delivery", "pending"): _delivery(200, sent=False),
    ("delivery", "retrying"): _delivery(500),
    ("delivery", "succeeded"): _delivery(200),
    ("delivery", "failed"): _delivery(500, hours=120),
    ("operation", "processing"): _operation(_unanswered),
    ("operation", "succeeded"): _operation(_sent(500_00)),
    ("operation", "refused"): _operation(_sent(0)),
    ("operation", "abandoned"): _operation(_abandoned),
}
"""By machine and state."""
