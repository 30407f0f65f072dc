"""A merchant's yes: the refund and the request's end are one, whoever races."""

from functools import partial

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, balance_of, cny, key, refused
from tests.refunding import approve, asked, decline, take_back
from tests.shopping import at_once, merchant_balance, refund


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=100_00)


def test_one_key_sent_six_times_at_once_gives_back_once(api: Api, shop: Shop, ada: Someone) -> None:
    """M38, M41: to a card as well, where the acquirer is asked in between."""
    for fields in ({}, {"destination": "card"}):
        request, idem = asked(api, shop, ada, 1000, **fields), key()
        answers = at_once(api, *[partial(approve, shop=shop, request_id=request["id"], idem=idem)] * 6)
        assert {answer.status for answer in answers} == {200}, [answer.text for answer in answers]
        assert len({answer.body for answer in answers}) == 1
    assert balance_of(api, ada) == 100_00 - 1000


def test_of_six_keys_one_gives_back(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    request = asked(api, shop, ada, 1000)
    answers = at_once(api, *[partial(approve, shop=shop, request_id=request["id"], amount=100)] * 6)
    assert sorted(answer.status for answer in answers) == [200, *[409] * 5]
    assert balance_of(api, ada) == 100_00 - 900
    merchant_balance(cloud, shop)


def test_a_yes_a_no_and_a_second_thought_at_once_are_one_of_them(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    balance = 100_00
    for _ in range(4):
        request = asked(api, shop, ada, 1000)
        balance -= 1000
        answers = at_once(
            api,
            partial(approve, shop=shop, request_id=request["id"]),
            partial(decline, shop=shop, request_id=request["id"]),
            partial(take_back, someone=ada, request_id=request["id"]),
        )
        assert sorted(answer.status for answer in answers) == [200, 409, 409], [answer.text for answer in answers]
        (won,) = [answer.json["status"] for answer in answers if answer.status == 200]
        seen = api.get(f"/v1/refund_requests/{request['id']}", token=ada.token).ok(200)
        assert seen["status"] == won
        balance += 1000 if won == "approved" else 0
        assert balance_of(api, ada) == balance
    merchant_balance(cloud, shop)


def test_more_than_was_asked_for_or_is_left_is_not_approved(api: Api, shop: Shop, ada: Someone) -> None:
    """M34: the merchant's own refund counts as well."""
    request = asked(api, shop, ada, 1000)
    assert refused(approve(api, shop, request["id"], 1001), 409, "refund_exceeds_request")["requested"] == cny(1000)
    refund(api, shop, request["payment_id"], 600).ok(201)
    assert refused(approve(api, shop, request["id"]), 409, "refund_exceeds_payment")["refundable"] == cny(400)
    approved = approve(api, shop, request["id"], 400).ok(200)
    assert approved["approved_amount"] == cny(400)
    assert balance_of(api, ada) == 100_00
