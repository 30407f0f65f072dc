"""Time: aware, exact, and one declared zone for what counts by the day."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.daytime import LONGEST, away_from_midnight, beginning
from wallet_api.clock import SystemClock, epoch_milliseconds, epoch_seconds, rfc3339, wallet_day

NAIVE = datetime(2026, 11, 22)  # noqa: DTZ001  that is the point
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_the_clock_of_the_machine_is_aware_and_in_utc() -> None:
    """O11."""
    before = datetime.now(UTC)
    now = SystemClock().now()
    SystemClock().sleep(0)
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta()


@pytest.mark.parametrize("read", [rfc3339, epoch_milliseconds, epoch_seconds])
def test_a_time_without_a_zone_is_no_moment(read: Callable[[datetime], object]) -> None:
    """O11."""
    with pytest.raises((ValueError, TypeError)):
        read(NAIVE)


def test_the_wire_has_whole_seconds_of_utc() -> None:
    shanghai = datetime(2026, 11, 22, 9, 5, 0, 999999, tzinfo=timezone(timedelta(hours=8)))
    assert rfc3339(shanghai) == "2026-11-22T01:05:00Z"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 22, 15, 59, 59, 999999, tzinfo=UTC), "2026-11-22"),
        (datetime(2026, 11, 22, 16, 0, 0, tzinfo=UTC), "2026-11-23"),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), "2027-01-01"),
        (datetime(2028, 2, 28, 16, 0, 0, tzinfo=UTC), "2028-02-29"),
        (datetime(2026, 3, 28, 23, 30, 0, tzinfo=timezone(timedelta(hours=1))), "2026-03-29"),
    ],
)
def test_a_day_ends_at_midnight_in_shanghai(moment: datetime, day: str) -> None:
    """M32: one declared zone, whatever zone the moment is written in."""
    assert wallet_day(moment) == day


@pytest.mark.parametrize("midnight", [datetime(2026, 12, 31, 16, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)])
def test_tests_begin_before_or_after_midnight_and_never_right_before_it(midnight: datetime) -> None:
    """In China, where limits count, and in UTC, where lists are kept by months."""
    for seconds in (-600, -121, -119, -1, -0.1, 0, 0.1, 600):
        now = midnight + timedelta(seconds=seconds)
        begun = away_from_midnight(now)
        assert timedelta() <= now - begun <= LONGEST
        assert (begun >= midnight) == (now >= midnight)
        assert not begun < midnight < begun + LONGEST


@pytest.mark.parametrize("text", ["2026-11-24", "2026-11-24T02:00:00", "noon"])
def test_a_run_begins_at_no_moment_that_could_mean_two(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        beginning(text)


@given(MOMENTS)
def test_epochs_are_exact(moment: datetime) -> None:
    whole = epoch_milliseconds(moment)
    back = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=whole)
    assert timedelta() <= moment - back < timedelta(milliseconds=1)
    assert epoch_seconds(moment) == whole // 1000


@given(MOMENTS, MOMENTS)
def test_days_sort_as_texts(left: datetime, right: datetime) -> None:
    """The day's counter turns over by comparing two of these."""
    earlier, later = sorted((left, right))
    assert wallet_day(earlier) <= wallet_day(later)
