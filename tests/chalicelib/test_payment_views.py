"""What each side of a payment sees of it, in each state."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.payment_views import payment_view
from dev.cloud.local import LocalCloud
from tests.payments.test_model import HELD, IN_STATE, PAID, WAITING
from wallet_api.merchants.model import MerchantCaller
from wallet_api.money import Money

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
MERCHANT: Any = MerchantCaller("mer_1", "key_1", "", "test")
CUSTOMER: Any = object()


@pytest.mark.parametrize("state", IN_STATE)
def test_money_that_went_back_or_never_came_shows_no_total(cloud: LocalCloud, state: str) -> None:
    seen = payment_view(IN_STATE[state], CUSTOMER, cloud.wallet)
    moved = state in ("processing", "authorized", "succeeded")
    assert ((seen.total is None), (seen.fee is None)) == (not moved, not moved)
    times = {"succeeded": seen.paid_at, "failed": seen.failed_at, "canceled": seen.canceled_at}
    assert {name for name, time in times.items() if time is not None} == {state} & set(times)


def test_who_bears_the_fee_sees_it(cloud: LocalCloud) -> None:
    held = HELD.captured_with(Money(625, "CNY"), NOW)
    customer, merchant = (payment_view(held, each, cloud.wallet) for each in (CUSTOMER, MERCHANT))
    assert (customer.fee, customer.total) != (merchant.fee, merchant.total)
    assert customer.fee is not None
    assert customer.total is not None
    assert (customer.fee.amount, customer.total.amount) == (4, 629)
    assert payment_view(PAID, MERCHANT, cloud.wallet).total is not None


def test_only_a_merchant_sees_a_code_and_why_a_yes_was_refused_and_only_while_it_waits(cloud: LocalCloud) -> None:
    """P2."""
    refused = replace(WAITING, last_decline="limit_exceeded")
    assert payment_view(refused, MERCHANT, cloud.wallet).decline_code == "limit_exceeded"
    assert payment_view(refused, CUSTOMER, cloud.wallet).decline_code is None
    assert payment_view(replace(PAID, last_decline="limit_exceeded"), MERCHANT, cloud.wallet).decline_code is None
    assert payment_view(refused, MERCHANT, cloud.wallet).qr is not None
    assert payment_view(refused, CUSTOMER, cloud.wallet).qr is None
