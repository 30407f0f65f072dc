"""The sandbox's reviewers, and a wallet without any."""

from datetime import UTC, datetime, timedelta

import pytest

from wallet_api.gateways.screening import (
    MAGIC_AMOUNTS,
    REVIEW_AFTER,
    Case,
    NoScreening,
    SandboxScreening,
    ScreeningSilent,
)
from wallet_api.money import Money


class Fixed:
    """A clock that stands still."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


NOW = datetime(2026, 11, 22, tzinfo=UTC)
ENDS = {"blocks": "block", "blocks later": "block", "passes": "pass", "passes later": "pass"}


def case(amount: int) -> Case:
    return Case("pay_1", "usr_ada", "mer_1", Money(amount, "CNY"), NOW)


def test_only_magic_amounts_are_reviewed() -> None:
    reviewers = SandboxScreening(Fixed(NOW))
    assert [amount for amount in (1, 1250, *MAGIC_AMOUNTS) if reviewers.concerns(case(amount))] == list(MAGIC_AMOUNTS)
    assert not any(NoScreening().concerns(case(amount)) for amount in MAGIC_AMOUNTS)
    assert NoScreening().ask(case(1)) == "pass"


@pytest.mark.parametrize(("amount", "behaviour"), MAGIC_AMOUNTS.items())
def test_what_comes_later_comes_by_the_clock_and_stays(amount: int, behaviour: str) -> None:
    before, after = SandboxScreening(Fixed(NOW)), SandboxScreening(Fixed(NOW + REVIEW_AFTER))
    if behaviour.startswith("is silent"):
        with pytest.raises(ScreeningSilent):
            before.ask(case(amount))
    else:
        assert before.ask(case(amount)) == ("pending" if behaviour.endswith("later") else ENDS[behaviour])
    assert after.ask(case(amount)) == ENDS.get(behaviour, "pass")
