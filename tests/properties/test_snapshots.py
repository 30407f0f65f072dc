"""The bank test: many transfers at once, some of them disturbed, and whoever looks at any moment sees all the money."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tests.faults.injector import Faults
from tests.ledger_world import World
from wallet_api.errors import Unavailable
from wallet_api.ledger import chart
from wallet_api.ledger.errors import InsufficientFunds

PEOPLE = [chart.customer(f"usr_{number}") for number in range(6)]
START = 500
THREADS, MOVES = 6, 20
DISTURBANCES = ["conflict", "applied, no answer", "no answer, not applied", "applied, 500", "throttled", "in progress"]


def snapshot(world: World) -> dict[str, int]:
    """All balances at one instant: one TransactGetItems."""
    client = world.wallet.storage._connection.client
    table = world.wallet.settings.tables["accounts"]
    gets = [{"Get": {"TableName": table, "Key": {"pk": {"S": each}, "sk": {"S": "balance"}}}} for each in PEOPLE]
    rows = client.transact_get_items(TransactItems=gets)["Responses"]
    return {row["Item"]["pk"]["S"]: int(row["Item"]["balances"]["M"]["CNY"]["N"]) for row in rows}


def disturb(faults: Faults) -> None:
    """One call in seven fails in one way or another."""
    dice = random.Random(20261122)
    for call in range(1, THREADS * MOVES * 3):
        if dice.random() < 0.15:
            faults.hit(call, dice.choice(DISTURBANCES))


def move(world: World, number: int) -> None:
    """One client: random transfers; what was not answered is asked again under its key."""
    dice: Any = random.Random(number)
    for turn in range(MOVES):
        source, target = dice.sample(PEOPLE, 2)
        amount = dice.randint(1, 200)
        for _ in range(6):
            with suppress(Unavailable, InsufficientFunds):
                world.send(source, target, amount, f"{number}-{turn}")
                break


def watch(world: World, done: Event) -> list[dict[str, int]]:
    """Snapshots until the others are done; the watcher's own calls are disturbed as well."""
    seen = []
    while not done.is_set():
        with suppress(ClientError, BotoCoreError):
            seen.append(snapshot(world))
    return seen


def test_every_snapshot_holds_all_accounts_all_money_and_nobody_below_zero(world: World, faults: Faults) -> None:
    """M1, M13, M15: Jepsen's bank workload."""
    world.open(*PEOPLE)
    for person in PEOPLE:
        world.fund(person, START)
    disturb(faults)
    done = Event()
    with ThreadPoolExecutor(THREADS + 1) as pool:
        watcher = pool.submit(watch, world, done)
        workers = [pool.submit(move, world, number) for number in range(THREADS)]
        try:
            for worker in workers:
                worker.result()
        finally:
            done.set()
    faults.clear()
    snapshots = [*watcher.result(), snapshot(world)]
    assert len(snapshots) > 5
    for each in snapshots:
        assert sorted(each) == PEOPLE
        assert sum(each.values()) == START * len(PEOPLE)
        assert min(each.values()) >= 0
    assert world.verified().findings == []
