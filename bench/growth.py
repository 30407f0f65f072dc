"""`./wallet bench growth`: what a payment, a refund and pages of lists cost when so many payments were made before.

The earlier payments are the same customer's to the same merchant (bench/journal.py), so that every partition that could grow
does. Each size is a wallet in a process of its own, all filled first and then asked in turn, so that whatever else the machine
does falls on all of them alike. Round trips and units are computed; processor time is that of wallet and engine together, so
an engine that looks through a whole table would show here as well.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

from bench import shown
from bench.charts import Bars
from bench.journal import fill
from bench.meter import metered
from bench.use_cases import Bench, Request
from dev.cloud.local import LocalCloud

ROOT = Path(__file__).resolve().parent.parent
SIZES = (100, 10_000, 100_000)
GROWING: dict[str, Callable[[Bench], Request]] = {
    "GET transactions, 20 a page": lambda bench: bench.page,
    "GET transactions, 20 from the middle": Bench.deep_page,
    "GET payments, 20 a page": lambda bench: bench.payments_page,
    "GET events, 20 a page": lambda bench: bench.events_page,
    "payment, confirmed": Bench.confirm,
    "payment, folded and told": Bench.behind,
    "refund": Bench.refund,
}
Costs = dict[str, Any]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./wallet bench growth", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="PAYMENTS")
    parser.add_argument("--times", type=int, default=40, help="requests of each kind at each size, the median counts")
    parser.add_argument("--engine", default="moto")
    parser.add_argument("--answer", type=int, metavar="SIZE", help=argparse.SUPPRESS)
    shown.take_chart(parser)
    options = parser.parse_args(arguments)
    if options.answer is not None:
        _answer(options.engine, options.answer)
        return 0
    found = _asked_in_turn(options.engine, options.sizes, options.times)
    heads = ("with so many payments before", *(f"{size:,}" for size in options.sizes), "ratio")
    drawn = Bars(
        "Cost of the next request, by payments made before",
        f"milliseconds of processor, wallet and engine ({options.engine}) together",
        [f"{size:,}" for size in options.sizes],
        [(name, [each["processor ms"] for each in sizes.values()]) for name, sizes in found.items()],
    )
    facts = {"verb": "growth", "engine": options.engine, **found}
    shown.show(shown.table(heads, list(_rows(found))), facts, options.chart, drawn)
    return 0


def _rows(found: dict[str, dict[int, Costs]]) -> list[list[str]]:
    rows = []
    for name, sizes in found.items():
        first, *_, last = sizes.values()
        for unit in first:
            figures = [shown.number(each[unit]) for each in sizes.values()]
            rows.append([f"{name}: {unit}", *figures, f"{float(last[unit] / first[unit]):.2f}" if first[unit] else "1"])
    return rows


def _asked_in_turn(engine: str, sizes: list[int], times: int) -> dict[str, dict[int, Costs]]:
    """Every kind of request at every size, the sizes one after the other and all of it again as often as wanted."""
    wallets = {size: _Wallet(engine, size) for size in sizes}
    try:
        for each in wallets.values():
            each.wait()
        units = {name: {size: wallet.ask({"meter": name}) for size, wallet in wallets.items()} for name in GROWING}
        spent: dict[str, dict[int, list[float]]] = {name: {size: [] for size in sizes} for name in GROWING}
        for _ in range(times):
            for name in GROWING:
                for size, wallet in wallets.items():
                    spent[name][size].append(wallet.ask({"time": name}))
        for name, size in product(GROWING, sizes):
            units[name][size]["processor ms"] = round(statistics.median(spent[name][size]), 2)
        return units
    finally:
        for each in wallets.values():
            each.end()


class _Wallet:
    """A wallet with so many payments, in a process of its own, that does what it is told line by line."""

    def __init__(self, engine: str, size: int) -> None:
        command = [sys.executable, "-m", "bench", "growth", "--engine", engine, "--answer", str(size)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def wait(self) -> Any:
        """Its next line. Raises RuntimeError when it ended instead."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a wallet ended before it was asked everything")
        return json.loads(line)

    def ask(self, wish: dict[str, str]) -> Any:
        assert self._process.stdin is not None
        print(json.dumps(wish), file=self._process.stdin, flush=True)
        return self.wait()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


def _answer(engine: str, size: int) -> None:
    """What runs in each process: fills a wallet, then answers until nobody asks any more."""
    with LocalCloud.start(engine) as cloud:
        bench = Bench.open(cloud)
        fill(bench, 0, size)
        warm(bench)
        print(json.dumps("filled"), flush=True)
        for line in sys.stdin:
            ((what, name),) = json.loads(line).items()
            print(json.dumps(shown.plain((_timed if what == "time" else costs)(bench, name))), flush=True)


def warm(bench: Bench) -> None:
    """Every kind of request once, then twenty payments, so that the newest page is the same wherever it is read."""
    for prepare in GROWING.values():
        prepare(bench)()
    bench.history()
    bench.cloud.pump.drain()


def _timed(bench: Bench, name: str) -> float:
    """Milliseconds of processor of one request."""
    request = GROWING[name](bench)
    start = time.process_time_ns()
    request()
    return (time.process_time_ns() - start) / 1_000_000


def costs(bench: Bench, name: str, slower_by: float = 0.2) -> Costs:
    """What one request asks of DynamoDB; slow enough that calls which are sent together are seen to be together."""
    # Once before, so that what a container keeps for a while (the fee schedule) is there.
    GROWING[name](bench)()
    request = GROWING[name](bench)
    with metered(slower_by) as meter:
        request()
    return {
        "round trips": meter.round_trips,
        "read units": meter.read_units,
        "write units": meter.write_units + meter.index_units,
    }
