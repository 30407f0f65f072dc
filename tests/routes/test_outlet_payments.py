"""Paying by the code on an outlet's wall over HTTP: strangers, repeats and wrong states first."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Shop, Someone, a_merchant, a_person, balance_of, cny, key, refused
from tests.selling import an_outlet
from tests.shopping import capture, pay_at, refund
from tests.signing import ask
from wallet_api.ids import new_id
from wallet_api.ledger import chart


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def outlet(api: Api, shop: Shop) -> Any:
    return an_outlet(api, shop).ok(201)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud, shop: Shop) -> Someone:
    return a_person(api, cloud, balance=10_000_00)


class TestStrangers:
    def test_an_outlet_that_is_not_there_is_not_paid(self, api: Api, cloud: LocalCloud, ada: Someone) -> None:
        for unknown in (new_id("out", cloud.clock.now()), "out_1", ada.id):
            refused(pay_at(api, ada, unknown), 404, "not_found")

    def test_a_server_does_not_pay(self, api: Api, shop: Shop, outlet: Any) -> None:
        """P4."""
        body = {"amount": cny(1), "authorization": {"pin": PIN}}
        answer = api.post(f"/v1/outlets/{outlet['id']}/payments", body, token=shop.key, key=key())
        refused(answer, 403, "wrong_caller")

    def test_each_side_finds_its_own_and_nobody_elses(
        self, api: Api, cloud: LocalCloud, shop: Shop, outlet: Any, ada: Someone
    ) -> None:
        """P1."""
        paid = pay_at(api, ada, outlet["id"]).ok(201)
        path, bo, other = f"/v1/payments/{paid['id']}", a_person(api, cloud), a_merchant(cloud)
        for token in (bo.token, other.key):
            refused(api.get(path, token=token), 404, "not_found")
        assert api.get(path, token=ada.token).ok(200) == paid
        assert api.get(path, token=shop.key).ok(200)["total"] == cny(1242)
        assert [each["id"] for each in api.get("/v1/payments", token=shop.key).ok(200)["data"]] == [paid["id"]]


class TestStates:
    def test_a_closed_outlet_and_a_suspended_merchant_are_paid_nothing(
        self, api: Api, cloud: LocalCloud, shop: Shop, outlet: Any, ada: Someone
    ) -> None:
        path = f"/v1/outlets/{outlet['id']}"
        api.patch(path, {"status": "closed"}, token=shop.key).ok(200)
        refused(pay_at(api, ada, outlet["id"]), 402, "outlet_closed")
        refused(ask(api, ada, "outlet_payment", outlet_id=outlet["id"], amount=cny(1)), 402, "outlet_closed")
        refused(api.post("/v1/scans", {"qr": outlet["qr"]}, token=ada.token), 402, "outlet_closed")
        api.patch(path, {"status": "active"}, token=shop.key).ok(200)
        cloud.wallet.merchants.suspend(shop.id)
        refused(pay_at(api, ada, outlet["id"]), 402, "merchant_unavailable")
        assert balance_of(api, ada) == 10_000_00

    def test_a_frozen_wallet_pays_nothing(self, api: Api, world: Any, outlet: Any, ada: Someone) -> None:
        """M5, M7."""
        world.set_status(chart.customer(ada.id), "frozen")
        refused(pay_at(api, ada, outlet["id"]), 402, "wallet_frozen")

    def test_what_is_paid_at_an_outlet_is_refunded_and_not_captured(
        self, api: Api, shop: Shop, outlet: Any, ada: Someone
    ) -> None:
        paid = pay_at(api, ada, outlet["id"]).ok(201)["id"]
        refused(capture(api, shop, paid), 409, "payment_already_paid")
        refund(api, shop, paid).ok(201)
        assert balance_of(api, ada) == 10_000_00
