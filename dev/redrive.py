"""Redrive: what a stream handler gave up on is handed to it again.

A dead letter of Lambda's holds no records, only where they are: a stream, a shard, a first and a last sequence number
(https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html). A stream keeps its records for 24 hours. Afterwards
what the ledger's stream brought is read from the journal itself, which keeps everything; the other stream has no such source, so
its letters stay where they are and say so. Every handler counts a record once, so that handing over too much changes nothing.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from dev.cloud.reader import wired
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.rebuild import journal_records

BATCH = 100
MARGIN = timedelta(hours=1)
"""An operation is decided before its record is in the stream: by seconds, and this is far more."""
HIDDEN_SECONDS = 900
_GONE = {"TrimmedDataAccessException", "ResourceNotFoundException", "ExpiredIteratorException"}
_EMPTY_PAGES = 1000

Record = Mapping[str, Any]
Projection = Callable[[Sequence[Record]], Sequence[str]]


def handed(project: Projection, records: Iterable[Record]) -> tuple[int, list[str]]:
    """Hands records to a projection as its stream would; how many there were, and which of them failed."""
    count, failed = 0, list[str]()
    coming = iter(records)
    while batch := list(islice(coming, BATCH)):
        count += len(batch)
        failed.extend(project(batch))
    return count, failed


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter: which records were given up on, and when they were in the stream."""

    receipt: str
    stream: str
    shard: str
    first: str
    last: str
    since: datetime
    until: datetime

    @staticmethod
    def read(message: Mapping[str, Any]) -> "Letter":
        """Raises ValueError, KeyError or TypeError for a message that Lambda did not write."""
        batch = json.loads(message["Body"])["DDBStreamBatchInfo"]
        return Letter(
            receipt=message["ReceiptHandle"],
            stream=batch["streamArn"],
            shard=batch["shardId"],
            first=batch["startSequenceNumber"],
            last=batch["endSequenceNumber"],
            since=datetime.fromisoformat(batch["approximateArrivalOfFirstRecord"]),
            until=datetime.fromisoformat(batch["approximateArrivalOfLastRecord"]),
        )


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of one letter. It is thrown away when nothing failed."""

    source: str
    records: int
    failed: tuple[str, ...]


@dataclass(frozen=True)
class Redrive:
    """Hands the letters of one queue to one handler's projection. `ledger` is None for a handler of another stream."""

    sqs: Any
    queue_url: str
    streams: Any
    project: Projection
    ledger: Ledger | None

    def run(self) -> Iterator[Redriven]:
        """Every letter that is in the queue; those that failed again are put back when all were tried."""
        kept: list[str] = []
        try:
            for message in self._messages():
                try:
                    letter = Letter.read(message)
                except (ValueError, KeyError, TypeError):
                    kept.append(message["ReceiptHandle"])
                    yield Redriven("nothing", 0, (f"message {message['MessageId']} is no letter of Lambda's",))
                    continue
                done = self._one(letter)
                if done.failed:
                    kept.append(letter.receipt)
                else:
                    self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=letter.receipt)
                yield done
        finally:
            for receipt in kept:
                self.sqs.change_message_visibility(QueueUrl=self.queue_url, ReceiptHandle=receipt, VisibilityTimeout=0)

    def _messages(self) -> Iterator[Mapping[str, Any]]:
        while found := self.sqs.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10, VisibilityTimeout=HIDDEN_SECONDS
        ).get("Messages"):
            yield from found

    def _one(self, letter: Letter) -> Redriven:
        records = self._from_stream(letter)
        if records is not None:
            return self._handed("stream", records)
        if self.ledger is None:
            return Redriven("nothing", 0, ("the stream has forgotten the records, and no journal has them",))
        return self._handed("journal", journal_records(self.ledger, letter.since - MARGIN, letter.until + MARGIN))

    def _handed(self, source: str, records: Iterable[Record]) -> Redriven:
        count, failed = handed(self.project, records)
        return Redriven(source, count, tuple(failed))

    def _from_stream(self, letter: Letter) -> list[Record] | None:
        """The letter's records; None when the stream has forgotten them."""
        found: list[Record] = []
        try:
            iterator = self.streams.get_shard_iterator(
                StreamArn=letter.stream,
                ShardId=letter.shard,
                ShardIteratorType="AT_SEQUENCE_NUMBER",
                SequenceNumber=letter.first,
            )["ShardIterator"]
            for _ in range(_EMPTY_PAGES):
                page = self.streams.get_records(ShardIterator=iterator)
                records = [wired(record) for record in page["Records"]]
                found += [each for each in records if int(each["dynamodb"]["SequenceNumber"]) <= int(letter.last)]
                if any(int(each["dynamodb"]["SequenceNumber"]) >= int(letter.last) for each in records):
                    return found
                iterator = page.get("NextShardIterator")
                if not iterator:
                    break
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise
        return None
