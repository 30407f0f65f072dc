"""Streams: from Chalice's event to the raw records, and back to Lambda's answer for a batch that was done in part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalice.app import DynamoDBEvent

Projection = Callable[[Sequence[Mapping[str, Any]]], Sequence[str]]


def answer(event: DynamoDBEvent, project: Projection) -> dict[str, list[dict[str, str]]]:
    """Projects a batch. Lambda takes it up again from the first sequence number in the answer and sends it, in the end,
    to the dead-letter queue.

    Only the raw event is used: Chalice's record class hides parts of it.
    """
    failed = project(event.to_dict()["Records"])
    return {"batchItemFailures": [{"itemIdentifier": sequence} for sequence in failed]}
