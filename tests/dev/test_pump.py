"""The pump: every handler of app.py gets every record, in order, as Lambda would give it, at least once."""

import time
from datetime import timedelta
from typing import Any

import pytest

from dev.cloud import pump, resources
from dev.cloud.local import LocalCloud
from dev.cloud.pump import period
from tests.dev.processes import soon
from tests.dev.tiny import Tiny


def write(dynamodb: Any, *names: str, table: str = "ledger") -> None:
    for name in names:
        dynamodb.put_item(TableName=f"wallet-local-{table}", Item={"pk": {"S": "p"}, "sk": {"S": name}})


def failed(record: dict[str, Any]) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}


def test_each_handler_gets_its_own_stream_in_order(local: LocalCloud, tiny: Tiny, dynamodb: Any) -> None:
    write(dynamodb, *"abc")
    write(dynamodb, "r", table="records")
    assert local.pump.drain() == 7
    assert (tiny.seen("fold"), tiny.seen("project"), tiny.seen("other")) == (list("abc"), list("abc"), ["r"])
    assert local.pump.drain() == 0


def test_a_record_is_what_lambda_gives(local: LocalCloud, tiny: Tiny, dynamodb: Any) -> None:
    write(dynamodb, "a")
    dynamodb.put_item(TableName="wallet-local-ledger", Item={"pk": {"S": "p"}, "sk": {"S": "a"}, "n": {"N": "1"}})
    local.pump.drain()
    ((first, second),) = tiny.batches["fold"]
    assert (first["eventName"], second["eventName"]) == ("INSERT", "MODIFY")
    assert second["eventSource"] == "aws:dynamodb"
    assert second["eventSourceARN"].startswith(
        "arn:aws:dynamodb:eu-west-1:123456789012:table/wallet-local-ledger/stream/"
    )
    content = second["dynamodb"]
    assert content["Keys"] == {"pk": {"S": "p"}, "sk": {"S": "a"}}
    assert content["OldImage"] == {"pk": {"S": "p"}, "sk": {"S": "a"}}
    assert content["NewImage"]["n"] == {"N": "1"}
    assert content["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert int(content["SequenceNumber"]) > int(first["dynamodb"]["SequenceNumber"])
    assert isinstance(content["ApproximateCreationDateTime"], int)
    assert first["eventID"] != second["eventID"]


def test_batches_have_the_size_that_the_app_declares_or_the_test_wants(
    local: LocalCloud, tiny: Tiny, dynamodb: Any
) -> None:
    write(dynamodb, *map(str, range(25)))
    local.pump.drain()
    assert [len(batch) for batch in tiny.batches["fold"]] == [10, 10, 5]
    tiny.batches["fold"].clear()
    local.pump.batch_size = 7
    local.pump.replay("fold")
    local.pump.drain()
    assert [len(batch) for batch in tiny.batches["fold"]] == [7, 7, 7, 4]


def test_a_partial_answer_brings_the_rest_again(local: LocalCloud, tiny: Tiny, dynamodb: Any) -> None:
    """S2, O2: everything from the first failed record on, nothing before it."""
    write(dynamodb, *"abcd")
    seen: list[Any] = []
    handler = local.pump.consumers[0].handler

    def once(event: dict[str, Any], context: Any) -> Any:
        handler(event, context)
        seen.append(event)
        return failed(event["Records"][2]) if len(seen) == 1 else None

    local.pump.consumers[0].handler = once
    try:
        local.pump.drain()
    finally:
        local.pump.consumers[0].handler = handler
    assert tiny.seen("fold") == list("abcd") + list("cd")


def test_an_answer_that_names_nothing_known_fails_the_whole_batch(local: LocalCloud, tiny: Tiny, dynamodb: Any) -> None:
    write(dynamodb, *"ab")
    tiny.answers = [{"batchItemFailures": [{"itemIdentifier": "unknown"}]}]
    local.pump.drain()
    assert tiny.seen("fold") == ["a", "b", "a", "b"]


def test_a_batch_that_raises_is_halved_and_one_poisoned_record_is_set_aside(
    local: LocalCloud, tiny: Tiny, dynamodb: Any
) -> None:
    """O1: the others are done; the stream goes on."""
    write(dynamodb, *"abcd")
    consumer = local.pump.consumers[0]
    done: list[str] = []
    before = consumer.handler

    def poisoned(event: dict[str, Any], _context: Any) -> None:
        names = [record["dynamodb"]["Keys"]["sk"]["S"] for record in event["Records"]]
        if "c" in names:
            raise RuntimeError("poison")
        done.extend(names)

    consumer.handler = poisoned
    try:
        local.pump.drain()
    finally:
        consumer.handler = before
    assert done == list("abd")
    assert [record["dynamodb"]["Keys"]["sk"]["S"] for record in consumer.dead_letters] == ["c"]
    assert tiny.seen("project") == list("abcd")


def test_a_replay_brings_everything_again(local: LocalCloud, tiny: Tiny, dynamodb: Any) -> None:
    """O6."""
    write(dynamodb, *"ab")
    local.pump.drain()
    local.pump.replay()
    local.pump.drain()
    assert tiny.seen("fold") == tiny.seen("project") == ["a", "b", "a", "b"]


def test_the_background_thread_is_woken_by_a_write(
    local: LocalCloud, tiny: Tiny, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pump, "LOOK_SECONDS", 600)  # by itself it does not look
    local.pump.start()
    try:
        write(dynamodb, "a")
        assert soon(lambda: tiny.seen("fold") == ["a"])
        local.pump.pause()
        write(dynamodb, "b")
        time.sleep(0.2)
        assert tiny.seen("fold") == ["a"]
        local.pump.resume()
        assert soon(lambda: tiny.seen("fold") == ["a", "b"])
    finally:
        local.pump.resume()
        local.pump.stop()


def test_schedules_run_once_when_the_clock_passes_them(local: LocalCloud, tiny: Tiny) -> None:
    assert local.advance("59s") == []
    assert local.advance("1s") == ["tick"]
    assert local.advance("25h") == ["tick"]
    assert len(tiny.ticks) == 2
    assert tiny.ticks[1].endswith("Z")


def test_a_schedule_that_fails_is_told_to_a_test_and_logged_by_the_server(local: LocalCloud, tiny: Tiny) -> None:
    schedule = local.pump.schedules[0]
    before = schedule.handler

    def broken(_event: Any, _context: Any) -> None:
        raise RuntimeError("broken")

    schedule.handler = broken
    try:
        with pytest.raises(RuntimeError, match="broken"):
            local.advance("1m")
        assert local.advance("1m", forgiving=True) == []
    finally:
        schedule.handler = before


@pytest.mark.parametrize(
    ("text", "length"),
    [("rate(1 minute)", timedelta(minutes=1)), ("rate(5 hours)", timedelta(hours=5)), ("rate(2 days)", timedelta(2))],
)
def test_rates_are_read(text: str, length: timedelta) -> None:
    assert period(text) == length


@pytest.mark.parametrize("text", ["cron(0 18 ? * * *)", "rate(x minutes)", "rate(1 fortnight)", ""])
def test_other_schedules_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="rate"):
        period(text)


def test_a_stream_that_no_table_has_is_refused() -> None:
    names = resources.streamed_tables()
    assert names == ["wallet-local-ledger", "wallet-local-records"]
    with pytest.raises(LookupError):
        resources.table_for_arn("arn:aws:dynamodb:eu-west-1:1:table/people/stream/x", names)
