"""Withdrawals for tests, made the way real ones are: over HTTP."""

from typing import Any

from msgspec.structs import replace

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Someone, a_card, a_person, cny, key, signed_in_again
from wallet_api.gateways.acquirer import AcquirerSilent, CreditOrder, CreditOutcome
from wallet_api.ledger import chart
from wallet_api.ledger.verify import verify

TAKES, DECLINES, SHORT, EXPIRED = "6200000000000005", "4000000000000002", "4000000000009995", "4000000000000069"
LATER_TAKES, LATER_DECLINES, RETURNS = "4000000000000119", "4000000000000259", "4000000000005126"
CREDIT = "4242420000000000"

APPROVED, DECLINED = CreditOutcome("approved"), CreditOutcome("declined", "withdrawal_declined")
RETURNED = CreditOutcome("returned", "withdrawal_returned")

BALANCE = 2_000_00
AMOUNT, FEE = 500_00, 50
"""What most tests withdraw, and what it costs: ten basis points."""


def withdraw(
    api: Api, someone: Someone, card_id: str, amount: int = AMOUNT, *, pin: str = PIN, idem: str | None = None, **more: Any
) -> Answer:  # fmt: skip
    """A person's wish and their yes."""
    body = {"amount": cny(amount), "card_id": card_id, "authorization": {"pin": pin}, **more}
    return api.post("/v1/withdrawals", body, token=someone.token, key=idem or key())


def with_card(
    api: Api, cloud: LocalCloud, number: str = TAKES, *, balance: int = BALANCE, new: bool = False
) -> tuple[Someone, str]:
    """Somebody with money and a card that has stood for more than a day, unless it is to be new."""
    someone = a_person(api, cloud, balance=balance)
    card_id = a_card(api, cloud, someone, number)
    if not new:
        cloud.clock.advance("25h")
        someone = signed_in_again(api, someone)
    return someone, card_id


def wallet_of(api: Api, someone: Someone) -> tuple[int, int]:
    """What somebody has, and what of their money is set aside."""
    (yuan,) = api.get("/v1/wallet", token=someone.token).ok(200)["balances"]
    return yuan["amount"], yuan["held"]


def shown(api: Api, someone: Someone, withdrawal_id: str) -> Any:
    """A withdrawal as its owner sees it."""
    return api.get(f"/v1/withdrawals/{withdrawal_id}", token=someone.token).ok(200)


def later(cloud: LocalCloud, *steps: str) -> None:
    """Time passes, and the schedule runs, more often than it would have to."""
    for step in steps:
        cloud.clock.advance(step)
        for _ in range(2):
            cloud.wallet.withdrawals.settle_due()


def balance(cloud: LocalCloud, account: str) -> int:
    """What an account holds, once the stream is read to its end; the whole ledger is checked on the way."""
    cloud.pump.drain()
    assert verify(cloud.wallet.ledger).findings == []
    return int(cloud.wallet.ledger.accounts.require(account).balance("CNY").amount)


def attempts(cloud: LocalCloud, someone: Someone) -> int:
    return int(cloud.wallet.ledger.accounts.require(chart.customer(someone.id)).attempts)


def nothing_happened(api: Api, cloud: LocalCloud, someone: Someone) -> bool:
    listed = api.get("/v1/withdrawals", token=someone.token).ok(200)["data"]
    return (wallet_of(api, someone), listed, attempts(cloud, someone)) == ((BALANCE, 0), [], 0)


class Says:
    """An acquirer that says one thing of every withdrawal, and counts how often it is asked."""

    def __init__(self, outcome: CreditOutcome | None) -> None:
        self.outcome, self.asked = outcome, 0

    def credit(self, order: CreditOrder) -> CreditOutcome:
        return self.find_credit(order)

    def find_credit(self, order: CreditOrder) -> CreditOutcome:
        self.asked += 1
        if self.outcome is None:
            raise AcquirerSilent
        return self.outcome


def told(cloud: LocalCloud, outcome: CreditOutcome | None) -> Says:
    """The schedule runs, more often than it would have to, against an acquirer that says this."""
    says = Says(outcome)
    acquirer: Any = says
    for _ in range(3):
        replace(cloud.wallet.withdrawals, acquirer=acquirer).settle_due()
    return says
