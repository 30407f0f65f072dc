"""A standing consent: asked for, given, charged by."""

from collections.abc import Callable

from tests.build import key
from tests.faults.scenario import AMOUNT, DONE, MADE, Act, Scenario, all_attempts_are_given_back
from tests.faults.stage import Stage
from tests.mandates.agreeing import a_mandate, a_waiting_mandate, ask, charge, confirm, end

CONFIRM = "POST /v1/mandates/{mandate_id}/confirm"
CHARGE = "POST /v1/payments"


def _request(stage: Stage) -> Act:
    reference = key()
    return lambda idem: ask(stage.api, stage.shop, idem=idem, reference=reference)


def _yes(stage: Stage) -> Act:
    mandate = a_waiting_mandate(stage.api, stage.shop)
    return lambda idem: confirm(stage.api, stage.ada, mandate["id"], idem=idem)


def _charge(amount: int) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        mandate, order = a_mandate(stage.api, stage.shop, stage.ada), key()
        return lambda idem: charge(stage.api, stage.shop, mandate["id"], amount, idem=idem, order_id=order)

    return prepare


def _charge_by_none(stage: Stage) -> Act:
    mandate, order = a_mandate(stage.api, stage.shop, stage.ada), key()
    end(stage.api, mandate["id"], stage.ada.token).ok(200)
    return lambda idem: charge(stage.api, stage.shop, mandate["id"], AMOUNT, idem=idem, order_id=order)


SCENARIOS = (
    Scenario("POST /v1/mandates", "is asked for", _request, MADE),
    Scenario(CONFIRM, "is confirmed", _yes, DONE, check=all_attempts_are_given_back),
    Scenario(CHARGE, "is charged by a mandate", _charge(AMOUNT), MADE, moves=1),
    Scenario(CHARGE, "is more than the mandate allows", _charge(100_01), ((402, "mandate_limit_exceeded"),)),
    Scenario(CHARGE, "is charged by a revoked mandate", _charge_by_none, ((402, "mandate_revoked"),)),
)
