"""Charging by a mandate: within it, at once, and with nothing told of the customer that a merchant may not know; over HTTP."""

from functools import partial
from typing import Any

import pytest

from bench.meter import metered
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, balance_of, cny, key, refused, send
from tests.mandates.agreeing import a_mandate, a_waiting_mandate, charge, end
from tests.shopping import at_once, merchant_balance, refund
from wallet_api.ledger import chart
from wallet_api.ledger.limits import limits_of


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=500_00)


@pytest.fixture
def mandate(api: Api, shop: Shop, ada: Someone) -> Any:
    return a_mandate(api, shop, ada)


class TestWhoMayCharge:
    def test_another_merchant_is_told_what_it_is_told_of_none(self, api: Api, cloud: LocalCloud, mandate: Any) -> None:
        """P1, P24."""
        other = a_merchant(cloud)
        refused(charge(api, other, mandate["id"]), 404, "not_found")
        refused(charge(api, other, mandate["id"][:-4] + "0000"), 404, "not_found")
        refused(charge(api, other, "pay_x"), 404, "not_found")

    def test_a_suspended_one_charges_nothing(self, api: Api, cloud: LocalCloud, shop: Shop, mandate: Any) -> None:
        cloud.wallet.merchants.suspend(shop.id)
        refused(charge(api, shop, mandate["id"]), 403, "merchant_suspended")

    def test_before_the_yes_nobody_does(self, api: Api, shop: Shop) -> None:
        refused(charge(api, shop, a_waiting_mandate(api, shop)["id"]), 409, "mandate_not_confirmed")


class TestOnce:
    def test_the_same_key_again_charges_nothing_more(self, api: Api, shop: Shop, ada: Someone, mandate: Any) -> None:
        """M1."""
        idem, order = key(), key()
        first = charge(api, shop, mandate["id"], idem=idem, order_id=order)
        again = charge(api, shop, mandate["id"], idem=idem, order_id=order)
        assert (again.json, again.headers["idempotent-replayed"]) == (first.ok(201), "true")
        assert balance_of(api, ada) == 500_00 - 1250

    def test_an_order_is_charged_once_under_whatever_key(
        self, api: Api, shop: Shop, ada: Someone, mandate: Any
    ) -> None:
        first = charge(api, shop, mandate["id"], order_id="17").ok(201)
        assert (
            refused(charge(api, shop, mandate["id"], order_id="17"), 409, "order_id_taken")["payment_id"] == first["id"]
        )
        assert balance_of(api, ada) == 500_00 - 1250

    def test_a_refusal_replays_and_leaves_the_order_free(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, mandate: Any
    ) -> None:
        """M2: the refused key stays refused; a new one may try the order again once there is money."""
        bo, idem = a_person(api, cloud), key()
        send(api, ada, bo, 495_00).ok(201)
        short = refused(charge(api, shop, mandate["id"], idem=idem, order_id="17"), 402, "payment_declined")
        assert short["decline_code"] == "insufficient_funds"
        assert "needed" not in short
        send(api, bo, ada, 495_00).ok(201)
        assert charge(api, shop, mandate["id"], idem=idem, order_id="17").json == short
        charge(api, shop, mandate["id"], order_id="17").ok(201)

    def test_at_the_months_limit_as_many_as_fit_pass(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, mandate: Any
    ) -> None:
        """M32: six at once of 100.00 by a mandate of 300.00 a month, the very first charge among them."""
        answers = at_once(api, *[partial(charge, shop=shop, mandate_id=mandate["id"], amount=100_00) for _ in range(6)])
        assert sorted(each.status for each in answers) == [201] * 3 + [402] * 3
        assert {each.json["code"] for each in answers if each.status == 402} == {"mandate_limit_exceeded"}
        assert (balance_of(api, ada), merchant_balance(cloud, shop)) == (200_00, 298_20)


class TestLimits:
    def test_the_first_charge_is_bound_as_well(self, api: Api, shop: Shop, mandate: Any) -> None:
        problem = refused(charge(api, shop, mandate["id"], 100_01), 402, "mandate_limit_exceeded")
        assert (problem["left"], problem["decline_code"]) == (cny(100_00), "mandate_limit_exceeded")

    def test_a_month_begins_anew_in_china(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, mandate: Any
    ) -> None:
        for _ in range(3):
            charge(api, shop, mandate["id"], 100_00).ok(201)
        refused(charge(api, shop, mandate["id"], 1), 402, "mandate_limit_exceeded")
        cloud.clock.advance("31d")
        charge(api, shop, mandate["id"], 100_00).ok(201)
        seen = api.get(f"/v1/mandates/{mandate['id']}", token=shop.key).ok(200)
        assert seen["charged_this_month"] == cny(100_00)

    def test_the_customers_own_limits_hold_and_are_not_told(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
    ) -> None:
        """M30: charges count against the day like everything else; the merchant learns that it is a limit, not which."""
        account = chart.customer(ada.id)
        daily = limits_of("basic", "CNY").daily.amount
        by = a_mandate(api, shop, ada)
        charge(api, shop, by["id"], 1_00).ok(201)
        items = cloud.wallet.ledger.account_items
        with cloud.wallet.storage.atomic_write() as write:
            write.update(items(account, "balance"), [items.spent["CNY"].set(daily - 99)])
        problem = refused(charge(api, shop, by["id"], 1_00), 402, "payment_declined")
        assert problem["decline_code"] == "limit_exceeded"
        assert "limit" not in problem
        charge(api, shop, by["id"], 99).ok(201)

    def test_another_currency_and_a_hold_are_refused(self, api: Api, shop: Shop, mandate: Any) -> None:
        body = {
            "amount": {"amount": 1, "currency": "USD"},
            "description": "x",
            "order_id": key(),
            "mandate_id": mandate["id"],
        }
        answer = api.post("/v1/payments", body, token=shop.key, key=key())
        assert refused(answer, 409, "mandate_currency_differs")["currency"] == "CNY"
        problem = refused(charge(api, shop, mandate["id"], capture="manual"), 422, "invalid_request")
        assert [each["pointer"] for each in problem["errors"]] == ["/capture"]


class TestTheWalletBehindIt:
    def test_a_frozen_one_pays_nothing_and_goes_on_afterwards(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, mandate: Any
    ) -> None:
        """A39: a freeze suspends, it does not end; and the merchant is not told that there is one."""
        accounts, account = cloud.wallet.ledger.accounts, chart.customer(ada.id)
        with cloud.wallet.storage.atomic_write() as write:
            accounts.freeze(account, write)
        problem = refused(charge(api, shop, mandate["id"]), 402, "payment_declined")
        assert problem["decline_code"] == "declined_by_wallet"
        assert "frozen" not in str(problem)
        assert api.get(f"/v1/mandates/{mandate['id']}", token=ada.token).ok(200)["suspended"] is True
        with cloud.wallet.storage.atomic_write() as write:
            accounts.unfreeze(account, write)
        charge(api, shop, mandate["id"]).ok(201)

    def test_an_ended_mandate_tells_nothing_of_the_wallet(
        self, api: Api, shop: Shop, ada: Someone, cloud: LocalCloud
    ) -> None:
        """Whoever lost the consent cannot learn by it whether there is money."""
        poor = a_person(api, cloud)
        mandate = a_mandate(api, shop, poor)
        end(api, mandate["id"], poor.token).ok(200)
        refused(charge(api, shop, mandate["id"]), 402, "mandate_revoked")

    def test_signing_out_changes_nothing(self, api: Api, shop: Shop, ada: Someone, mandate: Any) -> None:
        api.delete("/v1/sessions/current", token=ada.token).ok()
        charge(api, shop, mandate["id"]).ok(201)


class TestAfterwards:
    def test_it_is_refunded_like_any_payment_and_named(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, mandate: Any
    ) -> None:
        paid = charge(api, shop, mandate["id"]).ok(201)
        assert (paid["status"], paid["mandate_id"], paid["qr"], paid["checkout_url"]) == (
            "succeeded",
            mandate["id"],
            None,
            None,
        )
        refund(api, shop, paid["id"]).ok(201)
        assert balance_of(api, ada) == 500_00
        assert merchant_balance(cloud, shop) == 0
        mine = api.get(f"/v1/payments/{paid['id']}", token=ada.token).ok(200)
        assert (mine["amount_refunded"], mine["mandate_id"]) == (cny(1250), mandate["id"])

    def test_the_customer_is_told_of_every_charge(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, mandate: Any
    ) -> None:
        """By a line in their inbox, and of the mandate itself."""
        paid = [charge(api, shop, mandate["id"]).ok(201)["id"] for _ in range(2)]
        cloud.pump.drain()
        told = api.get("/v1/notifications", token=ada.token).ok(200)["data"]
        assert {each["data"]["id"] for each in told if each["type"] == "payment.succeeded"} == set(paid)
        assert "mandate.confirmed" in {each["type"] for each in told}

    def test_a_charge_is_three_trips_whatever_was_charged_before(
        self, api: Api, shop: Shop, ada: Someone, mandate: Any
    ) -> None:
        charge(api, shop, mandate["id"]).ok(201)
        with metered() as meter:
            charge(api, shop, mandate["id"]).ok(201)
        assert meter.round_trips <= 3
        (transaction,) = meter.transactions
        assert len(transaction) == 7
