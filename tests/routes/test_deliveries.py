"""Deliveries over HTTP: who may look, and what a status may be."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, refused
from tests.webhooks.endpoints import an_endpoint


def test_deliveries_are_a_merchants_own(api: Api, cloud: LocalCloud) -> None:
    shop, person = a_merchant(cloud), a_person(api, cloud)
    path = f"/v1/webhook_endpoints/{an_endpoint(api, shop)['id']}/deliveries"

    refused(api.get(path), 401, "not_authenticated")
    refused(api.get(path, token=person.token), 403, "wrong_caller")
    assert api.get(path, token=shop.key).ok(200) == {"object": "list", "data": [], "next_cursor": None}
    refused(api.get(f"{path}?status=lost", token=shop.key), 422, "invalid_request")


def test_a_delivery_on_its_way_is_shown_with_its_next_attempt(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    endpoint = an_endpoint(api, shop)

    sent = api.post(f"/v1/webhook_endpoints/{endpoint['id']}/test", token=shop.key).ok(202)

    assert {**sent, "id": "", "event_id": "", "next_attempt_at": "", "created_at": ""} == {
        "id": "",
        "object": "webhook_delivery",
        "status": "pending",
        "event_id": "",
        "event_type": "webhook_endpoint.test",
        "attempts": 0,
        "next_attempt_at": "",
        "problem": None,
        "log": [],
        "ended_at": None,
        "created_at": "",
    }
