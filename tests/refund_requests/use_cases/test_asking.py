"""Customers ask: once at a time, for what is left, whoever races."""

from functools import partial

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import an_operation
from tests.build import Shop, Someone, a_merchant, a_person, key, refused
from tests.refunding import ask_back, asked, decline
from tests.shopping import a_paid_payment, an_authorized_payment, at_once, capture, refund
from wallet_api.refund_requests.model import MAX_REQUESTS, Slot
from wallet_api.refund_requests.use_cases import Wish
from wallet_api.refunds.errors import RefundExceedsPayment


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=100_00)


def test_of_six_requests_at_once_one_is_made(api: Api, shop: Shop, ada: Someone) -> None:
    """The others are told which."""
    payment = a_paid_payment(api, shop, ada)
    answers = at_once(api, *[partial(ask_back, someone=ada, payment_id=payment["id"], amount=10)] * 6)
    assert sorted(answer.status for answer in answers) == [201, *[409] * 5], [answer.text for answer in answers]
    (made,) = [answer.json["id"] for answer in answers if answer.status == 201]
    for answer in answers:
        if answer.status == 409:
            assert refused(answer, 409, "refund_request_open")["refund_request_id"] == made


def test_one_key_sent_six_times_at_once_asks_once(api: Api, shop: Shop, ada: Someone) -> None:
    """M38, M41: and is answered with the request as it was made, whatever became of it."""
    payment, idem = a_paid_payment(api, shop, ada), key()
    answers = at_once(api, *[partial(ask_back, someone=ada, payment_id=payment["id"], idem=idem)] * 6)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    decline(api, shop, answers[0].json["id"]).ok(200)
    again = ask_back(api, ada, payment["id"], idem=idem)
    assert (again.status, again.body) == (201, answers[0].body)


def test_a_payment_takes_so_many_requests_and_no_more(api: Api, shop: Shop, ada: Someone) -> None:
    """P5: a program that asks and takes back in a loop comes to an end."""
    payment = a_paid_payment(api, shop, ada)
    for _ in range(MAX_REQUESTS):
        decline(api, shop, ask_back(api, ada, payment["id"]).ok(201)["id"]).ok(200)
    problem = refused(ask_back(api, ada, payment["id"]), 409, "too_many_refund_requests")
    assert problem["limit"] == MAX_REQUESTS


def test_no_more_than_was_captured_is_asked_for(api: Api, shop: Shop, ada: Someone) -> None:
    """M34: of a hold, the captured part alone can come back, and nothing before the capture."""
    payment = an_authorized_payment(api, shop, ada, 1000)
    refused(ask_back(api, ada, payment["id"]), 409, "payment_not_refundable")
    capture(api, shop, payment["id"], 400).ok(200)
    refused(ask_back(api, ada, payment["id"], 401), 409, "refund_exceeds_payment")
    assert ask_back(api, ada, payment["id"]).ok(201)["amount"]["amount"] == 400


def test_a_request_to_a_card_needs_one(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    (card,) = api.get("/v1/cards", token=ada.token).ok(200)["data"]
    payment = a_paid_payment(api, shop, ada)
    request = asked(api, shop, ada, destination="card")
    assert request["card_id"] == card["id"]
    api.delete(f"/v1/cards/{card['id']}", token=ada.token).ok()
    refused(ask_back(api, ada, payment["id"], destination="card"), 404, "card_not_found")


def test_what_was_refunded_since_it_was_read_is_not_asked_for(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """M34: the payment's own condition, and not the belief of whoever asks, says what is left."""
    requests, paid = cloud.wallet.refund_requests, a_paid_payment(api, shop, ada)
    believed = cloud.wallet.payments.found_again(paid["id"])
    refund(api, shop, paid["id"]).ok(201)
    wish = Wish(paid["id"], None, "damaged", None)
    with pytest.raises(RefundExceedsPayment):
        requests._asked(believed, Slot(), None, wish, an_operation(cloud, ada, key()))
    assert api.get("/v1/refund_requests", token=ada.token).ok(200)["data"] == []
