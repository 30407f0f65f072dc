"""Top-ups over HTTP: every magic card, repeats, races, and what happens when the answer is lost on the way."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import (
    APPROVES,
    APPROVES_UNIONPAY,
    DECLINES,
    EXPIRED,
    LATER_APPROVES,
    LATER_DECLINES,
    NEEDS_CODE,
    SHORT,
    at_once,
    bind,
    quote,
    top_up,
    wrong,
)
from tests.build import Someone, a_card, a_person, balance_of, cny, code_to, key, refused

FOUND_LATER = "2m"


pytestmark = pytest.mark.usefixtures("books")


def system_balance(cloud: LocalCloud, account: str) -> int:
    cloud.pump.drain()
    return int(cloud.wallet.ledger.accounts.require(account).balance("CNY").amount)


def stored(api: Api, someone: Someone, top_up_id: str) -> Any:
    return api.get(f"/v1/top_ups/{top_up_id}", token=someone.token).ok(200)


def test_an_approved_card_moves_the_balance_before_the_answer(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    made = top_up(api, someone, a_card(api, cloud, someone, APPROVES_UNIONPAY), 200_00).ok(201)
    assert (made["object"], made["status"]) == ("top_up", "succeeded")
    assert (made["amount"], made["fee"], made["total"]) == (cny(200_00), cny(0), cny(200_00))
    assert balance_of(api, someone) == 200_00
    assert stored(api, someone, made["id"]) == made
    assert system_balance(cloud, "bank/cards") == -200_00


def test_a_fee_comes_on_top_and_what_was_quoted_is_charged(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """M33: a credit card costs 0.6 percent; the amount arrives whole."""
    card_id = a_card(api, cloud, someone, APPROVES)
    quoted = quote(api, someone, "top_up", 200_00, card_id=card_id).ok(201)
    made = top_up(api, someone, card_id, 200_00, quote_id=quoted["id"]).ok(201)
    assert quoted["fee"] == made["fee"] == cny(1_20)
    assert quoted["total"] == made["total"] == cny(201_20)
    assert balance_of(api, someone) == 200_00
    assert (system_balance(cloud, "fees"), system_balance(cloud, "bank/cards")) == (1_20, -201_20)


@pytest.mark.parametrize(
    ("number", "code"), [(DECLINES, "card_declined"), (SHORT, "card_insufficient_funds"), (EXPIRED, "card_expired")]
)
def test_a_declined_card_moves_nothing_and_its_attempt_is_kept(
    api: Api, cloud: LocalCloud, someone: Someone, number: str, code: str
) -> None:
    """M42: the refusal is final for its key, whatever the card could do later."""
    card_id, idem = a_card(api, cloud, someone, number), key()
    first = top_up(api, someone, card_id, idem=idem)
    problem = refused(first, 402, code)
    assert problem["retry"] == "new_key"
    kept = stored(api, someone, problem["top_up_id"])
    assert (kept["status"], kept["decline_code"]) == ("failed", code)
    assert api.get("/v1/top_ups", token=someone.token).ok()["data"] == [kept]
    again = top_up(api, someone, card_id, idem=idem)
    assert (again.status, again.body, again.headers["idempotent-replayed"]) == (402, first.body, "true")
    assert balance_of(api, someone) == 0


@pytest.mark.parametrize(
    ("number", "status", "balance"), [(LATER_APPROVES, "succeeded", 50_00), (LATER_DECLINES, "failed", 0)]
)
def test_an_unknown_outcome_is_processing_until_the_schedule_learns_it(
    api: Api, cloud: LocalCloud, someone: Someone, number: str, status: str, balance: int
) -> None:
    """M36, M37: never given up and never guessed; only a final answer ends it, and the same key then tells it."""
    card_id, idem = a_card(api, cloud, someone, number), key()
    made = top_up(api, someone, card_id, idem=idem).ok(201)
    assert made["status"] == "processing"
    again = top_up(api, someone, card_id, idem=idem)
    assert (again.ok(201), again.headers["idempotent-replayed"]) == (made, "true")
    assert balance_of(api, someone) == 0
    assert "settle_processing" in cloud.advance(FOUND_LATER)
    ended = stored(api, someone, made["id"])
    assert (ended["status"], balance_of(api, someone)) == (status, balance)
    for _ in range(2):
        answer = top_up(api, someone, card_id, idem=idem)
        assert (answer.ok(201), answer.headers["idempotent-replayed"]) == (ended, "true")


def test_the_same_key_learns_the_outcome_without_the_schedule(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    card_id, idem = a_card(api, cloud, someone, LATER_APPROVES), key()
    top_up(api, someone, card_id, idem=idem).ok(201)
    cloud.clock.advance("61s")
    assert top_up(api, someone, card_id, idem=idem).ok(201)["status"] == "succeeded"
    assert balance_of(api, someone) == 50_00


def test_a_schedule_that_runs_many_times_at_once_posts_once(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """O7, M36: duplicate and overlapping answers move money once."""
    card_id = a_card(api, cloud, someone, LATER_APPROVES)
    for _ in range(3):
        top_up(api, someone, card_id).ok(201)
    cloud.clock.advance(FOUND_LATER)
    at_once(api, 4, lambda _, __: cloud.wallet.top_ups.settle_due())
    assert cloud.wallet.top_ups.settle_due() == 0
    assert balance_of(api, someone) == 150_00


def test_an_issuer_may_ask_for_a_code(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    card_id, idem = a_card(api, cloud, someone, NEEDS_CODE), key()
    made = top_up(api, someone, card_id, idem=idem).ok(201)
    assert (made["status"], made["next_action"]) == ("requires_action", {"type": "confirm_code"})
    code = code_to(cloud, someone.phone)
    path = f"/v1/top_ups/{made['id']}/confirm"
    assert (
        refused(api.post(path, {"code": wrong(code)}, token=someone.token), 403, "wrong_confirmation_code")[
            "attempts_left"
        ]
        == 4
    )
    answers = at_once(api, 4, lambda client, _: client.post(path, {"code": code}, token=someone.token))
    assert [answer.ok(200)["status"] for answer in answers] == ["succeeded"] * 4
    assert balance_of(api, someone) == 50_00
    assert top_up(api, someone, card_id, idem=idem).ok(201)["status"] == "succeeded"


def test_parallel_guesses_at_the_issuers_code_get_five_attempts(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    made = top_up(api, someone, a_card(api, cloud, someone, NEEDS_CODE)).ok(201)
    code, path = code_to(cloud, someone.phone), f"/v1/top_ups/{made['id']}/confirm"
    answers = at_once(api, 12, lambda client, _: client.post(path, {"code": wrong(code)}, token=someone.token))
    assert sorted(answer.status for answer in answers) == [403] * 5 + [409] * 7
    refused(api.post(path, {"code": code}, token=someone.token), 409, "confirmation_exhausted")
    cloud.advance("11m")
    assert stored(api, someone, made["id"])["decline_code"] == "confirmation_expired"
    refused(api.post(path, {"code": code}, token=someone.token), 402, "confirmation_expired")
    assert balance_of(api, someone) == 0


def test_a_strangers_top_up_is_a_missing_one(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    made = top_up(api, someone, a_card(api, cloud, someone, NEEDS_CODE)).ok(201)
    stranger = a_person(api, cloud)
    code = code_to(cloud, someone.phone)
    refused(api.get(f"/v1/top_ups/{made['id']}", token=stranger.token), 404, "top_up_not_found")
    answer = api.post(f"/v1/top_ups/{made['id']}/confirm", {"code": code}, token=stranger.token)
    refused(answer, 404, "top_up_not_found")
    assert api.get("/v1/top_ups", token=stranger.token).ok()["data"] == []


def test_a_repeated_request_charges_once_and_answers_word_for_word(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """M38–M41."""
    card_id, idem = a_card(api, cloud, someone), key()
    first = top_up(api, someone, card_id, idem=idem)
    again = top_up(api, someone, card_id, idem=idem)
    assert (again.status, again.body, again.headers["idempotent-replayed"]) == (201, first.body, "true")
    refused(top_up(api, someone, card_id, 50_01, idem=idem), 422, "idempotency_key_reused")
    assert top_up(api, someone, card_id, idem=f'"{idem}"').status == 400
    body = {"amount": cny(1), "source": {"card_id": card_id}}
    refused(api.post("/v1/top_ups", body, token=someone.token), 400, "idempotency_key_required")
    stranger = a_person(api, cloud)
    assert top_up(api, stranger, a_card(api, cloud, stranger), idem=idem).ok(201)["id"] != first.ok()["id"]
    assert balance_of(api, someone) == 50_00


@pytest.mark.parametrize("quoted", [False, True])
def test_one_key_many_times_at_once_charges_once(api: Api, cloud: LocalCloud, someone: Someone, quoted: bool) -> None:
    """M38: whoever is not first is told to wait, or the outcome; never a refusal of a top-up that went through."""
    card_id, idem = a_card(api, cloud, someone), key()
    more = {"quote_id": quote(api, someone, "top_up", 50_00, card_id=card_id).ok(201)["id"]} if quoted else {}
    answers = at_once(api, 12, lambda client, _: top_up(client, someone, card_id, idem=idem, **more))
    assert {answer.status for answer in answers} <= {201, 409}
    for answer in answers:
        if answer.status == 409:
            told = answer.json
            assert (told["code"], told["retry"], told["money_moved"]) == ("idempotency_key_in_use", "after", "unknown")
    assert len({answer.json["id"] for answer in answers if answer.status == 201}) == 1
    assert top_up(api, someone, card_id, idem=idem, **more).ok(201)["status"] == "succeeded"
    assert balance_of(api, someone) == 50_00


def test_one_quote_used_many_times_at_once_is_good_for_one(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """M33."""
    card_id = a_card(api, cloud, someone)
    quote_id = quote(api, someone, "top_up", 50_00, card_id=card_id).ok(201)["id"]
    answers = at_once(api, 8, lambda client, _: top_up(client, someone, card_id, quote_id=quote_id))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"quote_used"}
    assert balance_of(api, someone) == 50_00


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"amount": cny(50_01)}, 409, "quote_mismatch"),
        ({"quote_id": "quo_01M80QHJRMFSZHM9RP07XZGWY6"}, 404, "quote_not_found"),
        ({"quote_id": "nonsense"}, 404, "quote_not_found"),
    ],
)
def test_a_quote_for_something_else_is_refused(
    api: Api, cloud: LocalCloud, someone: Someone, change: dict[str, Any], status: int, code: str
) -> None:
    """M33."""
    card_id = a_card(api, cloud, someone)
    quote_id = quote(api, someone, "top_up", 50_00, card_id=card_id).ok(201)["id"]
    body = {"amount": cny(50_00), "source": {"card_id": card_id}, "quote_id": quote_id, **change}
    refused(api.post("/v1/top_ups", body, token=someone.token, key=key()), status, code)
    assert balance_of(api, someone) == 0


def test_what_cannot_be_charged_is_refused_before_the_acquirer_is_asked(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    waiting = bind(api, someone, APPROVES).ok(201)["id"]
    refused(top_up(api, someone, waiting), 409, "card_not_active")
    refused(top_up(api, someone, "crd_01M80QHJRMFSZHM9RP07XZGWY6"), 404, "card_not_found")
    card_id = a_card(api, cloud, someone, APPROVES_UNIONPAY)
    problem = refused(top_up(api, someone, card_id, 50_000_01), 402, "transaction_limit_exceeded")
    assert problem["limit"] == cny(50_000_00)
    for source in ({"channel": "bank_transfer"}, {"card_id": card_id, "channel": "counter"}, {}):
        body = {"amount": cny(1), "source": source}
        refused(api.post("/v1/top_ups", body, token=someone.token, key=key()), 422, "top_up_source_unavailable")
    assert api.get("/v1/top_ups", token=someone.token).ok()["data"] == []


def test_unbinding_a_card_does_not_lose_a_top_up_on_its_way(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    card_id = a_card(api, cloud, someone, LATER_APPROVES)
    top_up(api, someone, card_id).ok(201)
    api.delete(f"/v1/cards/{card_id}", token=someone.token).ok()
    cloud.advance(FOUND_LATER)
    assert balance_of(api, someone) == 50_00


def test_top_ups_are_listed_in_pages(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    card_id = a_card(api, cloud, someone)
    ids = [top_up(api, someone, card_id, 1_00 + n).ok(201)["id"] for n in range(3)]
    first = api.get("/v1/top_ups?limit=2", token=someone.token).ok()
    rest = api.get(f"/v1/top_ups?limit=2&cursor={first['next_cursor']}", token=someone.token).ok()
    assert [each["id"] for each in first["data"] + rest["data"]] == ids[::-1]
    assert rest["next_cursor"] is None
