"""What customers ask back, and what becomes of it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from dev.client import Answer
from tests.faults.scenario import AMOUNT, DONE, MADE, Act, Scenario
from tests.faults.stage import Stage
from tests.refunding import approve, ask_back, asked, refund_to_card, take_back
from tests.shopping import a_paid_payment
from wallet_api.errors import Unavailable
from wallet_api.ledger import chart
from wallet_api.refund_requests.model import ANSWER_WITHIN
from wallet_api.storage.errors import StorageFault

ASK, APPROVE = "POST /v1/refund_requests", "POST /v1/refund_requests/{request_id}/approve"


def _asking(amount: int | None, **fields: Any) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        payment = a_paid_payment(stage.api, stage.shop, stage.ada, AMOUNT)
        return lambda idem: ask_back(stage.api, stage.ada, payment["id"], amount, idem=idem, **fields)

    return prepare


def _asking_twice(stage: Stage) -> Act:
    request = asked(stage.api, stage.shop, stage.ada, AMOUNT)
    return lambda idem: ask_back(stage.api, stage.ada, request["payment_id"], idem=idem)


def _approving(amount: int | None = None, **fields: Any) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        request = asked(stage.api, stage.shop, stage.ada, AMOUNT, **fields)
        return lambda idem: approve(stage.api, stage.shop, request["id"], amount, idem=idem)

    return prepare


def _approving_too_late(stage: Stage) -> Act:
    request = asked(stage.api, stage.shop, stage.ada, AMOUNT)
    take_back(stage.api, stage.ada, request["id"]).ok(200)
    return lambda idem: approve(stage.api, stage.shop, request["id"], idem=idem)


def _delivering(stage: Stage) -> Act:
    """A bank's answer was lost; the schedule asks how the refund ended."""
    stage.acquirer.aim("refund", 1, "received, no answer")
    assert refund_to_card(stage.api, stage.shop, stage.ada, AMOUNT)["status"] == "pending"
    stage.acquirer.clear()
    stage.cloud.clock.advance("2m")
    stage.fresh()

    def act(_: str) -> None:
        with suppress(Unavailable, StorageFault):
            stage.wallet.refunds.settle_due()

    return act


def _escalating(stage: Stage) -> Act:
    asked(stage.api, stage.shop, stage.ada, AMOUNT)
    stage.cloud.clock.advance(ANSWER_WITHIN)
    stage.fresh()

    def act(_: str) -> None:
        with suppress(Unavailable, StorageFault):
            stage.wallet.refund_requests.escalate_due()

    return act


def _nothing_is_held(stage: Stage, _answers: list[Answer]) -> None:
    """What was set aside for a card reached it, or the balance."""
    assert stage.wallet.ledger.accounts.require(chart.customer(stage.ada.id)).held.get("CNY", 0) == 0


SCENARIOS = (
    Scenario(ASK, "succeeds", _asking(None), MADE),
    Scenario(ASK, "to a card", _asking(30, destination="card"), MADE),
    Scenario(ASK, "for too much", _asking(2_00), ((409, "refund_exceeds_payment"),)),
    Scenario(ASK, "comes second", _asking_twice, ((409, "refund_request_open"),)),
    Scenario(APPROVE, "to the balance", _approving(), DONE, 1),
    Scenario(APPROVE, "of a part", _approving(30), DONE, 1),
    Scenario(APPROVE, "to a card", _approving(destination="card"), DONE, 2, settles=True, check=_nothing_is_held),
    Scenario(APPROVE, "of too much", _approving(2_00), ((409, "refund_exceeds_request"),)),
    Scenario(APPROVE, "comes too late", _approving_too_late, ((409, "refund_request_ended"),)),
    Scenario("schedule", "learns how a refund ended", _delivering, (), 1, settles=True, check=_nothing_is_held),
    Scenario("schedule", "escalates a request", _escalating, ()),
)
