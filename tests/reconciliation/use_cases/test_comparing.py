"""A bank's file against the ledger: the sandbox's own agrees, and every deliberate break is found."""

from msgspec.structs import replace

from dev.cloud.local import LocalCloud
from dev.reconcile import BREAKS, sample
from tests.build import Shop, a_merchant, cny
from tests.client import Api
from tests.settling import earn, pay_out, true, with_account
from wallet_api.clock import wallet_day
from wallet_api.money import Money
from wallet_api.reconciliation.model import BankRecord, read_bank_file


def paid_out(api: Api, cloud: LocalCloud, *amounts: int, ending: str = "0123456") -> Shop:
    shop = with_account(cloud, a_merchant(cloud), f"811070{ending}")
    earn(api, cloud, shop, 200_00)
    cloud.clock.advance("24h")
    for amount in amounts:
        pay_out(api, shop, amount).ok(201)
    cloud.pump.drain()
    return shop


def test_a_file_that_says_what_we_say_has_no_breaks(api: Api, cloud: LocalCloud) -> None:
    paid_out(api, cloud, 10_00, 20_00, 30_00)
    comparing, day = cloud.wallet.comparing, wallet_day(cloud.clock.now())
    text = sample(comparing.ours("payouts", day), ())
    assert len(text.splitlines()) == 4
    assert comparing.breaks("payouts", day, read_bank_file(text.splitlines())) == []


def test_every_deliberate_break_is_found_and_nothing_is_changed(api: Api, cloud: LocalCloud) -> None:
    """O7."""
    paid_out(api, cloud, 10_00, 20_00, 30_00, 5_00, 6_00)
    comparing, day = cloud.wallet.comparing, wallet_day(cloud.clock.now())
    text = sample(comparing.ours("payouts", day), BREAKS)
    found = comparing.breaks("payouts", day, read_bank_file(text.splitlines()))
    assert sorted(each.kind for each in found) == sorted(BREAKS)
    assert comparing.breaks("payouts", day, read_bank_file(text.splitlines())) == found
    true(cloud)


def test_a_payout_that_the_bank_paid_and_we_still_wait_for_is_told_by_its_state(api: Api, cloud: LocalCloud) -> None:
    shop = paid_out(api, cloud, 10_00, ending="0000008")
    (payout,) = api.get("/v1/payouts", token=shop.key).ok(200)["data"]
    assert payout["amount"] == cny(10_00)
    theirs = [BankRecord(payout["id"], "paid", Money(10_00, "CNY"))]
    (found,) = cloud.wallet.comparing.breaks("payouts", wallet_day(cloud.clock.now()), theirs)
    assert (found.kind, found.ours and found.ours.state) == ("different_state", "processing")


def test_top_ups_are_compared_with_the_acquirers_file(api: Api, cloud: LocalCloud) -> None:
    """By our reference, with what the card was charged: the fee of a credit card among it."""
    paid_out(api, cloud)
    cloud.clock.reset()
    comparing, day = cloud.wallet.comparing, wallet_day(cloud.clock.now())
    own = list(comparing.ours("cards", day))
    assert [(each.state, each.amount) for each in own] == [("charged", Money(201_20, "CNY"))]
    assert comparing.breaks("cards", day, own) == []
    (found,) = comparing.breaks("cards", day, [replace(own[0], amount=Money(1, "CNY"))])
    assert found.kind == "different_amount"


def test_a_banks_midnight_need_not_be_ours(api: Api, cloud: LocalCloud) -> None:
    paid_out(api, cloud, 10_00)
    comparing, day = cloud.wallet.comparing, wallet_day(cloud.clock.now())
    own = list(comparing.ours("payouts", day))
    cloud.clock.advance("24h")
    assert comparing.breaks("payouts", wallet_day(cloud.clock.now()), own) == []
