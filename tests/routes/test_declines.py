"""Why money did not move, over HTTP: a refused yes leaves the payment waiting and says why to each side."""

from typing import Any, get_args

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person, cny, key, refused, send
from tests.shopping import a_payment, cancel, confirm
from wallet_api.declines import DeclineCode
from wallet_api.ledger import chart


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


def seen(api: Api, shop: Shop, payment_id: str) -> tuple[str, str | None]:
    payment = api.get(f"/v1/payments/{payment_id}", token=shop.key).ok(200)
    return payment["status"], payment["decline_code"]


def test_a_refused_yes_leaves_the_payment_waiting_and_tells_both_sides(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """M11: the customer may put it right and try again; the merchant sees why it did not work."""
    poor, rich = a_person(api, cloud, balance=5_00), a_person(api, cloud, balance=100_00)
    payment_id, idem = a_payment(api, shop)["id"], key()
    assert seen(api, shop, payment_id) == ("requires_confirmation", None)
    problem = refused(confirm(api, poor, payment_id, idem=idem), 402, "insufficient_funds")
    assert (problem["decline_code"], problem["money_moved"], problem["retry"]) == (
        "insufficient_funds",
        "no",
        "new_key",
    )
    assert seen(api, shop, payment_id) == ("requires_confirmation", "insufficient_funds")
    send(api, rich, poor, 10_00).ok(201)
    again = refused(confirm(api, poor, payment_id, idem=idem), 402, "insufficient_funds")
    assert again["decline_code"] == "insufficient_funds"
    paid = confirm(api, poor, payment_id).ok(200)
    assert (paid["status"], paid["decline_code"]) == ("succeeded", None)
    assert seen(api, shop, payment_id) == ("succeeded", None)


def test_a_merchant_is_not_told_that_a_wallet_is_frozen(api: Api, cloud: LocalCloud, world: Any, shop: Shop) -> None:
    """P2: nor which limit it was."""
    ada, rich = a_person(api, cloud, balance=100_00), a_person(api, cloud, balance=20_000_00)
    one, two = a_payment(api, shop)["id"], a_payment(api, shop, 10_000_01)["id"]
    world.set_status(chart.customer(ada.id), "frozen")
    assert refused(confirm(api, ada, one), 402, "wallet_frozen")["decline_code"] == "wallet_frozen"
    assert refused(confirm(api, rich, two), 402, "transaction_limit_exceeded")["limit"] == cny(10_000_00)
    assert seen(api, shop, one) == ("requires_confirmation", "declined_by_wallet")
    assert seen(api, shop, two) == ("requires_confirmation", "limit_exceeded")


def test_what_was_answered_stays_word_for_word_after_a_late_refusal(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """M38: a canceled payment tells no more of a customer who tried."""
    poor, payment_id, idem = a_person(api, cloud, balance=5_00), a_payment(api, shop)["id"], key()
    refused(confirm(api, poor, payment_id), 402, "insufficient_funds")
    canceled = cancel(api, shop, payment_id, idem=idem)
    assert canceled.ok(200)["decline_code"] is None
    refused(confirm(api, poor, payment_id), 409, "payment_canceled")
    assert cancel(api, shop, payment_id, idem=idem).body == canceled.body


@pytest.mark.parametrize(("language", "says"), [("en", "Not enough money in the wallet"), ("zh-CN", "钱包余额不足")])
def test_anybody_may_read_the_list_in_their_language(api: Api, cloud: LocalCloud, language: str, says: str) -> None:
    """M11."""
    listed = api.get("/v1/decline_codes", headers={"Accept-Language": language}).ok(200)["data"]
    assert [each["code"] for each in listed] == list(get_args(DeclineCode))
    (row,) = [each for each in listed if each["code"] == "insufficient_funds"]
    assert (row["reason"], row["says"]) == ("balance", says)
