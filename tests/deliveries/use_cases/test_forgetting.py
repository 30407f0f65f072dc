"""What has ended is kept for a while and then forgotten by its table; an event outlives its deliveries and may be sent again."""

from datetime import timedelta

from dev.cloud.local import LocalCloud
from tests.build import Shop
from tests.client import Api
from tests.receiver import Receiver, status
from tests.shopping import a_payment
from tests.webhooks.endpoints import an_endpoint, deliveries
from wallet_api.deliveries.model import KEPT_FOR


def test_an_open_delivery_is_never_forgotten(api: Api, cloud: LocalCloud, server: Receiver, shop: Shop) -> None:
    endpoint = an_endpoint(api, shop, server.url)
    server.answers = [status(500)] * 3
    a_payment(api, shop)
    cloud.pump.drain()
    cloud.clock.advance(KEPT_FOR + timedelta(days=1))
    cloud.sweep_expired()
    (delivery,) = deliveries(api, shop, endpoint["id"])
    assert delivery["status"] == "retrying"


def test_an_ended_one_is_forgotten_after_its_time_and_its_event_is_sent_anew(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    """Ninety days after its end, not after its beginning; being forgotten is no news to anybody."""
    endpoint = an_endpoint(api, shop, server.url)
    a_payment(api, shop)
    cloud.pump.drain()
    (delivery,) = deliveries(api, shop, endpoint["id"])
    cloud.clock.advance(KEPT_FOR - timedelta(minutes=1))
    cloud.sweep_expired()
    assert len(deliveries(api, shop, endpoint["id"])) == 1
    cloud.clock.advance(timedelta(minutes=2))
    cloud.sweep_expired()
    cloud.pump.drain()
    assert deliveries(api, shop, endpoint["id"]) == []
    (event, *_) = api.get("/v1/events", token=shop.key).ok(200)["data"]
    assert event["id"] == delivery["event_id"], "nothing was told of it"
    api.post(f"/v1/events/{event['id']}/replay", {}, token=shop.key).ok(202)
    cloud.pump.drain()
    assert [each.headers["webhook-id"] for each in server.received] == [event["id"]] * 2
    (again,) = deliveries(api, shop, endpoint["id"])
    assert (again["status"], again["attempts"]) == ("succeeded", 1)


def test_one_that_is_sent_again_is_kept_from_its_new_end_on(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    endpoint = an_endpoint(api, shop, server.url)
    a_payment(api, shop)
    cloud.pump.drain()
    (delivery,) = deliveries(api, shop, endpoint["id"])
    cloud.clock.advance(KEPT_FOR - timedelta(hours=1))
    server.answers = [status(500)]
    api.post(f"/v1/events/{delivery['event_id']}/replay", {}, token=shop.key).ok(202)
    cloud.pump.drain()
    cloud.clock.advance(timedelta(hours=2))
    cloud.sweep_expired()
    assert [each["status"] for each in deliveries(api, shop, endpoint["id"])] == ["retrying"], "it is on its way"
    cloud.advance("1m")
    assert [each["status"] for each in deliveries(api, shop, endpoint["id"])] == ["succeeded"]
    cloud.clock.advance(KEPT_FOR - timedelta(days=1))
    cloud.sweep_expired()
    assert len(deliveries(api, shop, endpoint["id"])) == 1


def test_a_job_that_is_done_is_forgotten(api: Api, cloud: LocalCloud, server: Receiver, shop: Shop) -> None:
    endpoint = an_endpoint(api, shop, server.url)["id"]
    now = cloud.clock.now()
    span = {"from": (now - timedelta(days=1)).isoformat(), "to": now.isoformat()}
    job = api.post(f"/v1/webhook_endpoints/{endpoint}/replay", span, token=shop.key).ok(202)["id"]
    cloud.pump.drain()
    where = f"/v1/webhook_endpoints/{endpoint}/replays/{job}"
    assert api.get(where, token=shop.key).ok(200)["status"] == "done"
    cloud.clock.advance(KEPT_FOR + timedelta(minutes=1))
    cloud.sweep_expired()
    assert api.get(where, token=shop.key).status == 404
