"""What Lambda is told about a batch of stream records, or of messages."""

from typing import Any

import pytest
from chalice.app import DynamoDBEvent, SQSEvent

from chalicelib.streams import answer, answer_queue, each
from wallet_api.gateways.queue import QueueMessage

pytestmark = pytest.mark.usefixtures("cloud")

RECORDS: list[dict[str, Any]] = [{"eventID": "1", "dynamodb": {"SequenceNumber": "100"}}, {"eventID": "2"}]


def test_the_projection_sees_the_raw_records_and_lambda_the_failed_ones() -> None:
    """O2, S2."""
    seen: list[Any] = []

    def project(records: Any) -> list[str]:
        seen.extend(records)
        return ["100", "101"]

    told = answer(DynamoDBEvent({"Records": RECORDS}, None), "fold_ledger", lambda _wallet: project)
    assert seen == RECORDS
    assert told == {"batchItemFailures": [{"itemIdentifier": "100"}, {"itemIdentifier": "101"}]}


def test_a_batch_that_is_done_has_no_failures() -> None:
    """O2."""
    told = answer(DynamoDBEvent({"Records": RECORDS}, None), "fold_ledger", lambda _wallet: lambda _records: [])
    assert told == {"batchItemFailures": []}


def test_a_batch_for_two_goes_to_both_and_what_either_failed_on_comes_again() -> None:
    """O2: who has done it knows, so that nothing is lost by it."""
    seen: list[str] = []

    def project(name: str, *failed: str) -> Any:
        def projected(_records: Any) -> list[str]:
            seen.append(name)
            return list(failed)

        return projected

    both = each(project("first", "100"), project("second", "100", "101"))
    assert list(both(RECORDS)) == ["100", "101"]
    assert seen == ["first", "second"]


def test_a_worker_sees_messages_and_lambda_those_that_failed() -> None:
    """O2: exactly their ids, so that the others are done once."""
    records = [{"messageId": "m1", "body": "{}", "receiptHandle": "r"}, {"messageId": "m2", "body": "x"}]
    seen: list[QueueMessage] = []

    def work(messages: Any) -> list[str]:
        seen.extend(messages)
        return ["m2"]

    told = answer_queue(SQSEvent({"Records": records}, None), "deliver_webhooks", lambda _wallet: work)
    assert seen == [QueueMessage("m1", "{}"), QueueMessage("m2", "x")]
    assert told == {"batchItemFailures": [{"itemIdentifier": "m2"}]}
