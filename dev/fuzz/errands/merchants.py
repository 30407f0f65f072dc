"""Errands of merchants and their owners: applications, keys, outlets, payouts, reports and webhooks."""

import uuid
from collections.abc import Mapping
from typing import Any

from dev.fuzz.errands.led import Errand, Led
from dev.fuzz.world import PIN, SHOP, Person, World, cny
from dev.listen import NotThere

MANY_ENDPOINTS = 6
LITTLE = 1_00


def apply(_world: World, _person: Person) -> Led:
    return Led(body=SHOP)


def of_application(world: World, person: Person) -> Led:
    unfinished = {name: value for name, value in SHOP.items() if name != "settlement_account"}
    made = world.ask("POST", "/v1/merchant_applications", unfinished, person.token)
    return Led({"application_id": made["id"]}, {"name": "翠湖茶馆二店"})


def of_merchant(world: World, _person: Person) -> Led:
    return Led({"merchant_id": world.merchant_id})


def rename(world: World, _person: Person) -> Led:
    return Led({"merchant_id": world.merchant_id}, {"latin_name": "CUIHU TEA HOUSE"})


def new_account(world: World, _person: Person) -> Led:
    return Led({"merchant_id": world.merchant_id}, {**SHOP["settlement_account"], "pin": PIN})


def create_key(world: World, _person: Person) -> Led:
    world.end_spare_keys(world.owner())
    return Led({"merchant_id": world.merchant_id}, {"name": "till"})


def of_key(world: World, person: Person) -> Led:
    """Another key than the one that calls."""
    path, body, _ = create_key(world, person)
    made = world.ask("POST", f"/v1/merchants/{world.merchant_id}/api_keys", body, world.owner().token)
    return Led({**path, "key_id": made["id"]})


def roll_key(world: World, person: Person) -> Led:
    return Led(of_key(world, person).path, {"overlap": 60})


def register_signing_key(world: World, _person: Person) -> Led:
    _make_room(world)
    return Led({"merchant_id": world.merchant_id}, {"name": "server", "algorithm": "hmac-sha256"})


def _make_room(world: World) -> None:
    path = f"/v1/merchants/{world.merchant_id}/signing_keys"
    for row in world.ask("GET", path, token=world.key())["data"]:
        if row.get("status") == "active":
            world.ask("DELETE", f"{path}/{row['id']}", token=world.key())


def of_signing_key(world: World, person: Person) -> Led:
    path, body, _ = register_signing_key(world, person)
    made = world.ask("POST", f"/v1/merchants/{world.merchant_id}/signing_keys", body, world.key())
    return Led({**path, "key_id": made["id"]})


def create_outlet(_world: World, _person: Person) -> Led:
    return Led(body={"name": f"Cuihu {uuid.uuid4().hex[:6]}"})


def of_outlet(world: World, _person: Person) -> Led:
    return Led({"outlet_id": world.an_outlet()}, None)


def change_outlet(world: World, person: Person) -> Led:
    return Led(of_outlet(world, person).path, {"name": "Cuihu Lake"})


def change_schedule(world: World, _person: Person) -> Led:
    return Led({"merchant_id": world.merchant_id}, {"interval": "daily"})


def pay_out(world: World, _person: Person) -> Led:
    balances = world.ask("GET", "/v1/balance", token=world.key())["balances"]
    if not any(each["available"] >= LITTLE for each in balances):
        world.a_day_later()
    return Led(body={"amount": cny(LITTLE)})


def of_payout(world: World, person: Person) -> Led:
    body = pay_out(world, person).body
    try:
        made = world.ask("POST", "/v1/payouts", body, world.key())
    except NotThere:
        # The settlement account was changed, and is paid to in two days.
        world.a_day_later()
        made = world.ask("POST", "/v1/payouts", body, world.key())
    return Led({"payout_id": made["id"]})


def of_report(world: World, _person: Person) -> Led:
    """The newest day that is closed. A merchant that is new today has none yet."""
    if not (days := _closed_days(world)):
        world.a_day_later()
        days = _closed_days(world)
    return Led({"date": days[0]})


def _closed_days(world: World) -> list[str]:
    rows = world.ask("GET", "/v1/reconciliation", token=world.key())["data"]
    return [row["date"] for row in rows if row["status"] != "open"]


def create_endpoint(world: World, _person: Person) -> Led:
    rows = world.ask("GET", "/v1/webhook_endpoints", token=world.key())["data"]
    for row in rows[MANY_ENDPOINTS:]:
        world.ask("DELETE", f"/v1/webhook_endpoints/{row['id']}", token=world.key())
    return Led(body={"url": "https://shop.example/wallet/events", "description": "shop"})


def of_endpoint(world: World, person: Person) -> Led:
    made = world.ask("POST", "/v1/webhook_endpoints", create_endpoint(world, person).body, world.key())
    return Led({"endpoint_id": made["id"]})


def change_endpoint(world: World, person: Person) -> Led:
    return Led(of_endpoint(world, person).path, {"description": "the shop's"})


def roll_secret(world: World, person: Person) -> Led:
    return Led(of_endpoint(world, person).path, {"overlap": 60})


def replay(world: World, person: Person) -> Led:
    body: Mapping[str, Any] = {"from": world.ago(days=2), "to": world.ago(days=0), "event_types": ["payment.*"]}
    return Led(of_endpoint(world, person).path, body)


def of_replay(world: World, person: Person) -> Led:
    path, body, _ = replay(world, person)
    made = world.ask("POST", f"/v1/webhook_endpoints/{path['endpoint_id']}/replay", body, world.key())
    return Led({**path, "replay_id": made["id"]})


def of_event(world: World, _person: Person) -> Led:
    """One of the caller's own."""
    return Led({"event_id": world.ask("GET", "/v1/events", token=world.asking)["data"][0]["id"]})


def replay_event(world: World, person: Person) -> Led:
    return Led(of_event(world, person).path, {"endpoint_id": of_endpoint(world, person).path["endpoint_id"]})


OF_MERCHANTS: Mapping[str, Errand] = {
    "api_keys_create_api_key": create_key,
    "api_keys_list_api_keys": of_merchant,
    "api_keys_revoke_api_key": of_key,
    "api_keys_roll_api_key": roll_key,
    "deliveries_get_webhook_replay": of_replay,
    "deliveries_list_webhook_deliveries": of_endpoint,
    "deliveries_replay_event": replay_event,
    "deliveries_replay_webhooks": replay,
    "deliveries_test_webhook_endpoint": of_endpoint,
    "events_get_event": of_event,
    "merchant_applications_apply": apply,
    "merchant_applications_change_application": of_application,
    "merchant_applications_get_application": of_application,
    "merchants_change_merchant": rename,
    "merchants_get_merchant": of_merchant,
    "outlets_change_outlet": change_outlet,
    "outlets_create_outlet": create_outlet,
    "outlets_get_outlet": of_outlet,
    "checkouts_get_outlet_page": of_outlet,
    "payout_schedules_change_schedule": change_schedule,
    "payout_schedules_get_schedule": of_merchant,
    "payouts_create_payout": pay_out,
    "payouts_get_balance": of_merchant,
    "payouts_get_payout": of_payout,
    "reconciliation_get_report": of_report,
    "settlement_accounts_change_settlement_account": new_account,
    "settlement_accounts_get_settlement_account": of_merchant,
    "signing_keys_list_signing_keys": of_merchant,
    "signing_keys_register_signing_key": register_signing_key,
    "signing_keys_revoke_signing_key": of_signing_key,
    "webhooks_change_webhook_endpoint": change_endpoint,
    "webhooks_create_webhook_endpoint": create_endpoint,
    "webhooks_delete_webhook_endpoint": of_endpoint,
    "webhooks_get_webhook_endpoint": of_endpoint,
    "webhooks_roll_webhook_secret": roll_secret,
}
