"""Events on their way: posted, signed, tried again, listed; once in the end, whatever queues and workers do."""

import json
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from dev.client import Api
from dev.cloud import pump, queues
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person, refused
from tests.dev.processes import soon
from tests.receiver import Receiver, status
from tests.shopping import a_paid_payment, a_payment, cancel, refund
from tests.webhooks.endpoints import an_endpoint, deliveries
from wallet_api.deliveries.model import PLAN


def told(server: Receiver) -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in server.received]


@pytest.mark.present
def test_an_event_is_posted_signed_and_as_the_api_shows_it_p26(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    """P26: the reference library verifies what arrived."""
    endpoint = an_endpoint(api, shop, server.url)
    payment = a_payment(api, shop)

    cloud.pump.drain()

    (request,) = server.received
    event = Webhook(endpoint["secret"]).verify(request.body, request.headers)
    assert (event["type"], event["data"]["id"]) == ("payment.created", payment["id"])
    assert event == api.get(f"/v1/events/{event['id']}", token=shop.key).ok(200)
    assert request.headers["webhook-id"] == event["id"]
    assert request.headers["content-type"] == "application/json"
    (delivery,) = deliveries(api, shop, endpoint["id"])
    assert (delivery["status"], delivery["attempts"], delivery["event_id"]) == ("succeeded", 1, event["id"])
    assert [(each["status_code"], each["problem"]) for each in delivery["log"]] == [(204, None)]


def test_a_payload_is_small_and_names_nobody_p32(api: Api, cloud: LocalCloud, server: Receiver, shop: Shop) -> None:
    """P32."""
    an_endpoint(api, shop, server.url)
    payer = a_person(api, cloud, balance=50_000)
    paid = a_paid_payment(api, shop, payer)
    refund(api, shop, paid["id"], 100).ok(201)
    cloud.pump.drain()

    assert {each["type"] for each in told(server)} == {"payment.created", "payment.succeeded", "refund.succeeded"}
    everything = b"".join(each.body for each in server.received).decode()
    assert max(len(each.body) for each in server.received) < 20_000
    for secret in (payer.phone, payer.id, "4242", "乌龙茶", "returned", payer.token):
        assert secret not in everything


def test_only_what_an_endpoint_wants_goes_there_and_only_to_its_merchant(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    some = an_endpoint(api, shop, f"{server.url}&some", event_types=["payment.canceled", "refund.*"])
    an_endpoint(api, shop, f"{server.url}&all")
    off = an_endpoint(api, shop, f"{server.url}&off")
    api.patch(f"/v1/webhook_endpoints/{off['id']}", {"status": "disabled"}, token=shop.key).ok(200)
    an_endpoint(api, a_merchant(cloud), f"{server.url}&other")

    cancel(api, shop, a_payment(api, shop)["id"]).ok(200)
    cloud.pump.drain()

    got = sorted((each.path.rpartition("&")[2], json.loads(each.body)["type"]) for each in server.received)
    assert got == [("all", "payment.canceled"), ("all", "payment.created"), ("some", "payment.canceled")]
    assert [each["event_type"] for each in deliveries(api, shop, some["id"])] == ["payment.canceled"]


@pytest.mark.present
def test_while_a_secret_rolls_a_receiver_may_know_either_p27(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    """P27."""
    first = an_endpoint(api, shop, server.url)
    rolled = api.post(f"/v1/webhook_endpoints/{first['id']}/roll_secret", {}, token=shop.key).ok(200)
    a_payment(api, shop)
    cloud.pump.drain()

    (request,) = server.received
    for secret in (first["secret"], rolled["secret"]):
        assert Webhook(secret).verify(request.body, request.headers)


def test_what_fails_is_tried_again_by_plan_under_one_id_with_fresh_times_p26_p29(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    """P26, P29: the id stays, the time is the attempt's; after 5 s, 5 min and so on."""
    endpoint = an_endpoint(api, shop, server.url)
    server.usual = status(500)
    a_payment(api, shop)
    cloud.pump.drain()

    for number, wait in enumerate(PLAN[1:4], 1):
        assert len(server.received) == number
        cloud.advance(str(int(wait.total_seconds() * 0.9)) + "s")
        assert len(server.received) == number, "not before its time"
        cloud.advance(str(int(wait.total_seconds() * 0.2) + 121) + "s")
        assert len(server.received) == number + 1
    server.usual = status(204)
    cloud.advance("3h")

    assert len({each.headers["webhook-id"] for each in server.received}) == 1
    stamps = [int(each.headers["webhook-timestamp"]) for each in server.received]
    assert stamps == sorted(set(stamps))
    (delivery,) = deliveries(api, shop, endpoint["id"])
    assert (delivery["status"], delivery["attempts"]) == ("succeeded", 5)
    assert [each["status_code"] for each in delivery["log"]] == [500] * 4 + [204]
    cloud.advance("30h")
    assert len(server.received) == 5


def three_days(cloud: LocalCloud) -> None:
    for _ in range(40):
        cloud.advance("3h")


def test_after_three_days_without_a_success_the_endpoint_is_disabled_and_its_merchant_told_p29(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    """P29: manual replay and the list of what failed remain."""
    endpoint = an_endpoint(api, shop, f"{server.url}&bad")
    other = an_endpoint(api, shop, f"{server.url}&good", event_types=["webhook_endpoint.*"])
    server.usual = lambda handler: status(204 if handler.path.endswith("good") else 500)(handler)
    a_payment(api, shop)
    cloud.pump.drain()
    three_days(cloud)

    bad = [each for each in server.received if each.path.endswith("bad")]
    assert len(bad) == len(PLAN)
    seen = api.get(f"/v1/webhook_endpoints/{endpoint['id']}", token=shop.key).ok(200)
    assert (seen["status"], seen["disabled_reason"]) == ("disabled", "failing")
    (failed,) = deliveries(api, shop, endpoint["id"], "&status=failed")
    assert (failed["status"], failed["attempts"], failed["next_attempt_at"]) == ("failed", len(PLAN), None)
    (notice,) = [json.loads(each.body) for each in server.received if each.path.endswith("good")]
    assert notice["type"] == "webhook_endpoint.disabled"
    assert notice["data"] == {
        "id": endpoint["id"], "object": "webhook_endpoint", "status": "disabled", "reason": "failing",
    }  # fmt: skip
    assert len(deliveries(api, shop, other["id"])) == 1


def test_an_endpoint_that_takes_other_events_is_not_disabled_for_one_that_it_never_takes(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    endpoint = an_endpoint(api, shop, server.url)
    poison = a_payment(api, shop)["id"].encode()

    def answer(handler: Any) -> None:
        status(500 if poison in server.received[-1].body else 204)(handler)

    server.usual = answer
    cloud.pump.drain()
    for _ in range(40):
        cloud.advance("3h")
        a_payment(api, shop)
        cloud.pump.drain()

    (failed,) = deliveries(api, shop, endpoint["id"], "&status=failed")
    assert failed["attempts"] == len(PLAN)
    seen = api.get(f"/v1/webhook_endpoints/{endpoint['id']}", token=shop.key).ok(200)
    assert (seen["status"], seen["failing_since"]) == ("enabled", None)


def test_gone_disables_at_once_p28(api: Api, cloud: LocalCloud, server: Receiver, shop: Shop) -> None:
    """P28: 410."""
    endpoint = an_endpoint(api, shop, server.url)
    server.usual = status(410)
    a_payment(api, shop)
    cloud.pump.drain()
    a_payment(api, shop)
    three_days(cloud)

    assert len(server.received) == 1
    seen = api.get(f"/v1/webhook_endpoints/{endpoint['id']}", token=shop.key).ok(200)
    assert (seen["status"], seen["disabled_reason"]) == ("disabled", "gone")
    assert [each["status"] for each in deliveries(api, shop, endpoint["id"])] == ["failed"]


def test_a_redirect_is_a_failure_p28(api: Api, cloud: LocalCloud, server: Receiver, shop: Shop) -> None:
    """P28."""
    endpoint = an_endpoint(api, shop, server.url)
    server.usual = status(302, Location="https://169.254.169.254/")
    a_payment(api, shop)
    cloud.pump.drain()

    (delivery,) = deliveries(api, shop, endpoint["id"])
    assert delivery["status"] == "retrying"
    assert [each["status_code"] for each in delivery["log"]] == [302]


def test_a_wish_to_be_left_alone_is_granted_p28(api: Api, cloud: LocalCloud, server: Receiver, shop: Shop) -> None:
    """P28: Retry-After on 429."""
    an_endpoint(api, shop, server.url)
    server.answers = [status(429, Retry_After="7200")]
    a_payment(api, shop)
    cloud.pump.drain()

    cloud.advance("119m")
    assert len(server.received) == 1
    cloud.advance("2m")
    assert len(server.received) == 2


def test_a_name_that_leads_inside_by_now_is_not_called_and_the_log_says_so_p16(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    """P16: checked again at each delivery; the log tells what, and nothing of an answer."""
    endpoint = an_endpoint(api, shop, server.url)
    cloud.callbacks.way = server.callbacks(resolver=lambda _host, _port: ["169.254.169.254"])
    a_payment(api, shop)
    cloud.pump.drain()

    assert server.received == []
    (delivery,) = deliveries(api, shop, endpoint["id"])
    assert [each["problem"] for each in delivery["log"]] == ["address_refused"]


def test_what_the_other_side_says_is_shown_to_nobody_p16(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    """P16."""
    endpoint = an_endpoint(api, shop, server.url)
    server.usual = status(500, b"the innermost secret", X_Inner="another secret")
    a_payment(api, shop)
    cloud.pump.drain()

    path = f"/v1/webhook_endpoints/{endpoint['id']}/deliveries"
    assert "secret" not in api.get(path, token=shop.key).text
    assert deliveries(api, shop, endpoint["id"])[0]["log"][0]["response_bytes"] == 20


def test_deliveries_are_listed_by_status_and_in_pages(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    endpoint = an_endpoint(api, shop, server.url)
    server.answers = [status(500), status(500)]
    for _ in range(7):
        a_payment(api, shop)
        cloud.clock.advance("1s")
    cloud.pump.drain()

    assert len(deliveries(api, shop, endpoint["id"], "&status=retrying")) == 2
    assert len(deliveries(api, shop, endpoint["id"], "&status=succeeded")) == 5
    assert deliveries(api, shop, endpoint["id"], "&status=failed") == []
    path, seen, cursor = f"/v1/webhook_endpoints/{endpoint['id']}/deliveries?limit=3", [], ""
    for last in (False, False, True):
        page = api.get(path + cursor, token=shop.key).ok(200)
        seen += [each["id"] for each in page["data"]]
        cursor = f"&cursor={page['next_cursor']}"
        assert (page["next_cursor"] is None) is last
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 7
    refused(api.get(f"{path}&cursor=cGF5XzAx", token=shop.key), 422, "invalid_request")


def test_a_first_attempt_follows_its_commit_and_waits_for_no_clock(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time stands still and nobody looks by himself: what was written wakes one after the other. How soon is the machine's matter."""
    an_endpoint(api, shop, server.url)
    cloud.clock.freeze()
    for part in (pump, queues):
        monkeypatch.setattr(part, "LOOK_SECONDS", 600)
    cloud.pump.start()
    try:
        a_payment(api, shop)
        assert soon(lambda: bool(server.received))
    finally:
        cloud.pump.stop()
