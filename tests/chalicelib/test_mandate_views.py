"""What each side of a mandate sees of it, in each state."""

from typing import Any

import pytest

from chalicelib.mandate_views import mandate_view
from dev.cloud.local import LocalCloud
from tests.mandates.test_model import ACTIVE, IN_STATE, WAITING
from wallet_api.mandates.model import Status
from wallet_api.merchants.model import MerchantCaller

MERCHANT: Any = MerchantCaller("mer_1", "key_1", "", "test")
CUSTOMER: Any = object()


@pytest.mark.parametrize("state", IN_STATE)
def test_a_code_is_shown_while_there_is_something_to_confirm(cloud: LocalCloud, state: Status) -> None:
    seen = mandate_view(IN_STATE[state], MERCHANT, cloud.wallet)
    waits = state == "requires_confirmation"
    assert (seen.qr is not None, seen.checkout_url is not None, seen.expires_at is not None) == (waits,) * 3
    assert mandate_view(IN_STATE[state], CUSTOMER, cloud.wallet).qr is None


def test_the_merchants_own_name_for_it_is_the_merchants(cloud: LocalCloud) -> None:
    assert mandate_view(ACTIVE, MERCHANT, cloud.wallet).reference == "member-1"
    assert mandate_view(ACTIVE, CUSTOMER, cloud.wallet).reference is None


def test_why_it_was_canceled_is_told(cloud: LocalCloud) -> None:
    late = WAITING.at(WAITING.expires_at)
    assert mandate_view(late, MERCHANT, cloud.wallet).cancellation_reason == "expired"
    canceled = mandate_view(IN_STATE["canceled"], MERCHANT, cloud.wallet)
    assert canceled.cancellation_reason == "requested_by_merchant"
    assert mandate_view(IN_STATE["revoked"], MERCHANT, cloud.wallet).cancellation_reason is None
