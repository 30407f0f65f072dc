"""What may be refunded, and which part of the fee comes back."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.payments.test_model import CANCELED, PAID, WAITING
from tests.top_ups.test_model import a_top_up
from wallet_api.errors import NotFound, WalletError
from wallet_api.gateways.acquirer import RefundOutcome
from wallet_api.money import Money
from wallet_api.payments.errors import PaymentProcessing
from wallet_api.payments.model import MAX_REFUNDS, Payment
from wallet_api.refunds.errors import (
    PaymentNotRefundable,
    RefundCurrencyDiffers,
    RefundExceedsPayment,
    TooManyRefunds,
)
from wallet_api.refunds.model import (
    OPEN,
    SHOWN_WITHIN,
    TRANSITIONS,
    Options,
    Status,
    Way,
    fee_to_return,
    next_look,
    refund_of,
    sent,
    why_not_refundable,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAY = timedelta(days=1)
OFTEN = replace(PAID, refundable=1150, refunded=100, refunds={f"ref_{n}": 1 for n in range(MAX_REFUNDS)})
EMPTY = replace(PAID, refundable=0, refunded=1250, refunds={"ref_1": 1250})


def cny(amount: int) -> Money:
    return Money(amount, "CNY")


def after(payment: Payment, amount: int) -> Payment:
    """The payment as it stands after a refund."""
    refunds = {**payment.refunds, f"ref_{len(payment.refunds)}": amount}
    return replace(payment, refunded=payment.refunded + amount, refundable=payment.refundable - amount, refunds=refunds)


@pytest.mark.parametrize(
    ("payment", "amount", "refusal"),
    [
        (None, cny(1), NotFound),
        (WAITING, cny(1), PaymentNotRefundable),
        (CANCELED, cny(1), PaymentNotRefundable),
        (replace(WAITING, status="processing"), cny(1), PaymentProcessing),
        (PAID, cny(1251), RefundExceedsPayment),
        (EMPTY, cny(1), RefundExceedsPayment),
        (EMPTY, cny(0), RefundExceedsPayment),
        (PAID, Money(1, "JPY"), RefundCurrencyDiffers),
        (OFTEN, cny(1), TooManyRefunds),
    ],
)
def test_what_was_not_paid_or_is_not_there_any_more_does_not_go_back(
    payment: Payment | None, amount: Money, refusal: type[WalletError]
) -> None:
    """M34, M35."""
    assert isinstance(why_not_refundable(payment, amount), refusal)


def test_all_that_is_left_can_go_back() -> None:
    left = after(PAID, 1000)
    assert why_not_refundable(left, cny(250)) is None
    assert refund_of(left, None, "broken", "ref_9", NOW).amount == cny(250)
    with pytest.raises(RefundExceedsPayment):
        refund_of(EMPTY, None, "broken", "ref_9", NOW)


@given(st.integers(1, 10**6), st.integers(0, 10**4), st.lists(st.integers(1, 10**5), max_size=30))
def test_the_fees_parts_add_up_to_the_fee_and_never_pass_it(captured: int, fee: int, wanted: list[int]) -> None:
    """M27, M35: the fee comes back in proportion, rounded down over all refunds so far."""
    payment = replace(PAID, amount=cny(captured), refundable=captured, fee=cny(fee))
    returned = 0
    for amount in wanted:
        if amount > payment.refundable:
            continue
        part = fee_to_return(payment, cny(amount)).amount
        assert part >= 0
        returned += part
        payment = after(payment, amount)
        assert returned == fee * payment.refunded // captured
    if payment.refundable:
        returned += fee_to_return(payment, cny(payment.refundable)).amount
    assert returned == fee


def test_a_tie_in_the_fee_stays_with_the_wallet_until_the_rest_is_refunded() -> None:
    payment = replace(PAID, amount=cny(10), refundable=10, fee=cny(1))
    assert fee_to_return(payment, cny(5)) == cny(0)
    assert fee_to_return(after(payment, 5), cny(5)) == cny(1)


CHARGE = a_top_up(1250, 0, "succeeded")
STATES: tuple[Status, ...] = get_args(Status)
ENDS: dict[Status, RefundOutcome] = {
    "pending": RefundOutcome("pending"),
    "succeeded": RefundOutcome("approved"),
    "failed": RefundOutcome("declined", "refund_declined"),
}
TO_CARD = sent(
    refund_of(PAID, cny(625), "broken", "ref_1", NOW),
    Options("crd_1", charges=(replace(CHARGE, card_id="crd_1"),)).way(cny(625)),
)


def test_the_table_names_every_state() -> None:
    assert set(TRANSITIONS) == set(STATES)
    assert {status for status, following in TRANSITIONS.items() if following} == {*OPEN, "succeeded"}, (
        "a bank may send it back"
    )


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("following", ENDS)
def test_every_row_of_the_table_and_no_other_step(status: Status, following: Status) -> None:
    refund = replace(TO_CARD, status=status)
    stays = status == following == "pending"
    after = refund.after(ENDS[following], NOW)
    if status in OPEN and (following in TRANSITIONS[status] or stays):
        assert (after.status, after.submitted_at) == (following, NOW)
        assert (after.ended_at is None) == (following == "pending")
    elif following in TRANSITIONS[status]:
        assert (after.status, after.returned_at, after.ended_at) == ("failed", NOW, refund.ended_at)
    else:
        assert after is refund, "it has its end, and what is said of it again changes nothing"


def test_no_time_is_announced_that_has_passed_while_the_end_is_open() -> None:
    """To the balance at once; to a card when its bank shows it, which has as long again whenever it says nothing in time."""
    assert refund_of(PAID, cny(625), "broken", "ref_1", NOW).expected_at(NOW + DAY) == NOW
    for days, expected in ((0, 5), (4, 5), (5, 10), (9, 10), (10, 15)):
        assert TO_CARD.expected_at(NOW + days * DAY) == NOW + expected * DAY, days
    early, late = (TO_CARD.after(ENDS["succeeded"], NOW + days * DAY) for days in (1, 7))
    assert [each.is_open for each in (TO_CARD, early, late)] == [True, False, False]
    assert early.expected_at(NOW + 30 * DAY) == NOW + 5 * DAY
    assert late.expected_at(NOW + 30 * DAY) == NOW + 7 * DAY + SHOWN_WITHIN
    failed = TO_CARD.after(ENDS["failed"], NOW + 2 * DAY)
    assert failed.expected_at(NOW + 30 * DAY) == NOW + 2 * DAY, "it is on the balance"


def test_a_refund_is_asked_about_from_a_minute_on() -> None:
    assert next_look(TO_CARD, NOW) == NOW + timedelta(minutes=1)
    assert next_look(TO_CARD, NOW + DAY) == NOW + DAY + timedelta(hours=1)


def test_money_goes_by_the_newest_charge_that_holds_it_else_to_the_bound_card_else_to_the_balance() -> None:
    """In another currency, for more than is left of it, or of another card, a charge is none."""
    small = replace(CHARGE, id="top_1", amount=cny(500), fee=cny(0), card_id="crd_1")
    used, large = (
        replace(small, id="top_2", amount=cny(900), given_back=400),
        replace(small, id="top_3", amount=cny(600)),
    )
    foreign = replace(small, id="top_4", amount=Money(900, "JPY"), fee=Money(0, "JPY"))
    failed = replace(large, id="top_5", status="failed")
    others = replace(large, id="top_6", card_id="crd_2")
    options = Options("crd_1", None, (others, failed, foreign, small, used, large))
    chosen = options.way(cny(600))
    assert chosen.charge is not None
    assert (chosen.destination, chosen.charge.id) == ("card", "top_3")
    assert (options.way(cny(601)).destination, options.way(cny(601)).diverted) == ("balance", "card_unavailable")
    assert replace(options, stopped="wallet_frozen").way(cny(1)) == Way("balance", "wallet_frozen")
    assert replace(options, stopped="wallet_closed").way(cny(1)) == Way("suspense", "wallet_closed")
    assert Options().way(cny(1)) == Way("balance")


def test_the_payers_part_of_the_fee_goes_the_way_of_the_money() -> None:
    borne = replace(PAID, fee_bearer="payer")
    refund = refund_of(borne, cny(625), "broken", "ref_1", NOW)
    assert refund.total == refund.amount + refund.fee_returned
    assert refund_of(PAID, cny(625), "broken", "ref_1", NOW).total == cny(625)
