"""Events written from the streams: each fact once, whatever the streams do."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, cny, key, send
from tests.faults.injector import Faults, ProcessDied
from tests.shopping import an_authorized_payment, capture
from wallet_api.events.store import EVENT


def all_events(cloud: LocalCloud) -> list[dict[str, Any]]:
    items = cloud.wallet.events.store.items
    return [raw for raw in cloud.wallet.storage.scan(items) if raw["sk"]["S"] == EVENT]


def a_payment(api: Api, shop: Shop, amount: int = 1000) -> dict[str, Any]:
    body = {"amount": cny(amount), "description": "Two pots of tea", "order_id": key()}
    made: dict[str, Any] = api.post("/v1/payments", body, token=shop.key, key=key()).ok(201)
    return made


def pay(api: Api, someone: Someone, payment: dict[str, Any]) -> None:
    body = {"authorization": {"pin": "428617"}}
    api.post(f"/v1/payments/{payment['id']}/confirm", body, token=someone.token, key=key()).ok()


def types(api: Api, token: str) -> list[str]:
    rows = api.get("/v1/events?limit=100", token=token).ok(200)["data"]
    return [row["type"] for row in rows]


@pytest.fixture
def busy(api: Api, cloud: LocalCloud) -> tuple[Someone, Someone, Shop]:
    """A payer with 500 yuan, a payee, a shop; then a payment, a partial refund, a canceled payment and a transfer."""
    payer, payee, shop = a_person(api, cloud, balance=50_000), a_person(api, cloud), a_merchant(cloud)
    payment = a_payment(api, shop)
    pay(api, payer, payment)
    refund = {"payment_id": payment["id"], "amount": cny(300), "reason": "One pot was cold"}
    api.post("/v1/refunds", refund, token=shop.key, key=key()).ok(201)
    api.post(f"/v1/payments/{a_payment(api, shop)['id']}/cancel", token=shop.key, key=key()).ok()
    send(api, payer, payee, 700).ok(201)
    return payer, payee, shop


def test_everybody_is_told_their_own_side_once(
    api: Api, cloud: LocalCloud, busy: tuple[Someone, Someone, Shop]
) -> None:
    payer, payee, shop = busy
    cloud.pump.drain()

    assert types(api, payer.token) == ["transfer.sent", "refund.succeeded", "payment.succeeded", "top_up.succeeded"]
    assert types(api, payee.token) == ["transfer.received"]
    assert types(api, shop.key) == [
        "payment.canceled",
        "payment.created",
        "refund.succeeded",
        "payment.succeeded",
        "payment.created",
    ]


def test_replayed_streams_tell_nothing_twice_p30(cloud: LocalCloud, busy: tuple[Someone, Someone, Shop]) -> None:
    """P30: at least once in, exactly one event out, under replay, other batches and parallel readers."""
    cloud.pump.drain()
    before = sorted(raw["pk"]["S"] for raw in all_events(cloud))

    for size in (1, 3, 100):
        cloud.pump.replay()
        cloud.pump.batch_size = size
        cloud.pump.drain()
    cloud.pump.batch_size = None

    assert sorted(raw["pk"]["S"] for raw in all_events(cloud)) == before
    assert len(before) == len(set(before)) == 10


def test_batches_in_any_order_split_anywhere_and_read_in_parallel_give_the_same_events(
    cloud: LocalCloud, busy: tuple[Someone, Someone, Shop]
) -> None:
    events = cloud.wallet.events
    work = [(events.project_ledger, each) for each in read_all(cloud, "ledger")]
    work += [(events.project_records, each) for each in read_all(cloud, "records")]
    shuffler = random.Random(7)
    tasks = [task for _ in range(3) for task in shuffler.sample(work, len(work))]

    with ThreadPoolExecutor(8) as pool:
        failed = list(pool.map(lambda task: task[0]([task[1]]), tasks))

    assert not any(failed)
    told = sorted(raw["pk"]["S"] for raw in all_events(cloud))
    assert len(told) == 10
    cloud.pump.drain()
    assert sorted(raw["pk"]["S"] for raw in all_events(cloud)) == told


def read_all(cloud: LocalCloud, table: str) -> list[dict[str, Any]]:
    reader = cloud.reader(cloud.wallet.settings.tables[table])
    reader.rewind()
    found: list[dict[str, Any]] = []
    while batch := reader.read(100):
        found += batch
    return found


def test_a_corrupt_record_fails_alone(cloud: LocalCloud, busy: tuple[Someone, Someone, Shop]) -> None:
    ledger, records = read_all(cloud, "ledger"), read_all(cloud, "records")
    corrupt = {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "666", "Keys": {}, "NewImage": {"pk": {"S": "x"}}}}
    half = {
        "eventName": "INSERT",
        "dynamodb": {
            "SequenceNumber": "667",
            "Keys": {"pk": {"S": "pay_x"}, "sk": {"S": "payment"}},
            "NewImage": {"pk": {"S": "pay_x"}, "sk": {"S": "payment"}, "status": {"S": "canceled"}},
        },
    }

    assert cloud.wallet.events.project_ledger([corrupt, *ledger]) == ["666"]
    assert cloud.wallet.events.project_records([records[0], corrupt, half, *records]) == ["666", "667"]
    assert len(all_events(cloud)) == 10


@pytest.mark.parametrize("fault", ["applied, no answer", "applied, 500", "conflict", "in progress", "throttled"])
def test_a_write_in_trouble_leaves_one_event_each_m15(
    cloud: LocalCloud, busy: tuple[Someone, Someone, Shop], faults: Faults, fault: str
) -> None:
    """M15: whatever became of the first answer, the events are there once."""
    records = read_all(cloud, "ledger")
    faults.hit(1, fault)

    assert cloud.wallet.events.project_ledger(records) == []
    assert cloud.wallet.events.project_ledger(records) == []

    assert len(all_events(cloud)) == 7


def test_a_reader_that_dies_after_its_write_leaves_one_event_each_p31(
    cloud: LocalCloud, busy: tuple[Someone, Someone, Shop], faults: Faults
) -> None:
    """P31: the journal is the outbox; a crash before or after the event's write loses and doubles nothing."""
    records = read_all(cloud, "ledger")
    for fault in ("died before", "died after"):
        faults.hit(1, fault)
        with pytest.raises(ProcessDied):
            cloud.wallet.events.project_ledger(records)
        faults.clear()

    assert cloud.wallet.events.project_ledger(records) == []
    assert len(all_events(cloud)) == 7


def test_while_the_tables_are_closed_every_record_is_given_back(
    cloud: LocalCloud, busy: tuple[Someone, Someone, Shop], faults: Faults
) -> None:
    records = read_all(cloud, "ledger")
    faults.always("TransactWriteItems", "denied")

    failed = cloud.wallet.events.project_ledger(records)

    moved = [each for each in records if "postings" in each["dynamodb"]["NewImage"]]
    assert failed == [each["dynamodb"]["SequenceNumber"] for each in moved]


def test_a_batch_costs_one_write(cloud: LocalCloud, busy: tuple[Someone, Someone, Shop], faults: Faults) -> None:
    records = read_all(cloud, "ledger")
    faults.clear()

    cloud.wallet.events.project_ledger(records)

    assert [operation for operation, _ in faults.calls] == ["TransactWriteItems"]


def test_events_have_their_place_in_the_index_and_no_personal_data_p32(
    cloud: LocalCloud, busy: tuple[Someone, Someone, Shop]
) -> None:
    """P32: thin. And no key of the index is a merchant's id alone."""
    payer, payee, _ = busy
    cloud.pump.drain()

    rows = all_events(cloud)
    assert all(row["owner_bucket"]["S"].count("/") == 2 for row in rows)
    text = str(rows)
    for secret in (payer.phone, payee.phone, "Two pots of tea", "One pot was cold", "4242"):
        assert secret not in text
    assert max(len(str(row)) for row in rows) < 1_000


def test_a_page_of_a_merchants_events_costs_a_fixed_number_of_queries(
    api: Api, cloud: LocalCloud, busy: tuple[Someone, Someone, Shop], faults: Faults
) -> None:
    shop = busy[2]
    cloud.pump.drain()
    faults.clear()

    api.get("/v1/events?limit=2", token=shop.key).ok(200)

    operations = [operation for operation, _ in faults.calls]
    assert (operations.count("Query"), operations.count("BatchGetItem"), len(operations)) == (8, 1, 9)


@pytest.mark.parametrize("captured", [1000, 400])
def test_a_capture_is_told_to_both_sides_once(api: Api, cloud: LocalCloud, captured: int) -> None:
    """A capture of all touches nothing of its customer's in the journal, one of a part does: they hear of the payment either way."""
    ada, shop = a_person(api, cloud, balance=50_00), a_merchant(cloud)
    payment = an_authorized_payment(api, shop, ada, 1000)["id"]
    capture(api, shop, payment, captured).ok(200)
    cloud.pump.drain()
    for token in (ada.token, shop.key):
        rows = api.get("/v1/events?limit=100", token=token).ok(200)["data"]
        heard = [row["data"]["amount"]["amount"] for row in rows if row["type"] == "payment.succeeded"]
        assert heard == [captured]
