"""Events that are sent again: one, those of a time, a test; always under the id that they had."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person, refused
from tests.receiver import Receiver, status
from tests.shopping import a_payment, cancel
from tests.webhooks.endpoints import an_endpoint, deliveries
from wallet_api.deliveries.errors import ClaimedElsewhere
from wallet_api.deliveries.model import PLAN
from wallet_api.deliveries.use_cases.replays import A_PAGE
from wallet_api.gateways.queue import QueueMessage


def ids(server: Receiver) -> list[str]:
    return [each.headers["webhook-id"] for each in server.received]


def whole(**more: Any) -> dict[str, Any]:
    return {"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z", **more}


def test_nobody_replays_somebody_elses_event_p1(api: Api, cloud: LocalCloud, server: Receiver, shop: Shop) -> None:
    """P1: not into one's own endpoint, nor one's own event into another's."""
    other, person = a_merchant(cloud), a_person(api, cloud)
    mine, theirs = an_endpoint(api, shop, server.url), an_endpoint(api, other, server.url)
    a_payment(api, other)
    cloud.pump.drain()
    (event,) = api.get("/v1/events", token=other.key).ok(200)["data"]
    server.received.clear()

    path = f"/v1/events/{event['id']}/replay"
    refused(api.post(path, {}), 401, "not_authenticated")
    refused(api.post(path, {}, token=person.token), 403, "wrong_caller")
    refused(api.post(path, {}, token=shop.key), 404, "not_found")
    refused(api.post(path, {"endpoint_id": mine["id"]}, token=shop.key), 404, "not_found")
    refused(api.post(path, {"endpoint_id": mine["id"]}, token=other.key), 404, "not_found")
    job = api.post(f"/v1/webhook_endpoints/{theirs['id']}/replay", whole(), token=other.key).ok(202)
    refused(api.get(f"/v1/webhook_endpoints/{mine['id']}/replays/{job['id']}", token=shop.key), 404, "not_found")
    refused(api.get(f"/v1/webhook_endpoints/{theirs['id']}/replays/{job['id']}", token=shop.key), 404, "not_found")
    cloud.pump.drain()
    assert ids(server) == [event["id"]]


def test_one_event_comes_again_under_its_id_with_the_whole_plan_before_it_p29(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    """P29: manual replay."""
    endpoint = an_endpoint(api, shop, server.url)
    a_payment(api, shop)
    cloud.pump.drain()
    (event,) = api.get("/v1/events", token=shop.key).ok(200)["data"]
    server.answers = [status(500)]

    sent = api.post(f"/v1/events/{event['id']}/replay", {}, token=shop.key).ok(202)["data"]
    assert [(each["event_id"], each["status"]) for each in sent] == [(event["id"], "pending")]
    cloud.pump.drain()
    assert [each["status"] for each in deliveries(api, shop, endpoint["id"])] == ["retrying"]
    cloud.advance(f"{int(PLAN[1].total_seconds()) + 3}s")

    assert ids(server) == [event["id"]] * 3
    (delivery,) = deliveries(api, shop, endpoint["id"])
    assert (delivery["status"], delivery["attempts"]) == ("succeeded", 3)
    assert [each["status_code"] for each in delivery["log"]] == [204, 500, 204]


def test_an_event_can_be_sent_to_one_endpoint_that_did_not_ask_for_it(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    a_payment(api, shop)
    cloud.pump.drain()
    late = an_endpoint(api, shop, f"{server.url}&late", event_types=["refund.*"])
    (event,) = api.get("/v1/events", token=shop.key).ok(200)["data"]

    assert api.post(f"/v1/events/{event['id']}/replay", {}, token=shop.key).ok(202)["data"] == []
    api.post(f"/v1/events/{event['id']}/replay", {"endpoint_id": late["id"]}, token=shop.key).ok(202)
    cloud.pump.drain()

    assert ids(server) == [event["id"]]


def test_a_test_event_goes_to_its_endpoint_alone(api: Api, cloud: LocalCloud, server: Receiver, shop: Shop) -> None:
    one, _ = an_endpoint(api, shop, f"{server.url}&one"), an_endpoint(api, shop, f"{server.url}&other")

    sent = api.post(f"/v1/webhook_endpoints/{one['id']}/test", token=shop.key).ok(202)
    cloud.pump.drain()

    (request,) = server.received
    assert request.path.endswith("&one")
    assert json.loads(request.body)["type"] == "webhook_endpoint.test"
    assert [each["id"] for each in deliveries(api, shop, one["id"])] == [sent["id"]]


def test_nothing_is_sent_to_what_is_disabled(api: Api, cloud: LocalCloud, server: Receiver, shop: Shop) -> None:
    endpoint = an_endpoint(api, shop, server.url)
    a_payment(api, shop)
    cloud.pump.drain()
    path = f"/v1/webhook_endpoints/{endpoint['id']}"
    api.patch(path, {"status": "disabled"}, token=shop.key).ok(200)
    (event,) = api.get("/v1/events", token=shop.key).ok(200)["data"]

    refused(api.post(f"{path}/test", token=shop.key), 409, "webhook_endpoint_disabled")
    refused(api.post(f"{path}/replay", whole(), token=shop.key), 409, "webhook_endpoint_disabled")
    body = {"endpoint_id": endpoint["id"]}
    refused(api.post(f"/v1/events/{event['id']}/replay", body, token=shop.key), 409, "webhook_endpoint_disabled")
    cloud.pump.drain()
    assert len(server.received) == 1


def test_the_events_of_a_time_and_of_some_types_come_again(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    a_payment(api, shop)
    start = cloud.clock.advance("1h").strftime("%Y-%m-%dT%H:%M:%SZ")
    for _ in range(3):
        cancel(api, shop, a_payment(api, shop)["id"]).ok(200)
    end = cloud.clock.advance("1h").strftime("%Y-%m-%dT%H:%M:%SZ")
    cancel(api, shop, a_payment(api, shop)["id"]).ok(200)
    cloud.pump.drain()
    endpoint = an_endpoint(api, shop, server.url)
    span = {"from": start, "to": end, "event_types": ["payment.canceled"]}

    job = api.post(f"/v1/webhook_endpoints/{endpoint['id']}/replay", span, token=shop.key).ok(202)
    assert (job["status"], job["replayed"], job["from"]) == ("running", 0, start)
    cloud.pump.drain()

    done = api.get(f"/v1/webhook_endpoints/{endpoint['id']}/replays/{job['id']}", token=shop.key).ok(200)
    assert (done["status"], done["replayed"]) == ("done", 3)
    assert [json.loads(each.body)["type"] for each in server.received] == ["payment.canceled"] * 3


def test_a_job_goes_in_pages_and_a_page_that_was_lost_or_came_twice_changes_nothing(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    many = A_PAGE + 10
    for _ in range(many):
        a_payment(api, shop)
    cloud.pump.drain()
    endpoint = an_endpoint(api, shop, server.url)
    path = f"/v1/webhook_endpoints/{endpoint['id']}"
    job = api.post(f"{path}/replay", whole(), token=shop.key).ok(202)
    cloud.pump.queues.reset()  # its message is lost

    cloud.advance("2m")
    done = api.get(f"{path}/replays/{job['id']}", token=shop.key).ok(200)
    assert (done["status"], done["replayed"]) == ("done", many)
    assert len(set(ids(server))) == len(server.received) == many
    cloud.wallet.replays.take([QueueMessage("1", json.dumps({"replay": job["id"]}))])
    cloud.pump.drain()
    assert len(server.received) == many


def test_a_job_stops_when_its_endpoint_is_removed(api: Api, cloud: LocalCloud, server: Receiver, shop: Shop) -> None:
    a_payment(api, shop)
    cloud.pump.drain()
    endpoint = an_endpoint(api, shop, server.url)
    path = f"/v1/webhook_endpoints/{endpoint['id']}"
    api.post(f"{path}/replay", whole(), token=shop.key).ok(202)
    api.patch(path, {"status": "disabled"}, token=shop.key).ok(200)
    cloud.pump.drain()
    api.patch(path, {"status": "enabled"}, token=shop.key).ok(200)
    cloud.advance("10m")

    assert server.received == []


def test_a_span_that_is_none_is_refused(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    endpoint = an_endpoint(api, shop)
    path = f"/v1/webhook_endpoints/{endpoint['id']}/replay"
    backwards = {"from": "2026-01-02T00:00:00Z", "to": "2026-01-02T00:00:00Z"}

    problem = refused(api.post(path, backwards, token=shop.key), 422, "invalid_request")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [("/to", "ends_before_it_begins")]
    refused(api.post(path, whole(event_types=["x.y"]), token=shop.key), 422, "invalid_request")


def test_of_two_turns_that_saw_the_same_one_moves_the_job(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    endpoint = an_endpoint(api, shop)
    job_id = api.post(f"/v1/webhook_endpoints/{endpoint['id']}/replay", whole(), token=shop.key).ok(202)["id"]
    wallet, store = cloud.wallet, cloud.wallet.deliveries.store
    with wallet.storage.trip() as trip:
        found = store.find_job(job_id, trip)
    seen = found()
    assert seen is not None
    moved = replace(seen, place="evt_" + "0" * 26, replayed=50)
    with wallet.storage.atomic_write() as write:
        store.go_on(seen, moved, cloud.clock.now(), write)

    with pytest.raises(ClaimedElsewhere), wallet.storage.atomic_write() as write:
        store.go_on(seen, moved, cloud.clock.now(), write)
