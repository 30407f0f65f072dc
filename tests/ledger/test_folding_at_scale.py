"""Folding under stress: whatever becomes of batches, lines and balances are in the end what the journal says."""

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from tests.faults.injector import Faults, ProcessDied
from tests.ledger_world import ADA, BO, SHOP, World, cny
from wallet_api.ledger import chart
from wallet_api.ledger.days import DAY
from wallet_api.ledger.entry import move
from wallet_api.ledger.lines import SHARDS
from wallet_api.ledger.store import BALANCE, OPERATION
from wallet_api.ledger.verify import verify

SHOPS = [chart.merchant(f"mer_{name}") for name in ("tea", "rice", "silk")]
ENTRIES = 240
Records = list[dict[str, Any]]


@pytest.fixture
def busy(world: World) -> World:
    """Some hundred entries, of which every kind of account takes part; nothing is folded."""
    chance = random.Random(7)
    world.open(ADA, BO)
    for person in (ADA, BO):
        world.fund(person, 10_000_00)
    for _ in range(ENTRIES - 2):
        person, shop = chance.choice((ADA, BO)), chance.choice(SHOPS)
        amount = chance.randint(1, 90_00)
        if chance.random() < 0.2:
            world.book(move(cny(amount), shop, person), move(cny(1), chart.FEES, shop), kind="refund")
        else:
            world.send(person, shop, amount, fee=chance.choice((0, amount // 100)))
    return world


def said_by_the_journal(world: World) -> Counter[str]:
    """Each folded account's balance by its entries, added up here and nowhere in the wallet."""
    sums: Counter[str] = Counter()
    for raw in world.wallet.storage.scan(world.ledger.operation_items):
        for posting in raw.get("postings", {"L": []})["L"]:
            account, amount, _ = (next(iter(value.values())) for value in posting["L"])
            if not chart.is_guarded(account):
                sums[account] += int(amount)
    return sums


def true(world: World) -> bool:
    said = said_by_the_journal(world)
    found = Counter({account: world.balance(account) for account in said})
    assert found == said
    assert verify(world.ledger).findings == []
    return True


def batches(records: Records, chance: random.Random) -> Iterator[Records]:
    """Split anywhere, in any order, some of them again and some records twice in one."""
    cuts = sorted({0, len(records), *(chance.randrange(len(records)) for _ in range(12))})
    parts = [records[start:end] for start, end in pairwise(cuts)]
    parts += chance.sample(parts, 4)
    chance.shuffle(parts)
    for part in parts:
        yield [*part, *chance.sample(part, len(part) // 3)]


@pytest.mark.parametrize("seed", range(3))
def test_split_repeated_reordered_parallel_and_dying_folds_count_everything_once(
    busy: World, faults: Faults, seed: int
) -> None:
    """M3, M22, O2: six handlers at once, and faults in a tenth of their calls; then one quiet reading of the stream."""
    chance = random.Random(seed)
    records = busy.records()
    faults.clear()
    kinds = ("applied, no answer", "applied, 500", "conflict", "in progress", "throttled", "denied")
    for nth in chance.sample(range(1, 120), 12):
        faults.hit(nth, chance.choice(kinds))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(busy.fold, batches(records, chance)))
    for nth, fault in ((3, "died before"), (5, "died after")):
        faults.clear()
        faults.hit(nth, fault)
        try:
            busy.fold(chance.sample(records, 100))
        except ProcessDied:
            continue
    faults.clear()
    assert busy.fold(records) == []
    assert true(busy)


def poison(world: World, name: str, kind: str) -> None:
    """A record in the journal that nothing can fold, written behind the wallet's back."""
    if kind == "half a record":
        world.tamper("ledger", name, OPERATION, outcome={"S": "succeeded"})
        return
    # A sort key may have 1024 bytes: the journal takes such an entry, and no statement can.
    forged = world.raw("ledger", world.operation(ADA, "good").place, OPERATION) or {}
    world.tamper("ledger", name, OPERATION, **{**forged, "entry_id": {"S": f"ent_{name}{'x' * 1100}"}})


def letters(world: World, handler: str) -> list[str]:
    consumer = next(each for each in world.cloud.pump.consumers if each.name == handler)
    return [record["dynamodb"]["Keys"]["pk"]["S"] for record in consumer.dead_letters]


KINDS = ["half a record", "lines that DynamoDB refuses"]


@pytest.mark.parametrize("size", [1, 7, 100])
@pytest.mark.parametrize("kind", KINDS)
def test_a_poisoned_record_is_set_aside_and_holds_up_nothing(world: World, size: int, kind: str) -> None:
    """O1: first, in the middle, last, and two of them side by side."""
    world.open(ADA)
    world.fund(ADA, 1000)
    world.send(ADA, SHOP, 1, "good")
    for name in ("p1", "p2"):
        poison(world, name, kind)
    for _ in range(10):
        world.send(ADA, SHOP, 10, fee=1)
    poison(world, "p3", kind)
    world.cloud.pump.batch_size = size
    try:
        world.cloud.pump.drain()
    finally:
        world.cloud.pump.batch_size = None
    assert letters(world, "fold_ledger") == ["p1", "p2", "p3"]
    assert (world.balance(SHOP), world.balance(chart.FEES)) == (101, 10)


class Lambda:
    """Lambda's reading of a stream at its worst: it never halves, and gives up on all that is behind the first failure."""

    def __init__(self, world: World, attempts: int) -> None:
        self.world = world
        self.attempts = attempts
        self.given_up: Records = []

    def read(self, records: Records, size: int) -> None:
        for start in range(0, len(records), size):
            batch = records[start : start + size]
            for _ in range(self.attempts):
                failed = set(self.world.fold(batch))
                if not failed:
                    break
                first = next(i for i, each in enumerate(batch) if each["dynamodb"]["SequenceNumber"] in failed)
                batch = batch[first:]
            else:
                self.given_up += batch


@pytest.mark.parametrize("kind", KINDS)
def test_what_lambda_gives_up_on_beside_a_poisoned_record_is_done_already(busy: World, kind: str) -> None:
    """O1, O2: the dead letter names a whole range of records, and only one of them lacks anything."""
    busy.send(ADA, SHOPS[0], 1, "good")
    poison(busy, "p", kind)
    *rest, bad = busy.records()
    reader = Lambda(busy, attempts=3)
    reader.read([*rest[:130], bad, *rest[130:]], size=100)
    assert len(reader.given_up) == 70, "from the poisoned record to the end of its batch"
    busy.tamper("ledger", "p", OPERATION)
    assert true(busy)


def test_a_stream_that_was_given_up_on_is_redriven_days_later(busy: World) -> None:
    """O6: for a while nothing can be folded; the clock goes on, and so do the payments."""
    pump = busy.cloud.pump
    consumer = next(each for each in pump.consumers if each.name == "fold_ledger")
    healthy = consumer.handler

    def broken(_event: Any, _context: Any) -> None:
        raise RuntimeError("a deployment that does not start")

    consumer.handler = broken
    try:
        pump.drain()
    finally:
        consumer.handler = healthy
    assert len(consumer.dead_letters) == ENTRIES
    busy.cloud.advance("6d")
    for _ in range(5):
        busy.send(ADA, SHOPS[0], 1)
    pump.drain()
    assert not verify(busy.ledger).holds
    assert pump.redrive("fold_ledger") == ENTRIES
    assert pump.redrive("fold_ledger") == 0
    pump.drain()
    assert true(busy)
    pump.replay("fold_ledger")
    pump.drain()
    assert true(busy)


def test_a_mark_never_expires(busy: World) -> None:
    """M24, O6: what was counted is still known after a year, when everything that may expire is gone."""
    assert busy.fold() == []
    busy.cloud.clock.advance("400d")
    busy.cloud.sweep_expired()
    assert busy.fold() == []
    assert true(busy)


def test_a_busy_account_is_spread_and_its_parts_sum_to_it(busy: World) -> None:
    """M23: no partition of a merchant's day is hot, an entry has one place whoever folds it, and no part refuses anything."""
    busy.fold()
    parts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    for raw in busy.wallet.storage.scan(busy.ledger.account_items):
        if raw["sk"]["S"] not in (BALANCE, DAY) and raw["account"]["S"] == SHOPS[0]:
            parts[raw["pk"]["S"].rpartition("/")[2]] += 1
            sums[raw["pk"]["S"]] += int(raw["amount"]["N"])
    assert len(parts) == SHARDS
    assert max(parts.values()) < parts.total() / 2
    assert sum(sums.values()) == busy.balance(SHOPS[0])


@pytest.mark.parametrize("change", ["changed", "removed"])
def test_a_journal_that_is_touched_wakes_somebody_and_moves_nothing(busy: World, change: str) -> None:
    """M2: the stream tells of it, the metric that an alarm watches counts it, and verify names the entry."""
    busy.cloud.pump.drain()
    balances = said_by_the_journal(busy)
    victim = next(raw for raw in busy.wallet.storage.scan(busy.ledger.operation_items) if "postings" in raw)
    place = victim["pk"]["S"]
    if change == "changed":
        busy.tamper("ledger", place, OPERATION, entry_kind={"S": "gift"})
    else:
        busy.tamper("ledger", place, OPERATION)
    busy.cloud.pump.drain()
    assert busy.cloud.gauges.shown()["journal_changed"]["sum"] == 1
    assert {account: busy.balance(account) for account in balances} == balances
    named = [finding for finding in verify(busy.ledger).findings if victim["entry_id"]["S"] in finding]
    assert named
