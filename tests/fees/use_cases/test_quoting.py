"""A person asks what something costs, and is promised it."""

from typing import Any

import pytest

from bench.meter import metered
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import APPROVES, APPROVES_UNIONPAY, at_once, bind, quote, top_up
from tests.build import a_card, a_merchant, a_person, cny, key, refused
from tests.freezing import back, freeze
from wallet_api.ids import new_id


def test_a_quote_knows_the_card(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    free = quote(api, someone, "top_up", 100_00, channel="card").ok(201)
    assert (free["channel"], free["fee"]) == ("debit_card", cny(0))
    credit, debit = (a_card(api, cloud, someone, number) for number in (APPROVES, APPROVES_UNIONPAY))
    assert quote(api, someone, "top_up", 100_00).ok(201)["fee"] == cny(60), "the default card is a credit card"
    for_debit = quote(api, someone, "top_up", 100_00, card_id=debit).ok(201)
    assert for_debit["fee"] == cny(0)
    answer = top_up(api, someone, credit, 100_00, quote_id=for_debit["id"])
    assert refused(answer, 409, "quote_mismatch")["field"] == "channel"


def test_the_merchant_bears_the_fee_of_a_payment(api: Api, cloud: LocalCloud) -> None:
    someone, shop = a_person(api, cloud), a_merchant(cloud)
    quoted = quote(api, someone, "payment", 100_00, merchant_id=shop.id).ok(201)
    assert (quoted["fee"], quoted["total"], quoted["merchant_fee"]) == (cny(0), cny(100_00), cny(60))
    assert quoted["borne_by"] == "merchant"


def test_a_withdrawal_has_a_least_and_a_largest_fee(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    small, large = (quote(api, someone, "withdrawal", amount).ok(201) for amount in (1_00, 50_000_00))
    assert small["fee"] == cny(10)
    assert [line["code"] for line in small["lines"]] == ["minimum"]
    assert large["fee"] == cny(25_00)
    assert sum(line["amount"]["amount"] for line in large["lines"]) == 25_00


def test_a_repeated_question_gets_the_same_quote(api: Api, cloud: LocalCloud) -> None:
    """M38: also when many ask at once, and after the quote was used."""
    someone, idem = a_person(api, cloud), key()
    card_id = a_card(api, cloud, someone)
    answers = at_once(api, 6, lambda client, _: quote(client, someone, "top_up", 10_00, idem=idem))
    assert len({answer.body for answer in answers if answer.ok(201)}) == 1
    top_up(api, someone, card_id, 10_00, quote_id=answers[0].json["id"]).ok(201)
    again = quote(api, someone, "top_up", 10_00, idem=idem)
    assert (again.body, again.headers["idempotent-replayed"]) == (answers[0].body, "true")
    refused(quote(api, someone, "top_up", 10_01, idem=idem), 422, "idempotency_key_reused")


def test_a_question_that_makes_no_sense_is_refused(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    nobody = {"phone": "+8613999999999"}
    refused(quote(api, someone, "transfer", 1_00, payee=nobody), 404, "quote_payee_not_found")
    refused(quote(api, someone, "payment", 1_00, merchant_id="nobody"), 404, "not_found")
    refused(quote(api, someone, "top_up", 1_00, card_id="crd_x"), 404, "card_not_found")
    two = {"phone": someone.phone, "email": "a@b.cn"}
    unclear: tuple[dict[str, Any], ...] = ({"payee": {}}, {"payee": two}, {"channel": "card"})
    for fields in unclear:
        refused(quote(api, someone, "transfer", 1_00, **fields), 422, "invalid_request")
    refused(quote(api, someone, "gift", 1_00), 422, "invalid_request")


def test_money_without_minor_units_is_charged_in_whole_ones(api: Api, cloud: LocalCloud) -> None:
    """M26."""
    someone = a_person(api, cloud)
    body = {"operation": "payment", "amount": {"amount": 1250, "currency": "JPY"}}
    quoted = api.post("/v1/fee_quotes", body, token=someone.token, key=key()).ok(201)
    assert quoted["merchant_fee"] == {"amount": 8, "currency": "JPY"}, "0.6 percent of 1,250 is 7.5"


def test_a_merchant_that_is_not_there_has_no_price(api: Api, cloud: LocalCloud) -> None:
    someone, shop = a_person(api, cloud), a_merchant(cloud)
    nobody = new_id("mer", cloud.wallet.clock.now())
    beside = cloud.wallet.merchants.new_id("mer", shop.id, cloud.wallet.clock.now())
    for missing in (nobody, beside):
        refused(quote(api, someone, "payment", 1_00, merchant_id=missing), 404, "not_found")
    quote(api, someone, "payment", 1_00, merchant_id=shop.id).ok(201)


def test_a_withdrawal_to_a_card_that_takes_none_has_no_price(api: Api, cloud: LocalCloud) -> None:
    """M33: no price is shown that nobody could be charged; the refusal is the withdrawal's own."""
    ada, bo = a_person(api, cloud), a_person(api, cloud)
    credit, debit = a_card(api, cloud, ada, APPROVES), a_card(api, cloud, ada, APPROVES_UNIONPAY)
    problem = refused(quote(api, ada, "withdrawal", 100_00, card_id=credit), 402, "withdrawal_to_credit_card")
    assert (problem["card_id"], problem["money_moved"]) == (credit, "no")
    refused(quote(api, bo, "withdrawal", 100_00, card_id=debit), 404, "card_not_found")
    refused(quote(api, ada, "withdrawal", 100_00, channel="credit_card"), 422, "invalid_request")
    for card_id, channel in ((debit, "credit_card"), (credit, "debit_card")):
        wrong = refused(quote(api, ada, "top_up", 100_00, card_id=card_id, channel=channel), 422, "invalid_request")
        assert [each["code"] for each in wrong["errors"]] == ["not_the_cards_channel"]
    assert quote(api, ada, "top_up", 100_00, card_id=debit, channel="debit_card").ok(201)["fee"] == cny(0)
    quote(api, ada, "withdrawal", 100_00, card_id=debit, channel="card").ok(201)


@pytest.mark.parametrize("operation", ["top_up", "withdrawal"])
def test_a_card_that_cannot_be_used_has_no_price(api: Api, cloud: LocalCloud, operation: str) -> None:
    someone = a_person(api, cloud)
    bound = bind(api, someone, APPROVES_UNIONPAY).ok(201)["id"]
    refused(quote(api, someone, operation, 100_00, card_id=bound), 409, "card_not_active")
    card_id = a_card(api, cloud, someone, "4000000000000119")
    cloud.clock.advance("3400d")
    someone = back(api, cloud, someone)
    refused(quote(api, someone, operation, 100_00, card_id=card_id), 402, "card_expired")


def test_nobody_has_a_price_for_paying_themselves(api: Api, cloud: LocalCloud) -> None:
    """However they are named."""
    someone = a_person(api, cloud)
    for payee in ({"user_id": someone.id}, {"phone": someone.phone}):
        problem = refused(quote(api, someone, "transfer", 5_00, payee=payee), 409, "quote_payee_is_self")
        assert problem["money_moved"] == "no"


def test_a_merchant_that_takes_no_payments_has_no_price(api: Api, cloud: LocalCloud) -> None:
    someone, shop = a_person(api, cloud), a_merchant(cloud)
    cloud.wallet.merchants.suspend(shop.id)
    refused(quote(api, someone, "payment", 5_00, merchant_id=shop.id), 402, "merchant_unavailable")
    cloud.wallet.merchants.reinstate(shop.id)
    quote(api, someone, "payment", 5_00, merchant_id=shop.id).ok(201)


@pytest.mark.parametrize("operation", ["payment", "top_up", "withdrawal", "transfer"])
def test_a_frozen_wallet_is_quoted_nothing(api: Api, cloud: LocalCloud, operation: str) -> None:
    someone = a_person(api, cloud)
    freeze(api, someone).ok(201)
    frozen = back(api, cloud, someone)
    refused(quote(api, frozen, operation, 5_00), 402, "wallet_frozen")


def test_nobody_is_promised_the_fee_of_a_merchants_payout(api: Api, cloud: LocalCloud) -> None:
    refused(quote(api, a_person(api, cloud), "payout", 1_00), 422, "invalid_request")


def test_asking_costs_two_round_trips(api: Api, cloud: LocalCloud) -> None:
    """Whatever has to be known: the card, the payee, the merchant's category, the tier, the allowances."""
    someone, shop = a_person(api, cloud), a_merchant(cloud)
    for operation, more in (("payment", {"merchant_id": shop.id}), ("transfer", {}), ("top_up", {})):
        quote(api, someone, operation, 5_00, **more).ok(201)
        with metered() as meter:
            quote(api, someone, operation, 5_00, **more).ok(201)
        assert meter.round_trips == 2
