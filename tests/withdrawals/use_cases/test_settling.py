"""The acquirer's answers: every end is reached by a magic amount or card, and money moves once, whoever hears of it how often."""

from typing import Any, get_args

import pytest
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import key, signed_in_again
from tests.withdrawing import (
    AMOUNT,
    APPROVED,
    BALANCE,
    DECLINED,
    DECLINES,
    EXPIRED,
    FEE,
    LATER_DECLINES,
    LATER_TAKES,
    RETURNED,
    RETURNS,
    SHORT,
    TAKES,
    Says,
    balance,
    later,
    shown,
    told,
    wallet_of,
    with_card,
    withdraw,
)
from wallet_api.gateways.acquirer import CreditOrder, CreditOutcome
from wallet_api.gateways.sandbox_acquirer import CREDITED, CREDITS
from wallet_api.ledger import chart
from wallet_api.withdrawals.model import Status

ENDS: dict[str, tuple[str, tuple[str, ...], str, str | None]] = {
    "approve": ("succeeded", ("3d",), "succeeded", None),
    "decline": ("failed", ("3d",), "failed", "withdrawal_declined"),
    "expire": ("failed", ("3d",), "failed", "card_expired"),
    "take, then approve": ("processing", ("2m",), "succeeded", None),
    "take, then decline": ("processing", ("2m",), "failed", "withdrawal_declined"),
    "say nothing, then approve": ("processing", ("2m",), "succeeded", None),
    "say nothing, then decline": ("processing", ("2m",), "failed", "withdrawal_declined"),
    "lose": ("processing", ("2m",), "failed", "withdrawal_not_received"),
    "approve, then return": ("succeeded", ("25h", "25h"), "returned", "withdrawal_returned"),
    "approve, then decline": ("succeeded", ("25h", "25h"), "returned", "withdrawal_declined"),
    "decline, then approve": ("failed", ("25h", "25h"), "succeeded", None),
}
"""By what the card's bank does: how it stands at first, after how much time, how then, and why."""


def left(status: str, total: int, amount: int, *, corrected: bool) -> int:
    """What the person has: less the whole, or less what a correction took, or all of it again."""
    gone = amount if corrected else total
    return BALANCE - (gone if status == "succeeded" else 0)


class Ear:
    """Metrics that are heard."""

    def __init__(self) -> None:
        self.woken: list[tuple[str, int]] = []

    def tell(self, *measures: Any) -> None:
        self.woken.extend((each.name, each.value) for each in measures)


def test_the_sandbox_reaches_every_state() -> None:
    assert set(ENDS) == {*CREDITS.values(), *CREDITED.values(), "approve"}
    told = {each for first, _, end, _ in ENDS.values() for each in (first, end)}
    assert told == set(get_args(Status))


@pytest.mark.parametrize("amount", [*CREDITS, AMOUNT])
def test_every_amount_ends_as_its_bank_says_and_moves_the_money_once(api: Api, cloud: LocalCloud, amount: int) -> None:
    """M36, M37: set aside first, settled or given back once; what comes late is an entry of its own."""
    behaviour = CREDITS.get(amount, "approve")
    first, steps, end, why = ENDS[behaviour]
    ada, card_id = with_card(api, cloud)
    before = balance(cloud, chart.bank("cards"))
    made = withdraw(api, ada, card_id, amount).ok(201)
    total = made["total"]["amount"]
    assert made["status"] == first
    held = total if first == "processing" else 0
    assert wallet_of(api, ada) == (BALANCE - (0 if first == "failed" else total), held)
    later(cloud, *steps)
    ada = signed_in_again(api, ada)
    found = shown(api, ada, made["id"])
    assert (found["status"], found["decline_code"]) == (end, why)
    corrected = behaviour == "decline, then approve"
    assert wallet_of(api, ada) == (left(end, total, amount, corrected=corrected), 0)
    assert balance(cloud, chart.hold(made["id"])) == 0
    sent = balance(cloud, chart.bank("cards")) - before
    assert sent == (amount if end == "succeeded" else 0)


@pytest.mark.parametrize(
    ("number", "behaviour"),
    [(TAKES, "approve"), (DECLINES, "decline"), (SHORT, "decline"), (EXPIRED, "expire"), (RETURNS, "approve, then return"),
     (LATER_TAKES, "say nothing, then approve"), (LATER_DECLINES, "say nothing, then decline")],
)  # fmt: skip
def test_every_card_ends_as_its_number_says(api: Api, cloud: LocalCloud, number: str, behaviour: str) -> None:
    first, steps, end, why = ENDS[behaviour]
    ada, card_id = with_card(api, cloud, number)
    made = withdraw(api, ada, card_id).ok(201)
    assert made["status"] == first
    later(cloud, *steps)
    found = shown(api, signed_in_again(api, ada), made["id"])
    assert (found["status"], found["decline_code"]) == (end, why)
    balance(cloud, chart.customer(ada.id))


def test_nothing_is_given_back_while_the_outcome_is_unknown(api: Api, cloud: LocalCloud) -> None:
    """M37, O7, O8: only a final answer ends it; after four hours somebody is woken."""
    ada, card_id = with_card(api, cloud, LATER_TAKES)
    made = withdraw(api, ada, card_id).ok(201)
    silent: Any = Says(None)
    ear: Any = Ear()
    ears = replace(cloud.wallet.withdrawals, acquirer=silent, metrics=ear)
    for step in ("2m", "3h", "2h"):
        cloud.clock.advance(step)
        ears.settle_due()
    assert ear.woken == [("stuck_processing", 0), ("stuck_processing", 0), ("stuck_processing", 1)]
    ada = signed_in_again(api, ada)
    assert wallet_of(api, ada) == (BALANCE - AMOUNT - FEE, AMOUNT + FEE)
    assert shown(api, ada, made["id"])["timeline"][-1]["what"] == "withdrawal.expected"


def test_one_that_takes_longer_than_announced_says_so_and_what_can_be_done(api: Api, cloud: LocalCloud) -> None:
    """M37: a time that has passed is no longer told; the money is where it was, in every answer about it."""
    ada, card_id = with_card(api, cloud, LATER_TAKES)
    idem = key()
    made = withdraw(api, ada, card_id, idem=idem).ok(201)
    assert made["expected_at"] > made["created_at"]
    cloud.clock.advance("25h")
    ada = signed_in_again(api, ada)
    found = shown(api, ada, made["id"])
    listed = api.get("/v1/withdrawals", token=ada.token).ok(200)["data"][0]
    again = withdraw(api, ada, card_id, idem=idem).ok(201)
    assert [each["status"] for each in (found, listed, again)] == ["processing"] * 3
    assert [each["expected_at"] for each in (found, listed, again)] == [None] * 3
    last = found["timeline"][-1]
    assert (last["at"], last["what"], last["expected_at"]) == (None, "withdrawal.delayed", None)
    (transaction,) = api.get("/v1/transactions?kind=withdrawal", token=ada.token).ok(200)["data"]
    told = api.get(f"/v1/transactions/{transaction['id']}", token=ada.token).ok(200)
    assert told["timeline"][-1] == last
    later(cloud, "1m")
    assert shown(api, ada, made["id"])["expected_at"] > made["expected_at"]


def test_an_order_that_never_arrived_gives_the_money_back_with_its_fee(api: Api, cloud: LocalCloud) -> None:
    """M37: the process died between setting aside and asking; the acquirer closes the reference for ever."""
    ada, card_id = with_card(api, cloud, LATER_TAKES)
    made = withdraw(api, ada, card_id).ok(201)
    cloud.clock.advance("2m")
    says = told(cloud, CreditOutcome("declined", "withdrawal_not_received"))
    assert says.asked == 1
    found = shown(api, ada, made["id"])
    assert (found["status"], found["decline_code"]) == ("failed", "withdrawal_not_received")
    assert wallet_of(api, ada) == (BALANCE, 0)
    steps = [step["what"].removeprefix("withdrawal.") for step in found["timeline"]]
    assert steps == ["created", "failed", "on_balance"]
    assert balance(cloud, chart.hold(made["id"])) == 0


@pytest.mark.parametrize("outcomes", [(APPROVED, DECLINED), (DECLINED, APPROVED), (APPROVED, APPROVED)])
def test_of_two_that_hear_at_once_the_first_is_posted(
    api: Api, cloud: LocalCloud, outcomes: tuple[CreditOutcome, CreditOutcome]
) -> None:
    """M37: both read it while it was processing; what was set aside leaves once, and the acquirer is asked again later."""
    ada, card_id = with_card(api, cloud, LATER_TAKES)
    made = withdraw(api, ada, card_id).ok(201)
    withdrawals = cloud.wallet.withdrawals
    open_one = withdrawals.require(made["id"])
    ended = withdrawals.post(open_one, outcomes[0])
    assert withdrawals.post(open_one, outcomes[1]) == ended
    assert ended.status == {"approved": "succeeded", "declined": "failed"}[outcomes[0].status]
    assert wallet_of(api, ada) == (BALANCE - (AMOUNT + FEE if ended.status == "succeeded" else 0), 0)
    balance(cloud, chart.customer(ada.id))


def test_what_has_its_end_is_not_opened_again_by_an_older_answer(api: Api, cloud: LocalCloud) -> None:
    """M37: "not done yet" that comes after the end was posted."""
    ada, card_id = with_card(api, cloud, LATER_TAKES)
    made = withdraw(api, ada, card_id).ok(201)
    withdrawals = cloud.wallet.withdrawals
    open_one = withdrawals.require(made["id"])
    ended = withdrawals.post(open_one, APPROVED)
    assert withdrawals.post(open_one, CreditOutcome("pending")) == ended
    assert shown(api, ada, made["id"])["status"] == "succeeded"


def test_money_that_a_bank_had_sent_back_before_anybody_heard_is_back_at_once(api: Api, cloud: LocalCloud) -> None:
    """M37: nobody waits a day for what the acquirer has said already; the journal and the person hear of both."""
    ada, card_id = with_card(api, cloud, LATER_TAKES)
    before = balance(cloud, chart.bank("cards"))
    made = withdraw(api, ada, card_id).ok(201)
    cloud.clock.advance("2m")
    assert told(cloud, RETURNED).asked == 1
    found = shown(api, ada, made["id"])
    assert (found["status"], found["decline_code"]) == ("returned", "withdrawal_returned")
    assert [step["what"].removeprefix("withdrawal.") for step in found["timeline"]] == [
        "created", "succeeded", "returned", "on_balance",
    ]  # fmt: skip
    assert (wallet_of(api, ada), balance(cloud, chart.bank("cards"))) == ((BALANCE, 0), before)


def test_a_replay_tells_how_it_stands_now(api: Api, cloud: LocalCloud) -> None:
    """M38: a processing one answers its present state, and nothing is sent again."""
    ada, card_id = with_card(api, cloud, LATER_TAKES)
    idem = key()
    first = withdraw(api, ada, card_id, idem=idem).ok(201)
    later(cloud, "2m")
    again = withdraw(api, ada, card_id, idem=idem).ok(201)
    assert (first["status"], again["status"], again["id"]) == ("processing", "succeeded", first["id"])
    assert wallet_of(api, ada) == (BALANCE - AMOUNT - FEE, 0)


def test_one_that_cannot_be_brought_on_keeps_no_other_waiting(api: Api, cloud: LocalCloud) -> None:
    """O1, O8: it is put off, lest many of them fill all that one run looks at; after four hours it wakes somebody."""
    (ada, card_a), (bo, card_b) = (with_card(api, cloud, LATER_TAKES) for _ in range(2))
    ada = signed_in_again(api, ada)
    poisoned, made = (withdraw(api, who, card).ok(201)["id"] for who, card in ((ada, card_a), (bo, card_b)))

    class Breaks(Says):
        def find_credit(self, order: CreditOrder) -> CreditOutcome:
            if order.reference == poisoned:
                raise RuntimeError("no such card")
            return super().find_credit(order)

    cloud.clock.advance("2m")
    breaks: Any = Breaks(APPROVED)
    ears: Any = Ear()
    settling = replace(cloud.wallet.withdrawals, acquirer=breaks, metrics=ears)
    assert settling.settle_due() == 1
    assert [shown(api, bo, made)["status"], shown(api, ada, poisoned)["status"]] == ["succeeded", "processing"]
    assert list(settling.store.work.by(cloud.clock.now())) == []
    cloud.clock.advance("5h")
    settling.settle_due()
    assert ears.woken == [("stuck_processing", 0), ("stuck_processing", 1)]


def test_those_without_an_end_are_asked_about_before_those_that_have_theirs(api: Api, cloud: LocalCloud) -> None:
    """O7, O8: each ended one is looked at ten times over; however many they are, what is set aside does not wait behind them."""
    ada, card_id = with_card(api, cloud, balance=9_000_00)
    ended = {withdraw(api, ada, card_id, 100_00).ok(201)["id"] for _ in range(5)}
    cloud.clock.advance("30h")
    ada = signed_in_again(api, ada)
    opened = {withdraw(api, ada, card_id, 888_02).ok(201)["id"] for _ in range(5)}
    cloud.clock.advance("31s")
    due = list(cloud.wallet.withdrawals.store.work.by(cloud.clock.now()))
    assert (set(due[:5]), set(due[5:])) == (opened, ended)
    later(cloud, "30s", "25h")
    assert list(cloud.wallet.withdrawals.store.work.by(cloud.clock.now())) == []


def test_an_ended_one_is_asked_about_for_ten_days_and_no_more(api: Api, cloud: LocalCloud) -> None:
    """O7."""
    ada, card_id = with_card(api, cloud)
    withdraw(api, ada, card_id).ok(201)
    asked = 0
    for _ in range(15):
        cloud.clock.advance("25h")
        asked += told(cloud, APPROVED).asked
    assert 9 <= asked <= 11
