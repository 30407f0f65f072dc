"""One clock for the whole local cloud: it runs, can be moved forward, and can be held still."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

_STEP = re.compile(r"([0-9]{1,6})\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LONGEST = timedelta(days=3660)


class BadStep(ValueError):
    """What was asked is no step in time."""


def step(text: str | int) -> timedelta:
    """Seconds, or text as `90s`, `15m`, `25h`, `2d`, `1h30m`; `BadStep` otherwise, or beyond ten years."""
    if isinstance(text, int) and not isinstance(text, bool):
        found = timedelta(seconds=min(text, 10**9))
    elif isinstance(text, str) and re.fullmatch(f"({_STEP.pattern}\\s*)+", text):
        parts = _STEP.findall(text)
        found = sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), timedelta())
    else:
        raise BadStep(f"{text!r} is not a step in time: say seconds, or text like 90s, 25h or 2d")
    if not timedelta() <= found <= _LONGEST:
        raise BadStep(f"{text!r} is not between nothing and ten years")
    return found


class MovableClock:
    """`now()` is an aware UTC time; with `frozen_at` it stands there until it is moved."""

    def __init__(self, frozen_at: datetime | None = None) -> None:
        self._lock = Lock()
        self._ahead = timedelta()
        self._frozen = frozen_at
        self._begins: Callable[[], datetime] | None = None

    def now(self) -> datetime:
        with self._lock:
            return (self._frozen or datetime.now(UTC)) + self._ahead

    def sleep(self, seconds: float) -> None:
        """Waits between two attempts; nobody waits on a clock that can be moved."""

    def advance(self, by: str | int | timedelta) -> datetime:
        """Moves forward by `by` (see `step`) and returns the new time."""
        found = by if isinstance(by, timedelta) else step(by)
        with self._lock:
            self._ahead += found
        return self.now()

    def freeze(self, at: datetime | None = None) -> datetime:
        """Holds the present moment, or the given one; `advance` still moves it."""
        now = at or self.now()
        with self._lock:
            self._frozen, self._ahead = now, timedelta()
        return now

    def run(self) -> datetime:
        """Lets a clock that was held run on from where it stands, and returns the moment."""
        now = self.now()
        with self._lock:
            self._frozen, self._ahead = None, now - datetime.now(UTC)
        return now

    def reset(self) -> None:
        """Back to the real time, or to when it begins, running."""
        with self._lock:
            self._frozen = None
            self._ahead = timedelta() if self._begins is None else self._begins() - datetime.now(UTC)

    def begin_at(self, moment: Callable[[], datetime]) -> None:
        """From now on a reset goes back to what this says in place of the real time."""
        self._begins = moment
        self.reset()
