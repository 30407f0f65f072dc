"""The small steps that more than one verb takes."""

import pytest

from dev.cloud.local import LocalCloud
from wallet_api.ids import new_id
from wallet_api.refunds.use_cases.ground import why_stopped


@pytest.mark.parametrize(
    ("status", "reason"), [("frozen", "wallet_frozen"), ("closed", "wallet_closed"), ("unheard of", "wallet_frozen")]
)
def test_a_wallet_that_takes_no_money_this_way_says_why(status: str, reason: str) -> None:
    assert why_stopped({"status": {"S": status}}).reason == reason


def test_a_refund_that_is_named_and_missing_is_a_defect(cloud: LocalCloud) -> None:
    with pytest.raises(LookupError):
        cloud.wallet.refunds.found_again(new_id("ref", cloud.clock.now()))
