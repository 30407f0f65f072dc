"""What queues, workers and consumers may do to a delivery: it arrives all the same, and is known by its id."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop
from tests.faults.injector import Faults, ProcessDied
from tests.receiver import Receiver, status
from tests.shopping import a_payment, cancel
from tests.webhooks.endpoints import an_endpoint, deliveries
from wallet_api.deliveries.errors import ClaimedElsewhere
from wallet_api.deliveries.store import DELIVERY
from wallet_api.gateways.callbacks import Answered
from wallet_api.gateways.queue import QueueMessage


def raw(cloud: LocalCloud) -> list[dict[str, Any]]:
    items = cloud.wallet.deliveries.store.items
    return [each for each in cloud.wallet.storage.scan(items) if each["sk"]["S"] == DELIVERY]


def test_doubled_messages_are_one_attempt_o5_o6(api: Api, cloud: LocalCloud, server: Receiver, shop: Shop) -> None:
    """O2, O5, O6: a message sent twice, received twice, or redriven after it was done does nothing the second time."""
    an_endpoint(api, shop, server.url)
    a_payment(api, shop)
    cloud.pump.drain()
    (item,) = raw(cloud)
    body = json.dumps({"delivery": item["pk"]["S"]})

    for messages in ([QueueMessage("1", body), QueueMessage("2", body)], [QueueMessage("1", body)]):
        assert cloud.wallet.replays.take(messages) == []
    cloud.pump.replay("dispatch_events")
    cloud.pump.drain()
    cloud.advance("5m")

    assert len(server.received) == 1


def test_two_messages_for_a_delivery_that_is_due_are_one_attempt_o5(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    """O5: in one batch, both before its attempt."""
    an_endpoint(api, shop, server.url)
    a_payment(api, shop)
    cloud.pump.queues.paused = True
    while cloud.pump.step():
        pass
    body = json.dumps({"delivery": raw(cloud)[0]["pk"]["S"]})

    assert cloud.wallet.replays.take([QueueMessage("1", body), QueueMessage("2", body)]) == []
    cloud.pump.queues.paused = False
    cloud.pump.drain()

    assert len(server.received) == 1


def test_of_two_workers_that_saw_the_same_one_has_it_in_hand_o5(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    """O5: whoever claims second finds it claimed, and whoever notes late finds it noted."""
    an_endpoint(api, shop, server.url)
    a_payment(api, shop)
    while cloud.pump.step():
        pass
    wallet, store = cloud.wallet, cloud.wallet.deliveries.store
    with wallet.storage.trip() as trip:
        found = store.find(raw(cloud)[0]["pk"]["S"], trip)
    seen = found()
    assert seen is not None
    with wallet.storage.atomic_write() as write:
        store.claim(seen, cloud.clock.now(), write)

    with pytest.raises(ClaimedElsewhere), wallet.storage.atomic_write() as write:
        store.claim(seen, cloud.clock.now(), write)
    late = seen.given_up("endpoint_disabled", cloud.clock.now())
    with pytest.raises(ClaimedElsewhere), wallet.storage.atomic_write() as write:
        store.move(seen, late, None, write)


def test_a_poisoned_message_returns_alone_and_ends_among_the_dead_letters_o1(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    """O1, O2: nine are done once, one is given back, and the queue flows on."""
    an_endpoint(api, shop, server.url)
    for _ in range(9):
        a_payment(api, shop)
    url = cloud.wallet.settings.webhooks_queue
    sqs: Any = cloud.session.create_client("sqs", region_name=cloud.region)
    sqs.send_message(QueueUrl=url, MessageBody="{")
    for body in ('{"delivery": 7}', "[]", '{"delivery": "pay_1"}', '{"replay": "x"}', "{}"):
        sqs.send_message(QueueUrl=url, MessageBody=body)

    cloud.pump.drain()

    assert len(server.received) == 9
    (worker,) = [each for each in cloud.pump.queues.workers if each.name == "deliver_webhooks"]
    assert len(worker.dead_letters) == 6
    assert worker.waiting == []
    cloud.pump.queues.redrive()
    cloud.pump.drain()
    assert (len(worker.dead_letters), len(server.received)) == (6, 9)


def test_a_worker_that_dies_before_or_after_sending_loses_nothing_p31(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop, faults: Faults
) -> None:
    """P31: before sending, it is still sent; after sending, it comes twice under one id."""
    endpoint = an_endpoint(api, shop, server.url)
    a_payment(api, shop)
    while cloud.pump.step():
        pass
    message = QueueMessage("1", json.dumps({"delivery": raw(cloud)[0]["pk"]["S"]}))

    class Dying:
        def __init__(self, after: bool) -> None:
            self.after = after

        def acceptable(self, _: str) -> bool:
            return True

        def post(self, callbacks: Any) -> list[Answered]:
            if self.after:
                server.callbacks().post(callbacks)
            raise ProcessDied

    for after in (False, True):
        cloud.callbacks.way = Dying(after)
        with pytest.raises(ProcessDied):
            cloud.wallet.replays.take([message])
        cloud.callbacks.way = server.callbacks()
        assert cloud.wallet.replays.take([message]) == [], "still in the dead worker's hands"
        cloud.clock.advance("61s")
    cloud.advance("61s")

    assert len(server.received) == 2
    assert len({each.headers["webhook-id"] for each in server.received}) == 1
    (delivery,) = deliveries(api, shop, endpoint["id"])
    assert delivery["status"] == "succeeded"


def test_lost_messages_are_found_by_the_schedule(api: Api, cloud: LocalCloud, server: Receiver, shop: Shop) -> None:
    an_endpoint(api, shop, server.url)
    a_payment(api, shop)
    while cloud.pump.step():
        pass
    cloud.pump.queues.reset()

    cloud.pump.drain()
    assert server.received == []
    cloud.advance("2m")
    assert len(server.received) == 1
    assert cloud.gauges.shown()["webhooks_due"]["last"] == 1
    cloud.advance("2m")
    assert cloud.gauges.shown()["webhooks_due"]["last"] == 0


def test_an_outcome_that_could_not_be_noted_is_found_again(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop, faults: Faults
) -> None:
    """The message is given back, and its attempt is made again when nobody has it in hand any more."""
    endpoint = an_endpoint(api, shop, server.url)
    a_payment(api, shop)
    while cloud.pump.step():
        pass
    message = QueueMessage("1", json.dumps({"delivery": raw(cloud)[0]["pk"]["S"]}))
    cloud.pump.queues.reset()

    class Breaking:
        def acceptable(self, _: str) -> bool:
            return True

        def post(self, callbacks: Any) -> list[Answered]:
            answered = server.callbacks().post(callbacks)
            faults.always("TransactWriteItems", "denied")
            return answered

    cloud.callbacks.way = Breaking()
    assert cloud.wallet.replays.take([message]) == ["1"]
    faults.clear()
    cloud.callbacks.way = server.callbacks()
    cloud.advance("2m")

    assert len(server.received) == 2
    assert [each["status"] for each in deliveries(api, shop, endpoint["id"])] == ["succeeded"]


def test_what_was_on_its_way_to_a_removed_or_disabled_endpoint_is_given_up(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    off, removed = an_endpoint(api, shop, server.url), an_endpoint(api, shop, server.url)
    a_payment(api, shop)
    while cloud.pump.step():
        pass
    api.patch(f"/v1/webhook_endpoints/{off['id']}", {"status": "disabled"}, token=shop.key).ok(200)
    api.delete(f"/v1/webhook_endpoints/{removed['id']}", token=shop.key).ok(200)
    cloud.pump.drain()

    assert server.received == []
    (delivery,) = deliveries(api, shop, off["id"])
    assert (delivery["status"], delivery["problem"]) == ("failed", "endpoint_disabled")
    assert all("due_at" not in each for each in raw(cloud))


class Consumer:
    """A merchant's side of it: keeps ids that it has seen, and of each object only what is newest."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.objects: dict[str, tuple[int, str]] = {}

    def take(self, event: dict[str, Any]) -> None:
        if event["id"] in self.seen:
            return
        self.seen.add(event["id"])
        known = self.objects.get(event["data"]["id"], (-1, ""))
        self.objects[event["data"]["id"]] = max(known, (event["sequence"], event["type"]))


def test_a_consumer_that_knows_ids_and_sequences_ends_right_under_duplicates_in_any_order_p30(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop
) -> None:
    """P30."""
    endpoint = an_endpoint(api, shop, server.url)
    made = []
    for number in range(6):
        made.append(a_payment(api, shop)["id"])
        cloud.clock.advance("2s")
        if number % 2:
            cancel(api, shop, made[-1]).ok(200)
    server.usual = status(204)
    server.answers = [status(500) if number % 3 else status(204) for number in range(12)]
    cloud.pump.drain()
    span = {"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}
    cloud.advance("10m")
    api.post(f"/v1/webhook_endpoints/{endpoint['id']}/replay", span, token=shop.key).ok(202)
    cloud.pump.drain()
    events = [json.loads(each.body) for each in server.received]
    assert len(events) > len({each["id"] for each in events}) == 9
    expected = {each: "payment.canceled" if number % 2 else "payment.created" for number, each in enumerate(made)}

    for seed in range(20):
        consumer = Consumer()
        for event in random.Random(seed).sample(events, len(events)):
            consumer.take(event)
        assert {name: kind for name, (_, kind) in consumer.objects.items()} == expected


def test_an_attempt_costs_the_same_however_much_was_sent_before(
    api: Api, cloud: LocalCloud, server: Receiver, shop: Shop, faults: Faults
) -> None:
    an_endpoint(api, shop, server.url)
    costs = []
    for _ in range(3):
        for _ in range(4):
            a_payment(api, shop)
            cloud.clock.advance(timedelta(seconds=1))
        while cloud.pump.step():
            pass
        faults.clear()
        cloud.pump.queues.step()
        costs.append(len(faults.calls))
    assert costs[0] == costs[1] == costs[2] == 4 * 4
