"""A person's notifications: every movement of their money, in their language, read or not."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, refused, send
from tests.shopping import a_paid_payment, refund


def test_each_movement_of_money_is_confirmed_to_whom_it_concerns(api: Api, cloud: LocalCloud) -> None:
    payer, payee, shop = a_person(api, cloud, balance=50_000), a_person(api, cloud), a_merchant(cloud)
    paid = a_paid_payment(api, shop, payer, 1250)
    refund(api, shop, paid["id"], 250).ok(201)
    send(api, payer, payee, 700).ok(201)
    cloud.pump.drain()
    cloud.pump.replay()
    cloud.pump.drain()

    rows = api.get("/v1/notifications", token=payer.token, lang="en").ok(200)["data"]
    assert [(row["title"], row["text"]) for row in rows] == [
        ("Sent", "You sent 7.00 CNY."),
        ("Refunded", "2.50 CNY came back to you."),
        ("Paid", "Your payment of 12.50 CNY arrived."),
        ("Topped up", "500.00 CNY reached your wallet."),
    ]
    (received,) = api.get("/v1/notifications", token=payee.token, lang="zh-CN").ok(200)["data"]
    assert (received["title"], received["text"]) == ("收到转账", "您收到一笔 7.00 CNY 的转账。")
    assert received["data"]["object"] == "transfer"


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
