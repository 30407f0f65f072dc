"""When a merchant is paid out, over HTTP: who may not say so comes first."""

from typing import Any

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import a_merchant, a_person, cny, key, refused
from tests.selling import a_key, an_owned_shop

DAILY = {"interval": "daily", "minimum": cny(1_00)}


def change(api: Api, token: str, merchant_id: str, **fields: Any) -> Answer:
    return api.call("PATCH", f"/v1/merchants/{merchant_id}/payout_schedule", json=fields, token=token, key=key())


def shown(api: Api, token: str, merchant_id: str) -> Any:
    return api.get(f"/v1/merchants/{merchant_id}/payout_schedule", token=token).ok(200)


def test_a_strangers_schedule_is_missing(api: Api, cloud: LocalCloud) -> None:
    """P1: for another person, another merchant's key, and for a key that may not."""
    owner, shop = an_owned_shop(api, cloud)
    for stranger in (a_person(api, cloud).token, a_merchant(cloud).key):
        refused(change(api, stranger, shop.id, interval="manual"), 404, "not_found")
        refused(api.get(f"/v1/merchants/{shop.id}/payout_schedule", token=stranger), 404, "not_found")
    reader = a_key(api, owner.token, shop.id, "payouts:read")["secret"]
    assert shown(api, reader, shop.id)["interval"] == "daily"
    refused(change(api, reader, shop.id, interval="manual"), 403, "scope_missing")
    assert shown(api, owner.token, shop.id)["changed_at"] is None


def test_everybody_is_paid_out_daily_until_they_say_otherwise(api: Api, cloud: LocalCloud) -> None:
    owner, shop = an_owned_shop(api, cloud)
    found = shown(api, shop.key, shop.id)
    assert (found["object"], found["merchant_id"]) == ("payout_schedule", shop.id)
    assert {name: found[name] for name in DAILY} == DAILY
    assert found["next_payout_at"].endswith("T16:30:00Z"), "half an hour after midnight in China"
    manual = change(api, owner.token, shop.id, interval="manual").ok(200)
    assert (manual["interval"], manual["minimum"], manual["next_payout_at"]) == ("manual", DAILY["minimum"], None)
    assert manual["changed_at"]
    rich = change(api, shop.key, shop.id, minimum=cny(500_00)).ok(200)
    assert (rich["interval"], rich["minimum"]) == ("manual", cny(500_00)), "what is not named stays"
    assert shown(api, owner.token, shop.id) == rich


def test_what_is_no_schedule_changes_nothing(api: Api, cloud: LocalCloud) -> None:
    _, shop = an_owned_shop(api, cloud)
    for fields, pointer, code in (
        ({"interval": "hourly"}, "/interval", "unknown_value"),
        ({"minimum": cny(99)}, "/minimum/amount", "too_small"),
        ({"minimum": {"amount": 500, "currency": "XXZ"}}, "/minimum/currency", "unknown_value"),
        ({"weekday": "monday"}, "/weekday", "unknown_field"),
    ):
        problem = refused(change(api, shop.key, shop.id, **fields), 422, "invalid_request")
        assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [(pointer, code)]
    assert shown(api, shop.key, shop.id)["changed_at"] is None


def test_each_change_is_told_once_and_what_changes_nothing_is_not(api: Api, cloud: LocalCloud) -> None:
    """Whoever holds a key could stop a merchant's payouts: its servers hear of it."""
    _, shop = an_owned_shop(api, cloud)
    for fields in ({"interval": "manual"}, {"interval": "manual"}, {}, {"minimum": cny(500_00)}):
        cloud.clock.advance("1s")
        change(api, shop.key, shop.id, **fields).ok(200)
    listed = api.get("/v1/events?type=merchant.payout_schedule.changed", token=shop.key).ok(200)["data"]
    told = [(each["data"]["id"], each["data"]["interval"], each["data"]["minimum"]) for each in listed]
    assert told == [(shop.id, "manual", cny(500_00)), (shop.id, "manual", cny(1_00))]
