"""What Lambda is told about a batch of stream records."""

from typing import Any

from chalice.app import DynamoDBEvent

from chalicelib.streams import answer

RECORDS = [{"eventID": "1", "dynamodb": {"SequenceNumber": "100"}}, {"eventID": "2"}]


def test_the_projection_sees_the_raw_records_and_lambda_the_failed_ones() -> None:
    """O2, S2."""
    seen: list[Any] = []

    def project(records: Any) -> list[str]:
        seen.extend(records)
        return ["100", "101"]

    told = answer(DynamoDBEvent({"Records": RECORDS}, None), project)
    assert seen == RECORDS
    assert told == {"batchItemFailures": [{"itemIdentifier": "100"}, {"itemIdentifier": "101"}]}


def test_a_batch_that_is_done_has_no_failures() -> None:
    """O2."""
    assert answer(DynamoDBEvent({"Records": RECORDS}, None), lambda _: []) == {"batchItemFailures": []}
