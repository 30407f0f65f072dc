"""A table's stream: one record per change, in order, kept until the table is wiped.

Records are shared with the table and never changed; `after` gives them as Lambda gets them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dev.cloud.dynamo.values import Item, item_weight

FIRST_SEQUENCE = 1_100_000_000_017_454_423_009
"""Sequence numbers on AWS have 21 to 40 digits; these too, so that nobody keeps one in an int64."""


@dataclass(frozen=True)
class Change:
    """What happened to one item at `at`."""

    sequence: int
    keys: Item
    old: Item | None
    new: Item | None
    at: datetime

    @property
    def event_name(self) -> str:
        if self.old is None:
            return "INSERT"
        return "REMOVE" if self.new is None else "MODIFY"


class Stream:
    """An append-only list of changes with a position that never starts again."""

    def __init__(self, arn: str, label: str, region: str, view: str, now: Callable[[], datetime]) -> None:
        self.arn = arn
        self.label = label
        self.region = region
        self.view = view
        self._now = now
        self._changes: list[Change] = []
        self._next = FIRST_SEQUENCE

    @property
    def next_sequence(self) -> int:
        """The number that the next change will get."""
        return self._next

    @property
    def first_sequence(self) -> int:
        return self._next - len(self._changes)

    def clear(self) -> None:
        self._changes.clear()

    def add(self, keys: Item, old: Item | None, new: Item | None) -> None:
        self._changes.append(Change(self._next, keys, old, new, self._now()))
        self._next += 1

    def read(self, sequence: int, limit: int) -> list[dict[str, Any]]:
        """At most `limit` records from `sequence` on, as Lambda's event carries them."""
        start = max(0, sequence - self.first_sequence)
        return [self.record(change) for change in self._changes[start : start + limit]]

    def record(self, change: Change) -> dict[str, Any]:
        """https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html"""
        content: dict[str, Any] = {
            "ApproximateCreationDateTime": int(change.at.timestamp()),
            "Keys": change.keys,
            "SequenceNumber": str(change.sequence),
            "SizeBytes": item_weight(change.keys),
            "StreamViewType": self.view,
        }
        for name, image, views in (
            ("NewImage", change.new, ("NEW_IMAGE", "NEW_AND_OLD_IMAGES")),
            ("OldImage", change.old, ("OLD_IMAGE", "NEW_AND_OLD_IMAGES")),
        ):
            if image is not None and self.view in views:
                content[name] = image
                content["SizeBytes"] += item_weight(image)
        return {
            "eventID": f"{self.label}-{change.sequence:x}",
            "eventName": change.event_name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": self.region,
            "dynamodb": content,
            "eventSourceARN": self.arn,
        }
