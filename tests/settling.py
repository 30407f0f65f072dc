"""Merchants that earned something, days that pass, and payouts, for tests."""

from typing import Any

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_person, cny, key
from tests.selling import ACCOUNT
from tests.shopping import a_paid_payment
from wallet_api.ledger.verify import verify
from wallet_api.settlement_accounts.model import Details


def with_account(cloud: LocalCloud, shop: Shop, number: str = ACCOUNT["account_number"]) -> Shop:
    """The shop with a settlement account of this number, that can be paid to at once."""
    accounts = cloud.wallet.settlement_accounts
    account = accounts.sealed(shop.id, Details(ACCOUNT["bank"], ACCOUNT["holder_name"], number))
    with cloud.wallet.storage.atomic_write() as write:
        accounts.put(account, None, write)
    return shop


def earn(api: Api, cloud: LocalCloud, shop: Shop, amount: int = 100_00, payer: Someone | None = None) -> Someone:
    """Somebody pays the shop, and it is folded. Of 100 yuan 60 fen are the fee."""
    payer = payer or a_person(api, cloud, balance=amount)
    a_paid_payment(api, shop, payer, amount)
    cloud.pump.drain()
    return payer


def past_midnight(cloud: LocalCloud) -> None:
    """The clock moves to one in the morning in China: the day is over, was to be closed half an hour ago, and nothing has run."""
    midnight_in = 24 * 3600 - (int(cloud.clock.now().timestamp()) + 8 * 3600) % (24 * 3600)
    cloud.clock.advance(midnight_in + 3600)


def next_day(cloud: LocalCloud) -> int:
    """The clock moves past midnight in China, and the schedule closes and pays out what is due; how many days it dealt with."""
    past_midnight(cloud)
    done = cloud.wallet.payouts.settle_days()
    cloud.pump.drain()
    return int(done)


def pay_out(api: Api, shop: Shop, amount: int | None = None, *, idem: str | None = None, **fields: Any) -> Answer:
    """Asks for a payout; without an amount, of all that is available."""
    body = {"currency": "CNY"} if amount is None else {"amount": cny(amount)}
    return api.post("/v1/payouts", {**body, **fields}, token=shop.key, key=idem or key())


def payouts(api: Api, shop: Shop) -> list[Any]:
    """The shop's payouts, newest first."""
    return list(api.get("/v1/payouts", token=shop.key).ok(200)["data"])


def funds(api: Api, shop: Shop) -> dict[str, int]:
    """The shop's yuan."""
    (found,) = [
        each for each in api.get("/v1/balance", token=shop.key).ok(200)["balances"] if each["currency"] == "CNY"
    ]
    return {name: found[name] for name in ("amount", "available", "pending", "reserved")}


def true(cloud: LocalCloud) -> None:
    """The ledger, once everything is folded."""
    cloud.pump.drain()
    assert verify(cloud.wallet.ledger).findings == []
