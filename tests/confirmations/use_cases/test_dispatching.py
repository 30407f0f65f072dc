"""From the stream to the queue: nothing is sent, little is written, and what it costs does not grow."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_person, send
from tests.confirming import OFF, choose, kept, pushed, waiting, with_phone
from tests.faults.injector import Faults


def records(cloud: LocalCloud, owner: str) -> list[dict[str, Any]]:
    """The records of somebody's events, as the stream brings them."""
    items = cloud.wallet.events.store.items
    found = [each for each in cloud.wallet.storage.scan(items) if each["sk"]["S"] == "event"]
    return [
        {
            "eventName": "INSERT",
            "dynamodb": {
                "Keys": {"pk": each["pk"], "sk": each["sk"]},
                "NewImage": each,
                "SequenceNumber": each["pk"]["S"],
            },
        }
        for each in found
        if each["owner"]["S"] == owner
    ]


def asked(faults: Faults, cloud: LocalCloud, batch: list[dict[str, Any]]) -> list[str]:
    """The calls that a batch takes."""
    faults.clear()
    assert cloud.wallet.confirmation_dispatch.dispatch(batch) == []
    return [operation for operation, _ in faults.calls]


def test_who_has_the_inbox_alone_costs_one_read_and_one_who_is_told_a_write_more(
    api: Api, cloud: LocalCloud, faults: Faults
) -> None:
    """However many movements of theirs a batch brings, and however long they have been there."""
    told, _ = with_phone(api, cloud, balance=50_000)
    silent = a_person(api, cloud)
    for _ in range(5):
        send(api, told, silent, 100).ok(201)
    with waiting(cloud):
        cloud.pump.drain()
    many, few = records(cloud, silent.id), records(cloud, silent.id)[:1]
    assert (len(many), asked(faults, cloud, many), asked(faults, cloud, few)) == (5, ["BatchGetItem"], ["BatchGetItem"])
    sent = [each for each in records(cloud, told.id) if "transfer.sent" in str(each)]
    for batch in (sent, sent[:1]):
        assert set(asked(faults, cloud, batch)) == {"BatchGetItem", "TransactWriteItems"}
    assert len(kept(cloud)) == 5


def test_what_nobody_wants_to_hear_is_not_kept(api: Api, cloud: LocalCloud) -> None:
    payer, token = with_phone(api, cloud, balance=5_000)
    choose(api, payer, money_out=OFF)
    send(api, payer, a_person(api, cloud), 100).ok(201)
    assert pushed(cloud, token) == []
    assert kept(cloud) == []


def test_what_happened_before_a_phone_was_there_is_not_told_on_it(api: Api, cloud: LocalCloud) -> None:
    """However often a stream is read from its beginning."""
    _, token = with_phone(api, cloud, balance=5_000)
    cloud.pump.replay()
    assert pushed(cloud, token) == []


def test_merchants_are_not_people(api: Api, cloud: LocalCloud, faults: Faults) -> None:
    image = {
        "pk": {"S": "evt_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"}, "sk": {"S": "event"}, "owner": {"S": "mer_1"}, "type": {"S": "payment.succeeded"},
        "data": {"S": '{"id": "pay_1", "object": "payment"}'}, "created_at": {"S": "2026-11-22T09:36:00.000000Z"},
        "owner_bucket": {"S": "x"}, "owner_order": {"S": "x"},
    }  # fmt: skip
    keys = {"pk": image["pk"], "sk": image["sk"]}
    record = {"eventName": "INSERT", "dynamodb": {"Keys": keys, "NewImage": image, "SequenceNumber": "1"}}
    assert asked(faults, cloud, [record]) == []


def test_a_record_that_cannot_be_read_fails_alone_o1(api: Api, cloud: LocalCloud) -> None:
    """O1."""
    payer, _ = with_phone(api, cloud, balance=5_000)
    send(api, payer, a_person(api, cloud), 100).ok(201)
    with waiting(cloud):
        cloud.pump.drain()
    (good,) = [each for each in records(cloud, payer.id) if "transfer.sent" in str(each)]
    bad = {"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": "x"}, "sk": {"S": "event"}}, "SequenceNumber": "7"}}
    assert cloud.wallet.confirmation_dispatch.dispatch([bad, good]) == ["7"]


@pytest.mark.parametrize("fault", ["throttled", "not applied, 500"])
def test_storage_that_fails_brings_the_batch_again_and_nobody_twice(
    api: Api, cloud: LocalCloud, faults: Faults, fault: str
) -> None:
    payer, token = with_phone(api, cloud, balance=5_000)
    send(api, payer, a_person(api, cloud), 100).ok(201)
    cloud.pump.drain()
    batch = records(cloud, payer.id)
    faults.always("BatchGetItem", fault)
    assert cloud.wallet.confirmation_dispatch.dispatch(batch) == [each["dynamodb"]["SequenceNumber"] for each in batch]
    faults.clear()
    assert cloud.wallet.confirmation_dispatch.dispatch(batch) == []
    assert len(pushed(cloud, token)) == 1


def test_the_schedule_measures_what_is_due(api: Api, cloud: LocalCloud) -> None:
    payer, _ = with_phone(api, cloud, balance=5_000)
    send(api, payer, a_person(api, cloud), 100).ok(201)
    with waiting(cloud):
        cloud.pump.drain()
        assert cloud.wallet.confirmation_dispatch.send_due() == 1
    assert cloud.gauges.shown()["confirmations_due"]["last"] == 1
