"""A person's notifications: every movement of their money, in their language, read or not."""

from typing import Any

import pytest

from bench.meter import metered
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, refused, send
from tests.shopping import a_paid_payment, refund
from wallet_api.errors import Unavailable
from wallet_api.people.model import mask_phone


def test_each_movement_of_money_is_confirmed_to_whom_it_concerns(api: Api, cloud: LocalCloud) -> None:
    payer, payee = a_person(api, cloud, balance=50_000), a_person(api, cloud)
    shop = a_merchant(cloud, "Tea House")
    paid = a_paid_payment(api, shop, payer, 1250)
    refund(api, shop, paid["id"], 250).ok(201)
    send(api, payer, payee, 700).ok(201)
    cloud.pump.drain()
    cloud.pump.replay()
    cloud.pump.drain()

    rows = api.get("/v1/notifications", token=payer.token, lang="en").ok(200)["data"]
    back = "Tea House gave 2.50 CNY back. It is on your balance, or on the card that you chose; the transaction says which."
    assert [(row["title"], row["text"]) for row in rows] == [
        ("Sent", f"You sent 7.00 CNY to {mask_phone(payee.phone)}."),
        ("Refunded", back),
        ("Paid", "You paid Tea House 12.50 CNY."),
        ("Topped up", "500.00 CNY from visa 4242 reached your wallet."),
    ]
    (received,) = api.get("/v1/notifications", token=payee.token, lang="zh-CN").ok(200)["data"]
    assert (received["title"], received["text"]) == ("收到转账", f"您收到{mask_phone(payer.phone)}转来的 7.00 CNY。")
    assert received["data"]["object"] == "transfer"


def test_nobody_is_named_by_words_of_their_own(api: Api, cloud: LocalCloud) -> None:
    """Whoever sends a cent under the name of a bank would have it said by us."""
    payer, payee = a_person(api, cloud, balance=50_000), a_person(api, cloud)
    api.patch("/v1/me", {"display_name": "钱包客服"}, token=payer.token).ok(200)
    send(api, payer, payee, 1).ok(201)
    cloud.pump.drain()
    answer = api.get("/v1/notifications", token=payee.token)
    assert "钱包客服" not in answer.text
    assert payer.phone not in answer.text
    assert mask_phone(payer.phone) in answer.text


def test_while_a_name_cannot_be_opened_everything_else_is_told(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key service is away; what happened to the money is not."""
    payer, payee = a_person(api, cloud, balance=50_000), a_person(api, cloud)
    send(api, payer, payee, 700).ok(201)
    cloud.pump.drain()

    def away(*_: Any, **__: Any) -> Any:
        raise Unavailable

    monkeypatch.setattr(type(cloud.wallet.people), "contact_of", away)
    (row,) = api.get("/v1/notifications", token=payee.token, lang="en").ok(200)["data"]
    assert row["text"] == "You received 7.00 CNY from somebody."


def test_a_page_of_a_hundred_takes_as_many_round_trips_as_few_do(api: Api, cloud: LocalCloud) -> None:
    """However many are named; only the objects are read forty at a time."""
    payer, payee = a_person(api, cloud, balance=50_000), a_person(api, cloud)
    for amount in range(1, 31):
        send(api, payer, payee, amount).ok(201)
    cloud.pump.drain()
    trips = []
    for limit in (1, 30):
        with metered() as meter:
            found = api.get(f"/v1/notifications?limit={limit}", token=payee.token).ok(200)["data"]
        assert len(found) == limit
        trips.append(meter.round_trips)
    assert trips[0] == trips[1] <= 6


def test_what_was_read_and_all_before_it_stays_read(api: Api, cloud: LocalCloud) -> None:
    payer, payee = a_person(api, cloud, balance=50_000), a_person(api, cloud)
    for amount in (101, 102, 103):
        cloud.clock.advance("2s")
        send(api, payer, payee, amount).ok(201)
    cloud.pump.drain()

    def read() -> list[bool]:
        rows = api.get("/v1/notifications", token=payee.token).ok(200)["data"]
        return [row["read"] for row in rows]

    newest, middle, oldest = api.get("/v1/notifications", token=payee.token).ok(200)["data"]
    assert read() == [False, False, False]
    told = api.post(f"/v1/notifications/{middle['id']}/read", token=payee.token).ok(200)
    assert told == {**middle, "read": True}
    assert read() == [False, True, True]
    api.post(f"/v1/notifications/{oldest['id']}/read", token=payee.token).ok(200)
    assert read() == [False, True, True], "to read an earlier one again makes nothing unread"
    api.post(f"/v1/notifications/{newest['id']}/read", token=payee.token).ok(200)
    assert read() == [True, True, True]


def test_nobody_reads_or_marks_somebody_elses_p1(api: Api, cloud: LocalCloud) -> None:
    """P1."""
    payer, payee, shop = a_person(api, cloud, balance=5_000), a_person(api, cloud), a_merchant(cloud)
    send(api, payer, payee, 100).ok(201)
    cloud.pump.drain()
    (mine,) = api.get("/v1/notifications", token=payee.token).ok(200)["data"]

    refused(api.get("/v1/notifications"), 401, "not_authenticated")
    refused(api.get("/v1/notifications", token=shop.key), 403, "wrong_caller")
    for event_id in (mine["id"], "evt_" + "0" * 26, "x"):
        refused(api.post(f"/v1/notifications/{event_id}/read", token=payer.token), 404, "not_found")
    assert [row["read"] for row in api.get("/v1/notifications", token=payee.token).ok(200)["data"]] == [False]
