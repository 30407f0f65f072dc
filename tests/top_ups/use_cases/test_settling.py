"""An acquirer that contradicts itself a day later: believed, and corrected by an entry of its own kind."""

from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import LATER_APPROVES, LATER_DECLINES, top_up
from tests.build import Someone, a_card, a_person, balance_of, send, signed_in_again
from wallet_api.gateways.acquirer import ChargeOrder, ChargeOutcome
from wallet_api.ledger import chart

pytestmark = pytest.mark.usefixtures("books")
AMOUNT = 50_00


@dataclass
class Says:
    """An acquirer that says one thing of every charge, and counts how often it is asked."""

    outcome: ChargeOutcome
    asked: int = 0

    def find(self, order: ChargeOrder) -> ChargeOutcome:
        self.asked += 1
        return self.outcome


APPROVED, DECLINED = ChargeOutcome("approved"), ChargeOutcome("declined", "card_declined")


def processed(api: Api, cloud: LocalCloud, someone: Someone, number: str) -> str:
    """A top-up whose outcome was not known at first, after the schedule learned of it."""
    card_id = a_card(api, cloud, someone, number)
    made = top_up(api, someone, card_id, AMOUNT).ok(201)
    assert made["status"] == "processing"
    cloud.clock.advance("2m")
    assert cloud.wallet.top_ups.settle_due() == 1
    return str(made["id"])


def a_day_later(cloud: LocalCloud, outcome: ChargeOutcome) -> Says:
    cloud.clock.advance("25h")
    says = Says(outcome)
    acquirer: Any = says
    for _ in range(3):
        replace(cloud.wallet.top_ups, acquirer=acquirer).settle_due()
    return says


def told(api: Api, someone: Someone, top_up_id: str) -> tuple[str, list[str]]:
    status = api.get(f"/v1/top_ups/{top_up_id}", token=someone.token).ok(200)["status"]
    rows = api.get("/v1/transactions", token=someone.token).ok(200)["data"]
    (place,) = [row["id"] for row in rows if row["top_up_id"] == top_up_id or row["kind"] == "correction"][:1]
    story = api.get(f"/v1/transactions/{place}", token=someone.token).ok(200)["timeline"]
    return status, [step["what"] for step in story]


def test_a_charge_that_was_made_after_all_is_compensated_once(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """O7, M12, M36: what was answered stays; the money comes by an entry of its own, and the timeline says so."""
    top_up_id = processed(api, cloud, someone, LATER_DECLINES)
    assert a_day_later(cloud, APPROVED).asked == 1
    someone = signed_in_again(api, someone)
    assert balance_of(api, someone) == AMOUNT
    assert told(api, someone, top_up_id) == ("failed", ["top_up.created", "top_up.failed", "top_up.compensated"])


def test_a_charge_that_was_taken_back_takes_its_money_back_once(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """M12, M36."""
    top_up_id = processed(api, cloud, someone, LATER_APPROVES)
    assert balance_of(api, someone) == AMOUNT
    assert a_day_later(cloud, DECLINED).asked == 1
    someone = signed_in_again(api, someone)
    assert balance_of(api, someone) == 0
    told_now = told(api, someone, top_up_id)
    assert told_now == ("succeeded", ["top_up.created", "top_up.succeeded", "top_up.charge_reversed"])


def test_what_was_spent_meanwhile_is_borne_by_the_wallet(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """No wallet goes below zero for a mistake that was not its owner's."""
    processed(api, cloud, someone, LATER_APPROVES)
    send(api, someone, a_person(api, cloud), 30_00).ok(201)
    a_day_later(cloud, DECLINED)
    assert balance_of(api, signed_in_again(api, someone)) == 20_00
    cloud.pump.drain()
    assert cloud.wallet.ledger.accounts.require(chart.SUSPENSE).balance("CNY").amount == -AMOUNT


@pytest.mark.parametrize(("number", "outcome"), [(LATER_APPROVES, APPROVED), (LATER_DECLINES, DECLINED)])
def test_an_answer_that_stays_the_same_changes_nothing(
    api: Api, cloud: LocalCloud, someone: Someone, number: str, outcome: ChargeOutcome
) -> None:
    processed(api, cloud, someone, number)
    before = balance_of(api, someone)
    assert a_day_later(cloud, outcome).asked == 1
    assert balance_of(api, signed_in_again(api, someone)) == before


def test_no_answer_is_asked_for_again_ever_less_often(api: Api, cloud: LocalCloud, someone: Someone) -> None:
    """A company that is silent for days is asked once an hour, and not with every run of the schedule."""
    processed(api, cloud, someone, LATER_APPROVES)
    assert a_day_later(cloud, ChargeOutcome("pending")).asked == 1
    silent: Any = Says(ChargeOutcome("pending"))
    for _ in range(48 * 60):
        cloud.clock.advance("1m")
        replace(cloud.wallet.top_ups, acquirer=silent).settle_due()
    assert 40 <= silent.asked <= 56
    assert a_day_later(cloud, DECLINED).asked == 1
