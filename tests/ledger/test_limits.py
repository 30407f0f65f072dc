"""Limits: what a tier may move out in one transaction and in one day."""

import pytest

from tests.ledger_world import cny
from wallet_api.ledger.errors import DailyLimitReached, TransactionLimitExceeded
from wallet_api.ledger.limits import BASIC, VERIFIED, Limits, limits_of


@pytest.mark.parametrize("tier", [BASIC, VERIFIED])
def test_the_limit_itself_is_admitted_and_one_more_is_not(tier: str) -> None:
    """M31: the amount alone is checked in code, since a counter that is not there lets anything through."""
    limits = limits_of(tier, "CNY")
    limits.admit(limits.per_transaction)
    with pytest.raises(TransactionLimitExceeded) as refused:
        limits.admit(limits.per_transaction + cny(1))
    assert refused.value.facts == {"limit": limits.per_transaction}


def test_a_day_smaller_than_a_transaction_binds_as_well() -> None:
    """M31."""
    with pytest.raises(DailyLimitReached):
        Limits(per_transaction=cny(100), daily=cny(50)).admit(cny(51))


def test_more_proof_of_identity_allows_more() -> None:
    basic, verified = limits_of(BASIC, "CNY"), limits_of(VERIFIED, "CNY")
    assert basic.per_transaction < verified.per_transaction
    assert basic.daily < verified.daily
