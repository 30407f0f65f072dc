"""The bank's answers: every state is reached by a magic account, and money moves once, whoever hears of it how often."""

from typing import Any, get_args

import pytest
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import an_operation
from tests.build import Shop, a_merchant, as_merchant, key
from tests.settling import earn, funds, pay_out, payouts, true, with_account
from wallet_api.gateways.bank import BankOrder, BankOutcome
from wallet_api.gateways.sandbox_bank import MAGIC_AMOUNTS, MAGIC_ENDINGS
from wallet_api.ledger import chart
from wallet_api.money import Money
from wallet_api.payouts.model import Status
from wallet_api.payouts.use_cases import Wish
from wallet_api.storage.crypto import KeyServiceDown

NUMBER = "811070101280"
EARNED, ASKED, TOTAL = 99_40, 50_00, 51_00


def a_shop(api: Api, cloud: LocalCloud, ending: str = "0123456") -> Shop:
    """A shop with 99.40 yuan of yesterday and an account that does what its ending says."""
    shop = with_account(cloud, a_merchant(cloud), NUMBER + ending)
    earn(api, cloud, shop)
    cloud.clock.advance("24h")
    return shop


def after(cloud: LocalCloud, *steps: str) -> None:
    for step in steps:
        cloud.clock.advance(step)
        for _ in range(3):
            cloud.wallet.payouts.settle_due()
        cloud.pump.drain()


def status(api: Api, shop: Shop) -> tuple[str, str | None]:
    (payout,) = payouts(api, shop)
    return payout["status"], payout["failure_code"]


ENDS: dict[str, tuple[str, str, tuple[str, ...], str, int]] = {
    "paid": ("0123456", "paid", ("3d",), "paid", EARNED - TOTAL),
    "rejected": ("0000001", "failed", ("3d",), "failed", EARNED),
    "unknown, then paid": ("0000002", "processing", ("2m",), "paid", EARNED - TOTAL),
    "unknown, then rejected": ("0000003", "processing", ("2m",), "failed", EARNED),
    "paid, then returned": ("0000004", "paid", ("25h", "25h"), "returned", EARNED - TOTAL + ASKED),
    "silent, then paid": ("0000005", "processing", ("2m",), "paid", EARNED - TOTAL),
    "paid, then rejected": ("0000006", "paid", ("25h",), "returned", EARNED - TOTAL + ASKED),
    "rejected, then paid": ("0000007", "failed", ("25h",), "paid", EARNED - ASKED),
    "unknown": ("0000008", "processing", ("2m", "5h", "25h"), "processing", EARNED - TOTAL),
}


def test_the_sandbox_reaches_every_state() -> None:
    assert set(ENDS) == {*MAGIC_ENDINGS.values(), "paid"} == {*MAGIC_AMOUNTS.values(), "paid"}
    assert {end[3] for end in ENDS.values()} == set(get_args(Status))


@pytest.mark.parametrize("behaviour", ENDS)
def test_every_end_is_reached_and_moves_the_money_once(api: Api, cloud: LocalCloud, behaviour: str) -> None:
    """M36, M37: set aside first, posted or given back once; what comes late is an entry of its own; an unknown end stays open."""
    ending, first, steps, end, left = ENDS[behaviour]
    shop = a_shop(api, cloud, ending)
    assert pay_out(api, shop, ASKED).ok(201)["status"] == first
    cloud.pump.drain()
    after(cloud, *steps)
    assert status(api, shop)[0] == end
    reserved = TOTAL if end == "processing" else 0
    assert funds(api, shop) == {"amount": left, "available": left, "pending": 0, "reserved": reserved}
    true(cloud)


def test_nothing_is_given_back_while_the_outcome_is_unknown(api: Api, cloud: LocalCloud) -> None:
    """M37, O8: only a final answer ends it; after a day somebody is woken."""
    shop = a_shop(api, cloud, "0000008")
    told: list[tuple[str, float]] = []
    pay_out(api, shop, ASKED).ok(201)

    class Ear:
        def tell(self, *measures: Any) -> None:
            told.extend((each.name, each.value) for each in measures)

    ears = replace(cloud.wallet.payouts, metrics=Ear())
    for step in ("2m", "22h", "3h"):
        cloud.clock.advance(step)
        ears.settle_due()
    assert told == [("stuck_payouts", 0), ("stuck_payouts", 0), ("stuck_payouts", 1)]
    assert funds(api, shop)["reserved"] == TOTAL


class Says:
    """A bank that says one thing of every order, and counts how often it is asked."""

    def __init__(self, outcome: BankOutcome) -> None:
        self.outcome, self.asked = outcome, 0

    def pay(self, order: BankOrder) -> BankOutcome:
        return self.find(order)

    def find(self, order: BankOrder) -> BankOutcome:
        self.asked += 1
        return self.outcome


def test_an_order_that_never_arrived_gives_the_money_back(api: Api, cloud: LocalCloud) -> None:
    """The process died between setting aside and asking: the bank closes the reference for ever."""
    shop = a_shop(api, cloud, "0000005")
    pay_out(api, shop, ASKED).ok(201)
    cloud.clock.advance("2m")
    says: Any = Says(BankOutcome("rejected", "order_not_received"))
    for _ in range(3):
        replace(cloud.wallet.payouts, bank=says).settle_due()
    cloud.pump.drain()
    assert says.asked == 1
    assert status(api, shop) == ("failed", "order_not_received")
    assert funds(api, shop)["available"] == EARNED
    true(cloud)


@pytest.mark.parametrize("statuses", [("paid", "rejected"), ("rejected", "paid")])
def test_of_two_that_hear_otherwise_at_once_the_first_is_posted(
    api: Api, cloud: LocalCloud, statuses: tuple[Any, Any]
) -> None:
    """M37: both read it while it was processing; what was set aside leaves once, and the bank is asked again later."""
    shop = a_shop(api, cloud, "0000008")
    pay_out(api, shop, ASKED).ok(201)
    cloud.clock.advance("2m")
    payout = cloud.wallet.payouts.require(payouts(api, shop)[0]["id"])
    first, second = (BankOutcome(each, "bank_refused" if each == "rejected" else None) for each in statuses)
    ended = cloud.wallet.payouts.post(payout, first)
    assert cloud.wallet.payouts.post(payout, second) == ended
    assert ended.status == {"paid": "paid", "rejected": "failed"}[statuses[0]]
    true(cloud)


def test_a_replay_tells_how_it_stands_now(api: Api, cloud: LocalCloud) -> None:
    shop, idem = a_shop(api, cloud, "0000002"), key()
    assert pay_out(api, shop, ASKED, idem=idem).ok(201)["status"] == "processing"
    after(cloud, "2m")
    assert pay_out(api, shop, ASKED, idem=idem).ok(201)["status"] == "paid"


def test_a_return_is_recovered_by_the_next_payout(api: Api, cloud: LocalCloud) -> None:
    shop = a_shop(api, cloud, "0000004")
    pay_out(api, shop).ok(201)
    after(cloud, "25h", "25h")
    assert funds(api, shop)["available"] == EARNED - 1_00
    types = [each["type"] for each in api.get("/v1/events?type=payout.*", token=shop.key).ok(200)["data"]]
    assert types == ["payout.returned", "payout.paid", "payout.created"]
    clearing = cloud.wallet.ledger.accounts.require(chart.bank("payouts")).balance("CNY")
    assert clearing.amount == 0


def test_a_key_service_that_is_down_leaves_the_payout_to_the_schedule(api: Api, cloud: LocalCloud) -> None:
    """The money is set aside; where it goes cannot be read, so the bank is asked later."""
    shop = a_shop(api, cloud)
    wallet = cloud.wallet

    class Down:
        def opened(self, account: Any) -> Any:
            raise KeyServiceDown

        def reading(self, *given: Any) -> Any:
            return wallet.settlement_accounts.reading(*given)

    broken = replace(wallet.payouts, settlement_accounts=Down())
    caller = as_merchant(cloud, shop)
    operation = replace(an_operation(cloud, caller, key()), kind="POST /v1/payouts")
    made = broken.create(replace(caller, scope="payouts:write"), Wish(Money(ASKED, "CNY"), "CNY"), operation)
    assert made.value.status == "processing"
    cloud.clock.advance("31s")
    assert wallet.payouts.settle_due() == 1
    true(cloud)
