"""Errands of money: cards, top-ups, payments, refunds, transfers, mandates and what pages tell of them."""

import uuid
from collections.abc import Mapping

from dev.fuzz.errands.led import Errand, Led
from dev.fuzz.world import CONFIRMED_CARD, PIN, Person, World, cny


def bind_card(world: World, person: Person) -> Led:
    return Led(body=world.another_card(person))


def verify_card(world: World, person: Person) -> Led:
    return Led({"card_id": world.unverified_card(person)}, {"code": world.code_to(person.phone)})


def make_default(world: World, person: Person) -> Led:
    return Led({"card_id": world.a_card_of(person)}, {"default": True})


def confirm_top_up(world: World, person: Person) -> Led:
    card_id = world.card(person, CONFIRMED_CARD)
    made = world.ask("POST", "/v1/top_ups", {"amount": cny(500), "source": {"card_id": card_id}}, person.token)
    return Led({"top_up_id": made["id"]}, {"code": world.code_to(person.phone)})


def top_up(world: World, person: Person) -> Led:
    return Led(body={"amount": cny(500), "source": {"card_id": world.a_card_of(person)}})


def of_top_up(world: World, person: Person) -> Led:
    return Led({"top_up_id": world.ask("POST", "/v1/top_ups", top_up(world, person).body, person.token)["id"]})


def of_quote(world: World, person: Person) -> Led:
    body = {"operation": "transfer", "amount": cny(300)}
    return Led({"quote_id": world.ask("POST", "/v1/fee_quotes", body, person.token)["id"]})


def transfer(world: World, person: Person) -> Led:
    to = {"phone": world.someone_else(person).phone}
    return Led(body={"to": to, "amount": cny(200), "authorization": {"pin": PIN}})


def of_transfer(world: World, person: Person) -> Led:
    made = world.ask("POST", "/v1/transfers", transfer(world, person).body, person.token)
    return Led({"transfer_id": made["id"]})


def of_delayed_transfer(world: World, person: Person) -> Led:
    made = world.ask("POST", "/v1/transfers", {**transfer(world, person).body, "delay": "24h"}, person.token)
    return Led({"transfer_id": made["id"]})


def of_payment(world: World, _person: Person) -> Led:
    return Led({"payment_id": world.payment()["id"]})


def confirm_payment(world: World, person: Person) -> Led:
    return Led(of_payment(world, person).path, {"authorization": {"pin": PIN}})


def capture(world: World, person: Person) -> Led:
    return Led({"payment_id": world.paid(person, capture="manual")}, {"amount": cny(600)})


def scan(world: World, _person: Person) -> Led:
    return Led(body={"qr": world.payment()["qr"]})


def refund(world: World, person: Person) -> Led:
    body = {"payment_id": world.paid(person), "amount": cny(250), "reason": "returned"}
    return Led(body=body)


def of_refund(world: World, person: Person) -> Led:
    made = world.ask("POST", "/v1/refunds", refund(world, person).body, world.key())
    return Led({"refund_id": made["id"]}, query={"payment_id": made["payment_id"]})


def list_refunds(world: World, person: Person) -> Led:
    return Led(query=of_refund(world, person).query)


def ask_back(world: World, person: Person) -> Led:
    return Led(body={"payment_id": world.paid(person), "reason": "not_received", "amount": cny(250)})


def of_request(world: World, person: Person) -> Led:
    made = world.ask("POST", "/v1/refund_requests", ask_back(world, person).body, person.token)
    return Led({"request_id": made["id"]})


def approve(world: World, person: Person) -> Led:
    return Led(of_request(world, person).path, {"amount": cny(250)})


def decline(world: World, person: Person) -> Led:
    return Led(of_request(world, person).path, {"reason": "It was used"})


def create_mandate(_world: World, _person: Person) -> Led:
    limits = {"max_per_payment": cny(5_000), "max_per_month": cny(20_000)}
    return Led(body={"description": "tea club", "reference": f"M-{uuid.uuid4().hex[:12]}", **limits})


def of_mandate(world: World, person: Person) -> Led:
    return Led({"mandate_id": world.ask("POST", "/v1/mandates", create_mandate(world, person).body, world.key())["id"]})


def confirm_mandate(world: World, person: Person) -> Led:
    return Led(of_mandate(world, person).path, {"authorization": {"pin": PIN}})


def of_active_mandate(world: World, person: Person) -> Led:
    path, body, _ = confirm_mandate(world, person)
    world.ask("POST", f"/v1/mandates/{path['mandate_id']}/confirm", body, person.token)
    return Led(path)


def lower_mandate(world: World, person: Person) -> Led:
    return Led(of_active_mandate(world, person).path, {"max_per_payment": cny(1_000)})


def pay_at_outlet(world: World, _person: Person) -> Led:
    return Led({"outlet_id": world.an_outlet()}, {"amount": cny(700), "authorization": {"pin": PIN}})


def read_notification(world: World, person: Person) -> Led:
    transfers = world.ask("GET", "/v1/notifications", token=person.token)["data"]
    return Led({"notification_id": transfers[0]["id"]} if transfers else {})


def of_transaction(world: World, person: Person) -> Led:
    return Led({"transaction_id": world.ask("GET", "/v1/transactions", token=person.token)["data"][0]["id"]})


OF_MONEY: Mapping[str, Errand] = {
    "cards_bind_card": bind_card,
    "cards_change_card": make_default,
    "cards_get_card": lambda world, person: Led({"card_id": world.a_card_of(person)}),
    "cards_unbind_card": lambda world, person: Led({"card_id": world.a_card_of(person)}),
    "cards_verify_card": verify_card,
    "checkouts_get_checkout": of_payment,
    "checkouts_get_mandate_page": of_mandate,
    "docs_get_asset": lambda _world, _person: Led({"name": "pages.css"}),
    "docs_get_error": lambda _world, _person: Led({"code": "insufficient_funds"}),
    "docs_get_guide": lambda _world, _person: Led({"name": "webhooks"}),
    "fees_get_quote": of_quote,
    "inbox_read_notification": read_notification,
    "mandates_confirm_mandate": confirm_mandate,
    "mandates_create_mandate": create_mandate,
    "mandates_end_mandate": of_active_mandate,
    "mandates_get_mandate": of_active_mandate,
    "mandates_lower_mandate": lower_mandate,
    "outlet_payments_pay_at_outlet": pay_at_outlet,
    "payments_cancel_payment": of_payment,
    "payments_capture_payment": capture,
    "payments_confirm_payment": confirm_payment,
    "payments_get_payment": lambda world, person: Led({"payment_id": world.paid(person)}),
    "refund_requests_approve_refund_request": approve,
    "refund_requests_cancel_refund_request": of_request,
    "refund_requests_create_refund_request": ask_back,
    "refund_requests_decline_refund_request": decline,
    "refund_requests_get_refund_request": of_request,
    "refunds_create_refund": refund,
    "refunds_get_refund": of_refund,
    "refunds_list_refunds": list_refunds,
    "scans_scan": scan,
    "top_ups_confirm_top_up": confirm_top_up,
    "top_ups_create_top_up": top_up,
    "top_ups_get_top_up": of_top_up,
    "transactions_get_transaction": of_transaction,
    "transfers_cancel_transfer": of_delayed_transfer,
    "transfers_get_transfer": of_transfer,
    "transfers_send_transfer": transfer,
}
