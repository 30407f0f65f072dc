"""The wallet's metrics on this machine: the last value of each and the highest since the start, in place of CloudWatch."""

from collections.abc import Mapping
from threading import Lock

from wallet_api.metrics import Measure


class Gauges:
    """Takes what the wallet measures; `shown()` is for people and tests."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: dict[str, dict[str, int]] = {}

    def tell(self, *measures: Measure, about: Mapping[str, str | int] | None = None) -> None:  # noqa: ARG002
        with self._lock:
            for each in measures:
                seen = self._seen.setdefault(each.name, {"last": 0, "highest": each.value, "sum": 0, "times": 0})
                seen["last"] = each.value
                seen["highest"] = max(each.value, seen["highest"])
                seen["sum"] += each.value
                seen["times"] += 1

    def shown(self) -> dict[str, dict[str, int]]:
        """By name: the last value, the highest, their sum, and how often it was told."""
        with self._lock:
            return {name: dict(seen) for name, seen in sorted(self._seen.items())}

    def clear(self) -> None:
        with self._lock:
            self._seen.clear()
