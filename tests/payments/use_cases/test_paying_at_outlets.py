"""What a payment by a code on a wall may take, and what it costs; over HTTP."""

from functools import partial
from typing import Any

import pytest

from bench.meter import metered
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, balance_of, cny, key, refused
from tests.selling import an_outlet
from tests.shopping import at_once, merchant_balance, pay_at, refund
from tests.signing import a_trusted_phone_of, ask


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def outlet(api: Api, shop: Shop) -> Any:
    return an_outlet(api, shop).ok(201)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud, shop: Shop) -> Someone:
    return a_person(api, cloud, balance=10_000_00)


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
        assert api.get("/v1/wallet", token=ada.token).ok(200)["limits"]["daily"]["remaining"] == cny(15_000_00)

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
