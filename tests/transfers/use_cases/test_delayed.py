"""Sending with delayed arrival, over HTTP: the money leaves at once, in one write, and counts as any other."""

from datetime import datetime
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Someone, a_person, cny, key, refused, send, signed_in_again, spent_today
from tests.confirming import ON, choose, texted
from tests.crowd import at_once
from tests.delaying import AMOUNT, BALANCE, BOTH, FEE, delayed, has, later, take_back, wallet_of
from tests.faults.injector import Faults
from tests.ledger_world import World
from tests.signing import a_phone_of, a_trusted_phone_of, ask, ask_transfer, transfer
from wallet_api.confirmations.model import shown_time
from wallet_api.ledger import chart


def test_what_is_sent_later_leaves_at_once_and_is_shown_as_held(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    made = delayed(api, ada, bo, delay="24h").ok(201)

    assert (made["object"], made["status"], made["direction"]) == ("transfer", "scheduled", "out")
    assert (made["amount"], made["fee"], made["total"]) == (cny(AMOUNT), cny(FEE), cny(BOTH))
    assert (made["delay"], made["ended_at"], made["decline_code"]) == ("24h", None, None)
    assert made["arrives_at"] > made["created_at"]
    assert wallet_of(api, ada) == (BALANCE - BOTH, BOTH)
    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE - BOTH, BOTH), (0, 0))
    refused(send(api, ada, bo, BALANCE), 402, "insufficient_funds")


def test_its_payer_is_told_in_an_sms_until_when_it_can_be_taken_back(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """Whoever was deceived, or robbed, reads it without the app."""
    choose(api, ada, money_out=ON, locale="en")
    made = delayed(api, ada, bo, delay="24h").ok(201)

    (said,) = texted(cloud, ada)[:1]

    assert f"to arrive {shown_time(datetime.fromisoformat(made['arrives_at']), 'en')}. " in said
    assert "until then you can take it back" in said


def test_it_is_one_trip_and_one_write(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, faults: Faults) -> None:
    """The operation, the balance and its line, the payee's standing, the transfer: less than what arrives at once."""
    delayed(api, ada, bo, 100).ok(201)
    faults.clear()

    delayed(api, ada, bo, 100).ok(201)

    assert sorted(operation for operation, _ in faults.calls) == ["BatchGetItem", "TransactWriteItems", "UpdateItem"]
    actions = [next(iter(each)) for each in faults.made("TransactWriteItems")[0]["TransactItems"]]
    assert sorted(actions) == ["ConditionCheck", "Put", "Put", "Put", "Update"]


def test_no_delay_by_name_is_none(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    made = delayed(api, ada, bo, delay="none").ok(201)

    assert (made["status"], made["delay"], made["arrives_at"]) == ("succeeded", None, made["created_at"])
    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE - BOTH, 0), (AMOUNT, 0))


def test_what_is_no_delay_is_refused_with_all_that_are(api: Api, ada: Someone, bo: Someone) -> None:
    problem = refused(delayed(api, ada, bo, delay="1w"), 422, "invalid_request")

    (field,) = problem["errors"]
    assert field["pointer"] == "/delay"
    assert "none, 2h, 24h" in field["detail"]


def test_who_cannot_be_paid_now_is_sent_nothing_later_m8(
    api: Api, cloud: LocalCloud, world: World, ada: Someone, bo: Someone
) -> None:
    """M8: the condition stands in the write that sets the money aside."""
    for status in ("frozen", "closed"):
        world.set_status(chart.customer(bo.id), status)
        refused(delayed(api, ada, bo), 402, "payee_unavailable")

    assert has(cloud, ada) == (BALANCE, 0)


def test_a_frozen_payer_sends_nothing_later_either_m5(
    api: Api, cloud: LocalCloud, world: World, ada: Someone, bo: Someone
) -> None:
    """M5: the condition sits in the same write as the debit."""
    world.set_status(chart.customer(ada.id), "frozen")
    refused(delayed(api, ada, bo), 402, "wallet_frozen")
    world.set_status(chart.customer(ada.id), "active")

    delayed(api, ada, bo).ok(201)


def test_the_whole_balance_is_set_aside_once_by_many_at_once_m5(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    whole = 100_00
    send(api, ada, bo, BALANCE - whole - 2_00).ok(201)
    (left, _) = wallet_of(api, ada)

    answers = at_once(api, lambda client, _: delayed(client, ada, bo, left), range(16))

    codes = [str(answer.json.get("code", answer.status)) for answer in answers]
    assert codes.count("201") == 1
    assert set(codes) <= {"201", "insufficient_funds", "payment_pin_busy", "storage_busy"}
    assert wallet_of(api, ada) == (0, left)


def test_it_counts_against_the_day_in_which_it_was_sent_m30(
    api: Api, cloud: LocalCloud, world: World, bo: Someone
) -> None:
    """M30: what is on its way is out."""
    rich = a_person(api, cloud)
    world.fund(chart.customer(rich.id), 100_000_000)
    for _ in range(4):
        delayed(api, rich, bo, 480_000).ok(201)

    refused(delayed(api, rich, bo, 480_000), 402, "daily_limit_reached")
    refused(send(api, rich, bo, 480_000), 402, "daily_limit_reached")
    assert spent_today(cloud, rich)["CNY"] > 4 * 480_000


def test_what_was_quoted_is_what_is_charged_m33(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """M33: once, and it stays used when the transfer is taken back."""
    asked = {"operation": "transfer", "amount": cny(AMOUNT), "payee": {"user_id": bo.id}}
    quote = api.post("/v1/fee_quotes", asked, token=ada.token, key=key()).ok(201)

    made = delayed(api, ada, bo, quote_id=quote["id"]).ok(201)

    assert (made["fee"], made["total"]) == (quote["fee"], quote["total"])
    take_back(api, ada, made["id"]).ok(200)
    refused(delayed(api, ada, bo, quote_id=quote["id"]), 409, "quote_used")


def test_a_repetition_tells_how_it_stands_m38(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """M38: the same while it is on its way; then what became of it, and money moves once."""
    first = delayed(api, ada, bo, idem="k")

    again = [delayed(api, ada, bo, idem="k") for _ in range(3)]
    other = delayed(api, ada, bo, idem="k", delay="24h")
    later(cloud, "2h")
    ada = signed_in_again(api, ada)
    at_last = delayed(api, ada, bo, idem="k")

    assert {(answer.status, answer.body) for answer in again} == {(201, first.body)}
    refused(other, 422, "idempotency_key_reused")
    assert (at_last.ok(201)["status"], at_last.headers["idempotent-replayed"]) == ("succeeded", "true")
    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE - BOTH, 0), (AMOUNT, 0))


@pytest.mark.parametrize(("asked", "sent"), [(None, "24h"), ("24h", None), ("24h", "2h"), ("2h", "none")])
def test_a_signature_is_for_its_delay_alone(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, asked: str | None, sent: str | None
) -> None:
    """Whoever has it in between cannot take the time away in which it could be taken back."""

    def fields(delay: str | None) -> Any:
        return {} if delay is None else {"delay": delay}

    phone = a_phone_of(api, ada)

    challenge = ask_transfer(api, ada, bo, AMOUNT, **fields(asked))
    other = transfer(api, ada, bo, AMOUNT, phone.yes(challenge), **fields(sent))
    challenge = ask_transfer(api, ada, bo, AMOUNT, **fields(asked))
    same = transfer(api, ada, bo, AMOUNT, phone.yes(challenge), **fields(asked))

    assert other.json["code"] == "authorization_mismatch"
    assert ('"delay"' in challenge["text"]) == (asked is not None)
    same.ok(201)


def test_a_payee_is_not_known_by_what_they_have_not_got(api: Api, cloud: LocalCloud, world: World, bo: Someone) -> None:
    """Who took a high amount back, because they were deceived, is asked as much before the next one goes to the same payee."""
    rich = a_person(api, cloud)
    world.fund(chart.customer(rich.id), 3_000_000)
    rich, phone = a_trusted_phone_of(api, cloud, rich)
    yes = phone.yes(ask_transfer(api, rich, bo, 600_000, delay="2h"))
    made = transfer(api, rich, bo, 600_000, yes, delay="2h").ok(201)

    take_back(api, rich, made["id"]).ok(200)

    refused(send(api, rich, bo, 600_000), 403, "step_up_required")
    transfer(api, rich, bo, 600_000, phone.yes(ask_transfer(api, rich, bo, 600_000))).ok(201)
    send(api, rich, bo, 600_000).ok(201)


def test_a_delay_belongs_to_transfers_alone(api: Api, ada: Someone, bo: Someone) -> None:
    for fields, pointer in (
        ({"to": {"user_id": bo.id}, "amount": cny(1), "delay": "1w"}, "/fields/delay"),
        ({"payment_id": "pay_" + "0" * 26, "delay": "2h"}, "/fields/delay"),
    ):
        operation = "transfer" if "to" in fields else "payment"
        problem = refused(ask(api, ada, operation, **fields), 422, "invalid_request")
        assert [each["pointer"] for each in problem["errors"]] == [pointer]
