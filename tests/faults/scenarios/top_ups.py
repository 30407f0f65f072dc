"""Cards, what they cost, and money that comes from them."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tests.banking import (
    APPROVES,
    APPROVES_UNIONPAY,
    DECLINES,
    LATER_APPROVES,
    LATER_DECLINES,
    NEEDS_CODE,
    bind,
    top_up,
)
from tests.build import cny, code_to, key
from tests.faults.scenario import AMOUNT, MADE, Act, Scenario
from tests.faults.stage import Stage
from wallet_api.errors import Unavailable
from wallet_api.storage.errors import StorageFault

DECLINED = ((402, "card_declined"), (201, "failed"))
"""A decline that the schedule learned of first is answered as the failed top-up it is."""
CHARGED = ((201, ""), (201, "failed"))
"""A charge that never reached the acquirer ends as a failed top-up."""
CONFIRMED = ((200, ""), (402, "confirmation_expired"))
"""Nobody confirmed it before its time was over."""


def _quote(stage: Stage) -> Act:
    body = {"operation": "transfer", "amount": cny(AMOUNT), "payee": {"phone": stage.bo.phone}}
    return lambda idem: stage.api.post("/v1/fee_quotes", body, token=stage.ada.token, key=idem)


def _binding(stage: Stage) -> Act:
    stage.cloud.clock.advance("25h")  # a day has twenty bindings
    stage.fresh()
    return lambda idem: bind(stage.api, stage.ada, APPROVES_UNIONPAY, idem=idem)


def _top_up(number: str) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        card_id = stage.card(number)
        return lambda idem: top_up(stage.api, stage.ada, card_id, AMOUNT, idem=idem)

    return prepare


def _confirmed_top_up(stage: Stage) -> Act:
    made = _top_up(NEEDS_CODE)(stage)(key())
    assert made is not None
    path = f"/v1/top_ups/{made.ok(201)['id']}/confirm"
    body = {"code": code_to(stage.cloud, stage.ada.phone)}
    return lambda _: stage.api.post(path, body, token=stage.ada.token)


def _schedule(number: str) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        made: Any = _top_up(number)(stage)(key())
        assert made.ok(201)["status"] == "processing"
        stage.cloud.clock.advance("2m")
        stage.fresh()

        def act(_: str) -> None:
            with suppress(Unavailable, StorageFault):
                stage.wallet.top_ups.settle_due()

        return act

    return prepare


SCENARIOS = (
    Scenario("POST /v1/fee_quotes", "succeeds", _quote, MADE),
    Scenario("POST /v1/cards", "succeeds", _binding, MADE),
    Scenario("POST /v1/top_ups", "is approved", _top_up(APPROVES), CHARGED, charges=True),
    Scenario("POST /v1/top_ups", "is declined", _top_up(DECLINES), DECLINED, charges=True),
    Scenario("POST /v1/top_ups", "is approved later", _top_up(LATER_APPROVES), CHARGED, charges=True),
    Scenario("POST /v1/top_ups", "needs a code", _top_up(NEEDS_CODE), CHARGED, charges=True),
    Scenario("POST /v1/top_ups/{top_up_id}/confirm", "succeeds", _confirmed_top_up, CONFIRMED, charges=True),
    Scenario("schedule", "learns of an approval", _schedule(LATER_APPROVES), (), charges=True),
    Scenario("schedule", "learns of a decline", _schedule(LATER_DECLINES), (), charges=True),
)  # fmt: skip
