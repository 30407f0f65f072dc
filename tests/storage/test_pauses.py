"""Pauses: they double, they stop doubling, and they spread."""

from datetime import timedelta

from wallet_api.storage.atomic import ATTEMPTS, DEADLINE
from wallet_api.storage.pauses import LONGEST, pause_after


def test_pauses_grow_to_a_limit() -> None:
    assert all(pause_after(1) <= timedelta(milliseconds=25) for _ in range(50))
    assert all(LONGEST / 2 <= pause_after(20) <= LONGEST for _ in range(50))


def test_pauses_spread() -> None:
    assert len({pause_after(8) for _ in range(200)}) > 20


def test_a_transaction_in_progress_is_tried_again_five_seconds_after_it_was_sent() -> None:
    """M19: even the shortest pauses of all attempts together are longer than that, and shorter than the deadline."""
    halves = [min(LONGEST, timedelta(milliseconds=25) * 2 ** (attempt - 1)) / 2 for attempt in range(1, ATTEMPTS)]
    assert timedelta(seconds=5) < sum(halves, timedelta()) < DEADLINE
