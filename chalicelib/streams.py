"""Streams and queues: from Chalice's event to the raw records, and back to Lambda's answer for a batch done in part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalice.app import DynamoDBEvent, SQSEvent

from chalicelib import wiring, work_log
from wallet_api.gateways.queue import QueueMessage
from wallet_api.wallet import Wallet

Projection = Callable[[Sequence[Mapping[str, Any]]], Sequence[str]]
Worker = Callable[[Sequence[QueueMessage]], Sequence[str]]


def answer(
    event: DynamoDBEvent, function: str, projection: Callable[[Wallet], Projection]
) -> dict[str, list[dict[str, str]]]:
    """Projects a batch. Lambda takes it up again from the first sequence number in the answer and sends it, in the end,
    to the dead-letter queue.

    Only the raw event is used: Chalice's record class hides parts of it.
    """
    records = event.to_dict()["Records"]
    with work_log.telling(wiring.wallet, event, function, "stream") as work:
        work.records = len(records)
        failed = projection(wiring.wallet())(records)
        work.failed = len(failed)
    return _failures(failed)


def each(*projections: Projection) -> Projection:
    """Gives a batch to one after another; what failed for any of them comes again for all, who know what they did."""
    return lambda records: list(dict.fromkeys(failed for project in projections for failed in project(records)))


def answer_queue(event: SQSEvent, function: str, worker: Callable[[Wallet], Worker]) -> dict[str, list[dict[str, str]]]:
    """Works on a batch of messages. Those that are named in the answer come again alone, and in the end go to the dead
    letters; all others are done.
    """
    messages = [QueueMessage(str(each["messageId"]), str(each["body"])) for each in event.to_dict()["Records"]]
    with work_log.telling(wiring.wallet, event, function, "queue") as work:
        work.records = len(messages)
        failed = worker(wiring.wallet())(messages)
        work.failed = len(failed)
    return _failures(failed)


def _failures(failed: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}
