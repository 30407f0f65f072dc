"""A customer makes a mandate's limits smaller."""

from typing import Any

import pytest

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, cny, refused
from tests.mandates.agreeing import a_mandate, a_waiting_mandate, charge, end


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=500_00)


def lower(api: Api, someone: Someone, mandate: Any, **limits: int) -> Answer:
    body = {name: cny(amount) for name, amount in limits.items()}
    return api.patch(f"/v1/mandates/{mandate['id']}", body, token=someone.token)


def test_a_stranger_changes_nothing(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """P1."""
    refused(lower(api, a_person(api, cloud), a_mandate(api, shop, ada), max_per_month=1), 404, "not_found")
    refused(lower(api, ada, a_waiting_mandate(api, shop), max_per_month=1), 404, "not_found")


def test_nobody_raises_a_limit_without_a_new_yes(api: Api, shop: Shop, ada: Someone) -> None:
    mandate = a_mandate(api, shop, ada)
    problem = refused(lower(api, ada, mandate, max_per_payment=100_01, max_per_month=300_01), 422, "invalid_request")
    assert [each["pointer"] for each in problem["errors"]] == ["/max_per_payment/amount", "/max_per_month/amount"]
    lower(api, ada, mandate, max_per_payment=50_00).ok(200)
    refused(lower(api, ada, mandate, max_per_payment=60_00), 422, "invalid_request")


def test_the_next_charge_is_bound_by_it_and_twice_is_as_once(api: Api, shop: Shop, ada: Someone) -> None:
    mandate = a_mandate(api, shop, ada)
    charge(api, shop, mandate["id"], 60_00).ok(201)
    first = lower(api, ada, mandate, max_per_month=100_00).ok(200)
    assert lower(api, ada, mandate, max_per_month=100_00).ok(200) == first
    assert refused(charge(api, shop, mandate["id"], 40_01), 402, "mandate_limit_exceeded")["left"] == cny(40_00)
    charge(api, shop, mandate["id"], 40_00).ok(201)


def test_what_ended_is_not_lowered(api: Api, shop: Shop, ada: Someone) -> None:
    mandate = a_mandate(api, shop, ada)
    end(api, mandate["id"], ada.token).ok(200)
    refused(lower(api, ada, mandate, max_per_month=100_00), 402, "mandate_revoked")


def test_merchant_and_customer_are_told_once_of_each_lowering(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """A merchant whose next charge would be refused learns it before; what changes nothing is told to nobody."""
    mandate = a_mandate(api, shop, ada)
    lower(api, ada, mandate, max_per_month=100_00).ok(200)
    lower(api, ada, mandate, max_per_month=100_00).ok(200)
    charge(api, shop, mandate["id"], 60_00).ok(201)
    cloud.clock.advance("1m")
    lower(api, ada, mandate, max_per_payment=30_00).ok(200)
    cloud.pump.drain()
    for token in (shop.key, ada.token):
        told = api.get(f"/v1/events?object_id={mandate['id']}&type=mandate.lowered", token=token).ok(200)["data"]
        assert [(each["data"]["object"], each["data"]["status"]) for each in told] == [("mandate", "active")] * 2
        assert told[0]["created_at"] > told[1]["created_at"]


def test_a_merchant_is_told_that_its_customer_revoked(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    mandate = a_mandate(api, shop, ada)
    end(api, mandate["id"], ada.token).ok(200)
    cloud.pump.drain()
    told = api.get(f"/v1/events?object_id={mandate['id']}", token=shop.key).ok(200)["data"]
    assert [each["type"] for each in told] == ["mandate.revoked", "mandate.confirmed", "mandate.created"]
