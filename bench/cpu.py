"""`./wallet bench cpu`: processor time of one payment in our handler, as a ratio to bare botocore making the same calls.

A confirmation is made once and written down with all that DynamoDB answered. Then the handler gets the same event again and
again (event in, response out) while a stub gives the same answers at once; and a bare botocore client sends the same requests
to the same stub. Turn and turn about in one process, so that a busy machine is busy for both; the median of the turns counts.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from botocore.session import get_session

from bench import recorded, shown
from bench.charts import Bars
from bench.recorded import Tape
from bench.use_cases import MEASURED, PAYMENT, Bench
from dev.cloud.context import LambdaContext
from dev.cloud.local import LocalCloud
from wallet_api.storage.connection import client_config

ROOT = Path(__file__).resolve().parent.parent
OURS = ("wallet_api", "chalicelib", "app.py")
LIBRARIES = ("botocore", "pynamodb", "chalice", "msgspec", "urllib3", "dateutil", "jmespath")
STUB = ("bench", "dev")


class Inline(Executor):
    """Runs at once what it is given: a profile sees one thread only."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **more))
        return future


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./wallet bench cpu", description=__doc__)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--times", type=int, default=100, help="requests in each turn")
    parser.add_argument("--use-case", choices=MEASURED, default=PAYMENT)
    shown.take_chart(parser)
    options = parser.parse_args(arguments)
    with LocalCloud.start() as cloud:
        bench = Bench.open(cloud)
        tape = recorded.record(bench, MEASURED[options.use_case](bench))
        with recorded.engine(cloud, tape):
            found = _measured(cloud, tape, options.turns, options.times)
            parts = _profiled(cloud, tape, options.times)
    rows = [[name, f"{each['ms']:.3f}", f"{each['ratio']:.2f}"] for name, each in found.items()]
    text = shown.table((f"{options.use_case}, {len(tape.calls)} calls", "ms of processor", "ratio to bare"), rows)
    text += "\n\n" + shown.table(
        ("where the handler's time goes", "ms", "share"),
        [[name, f"{ms:.3f}", f"{ms * 100 / sum(parts.values()):.0f} %"] for name, ms in parts.items()],
    )
    facts = {"verb": "cpu", "use_case": options.use_case, **found, "parts_ms": parts}
    drawn = Bars("Processor time of a payment", "milliseconds", [""], [(name, [ms]) for name, ms in parts.items()])
    shown.show(text, facts, options.chart, drawn)
    return 0


def _measured(cloud: LocalCloud, tape: Tape, turns: int, times: int) -> dict[str, dict[str, float]]:
    runs = {
        "bare botocore, our settings": _bare(cloud, tape, client_config(attempts=1)),
        "bare botocore as it comes": _bare(cloud, tape, None),
        "the handler": _handler(cloud, tape),
        "the handler, calls one by one": _in_one_thread(cloud, _handler(cloud, tape)),
    }
    spent: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        _milliseconds(run, times)
    for _ in range(turns):
        for name, run in runs.items():
            spent[name].append(_milliseconds(run, times))
    floor = spent["bare botocore, our settings"]
    return {
        name: {
            "ms": round(statistics.median(each), 4),
            "ratio": round(statistics.median(mine / bare for mine, bare in zip(each, floor, strict=True)), 3),
        }
        for name, each in spent.items()
    }


def _milliseconds(run: Callable[[], object], times: int) -> float:
    start = time.process_time_ns()
    for _ in range(times):
        run()
    return (time.process_time_ns() - start) / times / 1_000_000


def _bare(cloud: LocalCloud, tape: Tape, config: Any) -> Callable[[], None]:
    client: Any = get_session().create_client("dynamodb", region_name=cloud.region, config=config)

    def run() -> None:
        for operation, parameters in tape.calls:
            client._make_api_call(operation, parameters)

    return run


def _handler(cloud: LocalCloud, tape: Tape) -> Callable[[], None]:
    (event,) = tape.events
    app, context = cloud.app, LambdaContext("api_handler")
    expected = app(event, context)["statusCode"]

    def run() -> None:
        answer = app(event, context)
        if answer["statusCode"] != expected:
            raise AssertionError(answer)

    return run


def _in_one_thread(cloud: LocalCloud, run: Callable[[], None]) -> Callable[[], None]:
    storage = cloud.wallet.storage

    def inline() -> None:
        pool, storage._pool = storage._pool, Inline()
        try:
            run()
        finally:
            storage._pool = pool

    return inline


def _profiled(cloud: LocalCloud, tape: Tape, times: int) -> dict[str, float]:
    """Milliseconds of one request by whose code runs; what C functions and the standard library take is their callers'.

    A profile makes everything slower, many small functions most of all; its shares are laid over the time without it.
    """
    run = _in_one_thread(cloud, _handler(cloud, tape))
    whole = _milliseconds(run, times)
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(times):
        run()
    profile.disable()
    shares: Counter[str] = Counter()
    stats: Any = pstats.Stats(profile)
    for place, (_, _, own, _, callers) in stats.stats.items():
        party = _party(place[0])
        if party is not None:
            shares[party] += own
            continue
        for caller, (_, _, own_there, _) in callers.items():
            shares[_party(caller[0]) or "Python's library"] += own_there
    total = sum(shares.values())
    return {name: round(whole * share / total, 4) for name, share in shares.most_common()}


def _party(file: str) -> str | None:
    """Whose code a file is; None for Python's own and C functions."""
    path = Path(file)
    if path.is_relative_to(ROOT) and "site-packages" not in file:
        first = path.relative_to(ROOT).parts[0]
        return "the wallet" if first in OURS else "the stub" if first in STUB else None
    found = next((name for name in LIBRARIES if f"/site-packages/{name}/" in file), None)
    return found or ("other libraries" if "/site-packages/" in file else None)
