"""A journal that is already long: one customer's payments to one merchant, a minute apart, all of them long ago.

They are made by the ledger's own `decide` and the stores' own items, and written in bulk: the journal's record, the
customer's and the merchant's line, the payment, and both their events. No balance moves, and nothing is folded.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bench.use_cases import Bench
from dev.cloud.local import LocalCloud
from wallet_api.events.model import events_of_entry
from wallet_api.ids import new_id
from wallet_api.ledger import chart
from wallet_api.ledger.lines import lines_of
from wallet_api.merchants.model import Profile
from wallet_api.money import Money
from wallet_api.payments.model import LIFE, REQUIRES_CONFIRMATION, Order, Payment
from wallet_api.payments.postings import payment_entry
from wallet_api.storage import Item

BATCH = 25
APART = timedelta(minutes=1)
LEFT_OUT = ("order", "order_id")
"""The words of an order lie in partitions of their own and are read by key alone."""


def fill(bench: Bench, start: int, end: int) -> None:
    """Makes Ada's payments number `start` to `end`."""
    cloud = bench.cloud
    begin = cloud.clock.now() - timedelta(days=800)
    waiting: list[Item] = []
    for number in range(start, end):
        waiting += _payment_of_old(bench, number, begin + number * APART)
        if len(waiting) > BATCH or number == end - 1:
            for first in range(0, len(waiting), BATCH):
                _write(cloud, waiting[first : first + BATCH])
            waiting.clear()
        if number % 1_000 == 999:
            _settle(cloud)
    _settle(cloud)
    # It stays to the end, and the collector need not look at it again and again.
    gc.collect()
    gc.freeze()


def _settle(cloud: LocalCloud) -> None:
    """What was made by hand needs no folding and no events; its stream records are forgotten, as after a day on AWS."""
    forget = getattr(cloud.engine, "forget_stream_records", None)
    if forget is not None:
        forget()
    cloud.pump.reset()


def _payment_of_old(bench: Bench, number: int, now: datetime) -> Iterator[Item]:
    wallet, merchant_id = bench.cloud.wallet, bench.cloud.seeded["merchant_id"]
    order = Order(str(number), "filling", {}, Profile("Tea", "Tea", "Kunming", "Kunming", "CN", "5814"))
    asked = Payment(
        new_id("pay", now), merchant_id, REQUIRES_CONFIRMATION, Money(100, "CNY"), order, now, now + LIFE
    )  # fmt: skip
    paid = asked.confirmed(bench.ada.id, Money(1, "CNY"), "merchant", now)
    write = wallet.storage.atomic_write()
    operation = replace(bench.operation(bench.ada.id), requested_at=now)
    entry = payment_entry(paid, new_id("ent", now))
    wallet.ledger.decide(operation, entry, write)
    wallet.payments.store.add(asked, wallet.settings.mode, write)
    for event in events_of_entry(entry):
        wallet.events.store.put(event, write)
    # The block of the write is not entered, so nothing of it is sent; its new items go in bulk, and no balance moves.
    yield from (each.item for each in write._by_key.values() if each.kind == "put" and each.item.sk not in LEFT_OUT)
    shop = chart.merchant(merchant_id)
    yield from (wallet.ledger.line_item(line) for line in lines_of(entry, operation.place) if line.account == shop)


def _write(cloud: LocalCloud, items: list[Item]) -> None:
    by_table: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in items:
        raw = {"pk": {"S": item.pk}, "sk": {"S": item.sk}, **item.serialize()}
        by_table[type(item).Meta.table_name].append({"PutRequest": {"Item": raw}})
    cloud.wallet.storage._connection.client.batch_write_item(RequestItems=dict(by_table))
