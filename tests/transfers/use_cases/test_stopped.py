"""Transfers that cannot arrive: a payee's wallet that takes nothing, a payer's that was frozen since, or is closed."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Someone, refused, signed_in_again, spent_today
from tests.delaying import BALANCE, BOTH, delayed, events_of, has, later, seen, thawed, with_email
from tests.freezing import back, freeze
from tests.ledger_world import World
from wallet_api.ledger import chart


def test_money_goes_back_when_its_payee_cannot_take_it(
    api: Api, cloud: LocalCloud, world: World, ada: Someone, bo: Someone
) -> None:
    """M8: and both are told, whose wallet it was and why."""
    made = delayed(api, ada, bo).ok(201)
    world.set_status(chart.customer(bo.id), "frozen")

    later(cloud, "2h", "1h")

    ada, bo = signed_in_again(api, ada), signed_in_again(api, bo)
    shown = seen(api, ada, made["id"]).ok(200)
    assert (shown["status"], shown["decline_code"], shown["arrives_at"]) == ("failed", "payee_unavailable", None)
    assert seen(api, bo, made["id"]).ok(200)["status"] == "failed"
    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE, 0), (0, 0))
    assert spent_today(cloud, ada) == {"CNY": 0}, "what came to nothing counts for nothing"
    assert [kind for kind, _ in events_of(api, cloud, ada)] == ["transfer.created", "transfer.failed"]
    assert [(kind, data["decline_code"]) for kind, data in events_of(api, cloud, bo)] == [
        ("transfer.missed", "payee_unavailable")
    ]
    kinds = [row["kind"] for row in api.get("/v1/transactions?limit=2", token=ada.token).ok(200)["data"]]
    assert kinds == ["release", "transfer"]


def test_a_payee_whose_wallet_is_closed_or_gone_gets_nothing(
    api: Api, cloud: LocalCloud, world: World, ada: Someone, bo: Someone
) -> None:
    made = delayed(api, ada, bo).ok(201)
    world.set_status(chart.customer(bo.id), "closed")

    later(cloud, "2h")

    ada = signed_in_again(api, ada)
    assert seen(api, ada, made["id"]).ok(200)["decline_code"] == "payee_unavailable"
    assert has(cloud, ada) == (BALANCE, 0)


def test_a_freeze_stops_what_is_on_its_way(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """Whoever reports a loss loses nothing that has not arrived, though nobody thinks of it."""
    made = delayed(api, ada, bo).ok(201)
    freeze(api, ada).ok(201)

    later(cloud, "2h")

    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE, 0), (0, 0))
    again = back(api, cloud, ada)
    assert seen(api, again, made["id"]).ok(200)["decline_code"] == "wallet_frozen"
    bo = signed_in_again(api, bo)
    refused(seen(api, bo, made["id"]), 404, "not_found")
    assert events_of(api, cloud, bo) == []


def test_what_was_stopped_stays_stopped_when_the_wallet_is_had_back(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """A thief's transfer does not arrive because its victim was quick to unfreeze; what is sent since does."""
    email = with_email(api, cloud, ada)
    cloud.clock.advance("25h")
    ada = signed_in_again(api, ada)
    thiefs = delayed(api, ada, bo, 700, "24h").ok(201)
    freeze(api, ada).ok(201)
    again = thawed(api, cloud, ada, email)
    own = delayed(api, again, bo, 300).ok(201)

    stopped = seen(api, again, thiefs["id"]).ok(200)
    later(cloud, "2h", "24h")

    assert (stopped["status"], stopped["decline_code"]) == ("failed", "wallet_frozen"), "whoever looks has it back"
    again = signed_in_again(api, again)
    assert seen(api, again, own["id"]).ok(200)["status"] == "succeeded"
    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE - 300, 0), (300, 0))


def test_what_was_stopped_and_nobody_looked_at_comes_back_at_its_time(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """The freeze is counted in the wallet itself, and a second one is no reason to forget the first."""
    accounts = cloud.wallet.ledger.accounts
    delayed(api, ada, bo).ok(201)
    for turn in (accounts.freeze, accounts.unfreeze, accounts.freeze, accounts.freeze, accounts.unfreeze):
        with cloud.wallet.storage.atomic_write() as write:
            turn(chart.customer(ada.id), write)
    made = delayed(api, ada, bo, 500).ok(201)

    later(cloud, "2h")

    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE - 500, 0), (500, 0))
    stopped = cloud.wallet.transfers.require(made["id"]).delayed
    assert stopped is not None
    assert stopped.freezes == 3


def test_who_opens_what_was_stopped_is_not_told_that_it_arrives(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """In the history, as under the transfer's id: its money is back, and nobody reads on that it arrives later."""
    email = with_email(api, cloud, ada)
    cloud.clock.advance("25h")
    ada = signed_in_again(api, ada)
    stopped = delayed(api, ada, bo, 700, "24h", idem="k").ok(201)
    freeze(api, ada).ok(201)
    ada = thawed(api, cloud, ada, email)
    (row,) = api.get("/v1/transactions?kind=transfer", token=ada.token).ok(200)["data"]

    opened = api.get(f"/v1/transactions/{row['id']}", token=ada.token).ok(200)

    assert (opened["transfer_id"], opened["status"]) == (stopped["id"], "failed")
    assert [step["what"] for step in opened["timeline"]] == [
        "transfer.created",
        "transfer.failed",
        "transfer.on_balance",
    ]
    assert opened["counterparty"] == row["counterparty"]
    assert has(cloud, ada) == (BALANCE, 0)
    assert delayed(api, ada, bo, 700, "24h", idem="k").ok(201)["status"] == "failed"


@pytest.mark.parametrize("frozen", [True, False])
def test_a_repetition_of_what_was_stopped_or_is_due_tells_its_end(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, frozen: bool
) -> None:
    """M38: a client whose answer was lost asks again with the same key, and reads what it would read under the id."""
    delayed(api, ada, bo, idem="k").ok(201)
    if frozen:
        freeze(api, ada).ok(201)
        ada = back(api, cloud, ada)
    else:
        cloud.clock.advance("2h")
        ada = signed_in_again(api, ada)

    again = delayed(api, ada, bo, idem="k")

    assert (again.ok(201)["status"], again.headers["idempotent-replayed"]) == (
        "failed" if frozen else "succeeded",
        "true",
    )
    assert has(cloud, ada) == ((BALANCE, 0) if frozen else (BALANCE - BOTH, 0))


def test_what_fails_for_a_payer_whose_wallet_is_closed_is_kept(
    api: Api, cloud: LocalCloud, world: World, ada: Someone, bo: Someone
) -> None:
    made = delayed(api, ada, bo).ok(201)
    world.set_status(chart.customer(ada.id), "closed")

    later(cloud, "2h")

    ended = cloud.wallet.transfers.require(made["id"])
    assert ended.delayed is not None
    assert (ended.status, ended.decline_code, ended.delayed.aside) == ("failed", "wallet_closed", True)
    assert (has(cloud, ada), has(cloud, bo)) == ((BALANCE - BOTH, 0), (0, 0))
    assert cloud.wallet.ledger.accounts.require(chart.SUSPENSE).balance("CNY").amount == BOTH
    assert [kind for kind, _ in events_of(api, cloud, signed_in_again(api, ada))][-1] == "transfer.failed"
