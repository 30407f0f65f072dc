"""Money that goes to a card, and an acquirer that is asked until it says how it ended."""

from collections.abc import Callable
from contextlib import suppress

from tests.build import key
from tests.faults.scenario import AMOUNT, Act, Scenario, all_attempts_are_given_back
from tests.faults.stage import Stage
from tests.withdrawing import DECLINES, LATER_DECLINES, LATER_TAKES, TAKES, withdraw
from wallet_api.errors import Unavailable
from wallet_api.storage.errors import StorageFault

ENTRIES = 2
"""What is set aside, and how it ends."""
SENT = ((201, ""), (201, "failed"))
"""What never reached the acquirer is given back."""


def _withdrawal(number: str, amount: int = AMOUNT) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        card_id = stage.card(number)
        return lambda idem: withdraw(stage.api, stage.ada, card_id, amount, idem=idem)

    return prepare


def _schedule(number: str) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        made = withdraw(stage.api, stage.ada, stage.card(number), AMOUNT, idem=key())
        assert made.ok(201)["status"] == "processing"
        stage.cloud.clock.advance("2m")
        stage.fresh()

        def act(_: str) -> None:
            with suppress(Unavailable, StorageFault):
                stage.wallet.withdrawals.settle_due()

        return act

    return prepare


SCENARIOS = (
    Scenario("POST /v1/withdrawals", "arrives", _withdrawal(TAKES), SENT, ENTRIES, sends=True,
             check=all_attempts_are_given_back),
    Scenario("POST /v1/withdrawals", "is not taken", _withdrawal(DECLINES), ((201, "failed"),), ENTRIES, sends=True),
    Scenario("POST /v1/withdrawals", "arrives later", _withdrawal(LATER_TAKES), SENT, ENTRIES, sends=True),
    Scenario("POST /v1/withdrawals", "of too much", _withdrawal(TAKES, 900_00), ((402, "insufficient_funds"),)),
    Scenario("schedule", "learns that a withdrawal arrived", _schedule(LATER_TAKES), (), 1, settles=True),
    Scenario("schedule", "learns that no card took a withdrawal", _schedule(LATER_DECLINES), (), 1, settles=True),
)  # fmt: skip
