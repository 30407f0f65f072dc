"""How long a lock lasts."""

from datetime import timedelta

from wallet_api.attempts.model import MAX_TRIES, lock_length


def test_a_lock_doubles_and_never_passes_a_day() -> None:
    """A14."""
    assert [lock_length(locks) // timedelta(minutes=1) for locks in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert lock_length(12) == lock_length(1_000_000) == timedelta(hours=24)


def test_a_hundred_wrong_guesses_in_a_row_take_weeks() -> None:
    """A13: NIST SP 800-63B allows at most 100 consecutive failures."""
    locks_before = 100 // MAX_TRIES - 1
    assert sum((lock_length(each) for each in range(1, locks_before + 1)), timedelta()) > timedelta(days=7)
