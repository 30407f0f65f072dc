"""Who gives and who gets in a payment."""

from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.payments.test_model import PAID, WAITING
from wallet_api.ids import new_id
from wallet_api.money import Money
from wallet_api.payments.postings import (
    authorization_entry,
    capture_entry,
    payment_entry,
    reversal_entry,
    void_entry,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CUSTOMER, MERCHANT = "customer/usr_ada", "merchant/mer_1"


def test_a_payment_that_nobody_confirmed_has_no_entry() -> None:
    with pytest.raises(ValueError, match="has no customer"):
        payment_entry(WAITING, new_id("ent", NOW))


def test_the_merchant_bears_the_fee_out_of_what_it_gets() -> None:
    entry = payment_entry(PAID, new_id("ent", NOW))
    assert (entry.kind, entry.subject) == ("payment", PAID.id)
    assert [(each.account, each.money.amount) for each in entry.postings] == [
        (CUSTOMER, -1250),
        (MERCHANT, 1250),
        (MERCHANT, -8),
        ("fees", 8),
    ]


@given(st.integers(0, 10**9), st.sampled_from(["payer", "merchant"]))
def test_nothing_is_lost_whoever_bears_whatever_fee(fee: int, bearer: Literal["payer", "merchant"]) -> None:
    """M2."""
    entry = payment_entry(WAITING.confirmed("usr_ada", Money(fee, "CNY"), bearer, NOW), new_id("ent", NOW))
    net = {account: money.amount for (account, _), money in entry.net().items()}
    assert sum(net.values()) == 0
    assert net[CUSTOMER] == -1250 - (fee if bearer == "payer" else 0)
    assert net.get(MERCHANT, 0) == 1250 - (fee if bearer == "merchant" else 0)
    assert net.get("fees", 0) == fee


@given(st.integers(0, 2000), st.sampled_from(["payer", "merchant"]), st.integers(1, 1250))
def test_a_hold_is_emptied_by_whatever_ends_it(fee: int, bearer: Literal["payer", "merchant"], part: int) -> None:
    """M2, M11: captured in part, voided or reversed, nothing stays on the hold and nothing is lost."""
    held = WAITING.set_aside("usr_ada", Money(fee, "CNY"), bearer, NOW)
    set_aside = authorization_entry(held, new_id("ent", NOW)).net()
    hold = f"holds/{held.id}"
    assert {account: money.amount for (account, _), money in set_aside.items()} == {
        CUSTOMER: -held.held.amount,
        hold: held.held.amount,
    }
    captured = held.captured_with(Money(part, "CNY"), NOW)
    for entry in (
        capture_entry(captured, new_id("ent", NOW)),
        void_entry(held, new_id("ent", NOW), NOW),
        reversal_entry(held, new_id("ent", NOW), NOW),
    ):
        net = {account: money.amount for (account, _), money in entry.net().items()}
        assert sum(net.values()) == 0
        assert net[hold] == -held.held.amount
    taken = {account: money.amount for (account, _), money in capture_entry(captured, "ent_1").net().items()}
    charged = captured.charged_fee.amount
    assert taken.get(MERCHANT, 0) == part - (charged if bearer == "merchant" else 0)
    assert taken.get("fees", 0) == charged
    assert taken.get(CUSTOMER, 0) == captured.returned.amount
