"""Events over HTTP: one's own, in pages, of one type."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Someone, a_merchant, a_person, cny, key, refused, send


def three_transfers(api: Api, cloud: LocalCloud) -> tuple[Someone, Someone]:
    payer, payee = a_person(api, cloud, balance=10_000), a_person(api, cloud)
    for amount in (101, 102, 103):
        send(api, payer, payee, amount).ok(201)
    cloud.pump.drain()
    return payer, payee


def test_a_stranger_sees_no_events(api: Api) -> None:
    refused(api.get("/v1/events"), 401, "not_authenticated")
    refused(api.get("/v1/events", token="sk_test_" + "A" * 96), 401, "not_authenticated")


def test_somebody_elses_event_is_as_missing_as_none_p1(api: Api, cloud: LocalCloud) -> None:
    """P1: another customer, a merchant and a made-up id get the same answer."""
    payer, payee = three_transfers(api, cloud)
    theirs = api.get("/v1/events", token=payee.token).ok(200)["data"][0]["id"]
    shop = a_merchant(cloud)

    problems = [
        refused(api.get(f"/v1/events/{event}", token=token), 404, "not_found")
        for event, token in (
            (theirs, payer.token),
            (theirs, shop.key),
            ("evt_" + "0" * 26, payer.token),
            ("x", shop.key),
        )
    ]
    assert len({problem["detail"] for problem in problems}) == 1
    assert api.get("/v1/events", token=shop.key).ok(200)["data"] == []


def test_an_event_says_what_happened_to_which_object(api: Api, cloud: LocalCloud) -> None:
    payer, _ = three_transfers(api, cloud)

    newest = api.get("/v1/events", token=payer.token).ok(200)["data"][0]

    assert api.get(f"/v1/events/{newest['id']}", token=payer.token).ok(200) == newest
    assert (newest["object"], newest["type"]) == ("event", "transfer.sent")
    assert newest["data"]["object"] == "transfer"
    assert newest["data"]["id"].startswith("trf_")
    assert newest["data"]["amount"] == cny(103)
    assert newest["data"]["balance_change"] == cny(-103)
    assert newest["sequence"] > 0


def test_pages_follow_each_other_without_gap_or_repetition(api: Api, cloud: LocalCloud) -> None:
    payer, payee = three_transfers(api, cloud)
    first = api.get("/v1/events?limit=2", token=payer.token).ok(200)
    send(api, payer, payee, 104).ok(201)
    cloud.pump.drain()

    second = api.get(f"/v1/events?limit=2&cursor={first['next_cursor']}", token=payer.token).ok(200)

    amounts = [event["data"]["amount"]["amount"] for event in first["data"] + second["data"]]
    assert amounts == [103, 102, 101, 10_000]
    assert second["next_cursor"] is None


def test_one_type_can_be_asked_for(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    for number in range(5):
        body = {"amount": cny(100), "description": "Tea", "order_id": f"o-{number}"}
        made = api.post("/v1/payments", body, token=shop.key, key=key()).ok(201)
        if number % 2:
            api.post(f"/v1/payments/{made['id']}/cancel", token=shop.key, key=key()).ok()
    cloud.pump.drain()

    canceled = api.get("/v1/events?type=payment.canceled", token=shop.key).ok(200)

    assert [event["type"] for event in canceled["data"]] == ["payment.canceled"] * 2
    assert canceled["next_cursor"] is None
    refused(api.get("/v1/events?type=Payment", token=shop.key), 422, "invalid_request")


def test_a_cursor_of_another_list_is_refused(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)

    for cursor in ("AAAA", "cGF5XzAx", "!!"):
        refused(api.get(f"/v1/events?cursor={cursor}", token=shop.key), 422, "invalid_request")


def test_what_happened_to_one_object_of_some_types_in_a_time_can_be_asked_for(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    body = {"amount": cny(100), "description": "Tea", "order_id": "o-1"}
    made = api.post("/v1/payments", body, token=shop.key, key=key()).ok(201)
    noon = cloud.clock.advance("1h").strftime("%Y-%m-%dT%H:%M:%SZ")
    other = api.post("/v1/payments", {**body, "order_id": "o-2"}, token=shop.key, key=key()).ok(201)
    api.post(f"/v1/payments/{other['id']}/cancel", token=shop.key, key=key()).ok()
    cloud.pump.drain()

    def listed(query: str) -> list[tuple[str, str]]:
        rows = api.get(f"/v1/events?{query}", token=shop.key).ok(200)["data"]
        return [(row["data"]["id"], row["type"]) for row in rows]

    assert listed(f"object_id={made['id']}") == [(made["id"], "payment.created")]
    assert listed(f"from={noon}") == [(other["id"], "payment.canceled"), (other["id"], "payment.created")]
    assert listed(f"to={noon}") == [(made["id"], "payment.created")]
    assert listed(f"from={noon}&type=payment.*&to=2100-01-01T00:00:00Z") == listed(f"from={noon}")
    assert listed("type=refund.*") == []
    refused(api.get("/v1/events?from=yesterday", token=shop.key), 422, "invalid_request")
    refused(api.get("/v1/events?from=2026-11-22T00:00:00", token=shop.key), 422, "invalid_request")
