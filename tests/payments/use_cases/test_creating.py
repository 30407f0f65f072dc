"""An order is asked for once; over HTTP."""

from functools import partial

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, refused
from tests.shopping import a_payment, ask, at_once


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud, shop: Shop) -> Someone:
    return a_person(api, cloud, balance=100_00)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud, shop: Shop) -> Someone:
    return a_person(api, cloud, balance=100_00)


def test_an_order_is_asked_for_once_under_whatever_keys(api: Api, shop: Shop) -> None:
    """M43: the refusal names the payment that there is."""
    first = a_payment(api, shop, order_id="订单 17")
    for amount in (1250, 99):
        problem = refused(ask(api, shop, amount, order_id="订单 17"), 409, "order_id_taken")
        assert problem["payment_id"] == first["id"]


def test_eight_requests_for_one_order_make_one_payment(api: Api, shop: Shop) -> None:
    """M21, M43."""
    answers = at_once(api, *[partial(ask, shop=shop, order_id="17")] * 8)
    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    (made,) = [answer.json["id"] for answer in answers if answer.status == 201]
    assert {answer.json["payment_id"] for answer in answers if answer.status == 409} == {made}


def test_two_merchants_may_use_one_order_id(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    a_payment(api, shop, order_id="17")
    a_payment(api, a_merchant(cloud), order_id="17")
