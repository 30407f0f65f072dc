"""Limits: what a tier may move out in one transaction and in one day."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from tests.ledger_world import cny
from wallet_api.errors import WalletError
from wallet_api.ledger.errors import (
    DailyLimitReached,
    MonthlyLimitReached,
    TransactionLimitExceeded,
    YearlyLimitReached,
)
from wallet_api.ledger.limits import (
    BASIC,
    PERIODS,
    TABLE,
    TIERS,
    VERIFIED,
    Limits,
    Period,
    ends_at,
    label_of,
    limits_of,
)

PAGE = Path(__file__).resolve().parents[2] / "docs/fees.md"


@pytest.mark.parametrize("tier", [BASIC, VERIFIED])
def test_the_limit_itself_is_admitted_and_one_more_is_not(tier: str) -> None:
    """M31: the amount alone is checked in code, since a counter that is not there lets anything through."""
    limits = limits_of(tier, "CNY")
    limits.admit(limits.per_transaction)
    with pytest.raises(TransactionLimitExceeded) as refused:
        limits.admit(limits.per_transaction + cny(1))
    assert refused.value.facts == {"limit": limits.per_transaction}


@pytest.mark.parametrize(
    ("limits", "refusal"),
    [
        (Limits(cny(100), daily=cny(50), monthly=cny(500), yearly=cny(500)), DailyLimitReached),
        (Limits(cny(100), daily=cny(500), monthly=cny(50), yearly=cny(500)), MonthlyLimitReached),
        (Limits(cny(100), daily=cny(500), monthly=cny(500), yearly=cny(50)), YearlyLimitReached),
    ],
)
def test_a_period_smaller_than_a_transaction_binds_as_well(limits: Limits, refusal: type[WalletError]) -> None:
    """M31: no counter could ever let it through, so it is refused before there is one."""
    limits.admit(cny(50))
    with pytest.raises(refusal) as refused:
        limits.admit(cny(51))
    assert refused.value.facts == {"limit": cny(50)}


@pytest.mark.parametrize("name", TABLE)
def test_a_longer_period_never_takes_less(name: str) -> None:
    """Else the shorter one would be a promise that nobody can use."""
    sums = [limit for limit in map(limits_of(name, "CNY").of, PERIODS) if limit is not None]
    assert all(one <= other for one, other in pairwise(sums))
    assert limits_of(name, "CNY").per_transaction <= sums[0]


def test_every_tier_has_a_limit_for_every_period() -> None:
    """M30: what a tier lacks would be unlimited."""
    assert all(limits_of(tier, "CNY").of(period) is not None for tier in TIERS for period in PERIODS)


@pytest.mark.parametrize(
    ("period", "moment", "end"),
    [
        # Beijing is eight hours ahead: its midnight is 16:00 UTC of the day before.
        ("day", datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC), datetime(2026, 11, 22, 16, tzinfo=UTC)),
        ("day", datetime(2026, 11, 22, 16, 0, 0, tzinfo=UTC), datetime(2026, 11, 23, 16, tzinfo=UTC)),
        ("day", datetime(2028, 2, 28, 15, 59, 59, tzinfo=UTC), datetime(2028, 2, 28, 16, tzinfo=UTC)),
        ("month", datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC)),
        ("month", datetime(2026, 11, 30, 16, 0, 0, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)),
        ("month", datetime(2027, 1, 31, 15, 59, 59, tzinfo=UTC), datetime(2027, 1, 31, 16, tzinfo=UTC)),
        ("month", datetime(2027, 2, 10, tzinfo=UTC), datetime(2027, 2, 28, 16, tzinfo=UTC)),
        ("month", datetime(2028, 2, 28, 16, 0, 0, tzinfo=UTC), datetime(2028, 2, 29, 16, tzinfo=UTC)),
        ("year", datetime(2028, 2, 29, tzinfo=UTC), datetime(2028, 12, 31, 16, tzinfo=UTC)),
        ("year", datetime(2028, 12, 31, 15, 59, 59, tzinfo=UTC), datetime(2028, 12, 31, 16, tzinfo=UTC)),
        ("year", datetime(2028, 12, 31, 16, 0, 0, tzinfo=UTC), datetime(2029, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_periods_end_at_midnight_in_beijing(period: Period, moment: datetime, end: datetime) -> None:
    """M32: at 23:59:59 and 00:00:00, at the ends of months and of February in a leap year."""
    assert ends_at(period, moment) == end


def test_a_day_names_its_month_and_its_year() -> None:
    assert [label_of(period, "2028-02-29") for period in PERIODS] == ["2028-02-29", "2028-02", "2028"]


def test_more_proof_of_identity_allows_more() -> None:
    basic, verified = limits_of(BASIC, "CNY"), limits_of(VERIFIED, "CNY")
    assert basic.per_transaction < verified.per_transaction
    for period in PERIODS:
        lower, higher = basic.of(period), verified.of(period)
        assert lower is not None
        assert higher is not None
        assert lower < higher


def test_the_page_of_limits_shows_the_whole_table() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.count(" |") == 5 and ".00 |" in line]
    shown = [[cell.strip().replace(",", "") for cell in row.split("|")[2:-1]] for row in rows]
    told = [["" if limit is None else f"{limit // 100}.00" for limit in limits] for limits in TABLE.values()]
    assert shown == told
