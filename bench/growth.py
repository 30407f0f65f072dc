"""`./wallet bench growth`: what a payment, a page of history and a refund cost when so many payments were made before.

The earlier payments are the same customer's to the same merchant, so that every partition that could grow does. They are made by
the ledger's own `decide` and the payments' own store, and written in bulk: the journal's record, the customer's line, the payment.
Round trips and units are computed; processor time is that of wallet and engine together, so an engine that looks through a whole
table would show here as well.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bench import shown
from bench.charts import Bars
from bench.meter import metered
from bench.use_cases import Bench, Request
from dev.cloud.local import LocalCloud
from wallet_api.ids import new_id
from wallet_api.merchants.model import Profile
from wallet_api.money import Money
from wallet_api.payments.model import LIFE, REQUIRES_CONFIRMATION, Order, Payment
from wallet_api.payments.postings import payment_entry
from wallet_api.storage import Item

SIZES = (100, 10_000, 100_000)
BATCH = 25
APART = timedelta(minutes=1)
LEFT_OUT = ("order", "order_id")
"""The words of an order lie in partitions of their own and are read by key alone."""
GROWING: dict[str, Callable[[Bench], Request]] = {
    "payment, confirmed": Bench.confirm,
    "GET transactions, 20 a page": lambda bench: bench.page,
    "refund": Bench.refund,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./wallet bench growth", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="PAYMENTS")
    parser.add_argument("--times", type=int, default=40, help="requests of each kind at each size, the median counts")
    parser.add_argument("--engine", default="moto")
    shown.take_chart(parser)
    options = parser.parse_args(arguments)
    found: dict[str, dict[int, dict[str, Any]]] = {name: {} for name in GROWING}
    with LocalCloud.start(options.engine) as cloud:
        bench, filled = Bench.open(cloud), 0
        bench.history()
        for size in options.sizes:
            fill(bench, filled, size)
            filled = size
            for name, prepare in GROWING.items():
                found[name][size] = _measured(bench, prepare, options.times)
    heads = ("with so many payments before", *(f"{size:,}" for size in options.sizes), "ratio")
    rows = []
    for name, sizes in found.items():
        first, last = sizes[options.sizes[0]], sizes[options.sizes[-1]]
        for unit in first:
            figures = [shown.number(each[unit]) for each in sizes.values()]
            rows.append([f"{name}: {unit}", *figures, f"{float(last[unit] / first[unit]):.2f}" if first[unit] else "1"])
    drawn = Bars(
        "Cost of the next request, by payments made before",
        "milliseconds of processor, wallet and engine together",
        [f"{size:,}" for size in options.sizes],
        [(name, [each["processor ms"] for each in sizes.values()]) for name, sizes in found.items()],
    )
    shown.show(shown.table(heads, rows), {"verb": "growth", "engine": options.engine, **found}, options.chart, drawn)
    return 0


def _measured(bench: Bench, prepare: Callable[[Bench], Request], times: int) -> dict[str, Any]:
    spent = []
    for _ in range(times):
        request = prepare(bench)
        start = time.process_time_ns()
        request()
        spent.append((time.process_time_ns() - start) / 1_000_000)
    # Metered right after the others, so that what a container keeps for a while (the fee schedule) is there.
    request = prepare(bench)
    with metered(slower_by=0.2) as meter:
        request()
    return {
        "round trips": meter.round_trips,
        "read units": meter.read_units,
        "write units": meter.write_units + meter.index_units,
        "processor ms": round(statistics.median(spent), 2),
    }


def fill(bench: Bench, start: int, end: int) -> None:
    """Makes Ada's payments number `start` to `end`, a minute apart, and all of them long ago."""
    cloud = bench.cloud
    begin = cloud.clock.now() - timedelta(days=800)
    waiting: list[Item] = []
    for number in range(start, end):
        waiting += _payment_of_old(bench, number, begin + number * APART)
        if len(waiting) > BATCH or number == end - 1:
            for first in range(0, len(waiting), BATCH):
                _write(cloud, waiting[first : first + BATCH])
            waiting.clear()
    # What was made by hand needs no events, and the collector need not look at it again and again.
    cloud.pump.reset()
    gc.collect()
    gc.freeze()


def _payment_of_old(bench: Bench, number: int, now: datetime) -> list[Item]:
    wallet, merchant_id = bench.cloud.wallet, bench.cloud.seeded["merchant_id"]
    order = Order(str(number), "filling", {}, Profile("Tea", "Tea", "Kunming", "Kunming", "CN", "5814"))
    asked = Payment(
        new_id("pay", now), merchant_id, REQUIRES_CONFIRMATION, Money(100, "CNY"), order, now, now + LIFE
    )  # fmt: skip
    paid = asked.confirmed(bench.ada.id, Money(1, "CNY"), "merchant", now)
    write = wallet.storage.atomic_write()
    operation = replace(bench.operation(bench.ada.id), requested_at=now)
    wallet.ledger.decide(operation, payment_entry(paid, new_id("ent", now)), write)
    wallet.payments.store.add(asked, wallet.settings.mode, write)
    # The block of the write is not entered, so nothing of it is sent; its new items go in bulk, and no balance moves.
    return [each.item for each in write._by_key.values() if each.kind == "put" and each.item.sk not in LEFT_OUT]


def _write(cloud: LocalCloud, items: list[Item]) -> None:
    by_table: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in items:
        raw = {"pk": {"S": item.pk}, "sk": {"S": item.sk}, **item.serialize()}
        by_table[type(item).Meta.table_name].append({"PutRequest": {"Item": raw}})
    cloud.wallet.storage._connection.client.batch_write_item(RequestItems=dict(by_table))
