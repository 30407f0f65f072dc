"""Times as callers write them."""

from datetime import UTC, datetime

import pytest

from chalicelib.moments import moment
from wallet_api.errors import Invalid


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "2026-02-30", "2026-11-22T25:00:00Z", "2026-11-22T01:05:00", "0000-01-01", "20261122", "1795309500",
        "2026-11-22T01:05Z", "２０２６-11-22", "2026-11-22\n", "9999-12-31T23:59:59-14:00",
    ],
)  # fmt: skip
def test_what_is_no_time_is_named_with_the_form_that_it_needs(text: str) -> None:
    """D15: a time without its zone is none either: it would be another one on every machine."""
    with pytest.raises(Invalid) as refusal:
        moment("/expires_at", text)
    (problem,) = refusal.value.problems
    assert (problem.pointer, problem.code) == ("/expires_at", "wrong_format")
    assert "RFC 3339" in str(problem.facts)


@pytest.mark.parametrize(
    ("text", "ends", "meant"),
    [
        ("2026-11-22T01:05:00Z", False, datetime(2026, 11, 22, 1, 5, tzinfo=UTC)),
        ("2026-11-22t09:05:00+08:00", True, datetime(2026, 11, 22, 1, 5, tzinfo=UTC)),
        ("2026-11-22", False, datetime(2026, 11, 21, 16, tzinfo=UTC)),
        ("2026-11-22", True, datetime(2026, 11, 22, 16, tzinfo=UTC)),
    ],
)
def test_a_time_is_a_moment_and_a_day_is_whole_in_beijing(text: str, ends: bool, meant: datetime) -> None:
    assert moment("from", text, ends=ends) == meant
