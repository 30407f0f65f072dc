"""Withdrawals by themselves: every answer in every state, when it is asked again, and what its story says."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from msgspec.structs import replace

from tests.cards.test_model import a_card
from wallet_api.gateways.acquirer import CreditOutcome
from wallet_api.ledger.accounts import Account, Payer
from wallet_api.money import Money
from wallet_api.withdrawals.errors import CardTooNew
from wallet_api.withdrawals.model import (
    ARRIVES_WITHIN,
    FIRST_LOOK,
    LOOKED_AT_EVERY,
    LOOKED_AT_FOR,
    TRANSITIONS,
    Status,
    Withdrawal,
    require_old_enough,
    story_of_withdrawal,
)

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


NEW = Withdrawal(
    "wdr_1", "usr_a", "crd_1", "visa", "0005", "tok_1", cny(500_00), cny(50), 1, None, "processing", "test", NOW
)
APPROVED, DECLINED = CreditOutcome("approved"), CreditOutcome("declined", "withdrawal_declined")
PENDING, RETURNED = CreditOutcome("pending"), CreditOutcome("returned", "withdrawal_returned")
OUTCOMES = (APPROVED, DECLINED, PENDING, RETURNED)


def told(*outcomes: CreditOutcome) -> Withdrawal:
    """What becomes of a withdrawal when the acquirer says this, a minute after the other."""
    found = NEW
    for number, outcome in enumerate(outcomes, 1):
        found = found.after(outcome, NOW + number * MINUTE)
    return found


@pytest.mark.parametrize("status", get_args(Status))
@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda each: each.status)
def test_every_answer_in_every_state_leads_where_the_table_says(status: Status, outcome: CreditOutcome) -> None:
    """M36, M37: whatever is not in the table changes nothing at all."""
    before = replace(NEW, status=status)
    after = before.after(outcome, NOW + MINUTE)
    wanted = TRANSITIONS.get((status, outcome.status))
    assert after.status == (wanted or status)
    assert (after is before) == (wanted is None)


def test_no_answer_is_no_end() -> None:
    """M37."""
    assert told(PENDING, PENDING) is NEW


def test_what_is_returned_has_no_end_after_it() -> None:
    """Money that is back is withdrawn anew, by another withdrawal."""
    returned = told(APPROVED, RETURNED)
    assert all(returned.after(outcome, NOW) is returned for outcome in OUTCOMES)


def test_money_that_came_back_before_anybody_heard_of_it_arrived_first() -> None:
    assert (told(RETURNED).status, told(RETURNED, RETURNED).status) == ("succeeded", "returned")


def test_when_and_why_it_ended_is_kept() -> None:
    paid, failed, back = told(APPROVED), told(DECLINED), told(APPROVED, DECLINED)
    assert (paid.settled_at, paid.ended_at, paid.decline_code) == (NOW + MINUTE, None, None)
    assert (failed.settled_at, failed.decline_code) == (NOW + MINUTE, "withdrawal_declined")
    assert (back.settled_at, back.ended_at, back.status) == (NOW + MINUTE, NOW + 2 * MINUTE, "returned")


def test_a_reason_that_nobody_gave_is_a_plain_one() -> None:
    assert told(CreditOutcome("declined")).decline_code == "withdrawal_declined"
    assert told(APPROVED, CreditOutcome("returned")).decline_code == "withdrawal_returned"


def test_one_that_was_told_as_failed_and_arrived_has_no_fee_to_give_back() -> None:
    corrected = told(DECLINED, APPROVED)
    assert (corrected.status, corrected.corrected, corrected.decline_code) == ("succeeded", True, None)
    assert (NEW.charged, corrected.charged) == (cny(50), cny(0))
    assert (NEW.comes_back, corrected.comes_back) == (cny(500_50), cny(500_00))


def test_it_is_asked_about_ever_less_often_and_once_a_day_after_its_end() -> None:
    """O7, O8."""
    waits = [NEW.next_look(NOW + age) for age in (timedelta(), timedelta(minutes=10), timedelta(hours=9))]
    assert waits == [
        NOW + FIRST_LOOK, NOW + timedelta(minutes=15), NOW + timedelta(hours=9) + timedelta(hours=1),
    ]  # fmt: skip
    paid = told(APPROVED)
    assert paid.next_look(NOW + MINUTE) == NOW + MINUTE + LOOKED_AT_EVERY
    assert paid.next_look(NOW + MINUTE + LOOKED_AT_FOR + MINUTE) is None
    assert told(APPROVED, RETURNED).next_look(NOW) is None
    assert told(DECLINED).next_look(NOW + MINUTE) == NOW + MINUTE + LOOKED_AT_EVERY


def test_one_that_arrived_late_is_asked_about_as_long_as_any_other_since_it_may_still_come_back() -> None:
    """O7."""
    heard = NOW + LOOKED_AT_FOR
    corrected = told(DECLINED).after(APPROVED, heard)
    assert corrected.next_look(heard + LOOKED_AT_FOR) == heard + LOOKED_AT_FOR + LOOKED_AT_EVERY
    assert corrected.next_look(heard + LOOKED_AT_FOR + MINUTE) is None


@pytest.mark.parametrize(
    ("outcomes", "states"),
    [((), ("processing",)), ((APPROVED,), ("withdrawn",)), ((DECLINED,), ("rejected",)),
     ((APPROVED, RETURNED), ("returned", "withdrawn")), ((DECLINED, APPROVED), ("withdrawn", "rejected")),
     ((DECLINED, APPROVED, RETURNED), ("returned", "withdrawn", "rejected"))],
)  # fmt: skip
def test_a_file_of_any_day_may_tell_what_it_has_been(
    outcomes: tuple[CreditOutcome, ...], states: tuple[str, ...]
) -> None:
    assert told(*outcomes).states == states


def test_what_is_on_its_way_has_a_time_by_which_it_is_expected() -> None:
    assert NEW.expected_at(NOW) == NOW + ARRIVES_WITHIN
    assert told(APPROVED).expected_at(NOW) == NOW + MINUTE + ARRIVES_WITHIN
    assert told(DECLINED, APPROVED).expected_at(NOW) == NOW + 2 * MINUTE + ARRIVES_WITHIN
    assert told(DECLINED).expected_at(NOW) is told(APPROVED, RETURNED).expected_at(NOW) is None


def test_no_time_is_told_that_has_passed_while_nobody_knows_the_end() -> None:
    """What was announced is over: the truth is that it takes longer, and not when it will be."""
    announced = NOW + ARRIVES_WITHIN
    for now, expected_at, what in ((announced - MINUTE, announced, "expected"), (announced, None, "delayed")):
        assert NEW.expected_at(now) == expected_at
        last = story_of_withdrawal(NEW, now)[-1]
        assert (last.at, last.what, last.expected_at) == (None, f"withdrawal.{what}", expected_at)
    assert story_of_withdrawal(told(APPROVED), announced)[-1].what == "withdrawal.succeeded"


STORIES = {
    "created expected": (NEW, [500_50, 500_00]),
    "created succeeded": (told(APPROVED), [500_50, 500_00]),
    "created failed on_balance": (told(DECLINED), [500_50, 500_00, 500_50]),
    "created failed kept": (replace(told(DECLINED), aside=True), [500_50, 500_00, 500_50]),
    "created succeeded returned on_balance": (told(APPROVED, RETURNED), [500_50, 500_00, 500_00, 500_50]),
    "created succeeded returned kept": (
        replace(told(APPROVED, RETURNED), aside=True), [500_50, 500_00, 500_00, 500_50]
    ),
    "created failed on_balance corrected": (told(DECLINED, APPROVED), [500_50, 500_00, 500_50, 500_00]),
    "created failed on_balance borne": (
        replace(told(DECLINED, APPROVED), aside=True, borne=True), [500_50, 500_00, 500_50, 500_00]
    ),
    "created failed on_balance borne returned recovered": (
        replace(told(DECLINED, APPROVED, RETURNED), aside=True, borne=True),
        [500_50, 500_00, 500_50, 500_00, 500_00, 500_00],
    ),
    "created failed on_balance corrected returned on_balance": (
        told(DECLINED, APPROVED, RETURNED), [500_50, 500_00, 500_50, 500_00, 500_00, 500_00]
    ),
}  # fmt: skip


@pytest.mark.parametrize("steps", STORIES)
def test_its_story_tells_each_step_with_what_it_moved(steps: str) -> None:
    withdrawal, amounts = STORIES[steps]
    story = story_of_withdrawal(withdrawal, NOW)
    assert [step.what.removeprefix("withdrawal.") for step in story] == steps.split()
    assert [step.amount and step.amount.amount for step in story] == amounts
    times = [step.at for step in story if step.at is not None]
    assert times == sorted(times)


def a_payer(sent: int, day: str = "2026-11-22") -> Payer:
    """Somebody who has sent this to new cards on a day."""
    spent = {"CNY": sent + 300_00, "card_CNY": sent}
    return Payer(Account("customer/usr_a", "active", "basic", {}, {}, day, spent, None, None, 0, NOW), reserved=True)


@pytest.mark.parametrize(("sent", "amount"), [(0, 1_000_01), (600_00, 400_01), (1_000_00, 1)])
def test_a_new_card_gets_no_more_than_a_small_sum_in_a_day(sent: int, amount: int) -> None:
    card = replace(a_card("1", active_since=NOW), kind="debit")
    with pytest.raises(CardTooNew) as refusal:
        require_old_enough(card, cny(amount), NOW + timedelta(hours=3), a_payer(sent))
    assert refusal.value.facts == {"limit": cny(1_000_00), "usable_from": "2026-11-23T04:00:00Z"}
    require_old_enough(card, cny(amount - 1), NOW, a_payer(sent))
    require_old_enough(card, cny(amount), NOW + timedelta(hours=24), a_payer(sent))
    require_old_enough(card, cny(1_000_00), NOW, a_payer(sent, day="2026-11-21"))
