"""Taking back what has not arrived, over HTTP: by its payer alone, before its time, once, and whole."""

from datetime import timedelta

from msgspec.structs import replace

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Someone, a_merchant, a_person, cny, key, refused, send, signed_in_again, spent_today
from tests.crowd import at_once
from tests.delaying import (
    AMOUNT,
    BALANCE,
    BOTH,
    FEE,
    delayed,
    events_of,
    has,
    later,
    seen,
    take_back,
    wallet_of,
)
from tests.faults.injector import Faults
from tests.freezing import back, freeze
from tests.ledger_world import World
from wallet_api.clock import WALLET_DAY
from wallet_api.fees.model import FIRST
from wallet_api.ledger import chart


def test_nobody_but_its_payer_takes_a_transfer_back_p1(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """P1: for its payee, as for anybody else, it is as missing as none."""
    made, cy = delayed(api, ada, bo).ok(201), a_person(api, cloud)
    path = f"/v1/transfers/{made['id']}/cancel"

    refused(api.post(path, key=key()), 401, "not_authenticated")
    refused(api.post(path, token=a_merchant(cloud).key, key=key()), 403, "wrong_caller")
    none = refused(take_back(api, cy, "trf_" + "0" * 26), 404, "not_found")
    for stranger in (bo, cy):
        theirs = refused(take_back(api, stranger, made["id"]), 404, "not_found")
        assert theirs["detail"] == none["detail"]
    refused(take_back(api, ada, "x"), 404, "not_found")
    assert wallet_of(api, ada) == (BALANCE - BOTH, BOTH)


def test_without_a_key_nothing_is_taken_back_m38(api: Api, ada: Someone, bo: Someone) -> None:
    """M38: missing: 400."""
    made = delayed(api, ada, bo).ok(201)

    refused(api.post(f"/v1/transfers/{made['id']}/cancel", token=ada.token), 400, "idempotency_key_required")
    assert seen(api, ada, made["id"]).ok(200)["status"] == "scheduled"


def test_what_is_taken_back_is_there_at_once_with_its_fee(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    made = delayed(api, ada, bo).ok(201)

    canceled = take_back(api, ada, made["id"]).ok(200)

    assert (canceled["id"], canceled["status"]) == (made["id"], "canceled")
    assert (canceled["arrives_at"], canceled["decline_code"]) == (None, None)
    assert canceled["ended_at"] is not None
    assert wallet_of(api, ada) == (BALANCE, 0)
    send(api, ada, bo, BALANCE // 2).ok(201)
    later(cloud, "3h")
    assert has(cloud, bo) == (BALANCE // 2, 0)


def test_a_repetition_tells_the_same_and_gives_nothing_twice_m38(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """M38, M41: and another key learns that it was taken back before."""
    made = delayed(api, ada, bo).ok(201)
    first = take_back(api, ada, made["id"], idem="k")

    again = [take_back(api, ada, made["id"], idem="k") for _ in range(3)]

    assert {(answer.status, answer.body) for answer in again} == {(200, first.body)}
    assert {answer.headers["idempotent-replayed"] for answer in again} == {"true"}
    refused(take_back(api, ada, made["id"]), 409, "transfer_already_canceled")
    other = delayed(api, ada, bo).ok(201)
    refused(take_back(api, ada, other["id"], idem="k"), 422, "idempotency_key_reused")
    assert wallet_of(api, ada) == (BALANCE - BOTH, BOTH)


def test_of_many_at_once_one_takes_it_back(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """M41: each with a key of its own."""
    made = delayed(api, ada, bo).ok(201)

    answers = at_once(api, lambda client, _: take_back(client, ada, made["id"]), range(12))

    codes = [str(answer.json.get("code", answer.status)) for answer in answers]
    assert codes.count("200") == 1
    assert set(codes) <= {"200", "transfer_already_canceled", "storage_busy"}
    assert has(cloud, ada) == (BALANCE, 0)


def test_what_has_arrived_stays_where_it_is(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """Also when nobody has looked yet: from its time on it is the payee's, whatever the schedule does."""
    unseen, settled, instant = delayed(api, ada, bo, 100).ok(201), delayed(api, ada, bo, 200).ok(201), None
    instant = send(api, ada, bo, 300).ok(201)
    cloud.clock.advance(timedelta(hours=2))
    ada = signed_in_again(api, ada)

    refused(take_back(api, ada, unseen["id"], idem="late"), 409, "transfer_already_arrived")
    cloud.wallet.transfers.settle_due()
    for made in (settled, instant):
        refused(take_back(api, ada, made["id"]), 409, "transfer_already_arrived")
    refused(take_back(api, ada, unseen["id"], idem="late"), 409, "transfer_already_arrived")
    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE - 600, 0), (600, 0))


def test_in_its_last_second_it_can_be_taken_back(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    cloud.clock.freeze()
    made = delayed(api, ada, bo).ok(201)
    arrives_at = cloud.wallet.transfers.require(made["id"]).arrives_at
    assert arrives_at is not None
    cloud.clock.freeze(arrives_at - timedelta(microseconds=1))
    ada = signed_in_again(api, ada)

    take_back(api, ada, made["id"]).ok(200)
    later(cloud, "1m")

    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE, 0), (0, 0))


def test_what_came_back_by_itself_is_not_taken_back_once_more(
    api: Api, cloud: LocalCloud, world: World, ada: Someone, bo: Someone
) -> None:
    made = delayed(api, ada, bo).ok(201)
    world.set_status(chart.customer(bo.id), "frozen")
    cloud.clock.advance("2h")
    ada = signed_in_again(api, ada)

    refused(take_back(api, ada, made["id"]), 409, "transfer_already_failed")
    assert has(cloud, ada) == (BALANCE, 0)


def test_a_frozen_wallet_takes_its_money_back(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """Nothing goes out by it, and who was deceived has no time to lose."""
    made = delayed(api, ada, bo).ok(201)
    freeze(api, ada).ok(201)
    refused(take_back(api, ada, made["id"]), 401, "session_ended")
    again = back(api, cloud, ada)

    assert take_back(api, again, made["id"]).ok(200)["status"] == "canceled"
    assert has(cloud, ada) == (BALANCE, 0)


def test_what_comes_back_to_a_closed_wallet_is_kept_for_its_owner(
    api: Api, cloud: LocalCloud, world: World, ada: Someone, bo: Someone
) -> None:
    made = delayed(api, ada, bo).ok(201)
    world.set_status(chart.customer(ada.id), "closed")

    canceled = take_back(api, ada, made["id"]).ok(200)

    assert canceled["status"] == "canceled"
    assert has(cloud, ada) == (BALANCE - BOTH, 0)
    assert cloud.wallet.ledger.accounts.require(chart.SUSPENSE).balance("CNY").amount == BOTH


def test_what_was_taken_back_counts_against_no_limit_m32(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """M32: of the periods that still run; those that are over keep their sums."""
    made = delayed(api, ada, bo).ok(201)
    assert spent_today(cloud, ada) == {"CNY": BOTH}
    take_back(api, ada, made["id"]).ok(200)
    assert spent_today(cloud, ada) == {"CNY": 0}
    now = cloud.clock.freeze()
    made = delayed(api, ada, bo, delay="24h").ok(201)
    tomorrow = (now.astimezone(WALLET_DAY) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    cloud.clock.freeze(tomorrow)
    ada = signed_in_again(api, ada)

    take_back(api, ada, made["id"]).ok(200)

    assert spent_today(cloud, ada) == {"CNY": BOTH}, "that day is over: its counters are counted no more"
    assert has(cloud, ada) == (BALANCE, 0)


def test_what_was_taken_back_took_nothing_of_a_free_allowance(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    rules = [
        replace(each, free=0, monthly_free_count=1) if each.operation == "transfer" else each for each in FIRST.rules
    ]
    cloud.wallet.fees.publish(rules, cloud.wallet.clock.now() + timedelta(minutes=2))
    cloud.clock.advance("121s")
    free = delayed(api, ada, bo).ok(201)
    dear = delayed(api, ada, bo, 50_000).ok(201)
    assert (free["fee"]["amount"], dear["fee"]["amount"]) == (0, 50)

    take_back(api, ada, dear["id"]).ok(200)
    take_back(api, ada, free["id"]).ok(200)

    assert delayed(api, ada, bo).ok(201)["fee"] == cny(0)


def test_its_payer_is_told_and_its_payee_never_hears_of_it(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    made = delayed(api, ada, bo).ok(201)
    take_back(api, ada, made["id"]).ok(200)

    told = events_of(api, cloud, ada)

    assert [kind for kind, _ in told] == ["transfer.created", "transfer.canceled"]
    assert {data["id"] for _, data in told} == {made["id"]}
    assert [data.get("arrives_at") for _, data in told] == [made["arrives_at"], None], "what came back does not arrive"
    assert {(data["amount"]["amount"], data["object"]) for _, data in told} == {(AMOUNT, "transfer")}
    assert events_of(api, cloud, bo) == []
    assert api.get("/v1/transactions", token=bo.token).ok(200)["data"] == []


def test_the_history_says_what_left_and_what_came_back(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    made = delayed(api, ada, bo, note="三月房租").ok(201)
    cloud.clock.advance("1m")
    take_back(api, ada, made["id"]).ok(200)

    rows = api.get("/v1/transactions?limit=2", token=ada.token).ok(200)["data"]
    back_row, left = rows

    assert [(row["kind"], row["direction"], row["status"]) for row in rows] == [
        ("release", "in", "succeeded"),
        ("transfer", "out", "canceled"),
    ]
    assert (back_row["balance_change"], left["balance_change"]) == (cny(BOTH), cny(-BOTH))
    assert (left["amount"], left["fee"], left["total"]) == (cny(AMOUNT), cny(FEE), cny(BOTH))
    assert {row["counterparty"]["id"] for row in rows} == {bo.id}
    assert {row["description"] for row in rows} == {"三月房租"}
    assert {row["transfer_id"] for row in rows} == {made["id"]}
    story = api.get(f"/v1/transactions/{left['id']}", token=ada.token).ok(200)["timeline"]
    assert [step["what"] for step in story] == ["transfer.created", "transfer.canceled", "transfer.on_balance"]


def test_what_became_of_a_lost_answer_is_found_by_its_key(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, faults: Faults
) -> None:
    """M15: applied, and every answer lost."""
    made = delayed(api, ada, bo).ok(201)
    faults.always("TransactWriteItems", "applied, no answer")
    lost = take_back(api, ada, made["id"], idem="k")
    faults.clear()

    standing = api.get("/v1/operations/k", token=ada.token).ok(200)
    found = take_back(api, ada, made["id"], idem="k")

    assert lost.status in (200, 503)
    assert (standing["status"], standing["result_id"], standing["money_moved"]) == ("succeeded", made["id"], "yes")
    assert standing["result"] == found.ok(200)
    assert has(cloud, ada) == (BALANCE, 0)


def test_taking_back_takes_one_trip_and_one_write(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, faults: Faults
) -> None:
    """The operation, the balance, its line and the transfer; nothing more with every month that the wallet is used."""
    made = delayed(api, ada, bo).ok(201)
    faults.clear()

    take_back(api, ada, made["id"]).ok(200)

    assert sorted(operation for operation, _ in faults.calls) == ["BatchGetItem", "TransactWriteItems"]
    assert len(faults.made("TransactWriteItems")[0]["TransactItems"]) == 4


def _code(answer: Answer) -> str:
    return str(answer.json.get("code", answer.status))


def test_a_wrong_pin_does_not_keep_anybody_from_taking_back(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """Whoever locked the PIN has not locked this: it gives nothing to anybody else."""
    made = delayed(api, ada, bo).ok(201)
    while _code(send(api, ada, bo, 1, pin="907351")) != "payment_pin_locked":
        pass
    assert _code(send(api, ada, bo, 1, pin=PIN)) == "payment_pin_locked"

    take_back(api, ada, made["id"]).ok(200)
