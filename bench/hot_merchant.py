"""`./wallet bench hot-merchant`: many payers at one merchant, against as many payers at merchants of their own.

On the local engine the payments are real, over threads. An engine that does one call after another knows neither conflicts nor
full partitions, so what such payments write is also played back on a simulator that does (bench/simulator.py says what it
assumes), beside the same payments done the usual way, where the merchant's balance is part of the transaction.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

from bench import people, shown
from bench.charts import Bars
from bench.meter import Call, metered
from bench.people import InProcess, Person
from bench.simulator import Outcome, Payment, Step, simulate
from bench.use_cases import Bench
from dev.cloud.local import LocalCloud

ROUNDS = 40


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./wallet bench hot-merchant", description=__doc__)
    parser.add_argument("--engine", default="moto")
    parser.add_argument("--payers", type=int, default=8, help="on the engine")
    parser.add_argument(
        "--payments", type=int, default=2, help=f"of each payer in each of {ROUNDS} rounds, on the engine"
    )
    parser.add_argument("--simulated", type=int, default=200, help="payers in the simulator")
    parser.add_argument("--seconds", type=int, default=20, help="of simulated time")
    shown.take_chart(parser)
    options = parser.parse_args(arguments)
    with LocalCloud.start(options.engine) as cloud:
        bench = Bench.open(cloud)
        payers = [people.a_person(bench.api, 10 + number) for number in range(options.payers)]
        real = _on_the_engine(bench, payers, options.payments)
        ours, usual = _seen(bench.confirm()), _seen(bench.confirm_as_usual())
        shared = _shared(bench, payers[0])
    runs = {
        f"{name}, {where}": simulate(_payers(calls, bench, options.simulated, one=one), options.seconds)
        for name, calls in (("the wallet", ours), ("the usual way", usual))
        for where, one in (("one merchant", True), ("each their own", False))
    }
    rows = [_row(name, outcome, options.seconds) for name, outcome in runs.items()]
    ratios = {name: _ratio(runs, name) for name in ("the wallet", "the usual way")}
    engine_ratio = real.pop("ratio")
    text = shown.table(
        (f"simulated, {options.simulated} payers", "payments a second", "conflicts", "throttled", "given up"), rows
    )
    text += f"\n\nOne merchant against each their own: the wallet {ratios['the wallet']}, the usual way {ratios['the usual way']}"
    text += f"; on {options.engine} the wallet {engine_ratio}, by processor time."
    text += f"\n\nItems that two payers of one merchant both write: {len(shared)}."
    facts: dict[str, Any] = {
        "verb": "hot-merchant", "engine": options.engine, "engine_ratio": engine_ratio, "simulated_ratio": ratios,
        "shared_items": sorted(shared), "engine_ms": real,
        "simulated": {name: {"made": each.made, "given_up": each.given_up, "refused": dict(each.refused)} for name, each in runs.items()},
    }  # fmt: skip
    drawn = Bars(
        f"{options.simulated} payers pay without a pause (simulated)",
        "payments a second",
        [""],
        [(name, [outcome.made / options.seconds]) for name, outcome in runs.items()],
    )
    shown.show(text, facts, options.chart, drawn)
    return 0


def _row(name: str, outcome: Outcome, seconds: int) -> list[object]:
    refused = outcome.refused
    return [name, outcome.made // seconds, refused["TransactionConflict"], refused["Throttling"], outcome.given_up]


def _ratio(runs: dict[str, Outcome], name: str) -> float:
    return round(runs[f"{name}, one merchant"].made / runs[f"{name}, each their own"].made, 3)


def _on_the_engine(bench: Bench, payers: list[Person], each: int) -> dict[str, float]:
    """Milliseconds of processor for a payment each way, and their ratio: medians of the rounds, as the machine has other work.

    The ways take turns at being first, and rounds are short, so that whatever else happens meets both.
    """
    merchants = bench.cloud.wallet.merchants
    keys = [
        merchants.issue_key(merchants.create(name=f"Shop {n}", category="5814", city="Kunming").id)
        for n in range(len(payers))
    ]
    ways = {"one merchant": [bench.merchant_key] * len(payers), "each their own": keys}
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(ROUNDS):
        for name, of_payers in sorted(ways.items(), reverse=turn % 2 == 0):
            orders = [[people.ask(bench.api, key, 100).ok(201)["id"] for _ in range(each)] for key in of_payers]
            spent[name].append(_paid_at_once(bench, payers, orders) / len(payers) / each / 1_000_000)
    one, own = spent["one merchant"], spent["each their own"]
    ratio = statistics.median(there / here for here, there in zip(one, own, strict=True))
    return {**{name: round(statistics.median(found), 3) for name, found in spent.items()}, "ratio": round(ratio, 3)}


def _paid_at_once(bench: Bench, payers: list[Person], orders: list[list[str]]) -> int:
    """Nanoseconds of processor until every payer has paid all their orders, each in a thread of their own."""

    def pay(payer: Person, mine: list[str]) -> None:
        api = InProcess(bench.cloud.gateway)
        for payment in mine:
            people.confirm(api, payer, payment).ok(200)

    with ThreadPoolExecutor(len(payers)) as crowd:
        start = time.process_time_ns()
        for done in [crowd.submit(pay, *both) for both in zip(payers, orders, strict=True)]:
            done.result()
    return time.process_time_ns() - start


def _seen(request: Any) -> list[Call]:
    with metered() as meter:
        request()
    return sorted(meter.calls, key=lambda call: call.start)


def _shared(bench: Bench, other: Person) -> set[str]:
    """Items that Ada's and somebody else's payment at one merchant both write."""
    payment = bench.asked()
    written = [_seen(bench.confirm()), _seen(lambda: people.confirm(bench.api, other, payment).ok(200))]
    first, second = ({_place(each) for call in calls for each in call.written} for calls in written)
    return first & second


def _place(written: Any) -> str:
    return f"{written.table}/{written.pk}/{written.sk}"


def _payers(calls: list[Call], bench: Bench, count: int, *, one: bool) -> list[Payment]:
    """As many payers as wanted, who do what was seen: what is the merchant's is shared, all else is each payer's own."""
    merchant = f"merchant/{bench.cloud.seeded['merchant_id']}"
    return [[_step(trip, merchant if one else "", number) for trip in _trips(calls)] for number in range(count)]


def _step(trip: list[Call], merchant: str, payer: int) -> Step:
    units: Counter[str] = Counter()
    transaction = any(call.operation == "TransactWriteItems" for call in trip)
    for written in chain.from_iterable(call.written for call in trip):
        mine = not (merchant and written.pk == merchant)
        units[f"{_place(written)}{f'#{payer}' if mine else ''}"] += written.units * (2 if transaction else 1)
    return Step(dict(units), transaction)


def _trips(calls: list[Call]) -> list[list[Call]]:
    """Calls in flight at the same time are one step."""
    trips: list[list[Call]] = []
    ends = float("-inf")
    for call in calls:
        if call.start >= ends:
            trips.append([])
        trips[-1].append(call)
        ends = max(ends, call.end)
    return trips
