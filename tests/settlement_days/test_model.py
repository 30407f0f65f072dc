"""When a day of the wallet ends: at midnight in China, which is 16:00 in UTC."""

from datetime import UTC, datetime, timedelta

from wallet_api.clock import wallet_day
from wallet_api.settlement_days.model import CLOSED_AFTER, closed_from, end_of, next_day


def test_a_day_ends_at_midnight_in_china() -> None:
    assert end_of("2026-11-22") == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert wallet_day(end_of("2026-11-22") - timedelta(microseconds=1)) == "2026-11-22"
    assert closed_from("2026-11-22") == end_of("2026-11-22") + CLOSED_AFTER


def test_days_follow_each_other_over_months_and_years() -> None:
    assert [next_day(each) for each in ("2026-11-30", "2026-12-31", "2028-02-28")] == [
        "2026-12-01", "2027-01-01", "2028-02-29",
    ]  # fmt: skip
