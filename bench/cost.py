"""`./wallet bench cost`: what each use case asks of DynamoDB, in round trips, items, units and dollars.

The figures follow from the requests and the items alone, so they are the same on every machine; the tests hold the most
important of them (tests/budgets/). What folding and projecting write behind the answer is counted apart, each request for
itself; in truth a batch of up to 99 payments shares one write of a merchant's balance.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from fractions import Fraction
from typing import Any

from bench import capacity, shown
from bench.charts import Bars
from bench.meter import SLOWER_BY, Call, Meter, metered
from bench.use_cases import ASKED, MEASURED, PAYMENT, USUAL, Bench
from chalicelib.routes import every
from dev.cloud.local import LocalCloud

HEADS = (
    "use case", "round trips", "calls", "items written at once", "read units", "write units", "for indexes",
    "$ per million", "write units behind", "$ with those",
)  # fmt: skip

TOGETHER = 99


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./wallet bench cost", description=__doc__)
    parser.add_argument("--engine", default="moto", help="moto, another engine of the local cloud, or a URL")
    shown.take_chart(parser)
    options = parser.parse_args(arguments)
    with LocalCloud.start(options.engine) as cloud:
        bench = Bench.open(cloud)
        found = {name: measured(bench, name) for name in MEASURED}
        bench.cloud.pump.drain()
        together = folded_together(bench, TOGETHER)
        missing = unmeasured(bench.api.asked)
    rows = [_row(name, *both) for name, both in found.items()]
    calls = [call for front, _ in found.values() for call in front.calls]
    alone = _behind(found[ASKED][1]) + _behind(found[PAYMENT][1])
    text = (
        f"{shown.table(HEADS, rows)}\n\n{TOGETHER} payments, asked for and confirmed, whose streams are read together "
    )
    text += f"cost {shown.number(together)} write units behind each, instead of {alone}."
    text += f"\n\n{_agreement(options.engine, calls)}"
    if missing:
        text += f"\n\nWithout a line of their own, though they take an Idempotency-Key: {', '.join(missing)}."
    dollars = [(name, [float(_dollars(front, behind))]) for name, (front, behind) in found.items()]
    drawn = Bars("What a million requests cost", f"US$ for DynamoDB, {capacity.REGION_OF_PRICES}", [""], dollars)
    facts = {
        "verb": "cost",
        "engine": options.engine,
        "unmeasured": missing,
        "behind_each_of_99": together,
        **{name: _plain(*both) for name, both in found.items()},
    }
    shown.show(text, facts, options.chart, drawn)
    return 0


def measured(bench: Bench, name: str, slower_by: float = SLOWER_BY) -> tuple[Meter, Meter]:
    """One request, and what the streams' readers do for it afterwards."""
    request = MEASURED[name](bench)
    bench.cloud.pump.drain()
    with metered(slower_by) as front:
        request()
    with metered(0) as behind:
        bench.cloud.pump.drain()
    if name == USUAL:
        # Our folding finds the merchant's line written already and is refused; the usual way has no such reader.
        behind.calls = [call for call in behind.calls if call.answer is not None]
    return front, behind


def unmeasured(asked: set[tuple[str, str]]) -> list[str]:
    """The endpoints with an Idempotency-Key that none of these requests went to."""
    endpoints = (each for routes in every() for each in routes.endpoints if each.idempotency == "required")
    return sorted(f"{each.method} {each.path}" for each in endpoints if not _reached(each.method, each.path, asked))


def _reached(method: str, template: str, asked: set[tuple[str, str]]) -> bool:
    path = re.compile("[^/]+".join(map(re.escape, re.split(r"\{\w+\}", template))))
    return any(how == method and path.fullmatch(where) for how, where in asked)


def folded_together(bench: Bench, payments: int) -> Fraction:
    """Write units behind each of many payments that the streams' readers find at once."""
    for _ in range(payments):
        bench.paid()
    with metered(0) as behind:
        bench.cloud.pump.drain()
    return Fraction(behind.write_units + behind.index_units, payments)


def _behind(behind: Meter) -> int:
    return behind.write_units + behind.index_units


def _dollars(front: Meter, behind: Meter) -> Fraction:
    return front.dollars_per_million + behind.dollars_per_million


def _row(name: str, front: Meter, behind: Meter) -> list[str]:
    return [
        name,
        *(str(each) for each in (front.round_trips, len(front.calls), front.items_in_transactions)),
        shown.number(front.read_units),
        *(str(each) for each in (front.write_units, front.index_units)),
        f"{float(front.dollars_per_million):.2f}",
        str(_behind(behind)),
        f"{float(_dollars(front, behind)):.2f}",
    ]


def _plain(front: Meter, behind: Meter) -> dict[str, Any]:
    return {
        "round_trips": front.round_trips,
        "calls": front.names,
        "items": front.items_in_transactions,
        "read_units": front.read_units,
        "write_units": front.write_units,
        "index_units": front.index_units,
        "behind_units": _behind(behind),
        "dollars_per_million": float(front.dollars_per_million),
        "dollars_with_behind": float(_dollars(front, behind)),
    }


def _agreement(engine: str, calls: list[Call]) -> str:
    """How far the engine's own account of what calls cost, where it gives one, is what the rules say."""
    told: Counter[str] = Counter()
    agreed: Counter[str] = Counter()
    for call in calls:
        if call.reported is not None:
            told[call.operation] += 1
            agreed[call.operation] += call.reported == call.read_units + call.write_units + call.index_units
    each = ", ".join(f"{name} {agreed[name]} of {count}" for name, count in sorted(told.items())) or "for no call"
    return f"The engine ({engine}) reports consumed units as computed here: {each}."
