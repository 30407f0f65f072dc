"""What one two-item transaction costs when its table is nearly empty, and when it holds 20,000 items.

Moto as it comes copies the whole table for every transaction; the local cloud's engine must not notice the table's size.
Each engine runs in a process of its own, through botocore, so that both pay for the same serialising and signing.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench import shown
from bench.charts import Bars

SIZES = (100, 20_000)
TABLE = "wallet-local-accounts"
REGION = "us-east-1"
ENGINES = {
    "as_it_comes": "moto 5.2.5 as it comes",
    "moto": "--engine moto, corrected",
    "ministack": "--engine ministack",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./wallet bench local-engine", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="ITEMS")
    parser.add_argument("--times", type=int, default=30, help="transactions measured at each size (default 30)")
    shown.take_chart(parser)
    parser.add_argument("--only", choices=ENGINES, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.only:
        print(json.dumps(_measured(options.only, options.sizes, options.times)))
        return 0
    found = {name: _in_a_process(name, options.sizes, options.times) for name in ENGINES}
    heads = ("one transaction of two items, ms", *(f"{size:,} items" for size in options.sizes), "ratio")
    rows = []
    for name, engine in ENGINES.items():
        figures = [found[name][str(size)] for size in options.sizes]
        rows.append([engine, *(f"{each:.2f}" for each in figures), f"{figures[-1] / figures[0]:.1f}"])
    facts = {"verb": "local-engine", "unit": "ms", "what": "one transaction of two items, median", **found}
    drawn = Bars(
        "One transaction of two items, by what the table holds",
        "milliseconds, median",
        [f"{size:,} items" for size in options.sizes],
        [(engine, [found[name][str(size)] for size in options.sizes]) for name, engine in ENGINES.items()],
    )
    shown.show(shown.table(heads, rows), facts, options.chart, drawn)
    return 0


def _in_a_process(name: str, sizes: list[int], times: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.local_engine", "--only", name, "--times", str(times)]
    command += ["--sizes", *map(str, sizes)]
    print(f"measuring {ENGINES[name]} …", file=sys.stderr, flush=True)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _measured(name: str, sizes: list[int], times: int) -> dict[str, Any]:
    """Median milliseconds by size."""
    found = {}
    with _as_it_comes() if name == "as_it_comes" else _local(name) as dynamodb:
        held = 0
        for size in sizes:
            _fill(dynamodb, held, size)
            held = size
            found[str(size)] = round(_median(lambda number: _transaction(dynamodb, number), times), 3)
    return found


@contextmanager
def _as_it_comes() -> Iterator[Any]:
    from moto import mock_aws

    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")
    with mock_aws():
        import boto3

        from dev.cloud.resources import create_tables

        dynamodb: Any = boto3.client("dynamodb", region_name=REGION)
        create_tables(dynamodb)
        yield dynamodb


@contextmanager
def _local(engine: str) -> Iterator[Any]:
    from chalice.app import Chalice

    from dev.cloud.local import LocalCloud

    app = Chalice("bench", configure_logs=False)
    with LocalCloud.start(engine, app=lambda: app, wallet=False, region=REGION) as cloud:
        yield cloud.session.create_client("dynamodb", region_name=REGION)


def _fill(dynamodb: Any, start: int, end: int) -> None:
    for first in range(start, end, 25):
        puts = [{"PutRequest": {"Item": _item(number)}} for number in range(first, min(first + 25, end))]
        dynamodb.batch_write_item(RequestItems={TABLE: puts})


def _item(number: int) -> dict[str, Any]:
    return {
        "pk": {"S": f"account-{number}"},
        "sk": {"S": "balance"},
        "available": {"N": "1000000"},
        "currency": {"S": "CNY"},
        "state": {"S": "active"},
    }


def _transaction(dynamodb: Any, number: int) -> None:
    """One account to another: a guarded debit and a credit."""
    moves = ((number % 50, "-", "available >= :amount"), (50 + number % 50, "+", "attribute_exists(pk)"))
    dynamodb.transact_write_items(
        TransactItems=[
            {
                "Update": {
                    "TableName": TABLE,
                    "Key": {"pk": {"S": f"account-{account}"}, "sk": {"S": "balance"}},
                    "UpdateExpression": f"SET available = available {sign} :amount",
                    "ConditionExpression": condition,
                    "ExpressionAttributeValues": {":amount": {"N": "1"}},
                }
            }
            for account, sign, condition in moves
        ]
    )


def _median(call: Callable[[int], None], times: int) -> float:
    spent = []
    for number in range(times):
        start = time.perf_counter_ns()
        call(number)
        spent.append((time.perf_counter_ns() - start) / 1_000_000)
    return statistics.median(spent)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
