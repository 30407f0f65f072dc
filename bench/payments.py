"""`./wallet bench payments`: how many payments a second the local server takes, from clients in a process of their own."""

import argparse
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench import shown
from bench.charts import Bars
from bench.people import a_person, ask, confirm
from dev.client import Api

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./wallet bench payments", description=__doc__)
    parser.add_argument("--engine", default="moto", help="whatever `./wallet serve --engine` takes")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--payments", type=int, default=100, help="for each client")
    shown.take_chart(parser)
    options = parser.parse_args(arguments)
    command = [sys.executable, "-m", "dev.serve", "--port", "0", "--engine", options.engine]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            api = Api(_port_of(server))
            results = _measured(api, options.clients, options.payments)
        finally:
            server.terminate()
    how = f"{options.clients} clients, engine {options.engine}"
    text = shown.table((how, "a second"), list(results.items()))
    facts = {
        "verb": "payments",
        "engine": options.engine,
        "clients": options.clients,
        "payments": options.clients * options.payments,
        **results,
    }
    rates = [(name, [float(rate)]) for name, rate in results.items()]
    drawn = Bars("What the local server takes over HTTP", f"a second; {how}", [""], rates)
    shown.show(text, facts, options.chart, drawn)
    return 0


def _port_of(server: subprocess.Popen[str]) -> int:
    assert server.stdout is not None
    for line in server.stdout:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if found:
            threading.Thread(target=server.stdout.read, daemon=True).start()
            return int(found[1])
    raise SystemExit("the server did not start")


def _measured(api: Api, clients: int, each: int) -> dict[str, int]:
    merchant_key = api.get("/sandbox").ok(200)["seeded"]["merchant_key"]
    people = [a_person(api, number, 1_000_00) for number in range(clients)]
    orders: list[list[str]] = [[] for _ in people]

    def create(number: int, client: Api) -> None:
        orders[number].append(ask(client, merchant_key, 1).ok(201)["id"])

    def pay(number: int, client: Api) -> None:
        confirm(client, people[number], orders[number].pop()).ok(200)

    def both(number: int, client: Api) -> None:
        create(number, client)
        pay(number, client)

    return {
        "payments created": _rate(api, clients, each, create),
        "payments confirmed": _rate(api, clients, each, pay),
        "created and confirmed": _rate(api, clients, each, both),
    }


def _rate(api: Api, clients: int, each: int, action: Callable[[int, Api], None]) -> int:
    failures: list[Exception] = []

    def run(number: int) -> None:
        client = api.fresh()
        try:
            for _ in range(each):
                action(number, client)
        except Exception as failure:  # noqa: BLE001  whatever it is, the run is void
            failures.append(failure)
        finally:
            client.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    started = time.perf_counter_ns()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return clients * each * 1_000_000_000 // (time.perf_counter_ns() - started)
