"""Transfers that arrive later, are taken back before, and come back when they cannot arrive."""

from collections.abc import Callable
from contextlib import suppress

from dev.client import Answer
from tests.delaying import delayed, take_back
from tests.faults.scenario import AMOUNT, DONE, MADE, Act, Scenario, all_attempts_are_given_back
from tests.faults.stage import Stage
from wallet_api.errors import Unavailable
from wallet_api.ledger import chart
from wallet_api.storage.errors import StorageFault

SEND, CANCEL = "POST /v1/transfers", "POST /v1/transfers/{transfer_id}/cancel"


def _delayed(stage: Stage, delay: str = "24h") -> str:
    return str(delayed(stage.api, stage.ada, stage.bo, AMOUNT, delay).ok(201)["id"])


def _sending(stage: Stage) -> Act:
    return lambda idem: delayed(stage.api, stage.ada, stage.bo, AMOUNT, "24h", idem=idem)


def _set_aside_once(stage: Stage, answers: list[Answer]) -> None:
    """It is one transfer, and the whole of it can be taken back."""
    all_attempts_are_given_back(stage, answers)
    made = {answer.json["id"] for answer in answers if answer.status == 201}
    for transfer_id in made:
        take_back(stage.api, stage.ada, transfer_id).ok(200)
    held = stage.wallet.ledger.accounts.require(chart.customer(stage.ada.id)).held
    assert (len(made), held.get("CNY", 0)) == (1, 0)


def _too_much(stage: Stage) -> Act:
    return lambda idem: delayed(stage.api, stage.ada, stage.bo, 4_000_00, "24h", idem=idem)


def _taking_back(stage: Stage) -> Act:
    made = _delayed(stage)
    return lambda idem: take_back(stage.api, stage.ada, made, idem=idem)


def _taking_back_again(stage: Stage) -> Act:
    made = _delayed(stage)
    take_back(stage.api, stage.ada, made).ok(200)
    return lambda idem: take_back(stage.api, stage.ada, made, idem=idem)


def _schedule(payee: str) -> Callable[[Stage], Act]:
    def prepare(stage: Stage) -> Act:
        made = _delayed(stage, "2h")
        _stand(stage, payee)
        stage.cloud.clock.advance("2h")
        stage.fresh()

        def act(_: str) -> None:
            with suppress(Unavailable, StorageFault):
                stage.wallet.transfers.settle_due()

        stage.kept["delayed"] = made
        return act

    return prepare


def _stand(stage: Stage, status: str) -> None:
    """Bo's wallet is frozen, or is not."""
    accounts = stage.wallet.ledger.accounts
    with stage.wallet.storage.atomic_write() as write:
        (accounts.freeze if status == "frozen" else accounts.unfreeze)(chart.customer(stage.bo.id), write)


def _ended_as(wanted: str) -> Callable[[Stage, list[Answer]], None]:
    def check(stage: Stage, _: list[Answer]) -> None:
        _stand(stage, "active")
        assert stage.wallet.transfers.require(stage.kept["delayed"]).status == wanted

    return check


SCENARIOS = (
    Scenario(SEND, "to arrive later", _sending, MADE, 1, check=_set_aside_once),
    Scenario(SEND, "of too much to arrive later", _too_much, ((402, "insufficient_funds"),), check=all_attempts_are_given_back),
    Scenario(CANCEL, "takes it back", _taking_back, DONE, 1),
    Scenario(CANCEL, "takes back what was taken back", _taking_back_again, ((409, "transfer_already_canceled"),)),
    Scenario("schedule", "has a transfer arrive", _schedule("active"), (), 1, settles=True, check=_ended_as("succeeded")),
    Scenario("schedule", "has a transfer come back", _schedule("frozen"), (), 1, settles=True, check=_ended_as("failed")),
)  # fmt: skip
