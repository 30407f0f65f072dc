"""Paying by the code on an outlet's wall over HTTP: strangers, repeats and wrong states first."""

from functools import partial
from typing import Any

import pytest

from bench.meter import metered
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Shop, Someone, a_merchant, a_person, balance_of, cny, key, refused
from tests.selling import an_outlet
from tests.shopping import at_once, capture, merchant_balance, pay_at, refund
from tests.signing import a_trusted_phone_of, ask
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


class TestLimits:
    def test_a_code_on_a_wall_takes_less_than_others(
        self, api: Api, cloud: LocalCloud, outlet: Any, ada: Someone
    ) -> None:
        """P34: at a time, in a day, and by PIN alone; whatever is proven."""
        ada, phone = a_trusted_phone_of(api, cloud, ada)

        def signed(amount: int) -> Any:
            asked = ask(api, ada, "outlet_payment", outlet_id=outlet["id"], amount=cny(amount))
            return (
                asked
                if asked.status != 201
                else pay_at(api, ada, outlet["id"], amount, authorization=phone.yes(asked.json))
            )

        required = refused(pay_at(api, ada, outlet["id"], 500_01), 403, "step_up_required")
        assert (required["reason"], required["retry"]) == ("static_code", "same_key")
        problem = refused(pay_at(api, ada, outlet["id"], 2_000_01), 402, "transaction_limit_exceeded")
        assert problem["limit"] == cny(2_000_00)
        refused(signed(2_000_01), 402, "transaction_limit_exceeded")
        pay_at(api, ada, outlet["id"], 500_00).ok(201)
        for _ in range(2):
            signed(2_000_00).ok(201)
        pay_at(api, ada, outlet["id"], 400_00).ok(201)
        refused(pay_at(api, ada, outlet["id"], 100_01), 402, "daily_limit_reached")
        pay_at(api, ada, outlet["id"], 100_00).ok(201)
        assert api.get("/v1/wallet", token=ada.token).ok(200)["limits"]["daily_remaining"] == cny(15_000_00)

    def test_the_days_sum_holds_against_payments_that_come_at_once(
        self, api: Api, cloud: LocalCloud, outlet: Any, ada: Someone
    ) -> None:
        """M30, P34."""
        for _ in range(9):
            pay_at(api, ada, outlet["id"], 500_00).ok(201)
        answers = at_once(api, *[partial(pay_at, someone=ada, outlet_id=outlet["id"], amount=300_00)] * 3)
        assert sorted(each.status for each in answers) == [201, 402, 402], [each.text for each in answers]
        assert balance_of(api, ada) == 10_000_00 - 9 * 500_00 - 300_00

    def test_a_yes_is_for_this_outlet_and_this_amount(
        self, api: Api, cloud: LocalCloud, shop: Shop, outlet: Any, ada: Someone
    ) -> None:
        """A46: another wall's code, or another sum, voids the signature."""
        ada, phone = a_trusted_phone_of(api, cloud, ada)
        elsewhere = an_outlet(api, shop, name="South Gate").ok(201)["id"]
        for place, amount in ((elsewhere, 600_00), (outlet["id"], 600_01)):
            asked = ask(api, ada, "outlet_payment", outlet_id=outlet["id"], amount=cny(600_00)).ok(201)
            proof = phone.yes(asked)
            refused(pay_at(api, ada, place, amount, authorization=proof), 403, "authorization_mismatch")
        assert balance_of(api, ada) == 10_000_00


class TestPaying:
    def test_the_same_request_again_pays_once(
        self, api: Api, cloud: LocalCloud, shop: Shop, outlet: Any, ada: Someone
    ) -> None:
        """M38, M41: also four times at once, and after a refund."""
        idem = key()
        answers = at_once(api, *[partial(pay_at, someone=ada, outlet_id=outlet["id"], idem=idem)] * 4)
        assert len({each.body for each in answers if each.status == 201}) == 1, [each.text for each in answers]
        paid = pay_at(api, ada, outlet["id"], idem=idem)
        refund(api, shop, paid.ok(201)["id"], 1000).ok(201)
        again = pay_at(api, ada, outlet["id"], pin="000001", idem=idem)
        assert (again.body, again.headers["idempotent-replayed"]) == (paid.body, "true")
        assert merchant_balance(cloud, shop) == 1242 - 1000 + 6

    def test_a_payment_is_made_and_paid_in_two_trips_and_one_write(self, api: Api, outlet: Any, ada: Someone) -> None:
        pay_at(api, ada, outlet["id"]).ok(201)
        with metered() as meter:
            paid = pay_at(api, ada, outlet["id"], note="两杯").ok(201)
        assert meter.names == ["BatchGetItem", "TransactWriteItems", "UpdateItem"]
        assert (meter.round_trips, meter.items_in_transactions) == (2, 5)
        assert (paid["status"], paid["note"], paid["outlet_id"]) == ("succeeded", "两杯", outlet["id"])
        assert (paid["order_id"], paid["qr"], paid["description"]) == (None, None, outlet["name"])
