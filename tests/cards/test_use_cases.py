"""Binding, confirming, choosing and unbinding cards, over HTTP."""

import logging
import re
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import (
    APPROVES,
    APPROVES_UNIONPAY,
    DECLINES,
    MAGIC,
    SHORT,
    UNVERIFIABLE,
    at_once,
    bind,
    top_up,
    verify,
    wrong,
)
from tests.build import a_card, a_person, code_to, key, refused
from wallet_api.cards.model import passes_luhn


def test_a_card_is_bound_once_its_issuer_has_confirmed_it(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    begun = bind(api, someone, APPROVES_UNIONPAY).ok(201)
    assert begun["object"] == "card"
    assert (begun["status"], begun["default"]) == ("verification_required", False)
    assert (begun["brand"], begun["kind"], begun["last4"]) == ("unionpay", "debit", "0005")
    active = verify(api, someone, begun["id"], code_to(cloud, someone.phone)).ok(200)
    assert (active["status"], active["default"]) == ("active", True)
    assert api.get(f"/v1/cards/{begun['id']}", token=someone.token).ok(200) == active
    assert api.get("/v1/cards", token=someone.token).ok(200)["data"] == [active]


def test_the_number_is_nowhere_but_at_the_acquirer(
    api: Api, cloud: LocalCloud, caplog: pytest.LogCaptureFixture
) -> None:
    """D1–D4: no item, message, answer or log line holds a card number, anything that could be one, or its holder's name."""
    caplog.set_level(logging.DEBUG)
    someone = a_person(api, cloud)
    answers = []
    for number in MAGIC:
        begun = bind(api, someone, number, holder_name="ZHANG QIAOZHI")
        answers += [begun, verify(api, someone, begun.ok(201)["id"], code_to(cloud, someone.phone))]
    answers += [
        bind(api, someone, APPROVES),
        bind(api, someone, DECLINES[:-1] + "3"),
        bind(api, someone, SHORT, expiry_year=2020),
        bind(api, someone, SHORT, phone="nobody"),
        api.get("/v1/cards", token=someone.token),
    ]
    cloud.pump.drain()
    items = [repr(item) for table in cloud.wallet.settings.tables.values() for item in everything(cloud, table)]
    messages = [message.shown()["text"] for message in cloud.inbox.messages(None)]
    logs = [f"{record.getMessage()} {record.__dict__}" for record in caplog.records if record.name != "botocore"]
    for text in (*items, *messages, *(answer.text for answer in answers)):
        assert not [found for found in re.findall(r"(?<![\w+])\d{13,19}\b", text) if passes_luhn(found)], text
        assert "QIAOZHI" not in text
    for text in (*items, *messages, *logs):
        assert not [number for number in MAGIC if number in text], text


def everything(cloud: LocalCloud, table: str) -> list[dict[str, Any]]:
    client: Any = cloud.session.create_client("dynamodb", region_name=cloud.region)
    return list(client.scan(TableName=table)["Items"])


def test_a_strangers_card_is_a_missing_card(api: Api, cloud: LocalCloud) -> None:
    """D4."""
    owner, stranger = a_person(api, cloud), a_person(api, cloud)
    card_id = a_card(api, cloud, owner)
    refused(api.get(f"/v1/cards/{card_id}", token=stranger.token), 404, "card_not_found")
    refused(verify(api, stranger, card_id, "123456"), 404, "card_not_found")
    refused(api.patch(f"/v1/cards/{card_id}", {"default": True}, token=stranger.token), 404, "card_not_found")
    refused(api.delete(f"/v1/cards/{card_id}", token=stranger.token), 404, "card_not_found")
    refused(top_up(api, stranger, card_id), 404, "card_not_found")


def test_one_number_in_two_hands_has_two_tokens_and_no_mark_in_common(api: Api, cloud: LocalCloud) -> None:
    """D2–D4: what is kept of a number cannot be matched between people."""
    for _ in range(2):
        a_card(api, cloud, a_person(api, cloud))
    items = [item for item in everything(cloud, cloud.wallet.settings.tables["people"]) if "token" in item]
    for name in ("token", "number_key"):
        assert len({item[name]["S"] for item in items}) == 2


def test_five_wrong_codes_end_the_attempts_even_for_the_right_one(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    card_id = bind(api, someone).ok(201)["id"]
    code = code_to(cloud, someone.phone)
    for left in (4, 3, 2, 1, 0):
        assert refused(verify(api, someone, card_id, wrong(code)), 403, "wrong_card_code")["attempts_left"] == left
    refused(verify(api, someone, card_id, code), 409, "card_code_exhausted")


def test_parallel_guesses_get_five_attempts_in_all(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    card_id = bind(api, someone).ok(201)["id"]
    guess = wrong(code_to(cloud, someone.phone))
    answers = at_once(api, 12, lambda client, _: verify(client, someone, card_id, guess))
    assert sorted(answer.status for answer in answers) == [403] * 5 + [409] * 7


def test_a_code_is_worth_nothing_after_ten_minutes(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    card_id = bind(api, someone).ok(201)["id"]
    code = code_to(cloud, someone.phone)
    cloud.advance("10m")
    refused(verify(api, someone, card_id, code), 409, "card_code_expired")


def test_a_code_that_got_lost_is_replaced_by_binding_again(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    first = bind(api, someone).ok(201)
    old = code_to(cloud, someone.phone)
    second = bind(api, someone).ok(201)
    refused(verify(api, someone, first["id"], old), 404, "card_not_found")
    verify(api, someone, second["id"], code_to(cloud, someone.phone)).ok(200)
    assert len(api.get("/v1/cards", token=someone.token).ok()["data"]) == 1


def test_the_issuer_may_refuse_to_confirm(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    card_id = bind(api, someone, UNVERIFIABLE).ok(201)["id"]
    code = code_to(cloud, someone.phone)
    for _ in range(2):
        refused(verify(api, someone, card_id, code), 402, "card_verification_failed")
    assert api.get(f"/v1/cards/{card_id}", token=someone.token).ok()["status"] == "verification_failed"
    refused(top_up(api, someone, card_id), 409, "card_not_active")


def test_confirming_twice_is_confirming_once(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    card_id = bind(api, someone).ok(201)["id"]
    code = code_to(cloud, someone.phone)
    answers = at_once(api, 4, lambda client, _: verify(client, someone, card_id, code))
    assert [answer.status for answer in answers] == [200] * 4
    assert verify(api, someone, card_id, wrong(code)).ok(200)["status"] == "active"


def test_a_bound_card_is_not_bound_again(api: Api, cloud: LocalCloud) -> None:
    """D3: told by a keyed hash over the whole number."""
    someone = a_person(api, cloud)
    card_id = a_card(api, cloud, someone)
    assert refused(bind(api, someone), 409, "card_already_bound")["card_id"] == card_id
    a_card(api, cloud, a_person(api, cloud))


def test_one_number_bound_at_once_with_many_keys_is_one_card(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    at_once(api, 6, lambda client, _: bind(client, someone))
    assert len(api.get("/v1/cards", token=someone.token).ok()["data"]) == 1


def test_a_repeated_request_is_answered_word_for_word_even_after_the_card_is_gone(api: Api, cloud: LocalCloud) -> None:
    """M38, M39."""
    someone, idem = a_person(api, cloud), key()
    first = bind(api, someone, idem=idem)
    card_id = first.ok(201)["id"]
    verify(api, someone, card_id, code_to(cloud, someone.phone)).ok(200)
    sent = len(cloud.inbox.messages(someone.phone))
    api.delete(f"/v1/cards/{card_id}", token=someone.token).ok()
    again = bind(api, someone, idem=idem)
    assert (again.status, again.body) == (201, first.body)
    assert again.headers["idempotent-replayed"] == "true"
    assert len(cloud.inbox.messages(someone.phone)) == sent
    refused(bind(api, someone, APPROVES_UNIONPAY, idem=idem), 422, "idempotency_key_reused")


def test_the_same_request_sent_twice_at_once_binds_one_card_and_both_codes_fit(api: Api, cloud: LocalCloud) -> None:
    """M38."""
    someone, idem = a_person(api, cloud), key()
    answers = at_once(api, 4, lambda client, _: bind(client, someone, idem=idem))
    (card_id,) = {answer.ok(201)["id"] for answer in answers}
    verify(api, someone, card_id, code_to(cloud, someone.phone)).ok(200)


def test_there_is_one_default_whatever_is_chosen_and_unbound(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    cards = [a_card(api, cloud, someone, number) for number in (APPROVES, APPROVES_UNIONPAY, DECLINES)]
    assert default_of(api, someone.token) == cards[0]
    api.patch(f"/v1/cards/{cards[1]}", {"default": True}, token=someone.token).ok(200)
    assert default_of(api, someone.token) == cards[1]
    body = {"default": True}
    at_once(api, 9, lambda client, n: client.patch(f"/v1/cards/{cards[n % 3]}", body, token=someone.token).ok(200))
    chosen = default_of(api, someone.token)
    api.delete(f"/v1/cards/{chosen}", token=someone.token).ok()
    assert default_of(api, someone.token) == next(card for card in cards if card != chosen)
    answer = api.patch(f"/v1/cards/{cards[1]}", {"default": False}, token=someone.token)
    assert refused(answer, 422, "invalid_request")["errors"][0]["code"] == "default_needs_another"


def default_of(api: Api, token: str) -> str:
    cards = api.get("/v1/cards", token=token).ok(200)["data"]
    (default,) = [card["id"] for card in cards if card["default"]]
    return str(default)


def test_an_unconfirmed_card_cannot_be_the_default(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    card_id = bind(api, someone).ok(201)["id"]
    refused(api.patch(f"/v1/cards/{card_id}", {"default": True}, token=someone.token), 409, "card_not_active")


def test_an_unbound_card_is_gone_and_may_be_bound_anew(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    card_id = a_card(api, cloud, someone)
    gone = api.delete(f"/v1/cards/{card_id}", token=someone.token).ok(200)
    assert gone == {"object": "card", "id": card_id, "deleted": True}
    refused(api.delete(f"/v1/cards/{card_id}", token=someone.token), 404, "card_not_found")
    refused(top_up(api, someone, card_id), 404, "card_not_found")
    assert a_card(api, cloud, someone) != card_id


def test_nobody_tries_out_numbers_all_day(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    for _ in range(20):
        bind(api, someone).ok(201)
    answer = bind(api, someone)
    refused(answer, 429, "too_many_card_bindings")
    assert int(answer.headers["retry-after"]) > 0
    cloud.advance("25h")


def test_cards_are_listed_in_pages(api: Api, cloud: LocalCloud) -> None:
    someone = a_person(api, cloud)
    cards = [a_card(api, cloud, someone, number) for number in (APPROVES, APPROVES_UNIONPAY, DECLINES)]
    first = api.get("/v1/cards?limit=2", token=someone.token).ok()
    rest = api.get(f"/v1/cards?limit=2&cursor={first['next_cursor']}", token=someone.token).ok()
    assert [card["id"] for card in first["data"] + rest["data"]] == cards[::-1]
    assert rest["next_cursor"] is None
