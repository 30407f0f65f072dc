"""How much may be withdrawn: by schedule, by tier, to cards that are new, and with how strong a yes."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import quote
from tests.build import a_card, cny, key, known_payee, refused, signed_in_again, spent_today
from tests.crowd import at_once
from tests.ledger_world import World
from tests.signing import a_trusted_phone_of, ask
from tests.withdrawing import (
    AMOUNT,
    CREDIT,
    FEE,
    LATER_TAKES,
    nothing_happened,
    with_card,
    withdraw,
)
from wallet_api.fees.model import FIRST
from wallet_api.ledger import chart

AT_ONCE = ["BatchGetItem", "UpdateItem", "Query", "TransactWriteItems", "TransactWriteItems"]
"""One trip, the write that sets the money aside, and, once the acquirer answered, the write that keeps the answer."""


def test_less_than_the_least_is_refused_and_not_quoted_either(api: Api, cloud: LocalCloud) -> None:
    """The schedule says the least, in public."""
    ada, card_id = with_card(api, cloud)
    (least,) = {rule.minimum_amount for rule in FIRST.rules if rule.operation == "withdrawal"}
    (public,) = [
        rule["minimum_amount"] for rule in api.get("/v1/fees").ok(200)["rules"] if rule["operation"] == "withdrawal"
    ]
    assert public == least
    for answer in (
        withdraw(api, ada, card_id, least - 1), quote(api, ada, "withdrawal", least - 1, card_id=card_id)
    ):  # fmt: skip
        assert refused(answer, 402, "amount_below_minimum")["minimum"] == cny(least)
    assert nothing_happened(api, cloud, ada)
    withdraw(api, ada, card_id, least).ok(201)


def test_what_was_quoted_is_what_is_charged_once(api: Api, cloud: LocalCloud) -> None:
    """M33."""
    ada, card_id = with_card(api, cloud)
    quoted = quote(api, ada, "withdrawal", AMOUNT, card_id=card_id).ok(201)
    assert (quoted["fee"], quoted["total"]) == (cny(FEE), cny(AMOUNT + FEE))
    refused(withdraw(api, ada, card_id, AMOUNT + 1, quote_id=quoted["id"]), 409, "quote_mismatch")
    made = withdraw(api, ada, card_id, quote_id=quoted["id"]).ok(201)
    assert (made["fee"], made["quote_id"]) == (quoted["fee"], quoted["id"])
    refused(withdraw(api, ada, card_id, quote_id=quoted["id"]), 409, "quote_used")


def test_a_quote_that_names_no_card_is_good_for_a_debit_card_though_a_credit_card_is_the_default(
    api: Api, cloud: LocalCloud
) -> None:
    """M33: who topped up from a credit card was promised a fee that no withdrawal could be made with."""
    ada, card_id = with_card(api, cloud)
    cards = api.get("/v1/cards", token=ada.token).ok(200)["data"]
    assert [card["kind"] for card in cards if card["default"]] == ["credit"]
    quoted = quote(api, ada, "withdrawal", AMOUNT).ok(201)
    assert quoted["channel"] == "debit_card"
    made = withdraw(api, ada, card_id, quote_id=quoted["id"]).ok(201)
    assert (made["status"], made["fee"]) == ("succeeded", quoted["fee"])


def test_withdrawals_count_against_the_limits_as_payments_do(api: Api, cloud: LocalCloud, world: World) -> None:
    """M31: the tier's limit of one transaction, and of a day, fees included."""
    ada, card_id = with_card(api, cloud)
    world.fund(chart.customer(ada.id), 100_000_00)
    known_payee(cloud, ada, card_id)
    refused(withdraw(api, ada, card_id, 10_000_01), 402, "transaction_limit_exceeded")
    for _ in range(2):
        withdraw(api, ada, card_id, 9_900_00).ok(201)
    refused(withdraw(api, ada, card_id, 200_00), 402, "daily_limit_reached")
    assert spent_today(cloud, ada) == {"CNY": 2 * (9_900_00 + 9_90)}


def test_a_new_card_gets_a_small_sum_in_a_day_however_it_is_split(api: Api, cloud: LocalCloud) -> None:
    """M31: over all cards that are new, so that one cannot be bound after the other."""
    ada, first = with_card(api, cloud, new=True)
    second = a_card(api, cloud, ada, LATER_TAKES)
    problem = refused(withdraw(api, ada, first, 1_000_00), 402, "withdrawal_card_too_new")
    assert problem["limit"] == cny(1_000_00)
    withdraw(api, ada, first, 600_00).ok(201)
    refused(withdraw(api, ada, second, 400_00), 402, "withdrawal_card_too_new")
    withdraw(api, ada, second, 300_00).ok(201)
    told = api.get("/v1/wallet", token=ada.token).ok(200)["limits"]["new_cards"]["daily"]
    assert told["used"]["amount"] == 600_60 + 300_30
    cloud.clock.advance("25h")
    withdraw(api, signed_in_again(api, ada), first, 1_000_00).ok(201)


def test_of_many_at_once_to_a_new_card_no_more_goes_out_than_it_may_get(api: Api, cloud: LocalCloud) -> None:
    """M31: the counter is in the debit's own condition."""
    ada, card_id = with_card(api, cloud, new=True)
    answers = at_once(api, lambda client, _: withdraw(client, ada, card_id, 300_00), range(4))
    told = [answer.json.get("code", answer.json.get("status")) for answer in answers]
    made = told.count("succeeded")
    assert made <= 3
    assert spent_today(cloud, ada).get("card_CNY", 0) == made * 300_30 <= 1_000_00
    limits = {"withdrawal_card_too_new", "daily_limit_reached"}
    assert set(told) <= {"succeeded", *limits, "payment_pin_busy", "storage_busy", "wallet_changed"}


def test_a_large_sum_needs_more_than_the_pin_and_a_signature_is_for_this_card(
    api: Api, cloud: LocalCloud, world: World
) -> None:
    """A46: the challenge names the card as who is paid."""
    ada, card_id = with_card(api, cloud)
    world.fund(chart.customer(ada.id), 30_000_00)
    problem = refused(withdraw(api, ada, card_id, 6_000_00), 403, "step_up_required")
    assert problem["reason"] == "new_payee"
    ada, phone = a_trusted_phone_of(api, cloud, ada)
    asked = ask(api, ada, "withdrawal", card_id=card_id, amount=cny(6_000_00)).ok(201)
    assert f'"payee":"{card_id}"' in asked["text"]
    other = {"amount": cny(6_000_01), "card_id": card_id, "authorization": phone.yes(asked)}
    refused(api.post("/v1/withdrawals", other, token=ada.token, key=key()), 403, "authorization_mismatch")
    asked = ask(api, ada, "withdrawal", card_id=card_id, amount=cny(6_000_00)).ok(201)
    body = {"amount": cny(6_000_00), "card_id": card_id, "authorization": phone.yes(asked)}
    assert api.post("/v1/withdrawals", body, token=ada.token, key=key()).ok(201)["status"] == "succeeded"
    refused(api.post("/v1/withdrawals", body, token=ada.token, key=key()), 403, "authorization_used")
    withdraw(api, ada, card_id, 6_000_00).ok(201)


def test_nobody_is_asked_to_sign_for_a_card_that_gets_nothing(api: Api, cloud: LocalCloud) -> None:
    ada, credit = with_card(api, cloud, CREDIT)
    refused(ask(api, ada, "withdrawal", card_id=credit, amount=cny(100)), 402, "withdrawal_to_credit_card")
    refused(ask(api, ada, "withdrawal", card_id="no card", amount=cny(100)), 404, "card_not_found")
    refused(ask(api, ada, "withdrawal", card_id=credit), 422, "invalid_request")
