"""Who gives and who gets in a payment."""

from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.payments.test_model import PAID, WAITING
from wallet_api.ids import new_id
from wallet_api.money import Money
from wallet_api.payments.postings import payment_entry

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
