"""What one customer's payment may cost, authorization included, counted at botocore's `_make_api_call`."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from unittest.mock import patch

import pytest
from botocore.client import BaseClient

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, a_merchant, a_person, key
from tests.shopping import a_paid_payment, a_payment, confirm, refund

SLOWER_BY = 0.03
"""Seconds added to each call, so that calls which are sent at the same time are seen to be in flight at the same time."""


@dataclass
class Meter:
    """The DynamoDB calls of a block: when each was in flight, and with which parameters."""

    flights: list[tuple[float, float]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    lock: Any = field(default_factory=Lock)

    def round_trips(self) -> int:
        """Calls in flight at the same time are one."""
        trips, ends = 0, 0.0
        for start, end in sorted(self.flights):
            if start >= ends:
                trips += 1
            ends = max(ends, end)
        return trips

    def transactions(self) -> list[list[dict[str, Any]]]:
        return [parameters["TransactItems"] for name, parameters in self.calls if name == "TransactWriteItems"]

    def names(self) -> list[str]:
        return sorted(name for name, _ in self.calls)


@contextmanager
def metered() -> Iterator[Meter]:
    meter = Meter()
    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name != "dynamodb":
            return real(client, operation, parameters)
        start = time.monotonic()
        time.sleep(SLOWER_BY)
        try:
            return real(client, operation, parameters)
        finally:
            with meter.lock:
                meter.flights.append((start, time.monotonic()))
                meter.calls.append((operation, parameters))

    with patch.object(BaseClient, "_make_api_call", call):
        yield meter


def size_of(value: dict[str, Any]) -> int:
    """Bytes of one attribute's value by DynamoDB's rules (Developer Guide, "Item sizes and formats")."""
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return len(content.lstrip("-").strip("0")) // 2 + 2
    if kind == "M":
        return 3 + sum(len(name.encode()) + size_of(inner) + 1 for name, inner in content.items())
    if kind == "L":
        return 3 + sum(size_of(inner) + 1 for inner in content)
    if kind == "B":
        return len(content)
    return 1


def item_size(item: dict[str, Any]) -> int:
    return sum(len(name.encode()) + size_of(value) for name, value in item.items())


def written(cloud: LocalCloud, transaction: list[dict[str, Any]]) -> dict[str, int]:
    """The bytes of each item of a transaction as it lies in its table afterwards, by its sort key."""
    client = cloud.session.create_client("dynamodb", region_name=cloud.region)
    sizes = {}
    for action in transaction:
        ((kind, content),) = action.items()
        item = content["Item"] if kind == "Put" else content["Key"]
        place = {"pk": item["pk"], "sk": item["sk"]}
        found = client.get_item(TableName=content["TableName"], Key=place, ConsistentRead=True)["Item"]
        sizes[f"{place['pk']['S'].partition('/')[0]} {place['sk']['S']}"] = item_size(found)
    return sizes


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud, name="A merchant with a rather long registered name, Kunming")


def test_a_payment_is_two_round_trips_four_items_and_nine_write_units(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """Whatever the merchant describes: what a confirmation writes stays below one kilobyte an item."""
    ada = a_person(api, cloud, balance=100_00)
    wordy = {
        "description": "很长的说明" * 28,
        "metadata": {str(n): "x" * 500 for n in range(20)},
        "order_id": "单" * 64,
    }
    confirm(api, ada, a_payment(api, shop)["id"]).ok(200)
    payment = a_payment(api, shop, **wordy)
    with metered() as meter:
        confirm(api, ada, payment["id"], idem=key()).ok(200)
    assert meter.names() == ["BatchGetItem", "TransactWriteItems", "UpdateItem"]
    assert meter.round_trips() == 2
    (transaction,) = meter.transactions()
    assert len(transaction) == 4
    sizes = written(cloud, transaction)
    assert max(sizes.values()) <= 1024, sizes
    reserving, moving = 1, sum(2 * -(-size // 1024) for size in sizes.values())
    assert reserving + moving <= 9


def test_the_first_payment_of_a_container_costs_no_further_round_trip(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """The fee schedule, which is kept for a while, is read beside the rest when it has to be."""
    ada = a_person(api, cloud, balance=100_00)
    payment = a_payment(api, shop)
    cloud.clock.advance("2m")
    with metered() as meter:
        confirm(api, ada, payment["id"]).ok(200)
    assert meter.round_trips() == 2


def test_nothing_that_two_payers_of_one_merchant_share_is_written(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """M23: neither the merchant's account nor the fees' is touched on the way."""
    places = []
    for _ in range(2):
        someone, payment = a_person(api, cloud, balance=100_00), a_payment(api, shop)
        with metered() as meter:
            confirm(api, someone, payment["id"]).ok(200)
        (transaction,) = meter.transactions()
        contents = [content for action in transaction for content in action.values()]
        keys = [content.get("Item") or content["Key"] for content in contents]
        places.append({(each["pk"]["S"], each["sk"]["S"]) for each in keys})
    assert not places[0] & places[1]


def test_a_replay_is_answered_without_evaluating_a_pin(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    """The reservation is given back and the payment is read again for its answer; the journal is not written."""
    ada, payment, idem = a_person(api, cloud, balance=100_00), a_payment(api, shop), key()
    confirm(api, ada, payment["id"], idem=idem).ok(200)
    with metered() as meter:
        confirm(api, ada, payment["id"], idem=idem).ok(200)
    assert [list(action) for transaction in meter.transactions() for action in transaction] in ([], [["Update"]])
    assert meter.round_trips() <= 3


def test_asking_for_a_payment_is_two_round_trips(api: Api, shop: Shop) -> None:
    a_payment(api, shop)
    with metered() as meter:
        a_payment(api, shop)
    assert meter.names() == ["BatchGetItem", "TransactWriteItems"]
    assert [len(transaction) for transaction in meter.transactions()] == [4]


def test_a_refund_is_two_round_trips(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    payment = a_paid_payment(api, shop, a_person(api, cloud, balance=100_00))
    with metered() as meter:
        refund(api, shop, payment["id"], 500).ok(201)
    assert meter.names() == ["BatchGetItem", "TransactWriteItems"]
    assert meter.round_trips() == 2
    assert [len(transaction) for transaction in meter.transactions()] == [5]
