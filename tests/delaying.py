"""Transfers with delayed arrival for tests, made the way real ones are: over HTTP."""

from collections.abc import Callable
from typing import Any

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Someone, a_person, cny, key, signed_in_again, spent_today
from tests.freezing import ask_unfreeze, back, confirm_unfreeze, unfreeze_code, with_email
from wallet_api.ledger import chart
from wallet_api.ledger.verify import verify

BALANCE = 3_000_00
AMOUNT, FEE = 2_000_00, 1_00
"""What most tests send, and what it costs: ten basis points of what is above a thousand yuan."""
BOTH = AMOUNT + FEE


def delayed(
    api: Api, payer: Someone, payee: Someone, amount: int = AMOUNT, delay: str = "2h", *, idem: str | None = None, **more: Any
) -> Answer:  # fmt: skip
    """A person's wish that money arrives later."""
    body = {"to": {"phone": payee.phone}, "amount": cny(amount), "authorization": {"pin": PIN}, "delay": delay, **more}
    return api.post("/v1/transfers", body, token=payer.token, key=idem or key())


def take_back(api: Api, someone: Someone, transfer_id: str, *, idem: str | None = None) -> Answer:
    """A payer's second thought."""
    return api.post(f"/v1/transfers/{transfer_id}/cancel", token=someone.token, key=idem or key())


def seen(api: Api, someone: Someone, transfer_id: str) -> Answer:
    """A transfer as somebody may see it."""
    return api.get(f"/v1/transfers/{transfer_id}", token=someone.token)


def wallet_of(api: Api, someone: Someone) -> tuple[int, int]:
    """What somebody has, and what of their money is set aside."""
    (yuan,) = api.get("/v1/wallet", token=someone.token).ok(200)["balances"]
    return yuan["amount"], yuan["held"]


def has(cloud: LocalCloud, someone: Someone) -> tuple[int, int]:
    """The same, by the ledger, for who is signed out by then; the whole ledger is checked once all is folded."""
    cloud.pump.drain()
    assert verify(cloud.wallet.ledger).findings == []
    account = cloud.wallet.ledger.accounts.require(chart.customer(someone.id))
    return account.balance("CNY").amount, account.held.get("CNY", 0)


def later(cloud: LocalCloud, *steps: str) -> None:
    """Time passes, and the schedule runs, more often than it would have to."""
    for step in steps:
        cloud.clock.advance(step)
        for _ in range(2):
            cloud.wallet.transfers.settle_due()


def thawed(api: Api, cloud: LocalCloud, someone: Someone, email: str) -> Someone:
    """Somebody who froze their wallet has it back, by two proofs."""
    again = back(api, cloud, someone)
    asked = ask_unfreeze(api, again).ok(201)
    cloud.clock.advance("61s")
    codes = {
        "sms_code": unfreeze_code(api, cloud, again, asked["id"], "sms", someone.phone),
        "email_code": unfreeze_code(api, cloud, again, asked["id"], "email", email),
    }
    confirm_unfreeze(api, again, asked["id"], **codes).ok(200)
    return again


def events_of(api: Api, cloud: LocalCloud, someone: Someone) -> list[tuple[str, dict[str, Any]]]:
    """What somebody was told of transfers, the oldest first."""
    cloud.pump.drain()
    listed = api.get("/v1/notifications", token=someone.token).ok(200)["data"]
    return [(each["type"], each["data"]) for each in reversed(listed) if each["type"].startswith("transfer.")]


def becomes(
    then: Callable[[Api, Someone, Someone, str], object], *, later: str = ""
) -> Callable[[Api, LocalCloud], Any]:
    """A recipe of the sandbox: a transfer that arrives in two hours, what is done to it, and what its payer sees at last."""

    def recipe(api: Api, cloud: LocalCloud) -> Any:
        ada, bo = a_person(api, cloud, balance=BALANCE), a_person(api, cloud)
        made = delayed(api, ada, bo).ok(201)
        then(api, ada, bo, made["id"])
        if later:
            cloud.clock.advance(later)
            ada = signed_in_again(api, ada)
        return seen(api, ada, made["id"]).ok(200)

    return recipe


__all__ = ["AMOUNT", "BALANCE", "BOTH", "FEE", "becomes", "delayed", "events_of", "has", "later", "seen", "spent_today", "take_back",
           "thawed", "wallet_of", "with_email"]  # fmt: skip
