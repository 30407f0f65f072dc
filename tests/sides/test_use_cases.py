"""Every way that a person's money moves, told on their phone: who was on the other side, and what it cost."""

from dataclasses import dataclass
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import LATER_APPROVES, LATER_DECLINES, NEEDS_CODE, top_up, with_acquirer
from tests.build import Shop, Someone, a_card, a_merchant, a_person, send, signed_in_again
from tests.confirming import pushed, with_phone
from tests.delaying import delayed, later, take_back
from tests.handset import a_handset, scan
from tests.ledger_world import World
from tests.mandates.agreeing import a_mandate, charge, end
from tests.refunding import ask_back, decline, refund_to_card
from tests.selling import an_outlet
from tests.shopping import a_paid_payment, a_payment, an_authorized_payment, cancel, capture, confirm, pay_at, refund
from tests.withdrawing import APPROVED as CREDITED
from tests.withdrawing import DECLINES, TAKES, withdraw
from tests.withdrawing import RETURNED as SENT_BACK
from wallet_api.gateways.acquirer import ChargeOrder, ChargeOutcome
from wallet_api.ledger import chart

APPROVED, DECLINED = ChargeOutcome("approved"), ChargeOutcome("declined", "card_declined")
PASSES_LATER, BLOCKED_LATER = 777_04, 777_02


@dataclass
class Says:
    """An acquirer that says one thing of every charge."""

    outcome: ChargeOutcome

    def find(self, order: ChargeOrder) -> ChargeOutcome:
        return self.outcome


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud, "Tea House")


def told(api: Api, cloud: LocalCloud, balance: int = 100_000) -> tuple[Someone, Any]:
    """A person with money, and what their phone shows from now on: the beginnings of the texts, oldest first."""
    someone, token = with_phone(api, cloud, balance=balance)

    def shown() -> list[str]:
        return [text.partition("\n\n")[2].partition(" 20")[0] for text in reversed(pushed(cloud, token))]

    return someone, shown


def test_payments_confirmed_captured_voided_and_canceled(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    payer, shown = told(api, cloud)
    a_paid_payment(api, shop, payer, 1250)
    held = an_authorized_payment(api, shop, payer, 2000)
    cloud.pump.drain()
    capture(api, shop, held["id"], 1500).ok(200)
    cloud.pump.drain()
    voided = an_authorized_payment(api, shop, payer, 3000)
    cloud.pump.drain()
    cancel(api, shop, voided["id"]).ok(200)
    assert shown() == [
        "You paid Tea House 12.50 CNY.",
        "20.00 CNY is set aside for Tea House.",
        "You paid Tea House 15.00 CNY.",
        "30.00 CNY is set aside for Tea House.",
        "The payment of 30.00 CNY to Tea House was canceled. What was set aside for it is back.",
    ]


def test_payments_at_an_outlet_by_a_mandate_and_by_a_code(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    payer, shown = told(api, cloud)
    pay_at(api, payer, an_outlet(api, shop).ok(201)["id"], 300).ok(201)
    cloud.pump.drain()
    mandate = a_mandate(api, shop, payer)
    cloud.pump.drain()
    charge(api, shop, mandate["id"], 400).ok(201)
    cloud.pump.drain()
    scan(api, shop, a_handset(api, cloud, payer).code(), 500).ok(201)
    cloud.pump.drain()
    end(api, mandate["id"], payer.token).ok(200)
    assert shown() == [
        "You paid Tea House 3.00 CNY.",
        "You let Tea House charge your wallet without asking each time. You can revoke it at any time.",
        "You paid Tea House 4.00 CNY.",
        "You paid Tea House 5.00 CNY.",
        "You revoked what Tea House was allowed to charge.",
    ]


def test_a_code_that_did_not_pay_and_one_that_waits_and_ends_unpaid(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    payer, shown = told(api, cloud, balance=300_00)
    handset = a_handset(api, cloud, payer)
    scan(api, shop, handset.code(), 300_01)
    cloud.pump.drain()
    waits = scan(api, shop, handset.next_code(), 250_00).ok(201)
    cloud.pump.drain()
    cancel(api, shop, waits["id"]).ok(200)
    assert shown() == [
        "Tea House scanned your payment code for 300.01 CNY and the wallet did not pay. No money has moved.",
        "Tea House asks you for 250.00 CNY. Open the app and confirm, or it does not happen. No money has moved.",
        "The payment of 250.00 CNY to Tea House was canceled. No money has moved.",
    ]


def test_refunds_to_the_balance_and_to_a_card_and_requests(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    payer, shown = told(api, cloud)
    paid = a_paid_payment(api, shop, payer, 1250)
    cloud.pump.drain()
    refund(api, shop, paid["id"], 250).ok(201)
    cloud.pump.drain()
    no = ask_back(api, payer, paid["id"], 500).ok(201)
    decline(api, shop, no["id"]).ok(200)
    cloud.pump.drain()
    back = refund_to_card(api, shop, payer, 900)
    cloud.pump.drain()
    for _ in range(3):
        cloud.advance("1h")
    assert back["destination"] == "card"
    texts = shown()
    assert texts[:3] == [
        "You paid Tea House 12.50 CNY.",
        "2.50 CNY came back to you from Tea House.",
        "Tea House declined your request for 5.00 CNY. No money has moved; the app says why.",
    ]
    assert set(texts[3:]) == {
        "You paid Tea House 9.00 CNY.",
        "Tea House approved your request for 9.00 CNY.",
        "Tea House gave 9.00 CNY back. It is on its way to your card.",
        "9.00 CNY came back to you from Tea House.",
    }


def test_top_ups_that_succeed_fail_wait_and_are_corrected(api: Api, cloud: LocalCloud) -> None:
    owner, shown = told(api, cloud, balance=0)
    top_up(api, owner, a_card(api, cloud, owner), 5000).ok(201)
    cloud.pump.drain()
    top_up(api, owner, a_card(api, cloud, owner, LATER_APPROVES), 6000).ok(201)
    top_up(api, owner, a_card(api, cloud, owner, LATER_DECLINES), 7000).ok(201)
    top_up(api, owner, a_card(api, cloud, owner, NEEDS_CODE), 8000).ok(201)
    cloud.pump.drain()
    for _ in range(3):
        cloud.advance("10m")
    found = shown()
    assert "Your top-up of 80.00 CNY from visa 3220 waits for the code that your card's issuer sent you." in found
    assert any(text.startswith("50.00 CNY from visa 4242 reached your wallet") for text in found), found
    assert any("60.00 CNY" in text and "reached your wallet" in text for text in found), found
    assert any(text.startswith("Your top-up of 70.00 CNY from visa 0259 failed.") for text in found), found


def test_withdrawals_that_arrive_fail_and_come_back(api: Api, cloud: LocalCloud) -> None:
    owner, shown = told(api, cloud, balance=2_000_00)
    card_id = a_card(api, cloud, owner, TAKES)
    withdraw(api, owner, card_id, 100_00).ok(201)
    cloud.pump.drain()
    withdraw(api, owner, card_id, 888_01).ok(201)
    cloud.pump.drain()
    found = shown()
    assert found[0] == "You withdraw 100.00 CNY (and a fee of 0.10 CNY) to your card unionpay 0005. It is on its way."
    assert "Your card unionpay 0005 got your withdrawal of 100.00 CNY." in found
    assert "Your card unionpay 0005 did not take 888.01 CNY. The money and the fee are back on your balance." in found


def test_a_withdrawal_that_the_wallet_bore_comes_back_to_the_wallet(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """Nobody is told that money is on their balance which is not."""
    owner, shown = told(api, cloud, balance=2_000_00)
    made = withdraw(api, owner, a_card(api, cloud, owner, DECLINES), 500_00).ok(201)
    a_paid_payment(api, shop, owner, 1_900_00)
    cloud.pump.drain()
    withdrawals = cloud.wallet.withdrawals
    for outcome in (CREDITED, SENT_BACK):
        withdrawals.post(withdrawals.require(made["id"]), outcome)
        cloud.pump.drain()
    assert shown()[-1] == (
        "The bank of your card visa 0002 sent 500.00 CNY back, which the wallet had borne. Your balance stays as it is."
    )


def test_transfers_with_their_fee(api: Api, cloud: LocalCloud) -> None:
    payer, shown = told(api, cloud)
    payee = a_person(api, cloud)
    for amount in (700, 800):
        send(api, payer, payee, amount).ok(201)
        cloud.pump.drain()
    masked = f"{payee.phone[:-8]}****{payee.phone[-4:]}"
    assert shown() == [f"You sent 7.00 CNY to {masked}.", f"You sent 8.00 CNY to {masked}."]


def test_transfers_that_arrive_later_come_back_or_are_kept(api: Api, cloud: LocalCloud, world: World) -> None:
    payer, shown = told(api, cloud, balance=300_000)
    payee, heard = told(api, cloud)
    masked = f"{payee.phone[:-8]}****{payee.phone[-4:]}"
    for amount in (11_000, 31_000, 33_000, 43_000):
        made = delayed(api, payer, payee, amount).ok(201)
        if amount == 11_000:
            take_back(api, payer, made["id"]).ok(200)
        if amount == 31_000:
            later(cloud, "2h")
            payer = signed_in_again(api, payer)
        if amount == 33_000:
            world.set_status(chart.customer(payee.id), "frozen")
            later(cloud, "2h")
            world.set_status(chart.customer(payee.id), "active")
            payer = signed_in_again(api, payer)
        cloud.pump.drain()
    world.set_status(chart.customer(payer.id), "closed")
    later(cloud, "2h")
    cloud.pump.drain()

    told_of, kept = shown(), "Your wallet is closed, so we keep the money for you; support pays it out."
    assert sum(text.startswith("You are sending ") for text in told_of) == 4
    assert [text for text in told_of if not text.startswith("You are sending ")] == [
        f"You took back the transfer of 110.00 CNY to {masked}. The money and the fee are on your balance again.",
        f"Your delayed transfer of 310.00 CNY to {masked} arrived. It cannot be taken back any more.",
        f"Your delayed transfer of 330.00 CNY to {masked} could not arrive. The money and the fee are on your balance again.",
        f"Your delayed transfer of 430.00 CNY to {masked} could not arrive. {kept}",
    ]
    came, went_back = heard()
    assert came.startswith("You received 310.00 CNY from ")
    assert " sent you 330.00 CNY with delayed arrival, and your wallet could not take it" in went_back


def test_payments_that_are_reviewed_and_end_either_way(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    payer, shown = told(api, cloud, balance=2_000_00)
    for amount in (PASSES_LATER, BLOCKED_LATER):
        confirm(api, payer, a_payment(api, shop, amount)["id"]).ok(200)
        cloud.pump.drain()
        cloud.advance("61s")
    assert shown() == [
        "Your payment of 777.04 CNY to Tea House is being checked. The money is set aside until that is done.",
        "You paid Tea House 777.04 CNY.",
        "Your payment of 777.02 CNY to Tea House is being checked. The money is set aside until that is done.",
        "Your payment of 777.02 CNY to Tea House failed. What was set aside for it is back.",
    ]


@pytest.mark.parametrize(
    ("number", "outcome", "said"),
    [
        (
            LATER_DECLINES,
            APPROVED,
            "Your card was charged 50.00 CNY after all (visa 0259), and the money is in your wallet now.",
        ),
        (LATER_APPROVES, DECLINED, "The charge of 50.00 CNY on your card (visa 0119) was taken back,"),
    ],
)
def test_what_an_acquirer_told_wrongly_is_told_once_it_is_put_right(
    api: Api, cloud: LocalCloud, number: str, outcome: ChargeOutcome, said: str
) -> None:
    owner, shown = told(api, cloud, balance=0)
    top_up(api, owner, a_card(api, cloud, owner, number), 5000).ok(201)
    cloud.clock.advance("2m")
    assert cloud.wallet.top_ups.settle_due() == 1
    cloud.pump.drain()
    cloud.clock.advance("25h")
    with_acquirer(cloud, Says(outcome)).settle_due()
    assert shown()[-1].startswith(said)
