"""Webhook endpoints over HTTP: what the caller is shown, and who may ask."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, refused
from tests.webhooks.endpoints import URL, an_endpoint
from wallet_api.storage.pages import cursor_at


def test_people_and_strangers_have_no_endpoints(api: Api, cloud: LocalCloud) -> None:
    person = a_person(api, cloud)
    refused(api.post("/v1/webhook_endpoints", {"url": URL}), 401, "not_authenticated")
    refused(api.post("/v1/webhook_endpoints", {"url": URL}, token=person.token), 403, "wrong_caller")
    refused(api.get("/v1/webhook_endpoints", token=person.token), 403, "wrong_caller")


def test_an_endpoint_is_shown_with_all_that_is_known_of_it(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)

    made = an_endpoint(api, shop, description="Books", event_types=["refund.*", "payment.succeeded", "refund.*"])

    assert {**made, "id": "", "secret": "", "created_at": ""} == {
        "id": "",
        "object": "webhook_endpoint",
        "status": "enabled",
        "url": URL,
        "event_types": ["payment.succeeded", "refund.*"],
        "description": "Books",
        "secrets": 1,
        "secret": "",
        "disabled_reason": None,
        "disabled_at": None,
        "failing_since": None,
        "created_at": "",
    }
    assert made["id"].startswith("whk_")
    listed = api.get("/v1/webhook_endpoints", token=shop.key).ok(200)
    assert listed == {"object": "list", "data": [{**made, "secret": None}], "next_cursor": None}


def test_a_removed_endpoint_is_answered_for(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    made = an_endpoint(api, shop)
    gone = api.delete(f"/v1/webhook_endpoints/{made['id']}", token=shop.key).ok(200)
    assert gone == {"object": "webhook_endpoint", "id": made["id"], "deleted": True}


def test_a_wrong_wish_is_named_field_by_field(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    body = {"url": "gopher://x", "event_types": [], "description": "two\nlines"}
    problem = refused(api.post("/v1/webhook_endpoints", body, token=shop.key), 422, "invalid_request")
    assert {each["pointer"] for each in problem["errors"]} >= {"/url", "/event_types", "/description"}
    body = {"url": "https://localhost/hook", "event_types": ["payment.*", "nothing.at_all"]}
    problem = refused(api.post("/v1/webhook_endpoints", body, token=shop.key), 422, "invalid_request")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [
        ("/url", "address_not_public"),
        ("/event_types/1", "unknown_value"),
    ]


def test_endpoints_are_listed_in_pages_as_everything_is(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    made = [api.post("/v1/webhook_endpoints", {"url": f"{URL}/{n}"}, token=shop.key).ok(201)["id"] for n in range(3)]
    first = api.get("/v1/webhook_endpoints?limit=2", token=shop.key).ok(200)
    second = api.get(f"/v1/webhook_endpoints?limit=2&cursor={first['next_cursor']}", token=shop.key).ok(200)
    assert [each["id"] for each in first["data"] + second["data"]] == sorted(made)
    assert second["next_cursor"] is None
    foreign = cursor_at(shop.id)
    refused(api.get(f"/v1/webhook_endpoints?cursor={foreign}", token=shop.key), 422, "invalid_request")
