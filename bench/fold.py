"""`./wallet bench fold`: how fast one busy account is folded, how late its statement is, and what verifying costs.

All entries are payments to one merchant. They come as stream records, in batches as Lambda would hand them over; the time is the
processor's, of wallet and engine together. `lag` is measured while payments are made over the wallet's own decision and the pump
follows them. `verify` reads a made ledger from a generator, so that its memory and its time are its own: no table is in the way.
"""

from __future__ import annotations

import argparse
import gc
import time
import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from msgspec.structs import replace

from bench import shown
from bench.charts import Bars
from bench.meter import metered
from dev.cloud.local import LocalCloud
from wallet_api.clock import wallet_day
from wallet_api.ids import made_id, new_id
from wallet_api.ledger import chart
from wallet_api.ledger.days import DAY, Day, empty, is_kept_by_day, place_of_day, summed
from wallet_api.ledger.entry import Entry, move, postings
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.lines import Line, lines_of
from wallet_api.ledger.operations import Operation
from wallet_api.ledger.store import BALANCE, operation_item
from wallet_api.ledger.verify import verify
from wallet_api.money import Money

BATCHES = (1, 10, 100)
SHOP, PAYER = chart.merchant("mer_busy"), chart.customer("usr_payer")
Found = dict[str, Any]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./wallet bench fold", description=__doc__)
    parser.add_argument("--entries", type=int, default=2_000, help="folded at each size of a batch (default 2000)")
    parser.add_argument("--verified", type=int, nargs="+", default=[10_000, 100_000], metavar="ENTRIES")
    parser.add_argument("--engine", default="moto")
    shown.take_chart(parser)
    options = parser.parse_args(arguments)
    with LocalCloud.start(options.engine) as cloud:
        folded = {size: _folded(cloud, options.entries, size) for size in BATCHES}
        lag = _lag(cloud)
        verified = {size: _verified(cloud.wallet.ledger, cloud.clock.now(), size) for size in options.verified}
    heads = ("entries in a batch", *next(iter(folded.values())))
    text = shown.table(heads, [[size, *each.values()] for size, each in folded.items()])
    text += "\n\n" + shown.table(("from decision to statement", "ms"), list(lag.items()))
    heads = ("entries verified", *next(iter(verified.values())))
    text += "\n\n" + shown.table(heads, [[f"{size:,}", *each.values()] for size, each in verified.items()])
    drawn = Bars(
        "Entries of one busy merchant, folded",
        f"a second of processor, wallet and {options.engine} together, by how many come in a batch",
        ["for the first time", "again"],
        [(f"{size}", [each["folded a second"], each["replayed a second"]]) for size, each in folded.items()],
    )
    facts = {"verb": "fold", "engine": options.engine, "folded": folded, "lag": lag, "verified": verified}
    shown.show(text, facts, options.chart, drawn)
    return 0


def _operation(number: int, now: datetime) -> Operation:
    return Operation("usr_payer", "test", f"key-{number}", "f" * 43, "payment", now, new_id("req", now), "en")


def _raw(ledger: Ledger, number: int, now: datetime, payer: str = PAYER) -> dict[str, Any]:
    """The journal's item of one payment of 1 yuan to the merchant, with a fee of 1 fen."""
    entry_id = made_id("ent", now, number.to_bytes(10, "big"))
    parts = move(Money(100, "CNY"), payer, SHOP), move(Money(1, "CNY"), SHOP, chart.FEES)
    entry = Entry(entry_id, "payment", now, f"pay_{number:026}", postings(*parts))
    item = operation_item(ledger.operation_items, _operation(number, now), "succeeded", {}, entry, None)
    return {"pk": {"S": item.pk}, "sk": {"S": item.sk}, **item.serialize()}


def _folded(cloud: LocalCloud, entries: int, size: int) -> Found:
    """Entries a second of processor with batches of this size, what each costs, and how fast they go when all come again."""
    cloud.reset()
    ledger, fold, now = cloud.wallet.ledger, cloud.wallet.folding.fold, cloud.clock.now()
    records = [
        {"eventName": "INSERT", "dynamodb": {"SequenceNumber": str(number), "NewImage": _raw(ledger, number, now)}}
        for number in range(entries + 2 * size)
    ]
    fold(records[:size])
    with metered() as meter:
        fold(records[size : 2 * size])
    start = time.process_time_ns()
    for first in range(2 * size, len(records), size):
        assert fold(records[first : first + size]) == []
    spent = time.process_time_ns() - start
    start = time.process_time_ns()
    for first in range(2 * size, len(records), size):
        assert fold(records[first : first + size]) == []
    again = time.process_time_ns() - start
    assert ledger.accounts.require(SHOP).balance("CNY").amount == 99 * len(records)
    return {
        "folded a second": entries * 1_000_000_000 // spent,
        "replayed a second": entries * 1_000_000_000 // again,
        "calls an entry": shown.number(len(meter.calls) / size, 3),
        "write units an entry": shown.number(meter.write_units / size),
    }


def _lag(cloud: LocalCloud, payments: int = 300) -> Found:
    """Payments one after the other while the pump follows; the lag that the folding itself tells."""
    cloud.reset()
    ledger, lags = cloud.wallet.ledger, list[int]()
    tell = cloud.gauges.tell

    def taken(*measures: Any, about: Any = None) -> None:
        lags.extend(each.value for each in measures if each.name == "fold_lag_ms")
        tell(*measures, about=about)

    with cloud.wallet.storage.atomic_write() as write:
        ledger.accounts.open(PAYER, write)
    with patch.object(cloud.gauges, "tell", taken):
        cloud.pump.start()
        for number in range(payments + 1):
            now = cloud.clock.now()
            source, target = (chart.bank("cards"), PAYER) if number == 0 else (PAYER, SHOP)
            money = Money(payments, "CNY") if number == 0 else Money(1, "CNY")
            entry = Entry(new_id("ent", now), "payment", now, "pay_1", postings(move(money, source, target)))
            with cloud.wallet.storage.atomic_write() as write:
                ledger.decide(_operation(number, now), entry, write)
        cloud.pump.stop()
        cloud.pump.drain()
    lags.sort()
    return {"median": lags[len(lags) // 2], "95 of 100": lags[len(lags) * 95 // 100], "highest": lags[-1]}


def _verified(ledger: Ledger, now: datetime, entries: int) -> Found:
    """Seconds and memory of verifying a true ledger of so many payments, which is made while it is read."""

    def scan(item_type: Any) -> Iterator[dict[str, Any]]:
        ago = (now - timedelta(seconds=number) for number in range(entries))
        # The bank may be below zero, which a wallet that was never filled may not.
        journal = (_raw(ledger, number, at, chart.bank("cards")) for number, at in enumerate(ago))
        return journal if item_type is ledger.operation_items else _accounts(ledger, journal)

    def run() -> int:
        start = time.process_time_ns()
        report = verify(ledger)
        assert report.findings == []
        assert (report.entries, report.lines) == (entries, 3 * entries)
        return time.process_time_ns() - start

    with patch.object(ledger.storage, "scan", scan):
        start = time.process_time_ns()
        for kind in (ledger.operation_items, ledger.account_items):
            sum(1 for _ in scan(kind))
        making = time.process_time_ns() - start
        spent = run() - making
        gc.collect()
        tracemalloc.start()
        run()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return {
        "processor s": shown.number(spent / 1_000_000_000, 1),
        "entries a second": entries * 1_000_000_000 // spent,
        "memory at most, KB": peak // 1024,
    }


def _accounts(ledger: Ledger, journal: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    sums: dict[str, int] = {}
    days: dict[tuple[str, str], Day] = {}
    for raw in journal:
        entry = ledger.operation_items.from_raw_data(raw).entry()
        assert entry is not None
        for line in lines_of(entry, raw["pk"]["S"]):
            sums[line.account] = sums.get(line.account, 0) + line.money.amount
            if is_kept_by_day(line.account):
                at = line.account, wallet_day(line.at)
                days[at] = _with(days.get(at) or empty(*at), line)
            item = ledger.line_item(line)
            yield {"pk": {"S": item.pk}, "sk": {"S": item.sk}, **item.serialize()}
    for account, amount in sums.items():
        opened = ledger.account_items(account, BALANCE, balances={"CNY": amount}, held={}, status="active")
        opened.opened_at = ledger.clock.now()
        yield {"pk": {"S": account}, "sk": {"S": BALANCE}, **opened.serialize()}
    for at, day in days.items():
        kept = ledger.days.items.of(day, pk=place_of_day(*at), sk=DAY)
        yield {"pk": {"S": kept.pk}, "sk": {"S": kept.sk}, **kept.serialize()}


def _with(day: Day, line: Line) -> Day:
    """The day with one line more."""
    one = day.counting([line])
    return replace(one, net=summed(day.net, one.net), earned=summed(day.earned, one.earned), lines=day.lines + 1)


if __name__ == "__main__":
    import sys

    raise SystemExit(main(sys.argv[1:]))
