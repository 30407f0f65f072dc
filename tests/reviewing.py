"""Reviews of payments for tests: reviewers who say what a test wants, and what a review does to money."""

from dataclasses import dataclass

from dev.cloud.local import LocalCloud
from tests.build import Someone
from wallet_api.gateways.screening import Case, Verdict
from wallet_api.ledger import chart


@dataclass(frozen=True)
class Reviewers:
    """Reviewers who say one thing of everything."""

    verdict: Verdict

    def concerns(self, case: Case) -> bool:
        return True

    def ask(self, case: Case) -> Verdict:
        return self.verdict


def money_of(cloud: LocalCloud, someone: Someone) -> tuple[int, int, int]:
    """What somebody has, what of theirs is set aside, and what they have spent today."""
    account = cloud.wallet.ledger.accounts.require(chart.customer(someone.id))
    return account.balances["CNY"], account.held.get("CNY", 0), account.spent.get("CNY", 0)


def later(cloud: LocalCloud) -> int:
    """The schedule's next run; how many payments it brought to an end."""
    cloud.clock.advance(61)
    return int(cloud.wallet.payments.settle_due())
