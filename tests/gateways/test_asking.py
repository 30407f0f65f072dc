"""When an outside company is asked again."""

from datetime import UTC, datetime, timedelta

import pytest

from wallet_api.gateways.asking import LONGEST_WAIT, ask_again_at

SINCE = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
FIRST = timedelta(seconds=30)


@pytest.mark.parametrize(
    ("open_for", "waits"),
    [
        (timedelta(), FIRST),
        (timedelta(seconds=60), FIRST),
        (timedelta(seconds=62), timedelta(seconds=31)),
        (timedelta(minutes=10), timedelta(minutes=5)),
        (timedelta(hours=2), LONGEST_WAIT),
        (timedelta(days=9), LONGEST_WAIT),
        (timedelta(seconds=-5), FIRST),
    ],
    ids=["at once", "until the first wait is half", "then half", "of what went by", "up to an hour", "and no longer",
         "by a clock that is behind"],
)  # fmt: skip
def test_it_is_asked_soon_at_first_then_ever_less_often_at_least_hourly(open_for: timedelta, waits: timedelta) -> None:
    now = SINCE + open_for
    assert ask_again_at(SINCE, now, FIRST) == now + waits
