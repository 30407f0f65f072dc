"""Money that is set aside for a merchant and captured, whole or in part, once; over HTTP."""

from functools import partial

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, balance_of, cny, key, refused
from tests.faults.injector import OVERTAKEN, Faults
from tests.shopping import (
    a_paid_payment,
    a_payment,
    an_authorized_payment,
    at_once,
    cancel,
    capture,
    confirm,
    folded,
    merchant_balance,
    refund,
)
from wallet_api.ids import new_id
from wallet_api.ledger import chart


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud, shop: Shop) -> Someone:
    return a_person(api, cloud, balance=100_00)


def wallet_of(api: Api, someone: Someone) -> tuple[int, int, int]:
    """What there is, what of it is set aside, and what of the day's limit is left."""
    wallet = api.get("/v1/wallet", token=someone.token).ok(200)
    (balance,) = wallet["balances"]
    return balance["amount"], balance["held"], wallet["limits"]["daily"]["remaining"]["amount"]


DAILY = 20_000_00


class TestStrangers:
    def test_nobody_captures_or_voids_another_merchants_hold(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
    ) -> None:
        """P1, M11."""
        payment_id, other = an_authorized_payment(api, shop, ada)["id"], a_merchant(cloud)
        for unknown in (payment_id, new_id("pay", cloud.clock.now()), "pay_1"):
            refused(capture(api, other, unknown), 404, "not_found")
            refused(cancel(api, other, unknown), 404, "not_found")
        refused(api.post(f"/v1/payments/{payment_id}/capture", {}, token=ada.token, key=key()), 403, "wrong_caller")
        assert wallet_of(api, ada) == (87_50, 12_50, DAILY - 12_50)


class TestRepeats:
    def test_a_yes_and_a_capture_are_answered_again_word_for_word(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
    ) -> None:
        """M38: also after the payment went on."""
        payment_id = a_payment(api, shop, capture=False)["id"]
        yes, take = key(), key()
        confirmed = confirm(api, ada, payment_id, idem=yes)
        captured = capture(api, shop, payment_id, 1000, idem=take)
        assert (confirmed.ok(200)["status"], captured.ok(200)["status"]) == ("authorized", "succeeded")
        refund(api, shop, payment_id, 300).ok(201)
        for first, again in (
            (confirmed, confirm(api, ada, payment_id, idem=yes)),
            (captured, capture(api, shop, payment_id, 1000, idem=take)),
        ):
            assert (again.status, again.body) == (200, first.body)
            assert again.headers["idempotent-replayed"] == "true"
        refused(capture(api, shop, payment_id, 1000), 409, "payment_already_captured")
        refused(capture(api, shop, payment_id, 1001, idem=take), 422, "idempotency_key_reused")
        assert balance_of(api, ada) == 100_00 - 1000 + 300
        assert merchant_balance(cloud, shop) == 1000 - 6 - 300 + 1


class TestRaces:
    def test_of_many_captures_and_voids_one_happens(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
    ) -> None:
        """M11: a hold is posted or voided exactly once, also while what else is held would suffice for twice."""
        other = an_authorized_payment(api, shop, ada, 20_00)["id"]
        taken = 0
        for _ in range(4):
            payment_id = an_authorized_payment(api, shop, ada, 500)["id"]
            answers = at_once(
                api,
                *[partial(capture, shop=shop, payment_id=payment_id)] * 2,
                partial(capture, shop=shop, payment_id=payment_id, amount=100),
                partial(cancel, shop=shop, payment_id=payment_id),
            )
            assert sorted(each.status for each in answers) == [200, 409, 409, 409], [each.text for each in answers]
            (won,) = [each.json for each in answers if each.status == 200]
            taken += won["amount_captured"]["amount"]
        assert wallet_of(api, ada) == (100_00 - 20_00 - taken, 20_00, DAILY - 20_00 - taken)
        cancel(api, shop, other).ok(200)
        folded(cloud, chart.merchant(shop.id))

    def test_a_hold_is_captured_once_whatever_was_read_of_it(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, faults: Faults
    ) -> None:
        """M11: a capture that comes between another one's reading and its write."""
        an_authorized_payment(api, shop, ada, 20_00)
        payment_id = an_authorized_payment(api, shop, ada, 500)["id"]
        between: list[int] = []

        def another() -> None:
            (answer,) = at_once(api, partial(capture, shop=shop, payment_id=payment_id))
            between.append(answer.status)

        faults.clear()
        faults.meanwhile = another
        faults.aim("TransactWriteItems", 1, OVERTAKEN)
        refused(capture(api, shop, payment_id), 409, "payment_already_captured")
        assert between == [200]
        assert wallet_of(api, ada)[:2] == (100_00 - 20_00 - 500, 20_00)
        assert merchant_balance(cloud, shop) == 500 - 3

    def test_a_yes_sets_aside_no_more_than_there_is(self, api: Api, cloud: LocalCloud, shop: Shop) -> None:
        """M5: what is held is not there to be spent again."""
        poor = a_person(api, cloud, balance=10_00)
        an_authorized_payment(api, shop, poor, 8_00)
        refused(confirm(api, poor, a_payment(api, shop, 3_00)["id"]), 402, "insufficient_funds")
        refused(confirm(api, poor, a_payment(api, shop, 3_00, capture="manual")["id"]), 402, "insufficient_funds")


class TestStates:
    def test_only_a_hold_is_captured(self, api: Api, shop: Shop, ada: Someone) -> None:
        """A48."""
        waiting = a_payment(api, shop, capture="manual")["id"]
        refused(capture(api, shop, waiting), 409, "payment_not_authorized")
        refused(capture(api, shop, a_paid_payment(api, shop, ada)["id"]), 409, "payment_already_paid")
        cancel(api, shop, waiting).ok(200)
        refused(capture(api, shop, waiting), 409, "payment_canceled")

    def test_a_hold_is_neither_paid_again_nor_refunded(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
    ) -> None:
        """M35: only what was captured can go back."""
        payment_id, bo = an_authorized_payment(api, shop, ada)["id"], a_person(api, cloud, balance=50_00)
        refused(confirm(api, ada, payment_id), 409, "payment_already_confirmed")
        refused(confirm(api, bo, payment_id), 409, "payment_paid_by_another")
        refused(refund(api, shop, payment_id, 1), 409, "payment_not_refundable")
        capture(api, shop, payment_id, 1000).ok(200)
        assert refused(refund(api, shop, payment_id, 1001), 409, "refund_exceeds_payment")["refundable"] == cny(1000)
        refund(api, shop, payment_id).ok(201)
        assert wallet_of(api, ada)[:2] == (100_00, 0)
        assert merchant_balance(cloud, shop) == 0

    def test_no_more_than_was_confirmed_and_in_its_currency(self, api: Api, shop: Shop, ada: Someone) -> None:
        payment_id = an_authorized_payment(api, shop, ada)["id"]
        problem = refused(capture(api, shop, payment_id, 1251), 409, "capture_exceeds_authorization")
        assert problem["authorized"] == cny(1250)
        body = {"amount": {"amount": 1, "currency": "JPY"}}
        answer = api.post(f"/v1/payments/{payment_id}/capture", body, token=shop.key, key=key())
        assert refused(answer, 409, "capture_currency_differs")["currency"] == "CNY"
        assert capture(api, shop, payment_id, 1250).ok(200)["amount_captured"] == cny(1250)


class TestSides:
    def test_each_side_sees_what_is_set_aside_and_what_was_taken(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
    ) -> None:
        """M12, D2."""
        authorized = an_authorized_payment(api, shop, ada)
        payment_id = authorized["id"]
        assert (authorized["status"], authorized["total"], authorized["paid_at"]) == ("authorized", cny(1250), None)
        assert (authorized["amount_captured"], authorized["capture"]) == (cny(0), "manual")
        seen = api.get(f"/v1/payments/{payment_id}", token=shop.key).ok(200)
        assert (seen["fee"], seen["total"]) == (cny(8), cny(1242))
        captured = capture(api, shop, payment_id, 625).ok(200)
        assert (captured["status"], captured["amount_captured"]) == ("succeeded", cny(625))
        assert (captured["fee"], captured["total"]) == (cny(4), cny(621))
        assert api.get(f"/v1/payments/{payment_id}", token=ada.token).ok(200)["total"] == cny(625)
        assert merchant_balance(cloud, shop) == 621
        assert folded(cloud, chart.hold(payment_id)) == 0

    def test_the_history_tells_what_was_set_aside_and_what_came_back(self, api: Api, shop: Shop, ada: Someone) -> None:
        """M12: the timeline says how it went on."""
        taken, voided = (an_authorized_payment(api, shop, ada)["id"] for _ in range(2))
        capture(api, shop, taken, 1000).ok(200)
        cancel(api, shop, voided).ok(200)
        rows = api.get("/v1/transactions?limit=4", token=ada.token).ok(200)["data"]
        assert [(row["kind"], row["payment_id"], row["balance_change"]["amount"]) for row in rows] == [
            ("release", voided, 1250),
            ("release", taken, 250),
            ("payment", voided, -1250),
            ("payment", taken, -1250),
        ]
        assert [row["status"] for row in rows] == ["succeeded", "succeeded", "canceled", "succeeded"]
        story = api.get(f"/v1/transactions/{rows[3]['id']}", token=ada.token).ok(200)["timeline"]
        assert [(step["what"], step["amount"]["amount"]) for step in story] == [
            ("payment.created", 1250),
            ("payment.authorized", 1250),
            ("payment.succeeded", 1000),
        ]
        kinds = {row["kind"] for row in api.get("/v1/transactions?kind=release", token=ada.token).ok(200)["data"]}
        assert kinds == {"release"}
