"""Steps in the order of time."""

from datetime import UTC, datetime, timedelta

from wallet_api.timeline import Step, in_order

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_what_is_expected_comes_last_and_what_happened_at_once_stays_as_it_was_told() -> None:
    expected, first, second = Step(None, "c", "x", expected_at=NOW), Step(NOW, "a", "x"), Step(NOW, "b", "x")
    later = Step(NOW + timedelta(microseconds=1), "d", "x")
    assert in_order([expected, later, first, second]) == (first, second, later, expected)
