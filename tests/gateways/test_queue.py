"""Messages to a worker: in batches, delayed as far as SQS can, and no failure reaches who sends."""

import json
from typing import Any

from botocore.exceptions import ReadTimeoutError

from wallet_api.gateways.queue import Message, SqsQueue


class Sqs:
    """Remembers what it was sent; `answers` come first, one per call."""

    def __init__(self, *answers: Any) -> None:
        self.calls: list[Any] = []
        self.answers = list(answers)

    def send_message_batch(self, **arguments: Any) -> Any:
        self.calls.append(arguments)
        answer = self.answers.pop(0) if self.answers else {}
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_messages_go_in_batches_of_ten_with_ids_of_their_own() -> None:
    client = Sqs()

    SqsQueue(client, "https://queue").send([Message({"n": number}) for number in range(23)])

    assert [len(call["Entries"]) for call in client.calls] == [10, 10, 3]
    assert {call["QueueUrl"] for call in client.calls} == {"https://queue"}
    bodies = [json.loads(entry["MessageBody"])["n"] for call in client.calls for entry in call["Entries"]]
    assert bodies == list(range(23))
    assert all(len({entry["Id"] for entry in call["Entries"]}) == len(call["Entries"]) for call in client.calls)


def test_nothing_is_delayed_for_longer_than_sqs_can() -> None:
    client = Sqs()

    SqsQueue(client, "https://queue").send([Message({}, 5), Message({}, 5000)])

    assert [entry["DelaySeconds"] for entry in client.calls[0]["Entries"]] == [5, 900]


def test_a_batch_that_is_not_taken_does_not_keep_the_next_from_being_sent() -> None:
    client = Sqs(ReadTimeoutError(endpoint_url="https://queue"), {"Failed": [{"Id": "0"}]})

    SqsQueue(client, "https://queue").send([Message({"n": number}) for number in range(20)])

    assert len(client.calls) == 2
