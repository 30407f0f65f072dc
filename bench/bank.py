"""`./wallet bench bank`: Jepsen's bank workload. Clients move money while the API server is killed again and again.

The engine runs in a process of its own and lives. At every moment a snapshot (TransactGetItems over all wallets, and over all
payments that may be paid or refunded) must hold every wallet, none below zero, and the same total: what merchants were paid is in
it. At the end every key is sent once more and answers as before, every balance is the sum of what its owner was told, the journal
holds one entry for each success and no more, and once all is folded `verify` finds nothing.

https://github.com/jepsen-io/jepsen/blob/main/jepsen/src/jepsen/tests/bank.clj
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.session import get_session

from bench.bank_people import START, open_shop, register
from bench.bank_wishes import Hand, Undecided, Wish, ask
from bench.processes import Process
from bench.shown import show, table, take_chart
from dev.client import Api
from dev.cloud import resources, safety
from dev.engine_server import PUBLIC_URL, REGION

CLIENTS = 8
ORDERS, ACTS = 10, 15
"""Each client's in one round. A snapshot takes at most 100 items: 8 wallets and 80 payments."""
FOLDED_WITHIN_SECONDS = 60


class Bank:
    """The processes, the clients and what was seen. `broken` says what was wrong."""

    def __init__(self, engine: Process, api: Process, seed: int) -> None:
        self.engine, self.api = engine, api
        self.dice = random.Random(seed)
        self.snapshots = self.kills = self.rounds = 0
        self.broken: list[str] = []
        self._over = threading.Event()
        self._looking = threading.Lock()
        self._window: list[str] = []
        self._total = CLIENTS * START
        setup = Api(api.port)
        self.people = [register(setup, Api(engine.port), number) for number in range(CLIENTS)]
        shop = open_shop(setup)
        self.hands = [
            Hand(setup.fresh(), person, self.people, shop, random.Random(self.dice.random())) for person in self.people
        ]
        self._tables = resources.environment(PUBLIC_URL, REGION)
        self._dynamodb: Any = get_session().create_client("dynamodb", region_name=REGION)

    @property
    def wishes(self) -> list[Wish]:
        """Everything that was asked for."""
        return [wish for hand in self.hands for wish in hand.wishes]

    def run(self, seconds: int, kill_every: int) -> None:
        """Rounds until the time is over, with one who watches and one who kills; then the end is checked."""
        end = time.monotonic() + seconds
        others = [self._beside(self._watch), self._beside(lambda: self._kill(kill_every))]
        with ThreadPoolExecutor(CLIENTS) as crowd:
            for other in others:
                other.start()
            try:
                while time.monotonic() < end and not self.broken:
                    ids = list(crowd.map(lambda hand: hand.order(ORDERS), self.hands))
                    self._begin_round([each for part in ids for each in part])
                    list(crowd.map(_act, self.hands))
                    self.rounds += 1
            except Undecided as failure:
                self.broken.append(str(failure))
            finally:
                self._over.set()
                for other in others:
                    other.join()
            if not self.broken:
                list(crowd.map(_once_more, self.hands))
                self._check_the_end()

    def _beside(self, work: Callable[[], None]) -> threading.Thread:
        """A thread whose failure breaks the run: who does not look sees nothing wrong."""

        def run() -> None:
            try:
                work()
            except Exception as failure:  # noqa: BLE001  whatever it is, the run is void
                self.broken.append(f"{type(failure).__name__}: {failure}")

        return threading.Thread(target=run)

    def balances(self) -> dict[str, int]:
        """Every wallet, at this moment."""
        wallets, _ = self._snapshot([])
        return wallets

    def _begin_round(self, payments: list[str]) -> None:
        """From now on these payments are looked at; what went to the merchant by older ones stays there."""
        with self._looking:
            self._total = sum(self.balances().values())
            self._window = payments

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            self._look()

    def _look(self) -> None:
        with self._looking:
            wallets, paid = self._snapshot(self._window)
            total = self._total
        self.snapshots += 1
        if len(wallets) != CLIENTS:
            self.broken.append(f"a snapshot lacks wallets: {sorted(wallets)}")
        if sum(wallets.values()) + paid != total:
            self.broken.append(f"a snapshot holds {sum(wallets.values())} and {paid} paid, not {total}")
        if min(wallets.values()) < 0:
            self.broken.append(f"a wallet is below zero: {wallets}")

    def _snapshot(self, payments: list[str]) -> tuple[dict[str, int], int]:
        accounts, records = self._tables["WALLET_TABLE_ACCOUNTS"], self._tables["WALLET_TABLE_RECORDS"]
        places = [(accounts, f"customer/{person.id}", "balance") for person in self.people]
        places += [(records, payment_id, "payment") for payment_id in payments]
        gets = [{"Get": {"TableName": name, "Key": {"pk": {"S": pk}, "sk": {"S": sk}}}} for name, pk, sk in places]
        rows = [row.get("Item") for row in self._dynamodb.transact_get_items(TransactItems=gets)["Responses"]]
        wallets = {row["pk"]["S"]: int(row["balances"]["M"]["CNY"]["N"]) for row in rows[:CLIENTS] if row}
        return wallets, sum(int(row["refundable"]["N"]) for row in rows[CLIENTS:] if row)

    def _kill(self, every: int) -> None:
        """Kills the server in the middle of its work and starts it again, on the same port."""
        while not self._over.wait(self.dice.uniform(every / 2, every * 3 / 2)):
            self.api.kill()
            self.kills += 1
            self.api.start()

    def _check_the_end(self) -> None:
        expected = {person.number: START for person in self.people}
        for wish in self.wishes:
            if wish.moved and wish.payer is not None:
                expected[wish.payer] -= wish.amount
            if wish.moved and wish.payee is not None:
                expected[wish.payee] += wish.amount
        found = self.balances()
        for person in self.people:
            if found[f"customer/{person.id}"] != expected[person.number]:
                told, held = expected[person.number], found[f"customer/{person.id}"]
                self.broken.append(f"{person.id} was told of {told} and has {held}")
        report = _verified_once_folded()
        self.broken.extend(report.findings)
        if report.entries != CLIENTS + sum(wish.moved for wish in self.wishes):
            self.broken.append(f"the journal holds {report.entries} entries: a key moved money twice, or not at all")


def _act(hand: Hand) -> None:
    for _ in range(ACTS):
        hand.act()


def _once_more(hand: Hand) -> None:
    """Every key again: each must answer as it did."""
    for wish in hand.wishes:
        ask(hand.api, wish)


def _verified_once_folded() -> Any:
    """What `verify` says when the server has folded everything, or after a minute."""
    from wallet_api.ledger.verify import verify
    from wallet_api.wallet import open_wallet

    wallet = open_wallet()
    deadline = time.monotonic() + FOLDED_WITHIN_SECONDS
    while True:
        report = verify(wallet.ledger)
        if report.holds or time.monotonic() > deadline:
            wallet.close()
            return report
        time.sleep(0.5)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="./wallet bench bank", description=__doc__)
    parser.add_argument("--minutes", type=int, default=1)
    parser.add_argument("--seconds", type=int, help="in place of minutes")
    parser.add_argument("--kill-every", type=int, default=8, metavar="SECONDS", help="about; default 8")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    take_chart(parser)
    options = parser.parse_args(arguments)
    safety.refuse_real_credentials(os.environ)
    engine = Process("dev.engine_server", "/")
    engine.start()
    os.environ.update(safety.dummy_environment(REGION) | resources.environment(PUBLIC_URL, REGION))
    os.environ["AWS_ENDPOINT_URL"] = engine.url
    api = Process("dev.serve", "/v1/health", "--engine", engine.url, "--keep")
    try:
        api.start()
        bank = Bank(engine, api, options.seed)
        bank.run(options.seconds or options.minutes * 60, options.kill_every)
    finally:
        api.close()
        engine.close()
    return _told(bank, options.seed, options.chart)


def _told(bank: Bank, seed: int, chart: Path | None) -> int:
    wishes = bank.wishes
    figures = {
        "seed": seed,
        "clients": CLIENTS,
        "rounds": bank.rounds,
        "kills": bank.kills,
        "snapshots": bank.snapshots,
        "wishes": len(wishes),
        "moved": sum(wish.moved for wish in wishes if wish.told),
        "sent": sum(wish.sent for wish in wishes),
    }
    for broken in bank.broken[:20]:
        print(f"BROKEN: {broken}")
    rows = [*figures.items(), ("broken", len(bank.broken))]
    show(table(("what", "how many"), rows), {"verb": "bank", **figures, "broken": bank.broken[:20]}, chart)
    return 1 if bank.broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
