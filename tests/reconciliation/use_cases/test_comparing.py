"""A bank's file against the ledger: the sandbox's own agrees, and every deliberate break is found."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from dev.bank_files import BREAKS, sample
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person, cny
from tests.client import Api
from tests.refunding import DECLINED as NOT_TAKEN
from tests.refunding import LATER, refund_to_card
from tests.settling import earn, pay_out, true, with_account
from tests.shopping import a_paid_payment, refund
from tests.withdrawing import later, with_card, withdraw
from wallet_api.clock import WALLET_DAY, wallet_day
from wallet_api.gateways.acquirer import RefundOutcome
from wallet_api.gateways.sandbox_bank import MAGIC_ENDINGS
from wallet_api.money import Money
from wallet_api.reconciliation.model import BankRecord, read_bank_file
from wallet_api.settlement_days.model import end_of


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


@pytest.mark.parametrize("behaviour", MAGIC_ENDINGS.values())
def test_whatever_the_sandboxs_bank_does_its_own_files_agree_once_it_was_asked(
    api: Api, cloud: LocalCloud, behaviour: str
) -> None:
    """The bank's books are its own: what it was ordered, and what it made of that. Rejected, returned, and paid after all."""
    ending = {does: ending for ending, does in MAGIC_ENDINGS.items()}[behaviour]
    first = wallet_day(cloud.clock.now() + timedelta(hours=24))
    paid_out(api, cloud, 10_00, 20_00, ending=ending)
    for step in ("2m", "30h", "30h"):
        cloud.clock.advance(step)
        cloud.wallet.payouts.settle_due()
        cloud.pump.drain()
    days = [first, *(wallet_day(end_of(first) + timedelta(days=later)) for later in range(3))]
    told = [list(cloud.bank.records(day)) for day in days]
    assert any(told) != (behaviour == "unknown")
    before = [record for each in told for record in each]
    breaks = [cloud.wallet.comparing.breaks("payouts", *each, before) for each in zip(days, told, strict=True)]
    assert breaks == [[]] * 4


def test_what_we_heard_a_day_late_is_missing_unless_the_banks_file_of_that_day_is_given(
    api: Api, cloud: LocalCloud
) -> None:
    # Paid at noon, so that the bank sends it back on the next day, whatever the hour is now.
    cloud.clock.advance(timedelta(hours=(36 - cloud.clock.now().astimezone(WALLET_DAY).hour) % 24))
    paid_out(api, cloud, 10_00, ending="0000006")
    comparing = cloud.wallet.comparing
    sent_back = wallet_day(cloud.clock.now() + timedelta(hours=20))
    cloud.clock.advance("44h")
    cloud.wallet.payouts.settle_due()
    cloud.pump.drain()
    heard, theirs = wallet_day(cloud.clock.now()), list(cloud.bank.records(sent_back))
    assert comparing.breaks("payouts", sent_back, theirs) == []
    (found,) = comparing.breaks("payouts", heard, [])
    assert (found.kind, found.ours) == ("missing", theirs[0])
    assert comparing.breaks("payouts", heard, [], theirs) == []
    other = [replace(theirs[0], amount=Money(9_99, "CNY"))]
    assert [each.kind for each in comparing.breaks("payouts", heard, [], other)] == ["missing"]


def test_what_the_bank_paid_before_we_heard_of_it_is_a_break_until_then(api: Api, cloud: LocalCloud) -> None:
    paid_out(api, cloud, 10_00, ending="0000002")
    comparing, day = cloud.wallet.comparing, wallet_day(cloud.clock.now())
    assert list(cloud.bank.records(day)) == []
    cloud.clock.advance("2m")
    (found,) = comparing.breaks("payouts", day, cloud.bank.records(day))
    assert (found.kind, found.ours and found.ours.state) == ("different_state", "processing")
    cloud.wallet.payouts.settle_due()
    cloud.pump.drain()
    assert comparing.breaks("payouts", day, cloud.bank.records(day)) == []


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


def test_withdrawals_are_compared_with_it_too_also_when_they_come_back(api: Api, cloud: LocalCloud) -> None:
    """By our reference, with what the card got: the fee never leaves the wallet."""
    ada, card_id = with_card(api, cloud)
    days = [wallet_day(cloud.clock.now() + timedelta(days=later)) for later in range(3)]
    back, failed = (withdraw(api, ada, card_id, amount).ok(201)["id"] for amount in (888_07, 888_01))
    for _ in range(2):
        later(cloud, "24h")
    cloud.pump.drain()
    comparing = cloud.wallet.comparing
    sent, returned = (BankRecord(back, state, Money(888_07, "CNY")) for state in ("withdrawn", "returned"))
    assert list(comparing.ours("cards", days[0])) == [sent]
    assert list(comparing.ours("cards", days[2])) == [returned]
    (found,) = comparing.breaks("cards", days[2], [returned, BankRecord(failed, "withdrawn", Money(888_01, "CNY"))])
    assert (found.kind, found.ours and found.ours.state) == ("different_state", "rejected")


def test_what_a_withdrawal_was_before_is_no_break_whenever_the_file_says_it(api: Api, cloud: LocalCloud) -> None:
    """It was told as failed and arrived, or arrived and came back: the acquirer's file has both, perhaps days apart from ours."""
    ada, card_id = with_card(api, cloud)
    back, late = (withdraw(api, ada, card_id, amount).ok(201)["id"] for amount in (888_07, 888_09))
    for _ in range(5):
        later(cloud, "24h")
    cloud.pump.drain()
    day = wallet_day(cloud.clock.now())
    file = [
        BankRecord(reference, state, Money(amount, "CNY"))
        for reference, amount, states in (
            (back, 888_07, ("withdrawn", "returned")), (late, 888_09, ("rejected", "withdrawn")),
        )
        for state in states
    ]  # fmt: skip
    assert cloud.wallet.comparing.breaks("cards", day, file) == []


def test_refunds_are_compared_with_it_too_also_when_a_cards_bank_sends_one_back_weeks_later(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their file of the day on which it came back is a break until we have asked, and none afterwards; nor is our own day then."""
    shop = a_merchant(cloud)
    ada = a_person(api, cloud, balance=2_000_00)
    made = refund_to_card(api, shop, ada, 1250)
    cloud.pump.drain()
    comparing, first = cloud.wallet.comparing, wallet_day(cloud.clock.now())
    sent, returned = (BankRecord(made["id"], state, Money(1250, "CNY")) for state in ("refunded", "returned"))
    assert sent in list(comparing.ours("cards", first))
    cloud.clock.advance("30d")
    theirs = wallet_day(cloud.clock.now())
    (found,) = comparing.breaks("cards", theirs, [returned])
    assert (found.kind, found.ours) == ("different_state", sent)
    cloud.clock.advance("72h")
    monkeypatch.setattr(type(cloud.wallet.acquirer), "find_refund", lambda *_: RefundOutcome("declined"))
    assert cloud.wallet.refunds.ask_again(made["id"]).status == "failed"
    cloud.pump.drain()
    assert comparing.breaks("cards", theirs, [returned]) == []
    heard = wallet_day(cloud.clock.now())
    assert list(comparing.ours("cards", heard)) == [returned]
    assert [each.kind for each in comparing.breaks("cards", heard, [])] == ["missing"]
    assert comparing.breaks("cards", heard, [], [returned]) == []


def test_a_refund_that_no_card_took_or_that_has_no_end_is_told_as_it_stands(api: Api, cloud: LocalCloud) -> None:
    shop = a_merchant(cloud)
    ada = a_person(api, cloud, balance=5_000_00)
    comparing, day = cloud.wallet.comparing, wallet_day(cloud.clock.now())
    for amount, state in ((NOT_TAKEN, "rejected"), (LATER, "pending")):
        made = refund_to_card(api, shop, ada, amount)
        (found,) = comparing.breaks("cards", day, [BankRecord(made["id"], "refunded", Money(amount, "CNY"))])
        assert (found.kind, found.ours and found.ours.state) == ("different_state", state)
    given = refund(api, shop, a_paid_payment(api, shop, ada, 700)["id"]).ok(201)
    (found,) = comparing.breaks("cards", day, [BankRecord(given["id"], "refunded", Money(700, "CNY"))])
    assert (found.kind, found.ours) == ("extra", None), "it went to the balance, and no bank knows it"


def test_a_banks_midnight_need_not_be_ours(api: Api, cloud: LocalCloud) -> None:
    paid_out(api, cloud, 10_00)
    comparing, day = cloud.wallet.comparing, wallet_day(cloud.clock.now())
    own = list(comparing.ours("payouts", day))
    cloud.clock.advance("24h")
    assert comparing.breaks("payouts", wallet_day(cloud.clock.now()), own) == []
