"""Redrive: letters as Lambda writes them, in a real queue, beside a stream that may have forgotten what they speak of."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from dev.cloud.local import REGION
from dev.redrive import Redrive
from tests.ledger_world import ADA, SHOP, World
from wallet_api.ledger.store import OPERATION
from wallet_api.ledger.verify import verify

PAYMENTS = 6


class Queue:
    """A dead-letter queue, and the stream that its letters point into."""

    def __init__(self, world: World) -> None:
        session = world.cloud.session
        self.world = world
        sqs: Any = session.create_client("sqs", region_name=REGION)
        streams: Any = session.create_client("dynamodbstreams", region_name=REGION)
        self.sqs, self.streams = sqs, streams
        self.url = self.sqs.create_queue(QueueName="fold-ledger-dead-letters")["QueueUrl"]
        self.ledger: Any = world.ledger
        self.stream = world.records()[0]["eventSourceARN"]
        shards = self.streams.describe_stream(StreamArn=self.stream)["StreamDescription"]["Shards"]
        self.shard = shards[-1]["ShardId"]

    def letter(self, *records: dict[str, Any]) -> None:
        """What Lambda writes when it gives up on these records."""
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        at = self.world.cloud.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        batch = {
            "shardId": self.shard,
            "startSequenceNumber": numbers[0],
            "endSequenceNumber": numbers[-1],
            "approximateArrivalOfFirstRecord": at,
            "approximateArrivalOfLastRecord": at,
            "batchSize": len(numbers),
            "streamArn": self.stream,
        }
        body = {
            "requestContext": {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": 11},
            "version": "1.0",
            "DDBStreamBatchInfo": batch,
        }
        self.put(json.dumps(body))

    def put(self, body: str) -> None:
        self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def redrive(self) -> list[tuple[str, int, int]]:
        folding = self.world.wallet.folding
        run = Redrive(self.sqs, self.url, self.streams, folding.fold, self.ledger).run()
        return [(done.source, done.records, len(done.failed)) for done in run]

    def forget(self, code: str) -> None:
        """From now on the stream answers as AWS does for what is older than a day."""
        stub = Stubber(self.streams)
        stub.add_client_error("get_shard_iterator", code)
        stub.activate()

    def waiting(self) -> int:
        answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        return int(answer["ApproximateNumberOfMessages"]) + int(answer["ApproximateNumberOfMessagesNotVisible"])


@pytest.fixture
def queue(world: World) -> Iterator[Queue]:
    """Six payments; of the journal's seven records nothing is folded."""
    world.open(ADA)
    world.fund(ADA, 1000)
    for amount in range(1, PAYMENTS + 1):
        world.send(ADA, SHOP, amount)
    queue = Queue(world)
    yield queue
    queue.sqs.delete_queue(QueueUrl=queue.url)


def test_within_a_day_the_records_come_from_the_stream(queue: Queue) -> None:
    """O6: exactly those that the letter names, and the letter is thrown away."""
    records = queue.world.records()
    queue.letter(*records[2:5])
    queue.world.fold(records[:2] + records[5:])
    assert queue.redrive() == [("stream", 3, 0)]
    assert queue.world.balance(SHOP) == sum(range(1, PAYMENTS + 1))
    assert verify(queue.world.ledger).findings == []
    assert (queue.waiting(), queue.redrive()) == (0, [])


@pytest.mark.parametrize("answer", ["TrimmedDataAccessException", "ResourceNotFoundException"])
def test_days_later_they_come_from_the_journal(queue: Queue, answer: str) -> None:
    """O6, M22: what was decided around the time of the letter, and no more is needed."""
    records = queue.world.records()
    queue.letter(*records[2:4])
    queue.world.fold(records[:2] + records[4:])
    queue.world.cloud.clock.advance("10d")
    queue.forget(answer)
    assert queue.redrive() == [("journal", len(records), 0)]
    assert verify(queue.world.ledger).findings == []
    assert queue.waiting() == 0


def test_another_error_of_the_stream_is_nobodys_reason_to_read_the_journal(queue: Queue) -> None:
    queue.letter(queue.world.records()[0])
    queue.forget("AccessDeniedException")
    with pytest.raises(ClientError, match="AccessDenied"):
        queue.redrive()
    assert queue.waiting() == 1


def test_a_letter_about_what_was_counted_since_changes_nothing(queue: Queue) -> None:
    """O6: Lambda gives up on a whole range, of which most may be folded."""
    records = queue.world.records()
    queue.letter(*records)
    queue.letter(*records[1:3])
    queue.world.fold()
    before = queue.world.balance(SHOP)
    assert [done[2] for done in queue.redrive()] == [0, 0]
    assert queue.world.balance(SHOP) == before
    assert verify(queue.world.ledger).findings == []


def test_a_letter_that_fails_again_stays_and_the_others_are_done(queue: Queue) -> None:
    """O1: poison keeps nobody waiting, here either."""
    queue.world.tamper("ledger", "poison", OPERATION, outcome={"S": "succeeded"})
    *good, poison = queue.world.records()
    queue.letter(poison)
    queue.letter(*good)
    assert sorted(queue.redrive()) == [("stream", 1, 1), ("stream", len(good), 0)]
    assert queue.world.balance(SHOP) == sum(range(1, PAYMENTS + 1))
    assert queue.waiting() == 1
    assert queue.redrive() == [("stream", 1, 1)], "put back at once, not hidden"


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"DDBStreamBatchInfo": {"shardId": "x"}}'])
def test_a_message_that_lambda_did_not_write_is_told_and_kept(queue: Queue, body: str) -> None:
    queue.put(body)
    assert queue.redrive() == [("nothing", 0, 1)]
    assert queue.waiting() == 1


def test_the_other_stream_has_no_journal_to_fall_back_on(queue: Queue) -> None:
    queue.letter(queue.world.records()[0])
    queue.forget("TrimmedDataAccessException")
    queue.ledger = None
    assert queue.redrive() == [("nothing", 0, 1)]
    assert queue.waiting() == 1


def test_a_letters_times_are_read_as_lambda_writes_them() -> None:
    assert datetime.fromisoformat("2026-11-13T00:38:04.835Z").tzinfo is not None
