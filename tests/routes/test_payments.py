"""Payments over HTTP: strangers and repeats first, then merchants and customers."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Shop, Someone, a_merchant, a_person, balance_of, cny, key, refused
from tests.shopping import a_paid_payment, a_payment, ask, cancel, confirm, merchant_balance
from wallet_api.ids import new_id
from wallet_api.ledger import chart


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud, shop: Shop) -> Someone:
    return a_person(api, cloud, balance=100_00)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud, shop: Shop) -> Someone:
    return a_person(api, cloud, balance=100_00)


class TestStrangers:
    def test_somebody_elses_payment_is_as_missing_as_none(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, bo: Someone
    ) -> None:
        """P1: the other customer, the other merchant and a made-up id get the same answer."""
        payment, other = a_paid_payment(api, shop, ada), a_merchant(cloud)
        unknown = new_id("pay", cloud.clock.now())
        for payment_id in (payment["id"], unknown, "pay_1", payment["id"].lower()):
            for token in (bo.token, other.key):
                refused(api.get(f"/v1/payments/{payment_id}", token=token), 404, "not_found")
            refused(cancel(api, other, payment_id), 404, "not_found")
        refused(confirm(api, ada, unknown), 404, "not_found")
        assert api.get(f"/v1/payments?order_id={payment['order_id']}", token=other.key).ok(200)["data"] == []
        assert api.get("/v1/payments", token=other.key).ok(200)["data"] == []

    def test_a_payment_that_a_customer_has_not_paid_is_not_theirs(self, api: Api, shop: Shop, ada: Someone) -> None:
        refused(api.get(f"/v1/payments/{a_payment(api, shop)['id']}", token=ada.token), 404, "not_found")

    def test_each_caller_has_only_their_own_calls(self, api: Api, shop: Shop, ada: Someone) -> None:
        """P4."""
        payment_id = a_payment(api, shop)["id"]
        as_customer, as_shop = {"token": ada.token, "key": key()}, {"token": shop.key, "key": key()}
        yes = {"authorization": {"pin": "000000"}}
        refused(api.post(f"/v1/payments/{payment_id}/confirm", yes, **as_shop), 403, "wrong_caller")
        refused(api.post(f"/v1/payments/{payment_id}/cancel", **as_customer), 403, "wrong_caller")
        order = {"amount": cny(1), "description": "tea", "order_id": "1"}
        refused(api.post("/v1/payments", order, **as_customer), 403, "wrong_caller")
        refused(api.get("/v1/payments", token=ada.token), 403, "wrong_caller")
        refused(api.post(f"/v1/payments/{payment_id}/confirm", yes, key=key()), 401, "not_authenticated")

    def test_a_wrong_pin_moves_nothing_and_the_same_key_may_try_again(self, api: Api, shop: Shop, ada: Someone) -> None:
        payment_id, idem = a_payment(api, shop)["id"], key()
        problem = refused(confirm(api, ada, payment_id, pin="000001", idem=idem), 403, "wrong_payment_pin")
        assert (problem["retry"], problem["attempts_left"]) == ("same_key", 4)
        assert confirm(api, ada, payment_id, idem=idem).ok(200)["status"] == "succeeded"


class TestStates:
    def test_a_paid_payment_cannot_be_paid_or_canceled_again(
        self, api: Api, shop: Shop, ada: Someone, bo: Someone
    ) -> None:
        payment_id = a_paid_payment(api, shop, ada)["id"]
        refused(confirm(api, ada, payment_id), 409, "payment_already_paid")
        refused(confirm(api, bo, payment_id), 409, "payment_paid_by_another")
        refused(cancel(api, shop, payment_id), 409, "payment_already_paid")
        assert balance_of(api, ada) == 100_00 - 1250

    def test_a_canceled_payment_cannot_be_paid(self, api: Api, shop: Shop, ada: Someone) -> None:
        payment_id, idem = a_payment(api, shop)["id"], key()
        canceled = cancel(api, shop, payment_id, idem=idem)
        assert canceled.ok(200)["cancellation_reason"] == "requested_by_merchant"
        assert cancel(api, shop, payment_id, idem=idem).body == canceled.body
        refused(cancel(api, shop, payment_id), 409, "payment_canceled")
        refused(confirm(api, ada, payment_id), 409, "payment_canceled")

    def test_a_payment_expires_by_the_clock_and_is_canceled_then(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
    ) -> None:
        """P33: no job has to run; nobody pays or cancels it any more, and its order stays taken."""
        payment = a_payment(api, shop)
        cloud.clock.advance("15m")
        renewed = api.post("/v1/sessions/refresh", {"refresh_token": ada.refresh_token}).ok(200)
        ada.token = renewed["session"]["access_token"]
        problem = refused(confirm(api, ada, payment["id"]), 409, "payment_expired")
        assert problem["expired_at"] == payment["expires_at"]
        refused(cancel(api, shop, payment["id"]), 409, "payment_expired")
        shown = api.get(f"/v1/payments/{payment['id']}", token=shop.key).ok(200)
        assert (shown["status"], shown["cancellation_reason"]) == ("canceled", "expired")
        assert shown["canceled_at"] == payment["expires_at"]
        refused(ask(api, shop, order_id=payment["order_id"]), 409, "order_id_taken")

    def test_a_frozen_wallet_pays_nothing(
        self, api: Api, cloud: LocalCloud, world: Any, shop: Shop, ada: Someone
    ) -> None:
        """M5, M7: the state is a positive condition in the debit's own write."""
        world.set_status(chart.customer(ada.id), "frozen")
        refused(confirm(api, ada, a_payment(api, shop)["id"]), 402, "wallet_frozen")

    def test_a_suspended_merchants_open_payment_is_not_paid_any_more(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
    ) -> None:
        """Its standing is read in the first trip, found from the payment's id; what is paid stays paid."""
        paid, payment_id = a_paid_payment(api, shop, ada)["id"], a_payment(api, shop)["id"]
        cloud.wallet.merchants.suspend(shop.id)
        refused(confirm(api, ada, payment_id), 402, "merchant_unavailable")
        body = {"operation": "payment", "fields": {"payment_id": payment_id}, "pin": PIN}
        refused(api.post("/v1/authorizations", body, token=ada.token), 402, "merchant_unavailable")
        assert api.get(f"/v1/payments/{paid}", token=ada.token).ok(200)["status"] == "succeeded"
        assert balance_of(api, ada) == 100_00 - 1250
        cloud.wallet.merchants.reinstate(shop.id)
        confirm(api, ada, payment_id).ok(200)


class TestBodies:
    @pytest.mark.parametrize(
        ("field", "value", "pointer", "code"),
        [
            ("amount", {"amount": 0, "currency": "CNY"}, "/amount/amount", "too_small"),
            ("amount", {"amount": -1, "currency": "CNY"}, "/amount/amount", "too_small"),
            ("amount", {"amount": 1.0, "currency": "CNY"}, "/amount/amount", "wrong_type"),
            ("amount", {"amount": True, "currency": "CNY"}, "/amount/amount", "wrong_type"),
            ("amount", {"amount": "100", "currency": "CNY"}, "/amount/amount", "wrong_type"),
            ("amount", {"amount": 10**12, "currency": "CNY"}, "/amount/amount", "too_large"),
            ("amount", {"amount": 1, "currency": "XBT"}, "/amount/currency", "unknown_value"),
            ("amount", {"amount": 1, "currency": "cny"}, "/amount/currency", "wrong_format"),
            ("capture", "later", "/capture", "unknown_value"),
            ("capture", 0, "/capture", "wrong_type"),
            ("payment_code", "28123456789012345", "/payment_code", "wrong_format"),
            ("description", "", "/description", "too_short"),
            ("description", "a\nb", "/description", "wrong_format"),
            ("order_id", "x" * 65, "/order_id", "too_long"),
            ("metadata", {"a": 1}, "/metadata/a", "wrong_type"),
            ("metadata", {str(n): "x" for n in range(21)}, "/metadata", "too_long"),
            ("fee", {"amount": 0, "currency": "CNY"}, "/fee", "unknown_field"),
            ("status", "succeeded", "/status", "unknown_field"),
        ],
    )
    def test_a_field_that_is_not_acceptable_is_named(
        self, api: Api, shop: Shop, field: str, value: Any, pointer: str, code: str
    ) -> None:
        """M25, P2."""
        body = {"amount": cny(1250), "description": "tea", "order_id": "17", field: value}
        problem = refused(api.post("/v1/payments", body, token=shop.key, key=key()), 422, "invalid_request")
        assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [(pointer, code)]

    def test_a_coupon_is_not_offered(self, api: Api, shop: Shop, ada: Someone) -> None:
        answer = confirm(api, ada, a_payment(api, shop)["id"], coupon_id="cou_1")
        assert refused(answer, 422, "invalid_request")["errors"][0]["pointer"] == "/coupon_id"

    @pytest.mark.parametrize(
        ("said", "capture"),
        [(True, "automatic"), ("automatic", "automatic"), (False, "manual"), ("manual", "manual")],
    )
    def test_capture_may_be_said_in_two_ways(self, api: Api, shop: Shop, said: bool | str, capture: str) -> None:
        assert ask(api, shop, capture=said).ok(201)["capture"] == capture


class TestPaying:
    def test_a_merchant_asks_and_a_customer_pays(self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
        """D2, M4: both sides see it, each their own figures; the fee is the merchant's."""
        made = ask(api, shop, metadata={"table": "7"}, order_id="17").ok(201)
        assert (made["object"], made["status"], made["amount"]) == ("payment", "requires_confirmation", cny(1250))
        assert made["merchant"] == {"id": shop.id, "name": "Tea House"}
        assert made["checkout_url"].endswith(f"/checkout/{made['id']}")
        assert (made["fee"], made["total"], made["paid_at"]) == (None, None, None)
        paid = confirm(api, ada, made["id"]).ok(200)
        assert (paid["status"], paid["fee"], paid["total"]) == ("succeeded", cny(0), cny(1250))
        assert (paid["qr"], paid["metadata"], paid["checkout_url"]) == (None, None, None)
        assert api.get(f"/v1/payments/{made['id']}", token=ada.token).ok(200) == paid
        seen = api.get(f"/v1/payments/{made['id']}", token=shop.key).ok(200)
        assert (seen["fee"], seen["total"], seen["metadata"]) == (cny(8), cny(1242), {"table": "7"})
        assert seen["qr"] == made["qr"]
        assert balance_of(api, ada) == 100_00 - 1250
        assert merchant_balance(cloud, shop) == 1242

    def test_nobody_learns_who_the_other_side_is_beyond_its_registered_name(
        self, api: Api, shop: Shop, ada: Someone
    ) -> None:
        """P2: the merchant learns neither the customer's id nor their phone."""
        payment_id = a_paid_payment(api, shop, ada)["id"]
        text = api.get(f"/v1/payments/{payment_id}", token=shop.key).text
        assert ada.id not in text
        assert ada.phone not in text

    def test_an_order_is_found_by_the_merchants_own_name_for_it(self, api: Api, shop: Shop, ada: Someone) -> None:
        payment = a_payment(api, shop, order_id="A/17 b")
        confirm(api, ada, payment["id"]).ok(200)
        found = api.get("/v1/payments?order_id=A%2F17%20b", token=shop.key).ok(200)
        assert [(each["id"], each["status"]) for each in found["data"]] == [(payment["id"], "succeeded")]
        assert found["next_cursor"] is None
        assert api.get("/v1/payments?order_id=other", token=shop.key).ok(200)["data"] == []

    def test_a_merchant_lists_its_payments_newest_first_in_pages(self, api: Api, cloud: LocalCloud, shop: Shop) -> None:
        made = []
        for _ in range(7):
            made.append(a_payment(api, shop)["id"])
            cloud.clock.advance(1)
        seen, cursor = [], ""
        for _ in range(5):
            page = api.get(f"/v1/payments?limit=3{cursor}", token=shop.key).ok(200)
            seen += [each["id"] for each in page["data"]]
            if page["next_cursor"] is None:
                break
            a_payment(api, shop)
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == made[::-1]

    def test_a_list_reaches_back_over_months_and_empty_years(self, api: Api, cloud: LocalCloud, shop: Shop) -> None:
        made = [a_payment(api, shop)["id"]]
        for days in ("40d", "800d"):
            cloud.clock.advance(days)
            made.append(a_payment(api, shop)["id"])
        seen: list[str] = []
        cursor: str | None = ""
        pages = 0
        while cursor is not None:
            page = api.get(f"/v1/payments?limit=2{cursor}", token=shop.key).ok(200)
            seen += [each["id"] for each in page["data"]]
            cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
            pages += 1
        assert seen == made[::-1]
        assert 2 <= pages <= 5

    @pytest.mark.parametrize("cursor", ["x", "cGF5XzE", "dXNyXzAxS0FNUzNRMFY1VDFDOUQ5U1ozR1oyV1FZ"])
    def test_a_cursor_that_is_not_ours_is_refused(self, api: Api, shop: Shop, cursor: str) -> None:
        refused(api.get(f"/v1/payments?cursor={cursor}", token=shop.key), 422, "invalid_request")

    def test_a_quote_fixes_the_fee_and_is_used_once(self, api: Api, shop: Shop, ada: Someone) -> None:
        """M33."""
        wish = {"operation": "payment", "amount": cny(1250), "merchant_id": shop.id}
        quote_id = api.post("/v1/fee_quotes", wish, token=ada.token, key=key()).ok(201)["id"]
        other = a_payment(api, shop, 99)
        refused(confirm(api, ada, other["id"], quote_id=quote_id), 409, "quote_mismatch")
        confirm(api, ada, a_payment(api, shop)["id"], quote_id=quote_id).ok(200)
        refused(confirm(api, ada, a_payment(api, shop)["id"], quote_id=quote_id), 409, "quote_used")
