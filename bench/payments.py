"""`./wallet bench payments`: how many payments a second the local server takes, from clients in a process of their own."""

import argparse
import json
import re
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dev.client import Api

PIN = "428617"
ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./wallet bench payments", description=__doc__)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--payments", type=int, default=100, help="for each client")
    options = parser.parse_args(arguments)
    command = [sys.executable, "-m", "dev.serve", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            api = Api(_port_of(server))
            results = _measured(api, options.clients, options.payments)
        finally:
            server.terminate()
    for name, rate in results.items():
        print(f"{name:<28} {rate:>7} a second")
    print(json.dumps({"clients": options.clients, "payments": options.clients * options.payments, **results}))
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
    people = [_person(api, number) for number in range(clients)]
    orders: list[list[str]] = [[] for _ in people]

    def create(number: int, client: Api) -> None:
        body = {"amount": _cny(1), "description": "tea", "order_id": uuid.uuid4().hex[:20]}
        made = client.post("/v1/payments", body, token=merchant_key, key=uuid.uuid4().hex).ok(201)
        orders[number].append(made["id"])

    def confirm(number: int, client: Api) -> None:
        path = f"/v1/payments/{orders[number].pop()}/confirm"
        client.post(path, {"authorization": {"pin": PIN}}, token=people[number], key=uuid.uuid4().hex).ok()

    def both(number: int, client: Api) -> None:
        create(number, client)
        confirm(number, client)

    return {
        "payments created": _rate(api, clients, each, create),
        "payments confirmed": _rate(api, clients, each, confirm),
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


def _person(api: Api, number: int) -> str:
    """Registers, sets a PIN, tops up; gives the access token."""
    phone = f"+86139{number:08d}"
    body = {"phone": phone, "password": "bench-horse-battery-7", "consents": ["terms", "privacy"]}
    begun = api.post("/v1/registrations", body).ok(202)
    made = api.post(f"/v1/registrations/{begun['id']}/confirm", {"code": _code(api, phone)}).ok(201)
    token = str(made["session"]["access_token"])
    api.put("/v1/payment_pin", {"pin": PIN}, token=token).ok()
    card = {
        "number": "4242424242424242", "expiry_month": 12, "expiry_year": 2035, "holder_name": "ZHANG WEI", "phone": phone,
    }  # fmt: skip
    bound = api.post("/v1/cards", card, token=token, key=uuid.uuid4().hex).ok(201)
    api.post(f"/v1/cards/{bound['id']}/verify", {"code": _code(api, phone)}, token=token).ok()
    top_up = {"amount": _cny(100_00), "source": {"card_id": bound["id"]}}
    api.post("/v1/top_ups", top_up, token=token, key=uuid.uuid4().hex).ok(201)
    return token


def _code(api: Api, phone: str) -> str:
    text = api.get(f"/sandbox/messages?to=%2B{phone[1:]}&limit=1").ok(200)["data"][0]["text"]
    return re.findall(r"(?<!\d)\d{6}(?!\d)", text)[0]


def _cny(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}
