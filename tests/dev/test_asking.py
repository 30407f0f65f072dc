"""What a bank sends back long after its end is asked about by an operator, and posted as the bank says; never on anybody's word."""

from collections.abc import Callable
from typing import Any

import pytest
from _pytest.capture import CaptureFixture

from dev import asking
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person
from tests.freezing import back
from tests.ledger_world import World
from tests.refunding import refund_to_card
from tests.settling import earn, past_midnight, pay_out, true, with_account
from tests.shopping import folded
from tests.withdrawing import DECLINED, RETURNED, with_card, withdraw
from wallet_api.gateways.acquirer import AcquirerSilent, CreditOutcome, RefundOutcome
from wallet_api.gateways.bank import BankOutcome
from wallet_api.ids import new_id
from wallet_api.ledger import chart

Says = Callable[[Any], Any]


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


def ask(cloud: LocalCloud, *references: str) -> int:
    return asking.main(["--function", "wallet-prod/APIHandler", *references], lambda *_: cloud.wallet)


def answering(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, method: str, outcome: Any) -> None:
    def says(*_: Any) -> Any:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(type(cloud.wallet.acquirer), method, says)


@pytest.mark.parametrize("outcome", [RETURNED, DECLINED])
def test_a_withdrawal_that_comes_back_after_everybody_stopped_looking_is_its_persons_again(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, capsys: CaptureFixture[str], outcome: CreditOutcome
) -> None:
    """M37, M43: once, however often it is asked about."""
    ada, card_id = with_card(api, cloud)
    made = withdraw(api, ada, card_id).ok(201)
    assert made["status"] == "succeeded"
    for _ in range(12):
        cloud.clock.advance("25h")
        cloud.wallet.withdrawals.settle_due()
    assert list(cloud.wallet.withdrawals.store.work.by(cloud.clock.now())) == []
    assert ask(cloud, made["id"]) == 1
    assert f"{made['id']}  succeeded, as before." in capsys.readouterr().out
    before = folded(cloud, chart.bank("cards"))
    answering(cloud, monkeypatch, "find_credit", outcome)
    assert ask(cloud, made["id"]) == 0
    assert f"{made['id']}  succeeded → returned" in capsys.readouterr().out
    assert ask(cloud, made["id"]) == 1
    cloud.pump.drain()
    assert folded(cloud, chart.bank("cards")) == before - made["amount"]["amount"]
    ada = back(api, cloud, ada)
    shown = api.get(f"/v1/withdrawals/{made['id']}", token=ada.token).ok(200)
    assert [step["what"] for step in shown["timeline"]][-2:] == ["withdrawal.returned", "withdrawal.on_balance"]
    true(cloud)


@pytest.mark.parametrize("closed", [False, True])
def test_a_refund_that_comes_back_lands_on_the_balance(
    api: Api, cloud: LocalCloud, world: World, shop: Shop, monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    """M7, M37: as one that no card took; the merchant gave it, and gives it once. Of a closed wallet's it is kept."""
    ada = a_person(api, cloud, balance=2_000_00)
    made = refund_to_card(api, shop, ada, 1250)
    assert made["status"] == "succeeded"
    account, cards = chart.customer(ada.id), folded(cloud, chart.bank("cards"))
    held = cloud.wallet.ledger.accounts.require(account).balances["CNY"]
    cloud.clock.advance("30d")
    if closed:
        world.set_status(account, "closed")
    answering(cloud, monkeypatch, "find_refund", RefundOutcome("declined"))
    assert ask(cloud, made["id"]) == 0
    assert ask(cloud, made["id"]) == 1
    assert folded(cloud, chart.bank("cards")) == cards - 1250
    assert cloud.wallet.ledger.accounts.require(account).balances["CNY"] == held + (0 if closed else 1250)
    seen = api.get(f"/v1/refunds/{made['id']}", token=shop.key).ok(200)
    assert (seen["status"], seen["decline_code"]) == ("failed", "refund_declined")
    steps = [step["what"] for step in seen["timeline"]][-3:]
    assert steps == ["refund.sent_to_card", "refund.returned", "refund.kept" if closed else "refund.on_balance"]
    if not closed:
        cloud.pump.drain()
        told = api.get("/v1/notifications", token=back(api, cloud, ada).token, lang="en").ok(200)["data"]
        assert told[0]["type"] == "refund.failed"
        assert "The money is not lost" in told[0]["text"]
    true(cloud)


def test_of_two_operators_who_ask_at_once_one_gives_it_back(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """M37: both read it while it had succeeded."""
    ada = a_person(api, cloud, balance=2_000_00)
    refunds, made = cloud.wallet.refunds, refund_to_card(api, shop, ada, 1250)
    known = refunds.found_again(made["id"])
    for _ in range(2):
        ended = refunds._bring_on(known, lambda _order: RefundOutcome("declined"))
        assert ended.status == "failed"
    assert cloud.wallet.ledger.accounts.require(chart.customer(ada.id)).balances["CNY"] == 2_000_00
    true(cloud)


FORGOTTEN = CreditOutcome("declined", "withdrawal_not_received")


@pytest.mark.parametrize("outcome", [AcquirerSilent(), CreditOutcome("pending"), CreditOutcome("approved"), FORGOTTEN])
def test_no_answer_and_the_same_answer_change_nothing(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, outcome: Any
) -> None:
    ada, card_id = with_card(api, cloud)
    made = withdraw(api, ada, card_id).ok(201)
    held = cloud.wallet.ledger.accounts.require(chart.customer(ada.id)).balances["CNY"]
    answering(cloud, monkeypatch, "find_credit", outcome)
    assert ask(cloud, made["id"]) == 1
    assert cloud.wallet.ledger.accounts.require(chart.customer(ada.id)).balances["CNY"] == held


def test_what_their_books_no_longer_hold_was_not_sent_back(
    api: Api, cloud: LocalCloud, shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: CaptureFixture[str]
) -> None:
    """M37: who is asked years later may never have heard of it; the money was given once."""
    ada = a_person(api, cloud, balance=2_000_00)
    refund = refund_to_card(api, shop, ada, 1250)
    earn(api, cloud, with_account(cloud, shop))
    past_midnight(cloud)
    payout = pay_out(api, shop).ok(201)
    cloud.clock.advance("1h")
    cloud.wallet.payouts.settle_due()
    cloud.pump.drain()
    held = {account: folded(cloud, account) for account in (chart.bank("cards"), chart.bank("payouts"))}
    answering(cloud, monkeypatch, "find_refund", RefundOutcome("declined", "refund_not_received"))
    monkeypatch.setattr(
        type(cloud.wallet.payouts.bank), "find", lambda *_: BankOutcome("rejected", "order_not_received")
    )
    assert ask(cloud, refund["id"], payout["id"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{refund['id']}  succeeded, as before.",
        f"{payout['id']}  paid, as before.",
    ]
    cloud.pump.drain()
    assert {account: folded(cloud, account) for account in held} == held
    true(cloud)


def test_what_is_not_there_or_none_of_these_is_told(
    api: Api, cloud: LocalCloud, shop: Shop, capsys: CaptureFixture[str]
) -> None:
    now = cloud.clock.now()
    strangers = [new_id(prefix, now) for prefix in ("wdr", "ref", "po", "pay")]
    assert ask(cloud, *strangers, "wdr_1", "x") == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in told] == [*strangers, "wdr_1", "x"]
    assert all("as before" not in line and "→" not in line for line in told)
