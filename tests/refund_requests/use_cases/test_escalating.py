"""Deadlines: who does not answer in time is told so, and may still answer."""

from datetime import timedelta

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, refused, signed_in_again
from tests.refunding import approve, ask_back, asked, decline, steps_of
from tests.shopping import refund
from wallet_api.refund_requests.model import ANSWER_WITHIN


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=100_00)


def silence(cloud: LocalCloud) -> int:
    """The merchant says nothing for as long as it may, and the schedule looks."""
    cloud.clock.advance(ANSWER_WITHIN)
    escalated: int = cloud.wallet.refund_requests.escalate_due()
    return escalated


def test_a_merchant_has_until_the_last_moment(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    asked(api, shop, ada)
    cloud.clock.advance(ANSWER_WITHIN - timedelta(seconds=5))
    assert cloud.wallet.refund_requests.escalate_due() == 0
    cloud.clock.advance(10)
    assert cloud.wallet.refund_requests.escalate_due() == 1
    assert cloud.wallet.refund_requests.escalate_due() == 0


def test_both_sides_are_told_and_the_merchant_may_still_decide(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    first, second = asked(api, shop, ada), asked(api, shop, ada)
    assert silence(cloud) == 2
    cloud.pump.drain()
    ada = signed_in_again(api, ada)
    for token in (ada.token, shop.key):
        events = api.get("/v1/events?type=refund_request.escalated", token=token).ok(200)["data"]
        assert {each["data"]["id"] for each in events} == {first["id"], second["id"]}
        assert {each["created_at"] for each in events} != {first["created_at"]}
    told = [each["type"] for each in api.get("/v1/notifications", token=ada.token).ok(200)["data"]]
    assert told.count("refund_request.escalated") == 2
    assert approve(api, shop, first["id"]).ok(200)["status"] == "approved"
    assert decline(api, shop, second["id"]).ok(200)["status"] == "declined"
    shown = api.get(f"/v1/refund_requests/{first['id']}", token=shop.key).ok(200)
    assert steps_of(shown)[:3] == ["refund_request.created", "refund_request.escalated", "refund_request.approved"]


def test_an_escalated_request_is_still_the_only_one(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    request = asked(api, shop, ada)
    silence(cloud)
    ada = signed_in_again(api, ada)
    refused(ask_back(api, ada, request["payment_id"]), 409, "refund_request_open")


def test_what_was_answered_in_time_is_left_alone(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    decline(api, shop, asked(api, shop, ada)["id"]).ok(200)
    assert silence(cloud) == 0


def test_a_request_whose_payment_was_wholly_refunded_without_it_is_closed(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    request = asked(api, shop, ada)
    refund(api, shop, request["payment_id"]).ok(201)
    assert silence(cloud) == 0
    seen = api.get(f"/v1/refund_requests/{request['id']}", token=shop.key).ok(200)
    assert (seen["status"], seen["cancellation_reason"]) == ("canceled", "already_refunded")
    assert steps_of(seen) == ["refund_request.created", "refund_request.settled"]
    refused(approve(api, shop, request["id"]), 409, "refund_request_ended")
