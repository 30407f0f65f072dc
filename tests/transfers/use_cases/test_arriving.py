"""What happens when a transfer's time has come: it arrives once, or comes back once, whoever looks first and whatever breaks."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from app import app
from dev.client import Api
from dev.cloud.context import LambdaContext
from dev.cloud.local import LocalCloud
from dev.cloud.pump import _scheduled_event
from tests.build import Someone, a_person, cny, refused, send, signed_in_again
from tests.crowd import at_once, disagreeing
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
from tests.ledger_world import World
from wallet_api.errors import Unavailable
from wallet_api.ledger import chart
from wallet_api.transfers.model import DELAYS


@pytest.mark.parametrize("delay", DELAYS)
def test_it_arrives_when_it_was_said_to_and_not_before(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, delay: Any
) -> None:
    cloud.clock.freeze()
    made = delayed(api, ada, bo, delay=delay).ok(201)
    cloud.clock.advance(DELAYS[delay] - timedelta(seconds=1))
    later(cloud, "0s")
    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE - BOTH, BOTH), (0, 0))
    fees = cloud.wallet.ledger.accounts.require(chart.FEES).balance("CNY").amount

    later(cloud, "1s", "1h")

    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE - BOTH, 0), (AMOUNT, 0))
    assert cloud.wallet.ledger.accounts.require(chart.FEES).balance("CNY").amount == fees + FEE
    shown = seen(api, signed_in_again(api, ada), made["id"]).ok(200)
    assert (shown["status"], shown["arrives_at"], shown["ended_at"]) == (
        "succeeded",
        made["arrives_at"],
        made["arrives_at"],
    )


def test_nothing_arrives_early_whoever_asks(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """Its time is a condition of the write itself."""
    made = delayed(api, ada, bo).ok(201)
    transfers = cloud.wallet.transfers
    cloud.clock.advance(timedelta(hours=1, minutes=59))

    assert transfers.settle(transfers.require(made["id"])).status == "scheduled"

    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE - BOTH, BOTH), (0, 0))


def test_a_clock_that_is_put_back_tells_nobody_that_it_arrived(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is decided by the clock once more, and a refusal that is not true is never kept."""
    cloud.clock.freeze()
    made = delayed(api, ada, bo).ok(201)
    arrives_at = cloud.wallet.transfers.require(made["id"]).arrives_at
    assert arrives_at is not None
    cloud.clock.freeze(arrives_at)
    ada = signed_in_again(api, ada)
    transfers: Any = type(cloud.wallet.transfers)
    settle = transfers.settle

    def put_back(self: Any, transfer: Any) -> Any:
        cloud.clock.freeze(arrives_at - timedelta(seconds=1))
        return settle(self, transfer)

    monkeypatch.setattr(transfers, "settle", put_back)

    assert take_back(api, ada, made["id"]).ok(200)["status"] == "canceled"
    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE, 0), (0, 0))


def test_its_payee_sees_nothing_before_and_all_of_it_then(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """What can be taken back is no reason to hand anything over: nothing of it is shown that could be taken for money."""
    made = delayed(api, ada, bo, note="生日快乐").ok(201)
    refused(seen(api, bo, made["id"]), 404, "not_found")
    assert (wallet_of(api, bo), events_of(api, cloud, bo)) == ((0, 0), [])
    assert api.get("/v1/transactions", token=bo.token).ok(200)["data"] == []

    later(cloud, "2h")

    bo = signed_in_again(api, bo)
    shown = seen(api, bo, made["id"]).ok(200)
    assert (shown["direction"], shown["status"], shown["fee"], shown["total"]) == ("in", "succeeded", None, None)
    assert (shown["note"], shown["payer"]) == ("生日快乐", {"user_id": ada.id})
    (row,) = api.get("/v1/transactions", token=bo.token).ok(200)["data"]
    assert (row["kind"], row["direction"], row["amount"], row["fee"]) == ("transfer", "in", cny(AMOUNT), cny(0))
    assert (row["counterparty"]["id"], row["description"]) == (ada.id, "生日快乐")
    assert row["counterparty"]["name"]
    story = api.get(f"/v1/transactions/{row['id']}", token=bo.token).ok(200)["timeline"]
    assert [step["what"] for step in story] == ["transfer.received"]
    assert [kind for kind, _ in events_of(api, cloud, bo)] == ["transfer.received"]


def test_its_payer_is_told_when_it_left_and_when_it_arrived(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    made = delayed(api, ada, bo).ok(201)
    (row,) = api.get("/v1/transactions?kind=transfer", token=ada.token).ok(200)["data"]
    story = api.get(f"/v1/transactions/{row['id']}", token=ada.token).ok(200)["timeline"]
    assert (row["status"], row["amount"], row["fee"]) == ("scheduled", cny(AMOUNT), cny(FEE))
    assert row["balance_change"] == cny(-BOTH)
    assert [(step["what"], step["at"] is None) for step in story] == [
        ("transfer.created", False),
        ("transfer.expected", True),
    ]
    assert story[-1]["expected_at"] == made["arrives_at"]

    later(cloud, "2h")

    ada = signed_in_again(api, ada)
    told = api.get(f"/v1/transactions/{row['id']}", token=ada.token).ok(200)
    assert told["status"] == "succeeded"
    assert [step["what"] for step in told["timeline"]] == ["transfer.created", "transfer.succeeded"]
    assert [kind for kind, _ in events_of(api, cloud, ada)] == ["transfer.created", "transfer.succeeded"]


def test_whoever_looks_when_its_time_has_come_has_it_arrive(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """It needs no clockwork to be true: the schedule is only one of those who look."""
    first, second = delayed(api, ada, bo, 100).ok(201), delayed(api, ada, bo, 200).ok(201)
    cloud.clock.advance("2h")
    ada, bo = signed_in_again(api, ada), signed_in_again(api, bo)

    assert seen(api, ada, first["id"]).ok(200)["status"] == "succeeded"
    assert seen(api, bo, second["id"]).ok(200)["status"] == "succeeded"
    assert cloud.wallet.transfers.settle_due() == 0
    assert has(cloud, bo) == (300, 0)


def test_of_many_schedules_at_once_one_has_it_arrive_m41(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """M41: and beside people who look, on machines whose clocks disagree."""
    made = [delayed(api, ada, bo, 100 + number).ok(201)["id"] for number in range(3)]
    cloud.clock.advance("2h")
    ada = signed_in_again(api, ada)

    def look(client: Api, number: int) -> Any:
        if number % 2:
            cloud.wallet.transfers.settle_due()
        return seen(client, ada, made[number % 3])

    with disagreeing(cloud.clock):
        answers = at_once(api, look, range(12))
    later(cloud, "1m")

    assert {answer.status for answer in answers} == {200}
    assert has(cloud, bo) == (303, 0)


def test_one_that_cannot_be_brought_on_keeps_no_other_waiting(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """O8: it is put off, ever longer, wakes somebody when it is hours late, and arrives as soon as it can."""
    bad, good = delayed(api, ada, bo, 100).ok(201), delayed(api, ada, bo, 200).ok(201)
    transfers: Any = type(cloud.wallet.transfers)
    settle = transfers.settle

    def broken(self: Any, transfer: Any) -> Any:
        if transfer.id == bad["id"]:
            raise Unavailable
        return settle(self, transfer)

    monkeypatch.setattr(transfers, "settle", broken)
    later(cloud, "2h")
    assert has(cloud, bo) == (200, 0)
    assert list(cloud.wallet.transfers.store.work.by(cloud.clock.now())) == []
    assert cloud.gauges.shown()["stuck_processing"]["last"] == 0
    later(cloud, *["1h"] * 5)
    assert cloud.gauges.shown()["stuck_processing"]["highest"] == 1
    assert cloud.wallet.transfers.require(good["id"]).status == "succeeded"

    monkeypatch.undo()
    later(cloud, "1h")

    assert has(cloud, bo) == (300, 0)


def test_the_schedule_may_do_all_that_it_takes(
    api: Api, cloud: LocalCloud, world: World, ada: Someone, bo: Someone
) -> None:
    """Under the rights of its own function, whichever way a transfer ends."""
    cy = a_person(api, cloud)
    arrives, fails = delayed(api, ada, bo, 100).ok(201), delayed(api, ada, cy, 200).ok(201)
    world.set_status(chart.customer(cy.id), "closed")
    cloud.clock.advance("2h")

    event = _scheduled_event("settle_processing", cloud.clock.now())
    app.handler_map["settle_processing"](event, LambdaContext("settle_processing"))

    ended = [cloud.wallet.transfers.require(each["id"]).status for each in (arrives, fails)]
    assert ended == ["succeeded", "failed"]
    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE - 100, 0), (100, 0))


def test_one_that_is_gone_or_ended_is_no_work(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """An index is behind by moments."""
    made = delayed(api, ada, bo).ok(201)
    take_back(api, ada, made["id"]).ok(200)
    transfers = cloud.wallet.transfers

    class Behind:
        def by(self, _: datetime) -> list[str]:
            return [made["id"], "trf_" + "0" * 26]

        def put_off(self, transfer_id: str, now: datetime) -> timedelta:
            return transfers.store.work.put_off(transfer_id, now)

    cloud.clock.advance("2h")
    behind: Any = Behind()
    assert replace(transfers, store=replace(transfers.store, work=behind)).settle_due() == 0
    assert has(cloud, ada) == (BALANCE, 0)


def test_what_storage_does_not_answer_waits_for_the_schedule(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, faults: Faults
) -> None:
    """A look is answered all the same, as it was last known."""
    made = delayed(api, ada, bo).ok(201)
    cloud.clock.advance("2h")
    ada = signed_in_again(api, ada)
    faults.always("TransactWriteItems", "throttled")
    shown = seen(api, ada, made["id"]).ok(200)
    faults.clear()

    assert shown["status"] == "scheduled"
    later(cloud, "2m")
    assert has(cloud, bo) == (AMOUNT, 0)


def test_arriving_takes_one_read_and_one_write_whatever_there_is(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, faults: Faults
) -> None:
    """The operation, two balances, the payee's line and the transfer."""
    transfer = cloud.wallet.transfers.require(delayed(api, ada, bo).ok(201)["id"])
    cloud.clock.advance("2h")
    faults.clear()

    cloud.wallet.transfers.settle(transfer)

    assert [operation for operation, _ in faults.calls] == ["TransactWriteItems"]
    assert len(faults.made("TransactWriteItems")[0]["TransactItems"]) == 5


def test_an_instant_transfer_is_read_as_one_that_has_no_life(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, faults: Faults
) -> None:
    """What is kept of it is what always was, so that it costs what it always did."""
    made = send(api, ada, bo, 700).ok(201)
    (item,) = [
        raw for raw in cloud.wallet.storage.scan(cloud.wallet.transfers.store.items) if raw["pk"]["S"] == made["id"]
    ]
    assert set(item) == {"pk", "sk", "id", "payer_id", "payee_id", "amount", "fee", "entry_id", "created_at"}
    faults.clear()

    shown = seen(api, ada, made["id"]).ok(200)

    assert (shown["delay"], shown["arrives_at"], shown["ended_at"]) == (None, made["created_at"], made["created_at"])
    assert [operation for operation, _ in faults.calls] == ["BatchGetItem"]
