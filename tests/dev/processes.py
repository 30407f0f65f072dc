"""Whether a process still runs, and waiting until something is so."""

import time
from collections.abc import Callable
from pathlib import Path


def lives(process: int) -> bool:
    """Whether a process runs; one that has ended and was not asked for its status by anybody does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def soon(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()
