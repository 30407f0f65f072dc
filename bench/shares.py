"""Whose code runs while a request is answered: the program is looked at each tick of its own processor time.

A tick tells which function runs and leaves it as fast as it is; counting calls would make many small functions look slow. What C
functions and Python's library do is whoever's called them.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
STORAGE, RULES, STUB, PYTHON, OTHERS = (
    "the wallet's storage",
    "the wallet's edge and rules",
    "the stub",
    "Python's library",
    "other libraries",
)
LIBRARIES = ("botocore", "pynamodb", "chalice", "msgspec", "urllib3", "dateutil", "jmespath")
_TICK_SECONDS = 0.001


def shares(run: Callable[[], object], milliseconds: float, seconds: float) -> dict[str, float]:
    """Milliseconds of one run by whose code runs, the greatest first; `milliseconds` is what a run takes when nobody looks."""
    seen: Counter[str] = Counter()

    def look(_signal: int, frame: FrameType | None) -> None:
        seen[_whose(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _TICK_SECONDS, _TICK_SECONDS)
    end = time.process_time() + seconds
    try:
        while time.process_time() < end:
            run()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    total = sum(seen.values())
    return {name: round(milliseconds * count / total, 4) for name, count in seen.most_common()}


def _whose(frame: FrameType | None) -> str:
    """The one who runs; Python's own is its caller's, unless that is Python's own as well."""
    found = None if frame is None else _party(frame.f_code.co_filename)
    if found is None and frame is not None and frame.f_back is not None:
        found = _party(frame.f_back.f_code.co_filename)
    return found or PYTHON


def _party(file: str) -> str | None:
    """Whose code a file is; None for Python's own."""
    if "/site-packages/" in file:
        return next((name for name in LIBRARIES if f"/site-packages/{name}/" in file), OTHERS)
    path = Path(file)
    if not path.is_relative_to(ROOT):
        return None
    parts = path.relative_to(ROOT).parts
    if parts[:2] == ("wallet_api", "storage"):
        return STORAGE
    return (
        RULES if parts[0] in ("wallet_api", "chalicelib", "app.py") else STUB if parts[0] in ("bench", "dev") else None
    )
