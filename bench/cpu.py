"""`./wallet bench cpu`: processor time of one payment in our handler, as a ratio to bare botocore making the same calls.

A confirmation is made once and written down with all that DynamoDB answered. Then the handler gets the same event again and
again (event in, response out) while a stub gives the same answers at once; and a bare botocore client sends the same requests
to the same stub. Turn and turn about in one process, so that a busy machine is busy for both; the median of the turns counts.
Then both once more over real connections, to an endpoint in a process of its own that gives the same answers, so that what HTTP
costs is counted as well.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

from botocore.session import get_session

from bench import recorded, shown
from bench.charts import Bars
from bench.endpoint import answering
from bench.recorded import Tape
from bench.shares import shares
from bench.use_cases import MEASURED, PAYMENT, Bench
from dev.cloud.context import LambdaContext
from dev.cloud.local import LocalCloud
from wallet_api.storage.connection import client_config

OURS = "bare botocore, our settings"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./wallet bench cpu", description=__doc__)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--times", type=int, default=100, help="requests in each turn")
    parser.add_argument("--seconds", type=float, default=20, help="how long it is looked where the time goes")
    parser.add_argument("--use-case", choices=MEASURED, default=PAYMENT)
    shown.take_chart(parser)
    options = parser.parse_args(arguments)
    with LocalCloud.start() as cloud:
        bench = Bench.open(cloud)
        tape = recorded.record(bench, MEASURED[options.use_case](bench))
        with recorded.engine(cloud, tape):
            at_once = _measured(_runs(cloud, tape, None), options.turns, options.times)
            handler = _handler(cloud, tape)
            parts = shares(handler, _milliseconds(handler, options.times), options.seconds)
        with answering(tape) as url, recorded.over_http(cloud, url):
            over_http = _measured(_runs(cloud, tape, url), options.turns, options.times)
    rows = [
        [
            name,
            f"{at_once[name]['ms']:.3f}",
            f"{at_once[name]['ratio']:.2f}",
            f"{each['ms']:.3f}",
            f"{each['ratio']:.2f}",
        ]
        for name, each in over_http.items()
    ]
    heads = (f"{options.use_case}, {len(tape.calls)} calls", "ms of processor", "ratio to bare", "over HTTP", "ratio")
    text = shown.table(heads, rows)
    text += "\n\n" + shown.table(
        ("where the handler's time goes", "ms", "share"),
        [[name, f"{ms:.3f}", f"{ms * 100 / sum(parts.values()):.0f} %"] for name, ms in parts.items()],
    )
    facts = {"verb": "cpu", "use_case": options.use_case, **at_once, "over_http": over_http, "parts_ms": parts}
    drawn = Bars("Processor time of a payment", "milliseconds", [""], [(name, [ms]) for name, ms in parts.items()])
    shown.show(text, facts, options.chart, drawn)
    return 0


def _runs(cloud: LocalCloud, tape: Tape, url: str | None) -> dict[str, Callable[[], None]]:
    return {
        OURS: _bare(cloud, tape, client_config(attempts=1), url),
        "bare botocore as it comes": _bare(cloud, tape, None, url),
        "the handler": _handler(cloud, tape),
    }


def _measured(runs: dict[str, Callable[[], None]], turns: int, times: int) -> dict[str, dict[str, float]]:
    spent: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        _milliseconds(run, times)
    for _ in range(turns):
        for name, run in runs.items():
            spent[name].append(_milliseconds(run, times))
    return {
        name: {
            "ms": round(statistics.median(each), 4),
            "ratio": round(statistics.median(mine / bare for mine, bare in zip(each, spent[OURS], strict=True)), 3),
        }
        for name, each in spent.items()
    }


def _milliseconds(run: Callable[[], object], times: int) -> float:
    start = time.process_time_ns()
    for _ in range(times):
        run()
    return (time.process_time_ns() - start) / times / 1_000_000


def _bare(cloud: LocalCloud, tape: Tape, config: Any, url: str | None) -> Callable[[], None]:
    client: Any = get_session().create_client("dynamodb", region_name=cloud.region, config=config, endpoint_url=url)

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
