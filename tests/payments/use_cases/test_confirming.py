"""What happens to a payment when requests are repeated, race, or meet a wallet that has not enough, over HTTP."""

from functools import partial
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Shop, Someone, a_merchant, a_person, balance_of, cny, key, known_payee, refused
from tests.shopping import a_payment, ask, at_once, cancel, confirm, merchant_balance, refund


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud, shop: Shop) -> Someone:
    return a_person(api, cloud, balance=100_00)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud, shop: Shop) -> Someone:
    return a_person(api, cloud, balance=100_00)


class TestRepeats:
    @pytest.mark.parametrize("path", ["/v1/payments", "/v1/payments/{id}/confirm", "/v1/payments/{id}/cancel"])
    def test_every_move_needs_a_key(self, api: Api, shop: Shop, ada: Someone, path: str) -> None:
        """M38."""
        payment = a_payment(api, shop)
        token = ada.token if path.endswith("confirm") else shop.key
        body: dict[str, Any] = {"authorization": {"pin": "1"}} if path.endswith("confirm") else {}
        if path == "/v1/payments":
            body = {"amount": cny(1), "description": "tea", "order_id": "1"}
        answer = api.post(path.format(id=payment["id"]), body, token=token)
        assert answer.status in (400, 422), answer.text
        if path != "/v1/payments/{id}/confirm":
            refused(answer, 400, "idempotency_key_required")

    def test_the_same_request_again_is_the_same_answer_whatever_happened_since(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
    ) -> None:
        """M38, M41: status and body are identical, also after the payment was paid and refunded."""
        created_key, confirmed_key, order_id = key(), key(), key()
        created = ask(api, shop, idem=created_key, order_id=order_id, metadata={"table": "7"})
        payment_id = created.ok(201)["id"]
        confirmed = confirm(api, ada, payment_id, idem=confirmed_key)
        confirmed.ok(200)
        refund(api, shop, payment_id, 1000).ok(201)
        cloud.advance("2h")
        again = ask(api, shop, idem=created_key, order_id=order_id, metadata={"table": "7"})
        assert (again.status, again.body) == (created.status, created.body)
        assert again.headers["idempotent-replayed"] == "true"

    def test_a_confirmation_is_answered_again_without_another_pin(self, api: Api, shop: Shop, ada: Someone) -> None:
        """M38: the proof is no part of the fingerprint, and a decided key evaluates none."""
        payment_id, idem = a_payment(api, shop)["id"], key()
        first = confirm(api, ada, payment_id, idem=idem)
        first.ok(200)
        refund(api, shop, payment_id, 1000).ok(201)
        again = confirm(api, ada, payment_id, pin="000001", idem=idem)
        assert (again.status, again.body) == (200, first.body)
        assert again.headers["idempotent-replayed"] == "true"
        assert balance_of(api, ada) == 100_00 - 1250 + 1000

    def test_a_key_belongs_to_one_request_of_one_caller(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, bo: Someone
    ) -> None:
        """M38, M39: another body or endpoint is refused; another caller's same key is another key."""
        idem, payment, second = key(), a_payment(api, shop), a_payment(api, shop)
        confirm(api, ada, payment["id"], idem=idem).ok(200)
        refused(confirm(api, ada, second["id"], idem=idem), 422, "idempotency_key_reused")
        assert confirm(api, bo, second["id"], idem=idem).ok(200)["status"] == "succeeded"
        ask(api, shop, idem=idem).ok(201)
        refused(ask(api, shop, idem=idem), 422, "idempotency_key_reused")
        ask(api, a_merchant(cloud), idem=idem).ok(201)

    def test_a_refusal_stays_one_even_when_the_money_arrives(self, api: Api, cloud: LocalCloud, shop: Shop) -> None:
        """M42: under the same key for ever; a new key pays."""
        poor, rich = a_person(api, cloud, balance=10_00), a_person(api, cloud, balance=50_00)
        payment_id, idem = a_payment(api, shop, 20_00)["id"], key()
        first = confirm(api, poor, payment_id, idem=idem)
        assert refused(first, 402, "insufficient_funds")["needed"] == cny(20_00)
        body = {"to": {"user_id": poor.id}, "amount": cny(30_00), "authorization": {"pin": PIN}}
        api.post("/v1/transfers", body, token=rich.token, key=key()).ok(201)
        again = confirm(api, poor, payment_id, idem=idem)
        assert (again.status, again.body) == (first.status, first.body)
        confirm(api, poor, payment_id).ok(200)

    def test_one_key_pressed_four_times_at_once_pays_once(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
    ) -> None:
        """M38, M41."""
        payment_id, idem = a_payment(api, shop)["id"], key()
        answers = at_once(api, *[partial(confirm, someone=ada, payment_id=payment_id, idem=idem)] * 4)
        bodies = {answer.body for answer in answers if answer.status == 200}
        assert len(bodies) == 1, [answer.text for answer in answers]
        assert balance_of(api, ada) == 100_00 - 1250
        assert merchant_balance(cloud, shop) == 1250 - 8


class TestRaces:
    def test_two_payers_race_and_one_pays(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, bo: Someone
    ) -> None:
        """P33: a dynamic code is good for one payment."""
        for _ in range(5):
            payment_id = a_payment(api, shop, 500)["id"]
            answers = at_once(api, *(partial(confirm, someone=each, payment_id=payment_id) for each in (ada, bo)))
            assert sorted(answer.status for answer in answers) == [200, 409]
            (lost,) = [answer for answer in answers if answer.status == 409]
            refused(lost, 409, "payment_paid_by_another")
        assert balance_of(api, ada) + balance_of(api, bo) == 200_00 - 5 * 500
        assert merchant_balance(cloud, shop) == 5 * (500 - 3)

    def test_a_cancel_and_a_confirmation_race_and_one_wins(
        self, api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
    ) -> None:
        paid = 0
        for _ in range(5):
            payment_id = a_payment(api, shop, 500)["id"]
            yes, no = at_once(
                api,
                partial(confirm, someone=ada, payment_id=payment_id),
                partial(cancel, shop=shop, payment_id=payment_id),
            )
            assert sorted((yes.status, no.status)) == [200, 409]
            paid += yes.status == 200
            refused(*((no, 409, "payment_already_paid") if yes.status == 200 else (yes, 409, "payment_canceled")))
        assert balance_of(api, ada) == 100_00 - paid * 500

    def test_one_wallet_pays_no_more_than_it_has_however_many_payments_come_at_once(
        self, api: Api, cloud: LocalCloud, shop: Shop
    ) -> None:
        """M5, M13: the balance is guarded in the debit's own write, and a conflict of writes is no refusal."""
        poor = a_person(api, cloud, balance=10_00)
        payments = [a_payment(api, shop, 4_00)["id"] for _ in range(4)]
        answers = at_once(api, *(partial(confirm, someone=poor, payment_id=each) for each in payments))
        assert sorted(answer.status for answer in answers) == [200, 200, 402, 402], [each.text for each in answers]
        assert balance_of(api, poor) == 2_00
        assert merchant_balance(cloud, shop) == 2 * (4_00 - 2)

    def test_a_daily_limit_holds_against_payments_that_come_at_once(
        self, api: Api, cloud: LocalCloud, shop: Shop
    ) -> None:
        """M30: of four payments of half the limit two succeed."""
        rich = a_person(api, cloud, balance=50_000_00)
        known_payee(cloud, rich, shop.id)
        payments = [a_payment(api, shop, 10_000_00)["id"] for _ in range(4)]
        answers = at_once(api, *(partial(confirm, someone=rich, payment_id=each) for each in payments))
        assert sorted(answer.status for answer in answers) == [200, 200, 402, 402]
        assert {answer.json["code"] for answer in answers if answer.status == 402} == {"daily_limit_reached"}
