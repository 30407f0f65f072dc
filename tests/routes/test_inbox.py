"""Notifications over HTTP: pages, and a dead session."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_person, refused, send


def test_notifications_come_in_pages(api: Api, cloud: LocalCloud) -> None:
    payer, payee = a_person(api, cloud, balance=50_000), a_person(api, cloud)
    for amount in (101, 102, 103):
        send(api, payer, payee, amount).ok(201)
    cloud.pump.drain()

    first = api.get("/v1/notifications?limit=2", token=payee.token).ok(200)
    second = api.get(f"/v1/notifications?limit=2&cursor={first['next_cursor']}", token=payee.token).ok(200)

    assert [row["data"]["amount"]["amount"] for row in first["data"] + second["data"]] == [103, 102, 101]
    assert second["next_cursor"] is None
    refused(api.get("/v1/notifications?cursor=AAAA", token=payee.token), 422, "invalid_request")


def test_a_session_that_has_ended_reads_nothing(api: Api, cloud: LocalCloud) -> None:
    person = a_person(api, cloud)
    api.delete("/v1/sessions/current", token=person.token)
    assert api.get("/v1/notifications", token=person.token).status == 401
