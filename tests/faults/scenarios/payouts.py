"""Money that is paid out, and a bank that is asked until it says how it ended."""

from contextlib import suppress

from tests.build import a_merchant, key
from tests.faults.scenario import AMOUNT, Act, Scenario
from tests.faults.stage import Stage
from tests.settling import pay_out, with_account
from tests.shopping import a_paid_payment
from wallet_api.errors import Unavailable
from wallet_api.payouts.model import MINIMUM
from wallet_api.storage.errors import StorageFault

UNKNOWN = "8110701012800000008"
LATER_PAID = "8110701012800000002"


def _sold(stage: Stage, number: str) -> None:
    """A new shop has something of yesterday, and an account that does this."""
    stage.shop = with_account(stage.cloud, a_merchant(stage.cloud), number)
    stage.fresh()
    a_paid_payment(stage.api, stage.shop, stage.ada, 5 * AMOUNT)
    assert stage.wrongs() == []
    stage.cloud.clock.advance("24h")
    stage.fresh()


def _payout(stage: Stage) -> Act:
    _sold(stage, UNKNOWN)
    return lambda idem: pay_out(stage.api, stage.shop, MINIMUM, idem=idem)


def _too_much(stage: Stage) -> Act:
    _sold(stage, UNKNOWN)
    return lambda idem: pay_out(stage.api, stage.shop, 50 * AMOUNT, idem=idem)


def _schedule(stage: Stage) -> Act:
    _sold(stage, LATER_PAID)
    pay_out(stage.api, stage.shop, MINIMUM, idem=key()).ok(201)
    stage.cloud.clock.advance("2m")
    stage.fresh()

    def act(_: str) -> None:
        with suppress(Unavailable, StorageFault):
            stage.wallet.payouts.settle_due()

    return act


SCENARIOS = (
    Scenario("POST /v1/payouts", "is set aside", _payout, ((201, "processing"),), 1),
    Scenario("POST /v1/payouts", "of too much", _too_much, ((402, "payout_exceeds_available"),)),
    Scenario("schedule", "learns that a payout was paid", _schedule, (), 1, settles=True),
)  # fmt: skip
