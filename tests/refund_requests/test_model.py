"""The machine of a refund request, every row of its table, and what speaks against a decision."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from msgspec.structs import replace

from wallet_api.errors import WalletError
from wallet_api.money import Money
from wallet_api.refund_requests.errors import ForbiddenTransition, RefundExceedsRequest, RefundRequestEnded
from wallet_api.refund_requests.model import (
    TRANSITIONS,
    UNDECIDED,
    RefundRequest,
    Status,
    story_of_request,
    why_not_approvable,
)
from wallet_api.refunds.errors import RefundCurrencyDiffers

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
STATES: tuple[Status, ...] = get_args(Status)


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


OPEN = RefundRequest(
    id="rfr_1",
    payment_id="pay_1",
    merchant_id="mer_1",
    customer_id="usr_ada",
    status="open",
    amount=cny(1000),
    reason="damaged",
    note="cracked",
    card_id=None,
    created_at=NOW,
    answer_by=NOW + timedelta(hours=72),
)


def turned(request: RefundRequest, status: Status) -> RefundRequest:
    """The request after the step that leads to a state."""
    if status == "approved":
        return request.approved_with("ref_1", cny(600), LATER)
    if status == "declined":
        return request.declined("used", LATER)
    if status == "canceled":
        return request.canceled("requested_by_customer", LATER)
    return request.escalated(LATER)


def test_the_table_names_every_state() -> None:
    assert set(TRANSITIONS) == set(STATES)
    assert {status for status, following in TRANSITIONS.items() if following} == set(UNDECIDED)


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("following", [each for each in STATES if each != "open"])
def test_every_row_of_the_table_and_no_other_step(status: Status, following: Status) -> None:
    request = replace(OPEN, status=status)
    if following in TRANSITIONS[status]:
        assert turned(request, following).status == following
    else:
        with pytest.raises(ForbiddenTransition):
            turned(request, following)


def test_what_was_first_answered_knows_nothing_of_what_came_later() -> None:
    for following in TRANSITIONS["open"]:
        assert turned(OPEN, following).as_created() == OPEN
    assert turned(OPEN.escalated(LATER), "approved").as_created() == OPEN


@pytest.mark.parametrize(
    ("request_", "amount", "refusal"),
    [
        (OPEN, None, None),
        (OPEN, cny(1000), None),
        (OPEN.escalated(LATER), cny(1), None),
        (OPEN, cny(1001), RefundExceedsRequest),
        (OPEN, Money(1, "JPY"), RefundCurrencyDiffers),
        (turned(OPEN, "declined"), None, RefundRequestEnded),
        (turned(OPEN, "canceled"), cny(1001), RefundRequestEnded),
    ],
)
def test_what_speaks_against_a_yes(
    request_: RefundRequest, amount: Money | None, refusal: type[WalletError] | None
) -> None:
    error = why_not_approvable(request_, amount)
    assert error is None if refusal is None else isinstance(error, refusal)


def test_a_story_says_what_is_expected_until_it_came() -> None:
    told = {
        status: [step.what.partition(".")[2] for step in story_of_request(turned(OPEN, status))]
        for status in TRANSITIONS["open"]
    }
    assert [step.expected_at for step in story_of_request(OPEN)] == [None, OPEN.answer_by]
    assert told == {
        "approved": ["created", "approved"],
        "declined": ["created", "declined"],
        "escalated": ["created", "escalated"],
        "canceled": ["created", "canceled"],
    }
    settled = OPEN.escalated(LATER).canceled("already_refunded", LATER)
    assert [step.what for step in story_of_request(settled)][1:] == [
        "refund_request.escalated",
        "refund_request.settled",
    ]
